-- What the application signs with. Whoever has a key can write what it signs.
CREATE TABLE keys (
    purpose TEXT PRIMARY KEY NOT NULL CHECK (purpose IN ('browser')),
    key     TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO keys (purpose, key) VALUES ('browser', lower(hex(randomblob(32))));
