-- The last entry of the journal that was forgotten: whoever follows it from before that has missed something. There is no row
-- before anything was forgotten, so a copy of the data alone goes into a new database.
CREATE TABLE forgotten (
    entry_id BIGINT NOT NULL
);

INSERT INTO forgotten (entry_id) SELECT min(id) - 1 FROM journal HAVING min(id) > 1;
