DROP TRIGGER versions_are_replaced ON __diesel_schema_migrations;
DROP TRIGGER keys_are_replaced ON keys;
DROP TRIGGER hook_counts_come_from_hooks ON hook_counts;
DROP FUNCTION replace_row();
DROP FUNCTION ignore_row();
ALTER FUNCTION hooks_changed() RESET search_path;
