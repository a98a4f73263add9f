-- So many ids of "queues", "flow_schemas" or "hooks" that nobody else gets. On the tables of a Webitel system there is a
-- function with this name too (migrations/webitel/views.sql).
CREATE FUNCTION draw_ids(thing TEXT, count BIGINT) RETURNS SETOF BIGINT LANGUAGE sql AS
    'SELECT nextval(pg_get_serial_sequence(thing, ''id'')::regclass) FROM generate_series(1, draw_ids.count)';
