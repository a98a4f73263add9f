DROP VIEW hook_schemas;
