DROP FUNCTION keep_flow_schemas(BIGINT[]);
DROP FUNCTION lock_flow_schemas(BIGINT[]);
DROP FUNCTION lock_queues(BIGINT[]);
DROP VIEW hook_schemas;
