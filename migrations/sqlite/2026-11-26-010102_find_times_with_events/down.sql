DROP INDEX hooks_by_event;
CREATE INDEX hooks_by_event ON hooks (queue_id, event, id, enabled, schema_id);
