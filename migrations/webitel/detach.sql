-- What each attach makes anew, and what keeps Webitel from changing its tables. Run as the owner of the schema.
DROP VIEW IF EXISTS hook_counts, hook_schemas, hooks, flow_schemas, queues;
DROP FUNCTION IF EXISTS lock_queue(BIGINT), lock_queues(BIGINT[]), lock_flow_schemas(BIGINT[]),
    keep_flow_schemas(BIGINT[]), draw_ids(TEXT, BIGINT), webitel_user(BIGINT), change_hook(), change_queue(), change_flow_schema();
