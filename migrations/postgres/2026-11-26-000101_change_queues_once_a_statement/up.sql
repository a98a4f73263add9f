-- A statement that changes hooks writes each of their queues once: when it changed and
-- what is covered, together. And whatever the first statement of a connection was
-- about, the next one is planned for few rows: it reads no other queues.
DROP TRIGGER queues_covered_inserted ON hooks;
DROP TRIGGER queues_covered_updated ON hooks;
DROP TRIGGER queues_covered_deleted ON hooks;
DROP FUNCTION hooks_cover();
DROP FUNCTION cover(BIGINT[]);

CREATE OR REPLACE FUNCTION hooks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed BIGINT[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := ARRAY(SELECT DISTINCT queue_id FROM new_hooks);
        INSERT INTO hook_counts AS counted (queue_id, event, enabled, hooks, changes)
            SELECT queue_id, event, enabled, count(*), extract(epoch FROM clock_timestamp()) * 1000
                FROM new_hooks GROUP BY 1, 2, 3
            ON CONFLICT (queue_id, event, enabled)
                DO UPDATE SET hooks = counted.hooks + EXCLUDED.hooks, changes = counted.changes + 1;
    ELSIF TG_OP = 'UPDATE' THEN
        changed := ARRAY(SELECT queue_id FROM old_hooks UNION SELECT queue_id FROM new_hooks);
        INSERT INTO hook_counts AS counted (queue_id, event, enabled, hooks, changes)
            SELECT queue_id, event, enabled, sum(more), extract(epoch FROM clock_timestamp()) * 1000
                FROM (SELECT queue_id, event, enabled, -1 AS more FROM old_hooks
                    UNION ALL SELECT queue_id, event, enabled, 1 FROM new_hooks) AS both_hooks
                GROUP BY 1, 2, 3
            ON CONFLICT (queue_id, event, enabled)
                DO UPDATE SET hooks = counted.hooks + EXCLUDED.hooks, changes = counted.changes + 1;
    ELSE
        -- Where the queue goes too, its counts may be gone already.
        changed := ARRAY(SELECT DISTINCT queue_id FROM old_hooks);
        UPDATE hook_counts SET hooks = hook_counts.hooks - gone.hooks, changes = changes + 1
            FROM (SELECT queue_id, event, enabled, count(*) AS hooks FROM old_hooks GROUP BY 1, 2, 3) AS gone
            WHERE (hook_counts.queue_id, hook_counts.event, hook_counts.enabled)
                = (gone.queue_id, gone.event, gone.enabled);
    END IF;
    UPDATE queues
        SET updated_at = clock_timestamp() AT TIME ZONE 'UTC', moved_in = pg_current_xact_id(), covered = counted.covered
        FROM unnest(changed) AS of_hooks (id)
            CROSS JOIN LATERAL (SELECT coalesce(sum(CASE event
                WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
                WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
                ELSE 0 END)
                FILTER (WHERE enabled AND hooks > 0), 0)::smallint AS covered
            FROM hook_counts WHERE queue_id = of_hooks.id) AS counted
        WHERE queues.id = of_hooks.id
            AND (moved_in <> pg_current_xact_id() OR updated_at < now() AT TIME ZONE 'UTC'
                OR queues.covered <> counted.covered);
    RETURN NULL;
END $$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hooks_changed() SET search_path = %I, pg_temp', current_schema());
END $$;
ALTER FUNCTION hooks_changed() SET enable_hashjoin = off;
ALTER FUNCTION hooks_changed() SET enable_mergejoin = off;
