DROP TABLE hook_counts;
DROP TABLE hooks;
DROP TABLE flow_schemas;
DROP TABLE queues;
