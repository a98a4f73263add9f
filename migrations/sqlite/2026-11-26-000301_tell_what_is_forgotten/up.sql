-- The last entry of the journal that was forgotten: whoever follows it from before that has missed something.
CREATE TABLE forgotten (
    id       INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    entry_id BIGINT NOT NULL
);

INSERT INTO forgotten (id, entry_id) SELECT 1, coalesce(min(id), 1) - 1 FROM journal;
