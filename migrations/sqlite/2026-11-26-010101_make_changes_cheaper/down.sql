DROP TRIGGER hooks_updated;
CREATE TRIGGER hooks_updated AFTER UPDATE ON hooks BEGIN
    UPDATE hook_counts SET hooks = hooks - 1, changes = changes + 1
        WHERE queue_id = OLD.queue_id AND event = OLD.event AND enabled = OLD.enabled;
    INSERT INTO hook_counts (queue_id, event, enabled, hooks, changes)
        VALUES (NEW.queue_id, NEW.event, NEW.enabled, 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
        ON CONFLICT (queue_id, event, enabled) DO UPDATE SET hooks = hooks + 1, changes = changes + 1;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
        WHERE id IN (OLD.queue_id, NEW.queue_id) AND updated_at <> strftime('%Y-%m-%d %H:%M:%f', 'now');
END;
