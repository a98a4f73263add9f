DROP INDEX hooks_by_use;
CREATE INDEX hooks_schema ON hooks (schema_id);
DROP INDEX queues_by_type;
DROP INDEX queues_by_enabled;
DROP INDEX queues_by_updated_at;
DROP INDEX flow_schemas_by_type;
DROP INDEX flow_schemas_by_updated_at;
DROP INDEX journal_by_section;

DELETE FROM journal WHERE subject <> 'hook';
DROP INDEX journal_by_subject;
ALTER TABLE journal DROP COLUMN text;
ALTER TABLE journal RENAME COLUMN subject_id TO hook_id;
ALTER TABLE journal ALTER COLUMN queue_id SET NOT NULL;
ALTER TABLE journal ALTER COLUMN author SET DEFAULT '';
ALTER TABLE journal DROP COLUMN subject;
CREATE INDEX journal_by_hook ON journal (hook_id);
