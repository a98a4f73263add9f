DROP INDEX hooks_by_use;
CREATE INDEX hooks_schema ON hooks (schema_id);
DROP INDEX queues_by_type;
DROP INDEX queues_by_enabled;
DROP INDEX queues_by_updated_at;
DROP INDEX flow_schemas_by_type;
DROP INDEX flow_schemas_by_updated_at;
DROP INDEX journal_by_section;

CREATE TABLE narrow_journal (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    change    TEXT NOT NULL,
    at        TIMESTAMP NOT NULL,
    queue_id  BIGINT NOT NULL,
    hook_id   BIGINT NOT NULL,
    action    TEXT NOT NULL CHECK (action IN ('add', 'edit', 'enable', 'disable', 'remove', 'restore')),
    before    TEXT,
    after     TEXT,
    author_id BIGINT,
    author    TEXT NOT NULL DEFAULT ''
);

INSERT INTO narrow_journal
    SELECT id, change, at, queue_id, subject_id, action, before, after, author_id, author
    FROM journal WHERE subject = 'hook';

DROP TABLE journal;
ALTER TABLE narrow_journal RENAME TO journal;

CREATE INDEX journal_by_queue ON journal (queue_id, id);
CREATE INDEX journal_by_change ON journal (change);
CREATE INDEX journal_by_hook ON journal (hook_id);
