DROP INDEX hooks_by_use;
CREATE INDEX hooks_by_use ON hooks (schema_id, queue_id, event, id, enabled);
CREATE INDEX hooks_by_schema ON hooks (queue_id, schema_id, id, event, enabled);
