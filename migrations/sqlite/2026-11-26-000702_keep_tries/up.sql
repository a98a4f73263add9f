-- Tries of flow schemas, whose requests were sent: see src/model/tries/log.rs.
CREATE TABLE tries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    schema_id  BIGINT NOT NULL REFERENCES flow_schemas (id) ON DELETE CASCADE,
    -- Which version of the flow schema it was.
    digest     TEXT NOT NULL,
    author_id  BIGINT,
    author     TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    event      TEXT NOT NULL,
    queue_type SMALLINT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('running', 'answered', 'failed', 'stopped')),
    sentence   TEXT NOT NULL DEFAULT '',
    -- Milliseconds.
    took       BIGINT,
    steps      BIGINT NOT NULL DEFAULT 0,
    requests   BIGINT NOT NULL DEFAULT 0,
    -- What came of each step: compressed JSON, without secrets.
    way        BLOB
);
CREATE INDEX tries_by_schema ON tries (schema_id, id);

-- What somebody typed for the last try of a flow schema: see src/model/tries/typed.rs.
CREATE TABLE try_values (
    person_id  BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    schema_id  BIGINT NOT NULL REFERENCES flow_schemas (id) ON DELETE CASCADE,
    at         TIMESTAMP NOT NULL,
    event      TEXT NOT NULL,
    queue_type SMALLINT NOT NULL,
    -- An object of JSON.
    typed      TEXT NOT NULL,
    PRIMARY KEY (person_id, schema_id)
);
CREATE INDEX try_values_by_schema ON try_values (schema_id);
CREATE INDEX try_values_by_at ON try_values (at);
