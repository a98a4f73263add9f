-- A queue's updated_at moves once in a transaction. Each time leaves the row as it
-- was until the transaction ends, and whoever looks for the queue, as the check of
-- each new hook does, reads all of them. moved_in is the transaction that moved it
-- last; in a copy of the data it says nothing, so the time is asked too.
ALTER TABLE queues ADD COLUMN moved_in XID8 NOT NULL DEFAULT '0';

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
