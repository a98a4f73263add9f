-- A page in the order of events finds the times of its hooks here, and need not look for each hook.
DROP INDEX hooks_by_event;
CREATE INDEX hooks_by_event ON hooks (queue_id, event, id, enabled, schema_id, updated_at);
