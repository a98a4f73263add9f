-- covered has a bit for each event with an enabled hook, in the order in which people
-- see the events; triggers keep it. missing is how many events can happen in a queue
-- of this type and are not covered: src/model/event.rs says in which types they
-- happen. So a page of many queues counts and sorts without reading their hooks.
ALTER TABLE queues ADD COLUMN covered SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN missing SMALLINT NOT NULL GENERATED ALWAYS AS (
    (covered & 1 = 0 AND type IN (1, 2, 6, 8, 9))::int
    + (covered & 2 = 0 AND type IN (0, 3))::int
    + (covered & 4 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 9))::int
    + (covered & 8 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))::int
    + (covered & 16 = 0 AND type IN (0, 1, 3, 4, 5, 6, 7, 9))::int
    + (covered & 32 = 0 AND type IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))::int
    + (covered & 64 = 0 AND type IN (0, 1, 3, 4, 5, 6, 7, 9))::int
    + (covered & 128 = 0 AND type IN (0, 3))::int
) STORED;

-- Once for a statement, and only what has another coverage than before.
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

SELECT cover(ARRAY(SELECT id FROM queues));

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hooks_cover() SET search_path = %I, pg_temp', current_schema());
END $$;

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
