-- The journal tells of queues and flow schemas too. queue_id is the queue that
-- a hook belongs to, or the queue itself. text is a flow schema's text until
-- the change that replaced or removed it, so each version is kept once.
-- A queue: {"name":"Sales","type":1,"enabled":true}
-- A flow schema: {"name":"CRM","type":"service","editor":false}
CREATE TABLE wider_journal (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    change     TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    author_id  BIGINT,
    author     TEXT NOT NULL,
    subject    TEXT NOT NULL CHECK (subject IN ('queue', 'hook', 'flow_schema')),
    subject_id BIGINT NOT NULL,
    queue_id   BIGINT,
    action     TEXT NOT NULL CHECK (action IN ('add', 'edit', 'enable', 'disable', 'remove', 'restore')),
    before     TEXT,
    after      TEXT,
    text       TEXT
);

INSERT INTO wider_journal
    SELECT id, change, at, author_id, author, 'hook', hook_id, queue_id, action, before, after, NULL FROM journal;

DROP TABLE journal;
ALTER TABLE wider_journal RENAME TO journal;

CREATE INDEX journal_by_queue ON journal (queue_id, id);
CREATE INDEX journal_by_change ON journal (change);
CREATE INDEX journal_by_subject ON journal (subject, subject_id, id);
-- The history of a whole section.
CREATE INDEX journal_by_section ON journal (subject, id);

-- One index for each order of the two registries; their numbers of hooks are
-- counted for the rows that a page shows.
CREATE INDEX queues_by_type ON queues (type, folded_name, id);
CREATE INDEX queues_by_enabled ON queues (enabled, folded_name, id);
CREATE INDEX queues_by_updated_at ON queues (updated_at, id);
CREATE INDEX flow_schemas_by_type ON flow_schemas (type, folded_name, id);
CREATE INDEX flow_schemas_by_updated_at ON flow_schemas (updated_at, id);

-- Serves the RESTRICT, and what lists and counts the hooks of a flow schema.
DROP INDEX hooks_schema;
CREATE INDEX hooks_by_use ON hooks (schema_id, queue_id, event, id, enabled);
