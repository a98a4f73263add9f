-- PostgreSQL took these for one id or one queue, which is cheaper than it expects of others, and so planned them anew
-- each time. A function in SQL is even parsed anew.
ALTER FUNCTION hooks_changed() SET plan_cache_mode = force_generic_plan;

CREATE OR REPLACE FUNCTION lock_queues(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT id FROM queues WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE OR REPLACE FUNCTION lock_flow_schemas(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT id FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE OR REPLACE FUNCTION keep_flow_schemas(ids BIGINT[]) RETURNS BIGINT LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT count(*) FROM (SELECT FROM flow_schemas WHERE id = ANY (ids) ORDER BY id FOR SHARE) AS kept);
END $$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION lock_queues(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION lock_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION keep_flow_schemas(BIGINT[]) SET search_path = %I, pg_temp', current_schema());
END $$;
