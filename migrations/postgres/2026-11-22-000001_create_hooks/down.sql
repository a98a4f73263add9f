DROP TABLE hook_counts;
DROP TABLE hooks;
DROP FUNCTION hooks_changed;
DROP TABLE flow_schemas;
DROP TABLE queues;
