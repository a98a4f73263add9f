-- What happened to which hook, written in the transaction of the change. It
-- refers to nothing, so that it outlives queues, hooks and flow schemas.
-- before and after: {"event":"joined","schema":{"id":"17","name":"crm"},"enabled":true}
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    change   TEXT NOT NULL,
    at       TIMESTAMP NOT NULL,
    queue_id BIGINT NOT NULL,
    hook_id  BIGINT NOT NULL,
    action   TEXT NOT NULL CHECK (action IN ('add', 'edit', 'enable', 'disable', 'remove', 'restore')),
    before   TEXT,
    after    TEXT
);

CREATE INDEX journal_by_queue ON journal (queue_id, id);
CREATE INDEX journal_by_change ON journal (change);
CREATE INDEX journal_by_hook ON journal (hook_id);
