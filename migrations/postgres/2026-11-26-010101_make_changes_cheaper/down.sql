ALTER FUNCTION hooks_changed() RESET plan_cache_mode;

CREATE OR REPLACE FUNCTION lock_queues(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE sql AS $$
    SELECT id FROM queues WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
$$;

CREATE OR REPLACE FUNCTION lock_flow_schemas(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE sql AS $$
    SELECT id FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
$$;

CREATE OR REPLACE FUNCTION keep_flow_schemas(ids BIGINT[]) RETURNS BIGINT LANGUAGE sql AS $$
    SELECT count(*) FROM (SELECT FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR SHARE) AS kept
$$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION lock_queues(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION lock_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION keep_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
END $$;
