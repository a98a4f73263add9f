-- The flow schemas that hooks run. Here these are all; on the tables of a Webitel system
-- there are hooks that run one of another domain, which nobody may see.
CREATE VIEW hook_schemas AS SELECT id, name, folded_name, sort_key FROM flow_schemas;
