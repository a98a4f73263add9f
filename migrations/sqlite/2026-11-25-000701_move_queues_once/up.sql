-- A queue's updated_at moves once in a statement, however many of its hooks that
-- changes: 'now' is the same for all of them.
DROP TRIGGER hooks_inserted;
DROP TRIGGER hooks_updated;
DROP TRIGGER hooks_deleted;

CREATE TRIGGER hooks_inserted AFTER INSERT ON hooks BEGIN
    INSERT INTO hook_counts (queue_id, event, enabled, hooks, changes)
        VALUES (NEW.queue_id, NEW.event, NEW.enabled, 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
        ON CONFLICT (queue_id, event, enabled) DO UPDATE SET hooks = hooks + 1, changes = changes + 1;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
        WHERE id = NEW.queue_id AND updated_at <> strftime('%Y-%m-%d %H:%M:%f', 'now');
END;

CREATE TRIGGER hooks_updated AFTER UPDATE ON hooks BEGIN
    UPDATE hook_counts SET hooks = hooks - 1, changes = changes + 1
        WHERE queue_id = OLD.queue_id AND event = OLD.event AND enabled = OLD.enabled;
    INSERT INTO hook_counts (queue_id, event, enabled, hooks, changes)
        VALUES (NEW.queue_id, NEW.event, NEW.enabled, 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
        ON CONFLICT (queue_id, event, enabled) DO UPDATE SET hooks = hooks + 1, changes = changes + 1;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
        WHERE id IN (OLD.queue_id, NEW.queue_id) AND updated_at <> strftime('%Y-%m-%d %H:%M:%f', 'now');
END;

CREATE TRIGGER hooks_deleted AFTER DELETE ON hooks BEGIN
    UPDATE hook_counts SET hooks = hooks - 1, changes = changes + 1
        WHERE queue_id = OLD.queue_id AND event = OLD.event AND enabled = OLD.enabled;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
        WHERE id = OLD.queue_id AND updated_at <> strftime('%Y-%m-%d %H:%M:%f', 'now');
END;
