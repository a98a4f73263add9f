DROP INDEX flow_schemas_by_name;
DROP INDEX flow_schemas_by_type;
CREATE INDEX flow_schemas_by_name ON flow_schemas (folded_name, id, type, name);
CREATE INDEX flow_schemas_by_type ON flow_schemas (type, folded_name, id);
