-- What names are sorted by: the Unicode collation, with numbers by their value. It
-- is made in Rust when a name is written, as folded_name is. The program makes both
-- for the names that are there already when it starts, and makes them anew when the
-- rules in name_keys are not its own (src/db/names.rs).
ALTER TABLE queues ADD COLUMN sort_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE flow_schemas ADD COLUMN sort_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE people ADD COLUMN sort_key BLOB NOT NULL DEFAULT x'';

CREATE TABLE name_keys (
    rules TEXT NOT NULL
);

INSERT INTO name_keys (rules) VALUES ('');

DROP INDEX queues_by_name;
DROP INDEX queues_by_type;
DROP INDEX queues_by_enabled;
DROP INDEX flow_schemas_by_name;
DROP INDEX flow_schemas_by_type;
DROP INDEX people_by_name;

-- Those that a search walks have the folded name too.
CREATE INDEX queues_by_name ON queues (sort_key, id, folded_name);
CREATE INDEX queues_by_type ON queues (type, sort_key, id);
CREATE INDEX queues_by_enabled ON queues (enabled, sort_key, id);
CREATE INDEX flow_schemas_by_name ON flow_schemas (sort_key, id, folded_name, type, name, updated_at);
CREATE INDEX flow_schemas_by_type ON flow_schemas (type, sort_key, id, folded_name, updated_at);
CREATE INDEX people_by_name ON people (sort_key, id);
