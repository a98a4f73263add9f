-- What a page shows of its hooks is in the index of its order, so that no hook is looked for in the table.
DROP INDEX hooks_by_event;
CREATE INDEX hooks_by_event ON hooks (queue_id, event, id, enabled, schema_id, updated_at);
