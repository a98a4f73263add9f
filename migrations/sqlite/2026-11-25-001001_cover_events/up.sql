-- covered has a bit for each event with an enabled hook, in the order in which people
-- see the events; triggers keep it. missing is how many events can happen in a queue
-- of this type and are not covered: src/model/event.rs says in which types they
-- happen. So a page of many queues counts and sorts without reading their hooks.
ALTER TABLE queues ADD COLUMN covered SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN missing SMALLINT NOT NULL GENERATED ALWAYS AS (
    (covered & 1 = 0 AND type IN (1, 2, 6, 8, 9))
    + (covered & 2 = 0 AND type IN (0, 3))
    + (covered & 4 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 9))
    + (covered & 8 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    + (covered & 16 = 0 AND type IN (0, 1, 3, 4, 5, 6, 7, 9))
    + (covered & 32 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    + (covered & 64 = 0 AND type IN (0, 1, 3, 4, 5, 6, 7, 9))
    + (covered & 128 = 0 AND type IN (0, 3))
) VIRTUAL;

UPDATE queues SET covered = (
    SELECT coalesce(sum(CASE event
        WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
        WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
        ELSE 0 END), 0)
        FROM hook_counts WHERE queue_id = queues.id AND enabled AND hooks > 0
);

CREATE TRIGGER hook_counts_inserted AFTER INSERT ON hook_counts WHEN NEW.enabled BEGIN
    UPDATE queues SET covered = (
        SELECT coalesce(sum(CASE event
            WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
            WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
            ELSE 0 END), 0)
            FROM hook_counts WHERE queue_id = queues.id AND enabled AND hooks > 0
    ) WHERE id = NEW.queue_id;
END;

CREATE TRIGGER hook_counts_updated AFTER UPDATE OF hooks ON hook_counts
    WHEN NEW.enabled AND (NEW.hooks > 0) <> (OLD.hooks > 0) BEGIN
    UPDATE queues SET covered = (
        SELECT coalesce(sum(CASE event
            WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
            WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
            ELSE 0 END), 0)
            FROM hook_counts WHERE queue_id = queues.id AND enabled AND hooks > 0
    ) WHERE id = NEW.queue_id;
END;

-- Each ends with what the filters ask, so that those who match are found in the index
-- alone.
DROP INDEX queues_by_name;
DROP INDEX queues_by_type;
CREATE INDEX queues_by_name ON queues (sort_key, id, folded_name, type, enabled, covered);
CREATE INDEX queues_by_type ON queues (type, sort_key, id, folded_name, enabled, covered);
CREATE INDEX queues_by_missing ON queues (missing, sort_key, id, folded_name, type, enabled, covered);
-- How many queues of a type are covered how, and what tells whether they are what
-- somebody saw.
CREATE INDEX queues_by_coverage ON queues (type, covered, enabled, updated_at, folded_name, id);
