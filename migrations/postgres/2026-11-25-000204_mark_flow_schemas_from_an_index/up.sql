-- Each ends with the time of the last change, so that the mark of a list is found
-- in the index alone, without reading the flow schemas' text.
DROP INDEX flow_schemas_by_name;
DROP INDEX flow_schemas_by_type;
CREATE INDEX flow_schemas_by_name ON flow_schemas (folded_name, id, type, name, updated_at);
CREATE INDEX flow_schemas_by_type ON flow_schemas (type, folded_name, id, updated_at);
