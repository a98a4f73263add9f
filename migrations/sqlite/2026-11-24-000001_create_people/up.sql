-- People are never removed, so that the journals can say who they were. A name
-- is what somebody signs in with, in lower case; rights are words.
CREATE TABLE people (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name         TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    folded_name  TEXT NOT NULL,
    password     TEXT NOT NULL,
    enabled      BOOLEAN NOT NULL CHECK (enabled IN (FALSE, TRUE)),
    rights       TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL
);

CREATE INDEX people_by_name ON people (folded_name, id);

-- The browser has the secret, this has its SHA-256.
CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    person_id  BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
);

CREATE INDEX sessions_by_person ON sessions (person_id, used_at);
CREATE INDEX sessions_by_used_at ON sessions (used_at);

-- Links that work once: to create the first administrator, to look around.
CREATE TABLE links (
    hash    TEXT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('set-up', 'demonstration'))
) WITHOUT ROWID;

-- How often signing in failed lately, by the hash of the name and of the address.
CREATE TABLE sign_in_failures (
    key      TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    since    TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE INDEX sign_in_failures_by_since ON sign_in_failures (since);

-- What happened to whose access. Like the journal it refers to nothing.
CREATE TABLE people_journal (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at        TIMESTAMP NOT NULL,
    author_id BIGINT,
    author    TEXT NOT NULL,
    action    TEXT NOT NULL,
    person_id BIGINT,
    person    TEXT NOT NULL,
    address   TEXT NOT NULL,
    before    TEXT,
    after     TEXT
);

-- Who made the change; nothing is known of those from before people signed in.
ALTER TABLE journal ADD COLUMN author_id BIGINT;
ALTER TABLE journal ADD COLUMN author TEXT NOT NULL DEFAULT '';
