-- Where a change of a hook changes what is covered, the queue's row and its indexes are
-- written once: the triggers of hooks find updated_at moved already.
DROP TRIGGER hook_counts_inserted;
DROP TRIGGER hook_counts_updated;

CREATE TRIGGER hook_counts_inserted AFTER INSERT ON hook_counts WHEN NEW.enabled BEGIN
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now'), covered = (
        SELECT coalesce(sum(CASE event
            WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
            WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
            ELSE 0 END), 0)
            FROM hook_counts WHERE queue_id = queues.id AND enabled AND hooks > 0
    ) WHERE id = NEW.queue_id;
END;

CREATE TRIGGER hook_counts_updated AFTER UPDATE OF hooks ON hook_counts
    WHEN NEW.enabled AND (NEW.hooks > 0) <> (OLD.hooks > 0) BEGIN
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now'), covered = (
        SELECT coalesce(sum(CASE event
            WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
            WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
            ELSE 0 END), 0)
            FROM hook_counts WHERE queue_id = queues.id AND enabled AND hooks > 0
    ) WHERE id = NEW.queue_id;
END;
