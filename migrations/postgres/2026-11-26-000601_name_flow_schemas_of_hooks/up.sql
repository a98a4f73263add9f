-- The flow schemas that hooks run. Here these are all; on the tables of a Webitel system
-- there are hooks that run one of another domain, which nobody may see.
CREATE VIEW hook_schemas AS SELECT id, name, folded_name, sort_key FROM flow_schemas;

-- Locks those of these queues that exist, in the order of their ids. It does not stop
-- others who only refer to them.
CREATE FUNCTION lock_queues(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE sql AS $$
    SELECT id FROM queues WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
$$;

-- The same for flow schemas, which hooks only refer to.
CREATE FUNCTION lock_flow_schemas(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE sql AS $$
    SELECT id FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
$$;

-- Until the transaction ends, nobody changes or removes these.
CREATE FUNCTION keep_flow_schemas(ids BIGINT[]) RETURNS BIGINT LANGUAGE sql AS $$
    SELECT count(*) FROM (SELECT FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR SHARE) AS kept
$$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION lock_queues(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION lock_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION keep_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
END $$;
