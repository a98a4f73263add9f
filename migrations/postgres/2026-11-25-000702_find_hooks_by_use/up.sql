-- The hooks of a flow schema in a queue are found from the flow schema as fast as
-- from the queue, so one index is enough for its uses, for searches and for the
-- order by its name. It was the most costly one to keep.
DROP INDEX hooks_by_schema;
DROP INDEX hooks_by_use;
CREATE INDEX hooks_by_use ON hooks (schema_id, queue_id, id, event, enabled);
