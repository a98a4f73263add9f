CREATE OR REPLACE FUNCTION hooks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE queues SET updated_at = clock_timestamp() AT TIME ZONE 'UTC'
            WHERE id IN (SELECT queue_id FROM old_hooks);
        UPDATE hook_counts SET hooks = hook_counts.hooks - gone.hooks, changes = changes + 1
            FROM (SELECT queue_id, event, enabled, count(*) AS hooks FROM old_hooks GROUP BY 1, 2, 3) AS gone
            WHERE (hook_counts.queue_id, hook_counts.event, hook_counts.enabled)
                = (gone.queue_id, gone.event, gone.enabled);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE queues SET updated_at = clock_timestamp() AT TIME ZONE 'UTC'
            WHERE id IN (SELECT queue_id FROM new_hooks);
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

ALTER TABLE queues DROP COLUMN moved_in;
