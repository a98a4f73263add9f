ALTER FUNCTION hooks_changed() RESET ALL;
CREATE OR REPLACE FUNCTION hooks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE queues SET updated_at = clock_timestamp() AT TIME ZONE 'UTC', moved_in = pg_current_xact_id()
            WHERE id IN (SELECT queue_id FROM old_hooks)
                AND (moved_in <> pg_current_xact_id() OR updated_at < now() AT TIME ZONE 'UTC');
        UPDATE hook_counts SET hooks = hook_counts.hooks - gone.hooks, changes = changes + 1
            FROM (SELECT queue_id, event, enabled, count(*) AS hooks FROM old_hooks GROUP BY 1, 2, 3) AS gone
            WHERE (hook_counts.queue_id, hook_counts.event, hook_counts.enabled)
                = (gone.queue_id, gone.event, gone.enabled);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE queues SET updated_at = clock_timestamp() AT TIME ZONE 'UTC', moved_in = pg_current_xact_id()
            WHERE id IN (SELECT queue_id FROM new_hooks)
                AND (moved_in <> pg_current_xact_id() OR updated_at < now() AT TIME ZONE 'UTC');
        INSERT INTO hook_counts AS counted (queue_id, event, enabled, hooks, changes)
            SELECT queue_id, event, enabled, count(*), extract(epoch FROM clock_timestamp()) * 1000
                FROM new_hooks GROUP BY 1, 2, 3
            ON CONFLICT (queue_id, event, enabled)
                DO UPDATE SET hooks = counted.hooks + EXCLUDED.hooks, changes = counted.changes + 1;
    END IF;
    RETURN NULL;
END $$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hooks_changed() SET search_path = %I, pg_temp', current_schema());
END $$;

CREATE FUNCTION cover(ids BIGINT[]) RETURNS void LANGUAGE sql AS $$
    UPDATE queues SET covered = counted.covered
        FROM (SELECT queue_id, coalesce(sum(CASE event
                WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
                WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
                ELSE 0 END)
                FILTER (WHERE enabled AND hooks > 0), 0)::smallint AS covered
            FROM hook_counts WHERE queue_id = ANY (ids) GROUP BY queue_id) AS counted
        WHERE id = counted.queue_id AND queues.covered <> counted.covered
$$;

CREATE FUNCTION hooks_cover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM cover(ARRAY(SELECT DISTINCT queue_id FROM old_hooks));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM cover(ARRAY(SELECT DISTINCT queue_id FROM new_hooks));
    END IF;
    RETURN NULL;
END $$;

-- Triggers run in the order of their names: these come after those that count.
CREATE TRIGGER queues_covered_inserted AFTER INSERT ON hooks REFERENCING NEW TABLE AS new_hooks
    FOR EACH STATEMENT EXECUTE FUNCTION hooks_cover();
CREATE TRIGGER queues_covered_updated AFTER UPDATE ON hooks REFERENCING OLD TABLE AS old_hooks NEW TABLE AS new_hooks
    FOR EACH STATEMENT EXECUTE FUNCTION hooks_cover();
CREATE TRIGGER queues_covered_deleted AFTER DELETE ON hooks REFERENCING OLD TABLE AS old_hooks
    FOR EACH STATEMENT EXECUTE FUNCTION hooks_cover();

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hooks_cover() SET search_path = %I, pg_temp', current_schema());
END $$;
