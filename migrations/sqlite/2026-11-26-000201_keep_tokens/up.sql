-- What a program shows instead of signing in: see src/access/tokens.rs.
CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    person_id  BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    rights     TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);

CREATE UNIQUE INDEX tokens_by_person ON tokens (person_id, name);

-- What an entry is about beside its person: the name of a token.
ALTER TABLE people_journal ADD COLUMN about TEXT NOT NULL DEFAULT '';
