-- A search reads all names. Here they take a few pages, and nothing else is among
-- them.
CREATE INDEX flow_schemas_by_folded_name ON flow_schemas (folded_name, id);
