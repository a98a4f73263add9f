-- So that "pg_dump --data-only" fills a new database. It sets no search path, and
-- sends what is there already.
--
-- The function brings the path itself: the schema of its tables.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hooks_changed() SET search_path = %I, pg_temp', current_schema());
END $$;

-- Hooks are counted as they come, before their counts or after them. So counts
-- from elsewhere are not taken.
CREATE FUNCTION ignore_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NULL;
END $$;

CREATE TRIGGER hook_counts_come_from_hooks BEFORE INSERT ON hook_counts
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ignore_row();

-- A row that comes takes the place of the one with its key: the keys that we sign
-- with, and the versions.
CREATE FUNCTION replace_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %I.%I WHERE %I = $1.%3$I', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]) USING NEW;
    RETURN NEW;
END $$;

CREATE TRIGGER keys_are_replaced BEFORE INSERT ON keys
    FOR EACH ROW EXECUTE FUNCTION replace_row('purpose');
CREATE TRIGGER versions_are_replaced BEFORE INSERT ON __diesel_schema_migrations
    FOR EACH ROW EXECUTE FUNCTION replace_row('version');
