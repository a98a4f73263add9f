DROP INDEX queues_by_name;
DROP INDEX queues_by_type;
DROP INDEX queues_by_enabled;
DROP INDEX flow_schemas_by_name;
DROP INDEX flow_schemas_by_type;
DROP INDEX people_by_name;

DROP TABLE name_keys;

ALTER TABLE queues DROP COLUMN sort_key;
ALTER TABLE flow_schemas DROP COLUMN sort_key;
ALTER TABLE people DROP COLUMN sort_key;

CREATE INDEX queues_by_name ON queues (folded_name, id);
CREATE INDEX queues_by_type ON queues (type, folded_name, id);
CREATE INDEX queues_by_enabled ON queues (enabled, folded_name, id);
CREATE INDEX flow_schemas_by_name ON flow_schemas (folded_name, id, type, name, updated_at);
CREATE INDEX flow_schemas_by_type ON flow_schemas (type, folded_name, id, updated_at);
CREATE INDEX people_by_name ON people (folded_name, id);
