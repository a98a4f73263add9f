-- An import used to set a sequence back to the largest id that there was. Each
-- goes on after the largest id that ever was. Ids that no import takes any more
-- do not count: one of 9223372036854775807 left no room for others.
DO $$
DECLARE
    thing   RECORD;
    largest BIGINT;
    given   BIGINT;
BEGIN
    FOR thing IN SELECT * FROM (VALUES ('queues', 'queue'), ('flow_schemas', 'flow_schema'), ('hooks', 'hook'))
        AS things (kept_in, subject)
    LOOP
        EXECUTE format('SELECT greatest(
            (SELECT max(id) FROM %I WHERE id <= 9007199254740991),
            (SELECT max(subject_id) FROM journal WHERE subject = %L AND subject_id <= 9007199254740991))',
            thing.kept_in, thing.subject) INTO largest;
        given := coalesce(pg_sequence_last_value(pg_get_serial_sequence(thing.kept_in, 'id')::regclass), 0);
        IF largest > given OR given > 9007199254740991 THEN
            PERFORM setval(pg_get_serial_sequence(thing.kept_in, 'id'), coalesce(largest, 1));
        END IF;
    END LOOP;
END $$;
