-- The journal tells of queues and flow schemas too. queue_id is the queue that
-- a hook belongs to, or the queue itself. text is a flow schema's text until
-- the change that replaced or removed it, so each version is kept once.
-- A queue: {"name":"Sales","type":1,"enabled":true}
-- A flow schema: {"name":"CRM","type":"service","editor":false}
ALTER TABLE journal ADD COLUMN subject TEXT NOT NULL DEFAULT 'hook'
    CHECK (subject IN ('queue', 'hook', 'flow_schema'));
ALTER TABLE journal ALTER COLUMN subject DROP DEFAULT;
ALTER TABLE journal ALTER COLUMN author DROP DEFAULT;
ALTER TABLE journal ALTER COLUMN queue_id DROP NOT NULL;
ALTER TABLE journal RENAME COLUMN hook_id TO subject_id;
ALTER TABLE journal ADD COLUMN text TEXT;

DROP INDEX journal_by_hook;
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
