-- What the program works with in the place of its own tables: the same names and columns, over those of Webitel. Each
-- attach makes it anew, as the owner of the schema, which is alone on the search path.
--
-- :domain is the number of the domain, :fold how PostgreSQL folds the case of letters; both are written into the views, so
-- that nothing has to be looked up. Ids stay as wide as they are: a cast would keep Webitel's indexes from being used. What
-- is counted stands in a subquery of its column, and the keys of names are joined from outside: neither costs anything where
-- nobody asks for those columns. Names and texts are those of the domain even where PostgreSQL looks at a row before it looks
-- for the domain: whoever works as the role of the server could have it call a function of their own with each.

CREATE VIEW queues AS
SELECT q.id, CASE WHEN btrim(q.name, E' \t\n\r') = '' THEN '(no name)' ELSE q.name::text END AS name,
       coalesce(k.folded_name, lower(q.name :fold) COLLATE "C") AS folded_name,
       coalesce(k.sort_key, convert_to(lower(q.name), 'UTF8')) AS sort_key,
       q.type, q.enabled,
       timestamp 'epoch' + least(greatest(q.created_at, 0), 253402300799999) * interval '1 ms' AS created_at,
       timestamp 'epoch' + least(greatest(q.updated_at, 0), 253402300799999) * interval '1 ms' AS updated_at,
       NULL::bigint AS updated_by,
       q.covered,
       -- The events that can happen in a queue of this type (src/model/event.rs), but for those that are covered.
       bit_count((CASE q.type
           WHEN 0 THEN 254 WHEN 1 THEN 125 WHEN 2 THEN 45 WHEN 3 THEN 254 WHEN 4 THEN 124
           WHEN 5 THEN 124 WHEN 6 THEN 125 WHEN 7 THEN 124 WHEN 8 THEN 41 WHEN 9 THEN 125
           ELSE 0 END & ~q.covered::int)::bit(8))::smallint AS missing
  FROM (SELECT id, CASE WHEN domain_id = :domain THEN name END AS name, type, enabled, created_at, updated_at,
               (SELECT coalesce(bit_or(CASE e.event
                           WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8
                           WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 WHEN 'active' THEN 128
                           ELSE 0 END), 0)::smallint
                  FROM call_center.cc_queue_events AS e WHERE e.queue_id = cc_queue.id AND e.enabled) AS covered
          FROM call_center.cc_queue WHERE domain_id = :domain) AS q
  LEFT JOIN sort_keys AS k ON k.name = q.name;

CREATE VIEW flow_schemas AS
SELECT s.id, CASE WHEN btrim(s.name, E' \t\n\r') = '' THEN '(no name)' ELSE s.name::text END AS name,
       coalesce(k.folded_name, lower(s.name :fold) COLLATE "C") AS folded_name,
       coalesce(k.sort_key, convert_to(lower(s.name), 'UTF8')) AS sort_key,
       s.type::text AS type, s.editor,
       coalesce((SELECT t.text FROM flow_schema_texts AS t WHERE t.id = s.id AND t.text::jsonb = s.scheme),
           s.scheme::text) AS schema,
       timestamp 'epoch' + least(greatest(s.created_at, 0), 253402300799999) * interval '1 ms' AS created_at,
       timestamp 'epoch' + least(greatest(s.updated_at, 0), 253402300799999) * interval '1 ms' AS updated_at,
       NULL::bigint AS updated_by
  FROM (SELECT id, CASE WHEN domain_id = :domain THEN name END AS name, type, editor,
               CASE WHEN domain_id = :domain THEN scheme END AS scheme, created_at, updated_at
          FROM flow.acr_routing_scheme WHERE domain_id = :domain) AS s
  LEFT JOIN sort_keys AS k ON k.name = s.name;

-- The flow schema of a hook may be one of another domain.
CREATE VIEW hooks AS
SELECT e.id, e.queue_id, e.schema_id, e.event::text COLLATE "C" AS event, e.enabled,
       CASE WHEN e.updated_at BETWEEN '0001-01-01 00:00:00Z' AND '9999-12-31 00:00:00Z'
           THEN e.updated_at AT TIME ZONE 'UTC' END AS updated_at,
       NULL::bigint AS updated_by
  FROM call_center.cc_queue_events AS e
 WHERE EXISTS (SELECT FROM call_center.cc_queue AS q WHERE q.id = e.queue_id AND q.domain_id = :domain);

-- The flow schemas that hooks run. One may belong to another domain, and nobody here may see it.
CREATE VIEW hook_schemas AS
SELECT s.id,
       CASE WHEN s.domain_id = :domain THEN CASE WHEN btrim(s.name, E' \t\n\r') = '' THEN '(no name)' ELSE s.name::text END
           ELSE 'a flow schema of another domain' END AS name,
       CASE WHEN s.domain_id = :domain THEN coalesce(k.folded_name, lower(s.name :fold) COLLATE "C") ELSE '' END AS folded_name,
       CASE WHEN s.domain_id = :domain THEN coalesce(k.sort_key, convert_to(lower(s.name), 'UTF8')) ELSE '' END AS sort_key
  FROM flow.acr_routing_scheme AS s
  LEFT JOIN sort_keys AS k ON k.name = s.name
 WHERE s.domain_id = :domain OR EXISTS (SELECT FROM hooks WHERE hooks.schema_id = s.id);

-- changes differs when the hooks of a row do.
CREATE VIEW hook_counts AS
SELECT queue_id, event, enabled, count(*) AS hooks,
       sum((id % 1000003)::bigint * (schema_id % 1009 + 1)
           + coalesce((date_part('epoch', updated_at) * 1000)::bigint, 0) % 1000003)::bigint AS changes
  FROM hooks GROUP BY queue_id, event, enabled;

-- Takes a queue until the transaction ends: from others of us by a number, from Webitel by its hooks, in the order of their
-- ids. The queue's own row stays free. New attempts of calls would wait for it, and Webitel takes it after a hook.
CREATE FUNCTION lock_queue(id BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM queues AS q WHERE q.id = lock_queue.id) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7163042, lock_queue.id::int);
    PERFORM FROM hooks AS h WHERE h.queue_id = lock_queue.id ORDER BY h.id FOR NO KEY UPDATE;
    RETURN (SELECT q.id FROM queues AS q WHERE q.id = lock_queue.id);
END $$;

-- Locks those of these queues that exist, in the order of their ids.
CREATE FUNCTION lock_queues(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE plpgsql AS $$
DECLARE
    wanted BIGINT;
BEGIN
    FOR wanted IN SELECT DISTINCT id FROM unnest(ids) AS id ORDER BY id LOOP
        RETURN QUERY SELECT locked FROM lock_queue(wanted) AS locked WHERE locked IS NOT NULL;
    END LOOP;
END $$;

-- Locks those of these flow schemas that exist, in the order of their ids, for somebody who writes them.
CREATE FUNCTION lock_flow_schemas(ids BIGINT[]) RETURNS SETOF BIGINT LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF (SELECT writes_flow_schemas FROM webitel) THEN
        RETURN QUERY SELECT s.id FROM flow.acr_routing_scheme AS s WHERE s.id = ANY (ids) AND s.domain_id = :domain
            ORDER BY s.id FOR NO KEY UPDATE;
    END IF;
END $$;

-- That these flow schemas stay is what the foreign key of hooks is for. To lock them takes rights that the owner has not.
CREATE FUNCTION keep_flow_schemas(ids BIGINT[]) RETURNS BIGINT LANGUAGE sql AS 'SELECT cardinality(ids)';

-- So many ids that nobody else gets. Whoever took many at once would use up the numbers that Webitel has.
CREATE FUNCTION draw_ids(thing TEXT, count BIGINT) RETURNS SETOF BIGINT LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF draw_ids.count NOT BETWEEN 0 AND 1000 THEN
        RAISE check_violation USING CONSTRAINT = 'draw_ids_count', MESSAGE = 'at most 1000 ids are drawn at once';
    ELSIF thing = 'hooks' THEN
        RETURN QUERY SELECT nextval('call_center.cc_queue_events_id_seq') FROM generate_series(1, draw_ids.count);
    ELSIF thing = 'flow_schemas' AND (SELECT writes_flow_schemas FROM webitel) THEN
        RETURN QUERY SELECT nextval('flow.acr_routing_scheme_id_seq') FROM generate_series(1, draw_ids.count);
    ELSE
        RAISE check_violation USING CONSTRAINT = 'draw_ids_thing', MESSAGE = 'these are added in Webitel';
    END IF;
END $$;

-- The Webitel user whose name a person's changes bear: one of their own, or else the one for all.
CREATE FUNCTION webitel_user(person BIGINT) RETURNS BIGINT LANGUAGE plpgsql STABLE AS $$
DECLARE
    found BIGINT := coalesce(
        (SELECT u.id FROM webitel_users AS own JOIN directory.wbt_user AS u ON u.id = own.user_id AND u.dc = :domain
          WHERE own.person_id = person),
        (SELECT u.id FROM webitel JOIN directory.wbt_user AS u ON u.id = webitel.user_id AND u.dc = :domain));
BEGIN
    IF found IS NULL THEN
        RAISE check_violation USING CONSTRAINT = 'webitel_user', MESSAGE = 'the Webitel user of Queue Hooks was removed';
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION change_hook() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    queue BIGINT := CASE TG_OP WHEN 'INSERT' THEN NEW.queue_id ELSE OLD.queue_id END;
BEGIN
    IF NOT EXISTS (SELECT FROM queues WHERE queues.id = queue) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'hooks_queue', MESSAGE = 'no such queue in this domain';
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM call_center.cc_queue_events AS e WHERE e.id = OLD.id AND e.queue_id = OLD.queue_id;
        RETURN CASE WHEN FOUND THEN OLD END;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.queue_id) IS DISTINCT FROM (OLD.id, OLD.queue_id) THEN
        RAISE check_violation USING CONSTRAINT = 'hooks_stay', MESSAGE = 'a hook stays in its queue';
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.schema_id IS DISTINCT FROM OLD.schema_id)
        AND NOT EXISTS (SELECT FROM flow_schemas WHERE flow_schemas.id = NEW.schema_id) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'hooks_schema', MESSAGE = 'no such flow schema in this domain';
    END IF;
    NEW.updated_at := coalesce(NEW.updated_at, clock_timestamp() AT TIME ZONE 'UTC');
    IF TG_OP = 'INSERT' THEN
        -- A hook that comes back has the id that it had. Any other would be given to a hook of Webitel's later.
        IF NEW.id NOT BETWEEN 1 AND coalesce(pg_sequence_last_value('call_center.cc_queue_events_id_seq'), 0) THEN
            RAISE unique_violation USING CONSTRAINT = 'hooks_id', MESSAGE = 'no hook has had this id yet';
        END IF;
        NEW.id := coalesce(NEW.id, nextval('call_center.cc_queue_events_id_seq'));
        NEW.enabled := coalesce(NEW.enabled, TRUE);
        INSERT INTO call_center.cc_queue_events (id, queue_id, schema_id, event, enabled, updated_at, updated_by)
        VALUES (NEW.id, NEW.queue_id, NEW.schema_id, NEW.event, NEW.enabled, NEW.updated_at AT TIME ZONE 'UTC',
            webitel_user(NEW.updated_by));
        RETURN NEW;
    END IF;
    UPDATE call_center.cc_queue_events AS e
       SET schema_id = NEW.schema_id, event = NEW.event, enabled = NEW.enabled,
           updated_at = NEW.updated_at AT TIME ZONE 'UTC', updated_by = webitel_user(NEW.updated_by)
     WHERE e.id = OLD.id AND e.queue_id = OLD.queue_id;
    RETURN CASE WHEN FOUND THEN NEW END;
END $$;
CREATE TRIGGER change_hook INSTEAD OF INSERT OR UPDATE OR DELETE ON hooks
    FOR EACH ROW EXECUTE FUNCTION change_hook();

-- Webitel's trigger has moved the time of a queue with its hooks already; then only the author is new.
CREATE FUNCTION change_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    author BIGINT := webitel_user(NEW.updated_by);
BEGIN
    IF (NEW.id, NEW.name, NEW.type) IS DISTINCT FROM (OLD.id, OLD.name, OLD.type) THEN
        RAISE check_violation USING CONSTRAINT = 'queues_stay', MESSAGE = 'name and type of a queue are changed in Webitel';
    ELSIF NEW.enabled = OLD.enabled AND NEW.updated_at = OLD.updated_at THEN
        UPDATE call_center.cc_queue AS q SET updated_by = author
         WHERE q.id = OLD.id AND q.domain_id = :domain AND q.updated_by IS DISTINCT FROM author;
        RETURN NEW;
    END IF;
    UPDATE call_center.cc_queue AS q
       SET enabled = NEW.enabled, updated_by = author,
           updated_at = CASE WHEN NEW.updated_at = OLD.updated_at THEN q.updated_at
               ELSE round(extract(epoch FROM NEW.updated_at) * 1000) END
     WHERE q.id = OLD.id AND q.domain_id = :domain;
    RETURN CASE WHEN FOUND THEN NEW END;
END $$;
CREATE TRIGGER change_queue INSTEAD OF UPDATE ON queues
    FOR EACH ROW EXECUTE FUNCTION change_queue();

CREATE FUNCTION change_flow_schema() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    ms BIGINT := round(extract(epoch FROM coalesce(NEW.updated_at, clock_timestamp() AT TIME ZONE 'UTC')) * 1000);
    author BIGINT := webitel_user(NEW.updated_by);
    program JSONB;
BEGIN
    IF NOT (SELECT writes_flow_schemas FROM webitel) OR NEW.editor OR (TG_OP = 'UPDATE' AND OLD.editor) THEN
        RAISE check_violation USING CONSTRAINT = 'flow_schemas_stay', MESSAGE = 'this flow schema is changed in Webitel';
    ELSIF length(NEW.name) NOT BETWEEN 1 AND 100 THEN
        RAISE check_violation USING CONSTRAINT = 'flow_schemas_name', MESSAGE = 'a name has 1 to 100 characters';
    END IF;
    BEGIN
        program := NEW.schema::jsonb;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        RAISE check_violation USING CONSTRAINT = 'flow_schemas_text', MESSAGE = 'Webitel cannot keep this text';
    END;
    IF TG_OP = 'INSERT' THEN
        IF NEW.id NOT BETWEEN 1 AND coalesce(pg_sequence_last_value('flow.acr_routing_scheme_id_seq'), 0) THEN
            RAISE unique_violation USING CONSTRAINT = 'flow_schemas_id', MESSAGE = 'no flow schema has had this id yet';
        END IF;
        NEW.id := coalesce(NEW.id, nextval('flow.acr_routing_scheme_id_seq'));
        INSERT INTO flow.acr_routing_scheme
            (id, domain_id, name, scheme, type, editor, created_at, created_by, updated_at, updated_by)
        VALUES (NEW.id, :domain, NEW.name, program, NEW.type, FALSE, ms, author, ms, author);
    ELSIF NEW.id IS DISTINCT FROM OLD.id THEN
        RAISE check_violation USING CONSTRAINT = 'flow_schemas_stay', MESSAGE = 'a flow schema keeps its id';
    ELSE
        -- Webitel keeps the text that is replaced with the author of that text, who must be known.
        UPDATE flow.acr_routing_scheme AS s SET updated_by = coalesce(s.created_by, author)
         WHERE s.id = OLD.id AND s.domain_id = :domain AND s.updated_by IS NULL;
        UPDATE flow.acr_routing_scheme AS s
           SET name = CASE WHEN NEW.name = OLD.name THEN s.name ELSE NEW.name END, type = NEW.type,
               updated_at = ms, updated_by = author,
               scheme = CASE WHEN NEW.schema = OLD.schema THEN s.scheme ELSE program END
         WHERE s.id = OLD.id AND s.domain_id = :domain;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO flow_schema_texts VALUES (NEW.id, NEW.schema) ON CONFLICT (id) DO UPDATE SET text = excluded.text;
    IF TG_OP = 'INSERT' OR NEW.name <> OLD.name THEN
        INSERT INTO sort_keys VALUES (NEW.name, NEW.folded_name, NEW.sort_key) ON CONFLICT (name) DO NOTHING;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_flow_schema INSTEAD OF INSERT OR UPDATE ON flow_schemas
    FOR EACH ROW EXECUTE FUNCTION change_flow_schema();

-- Who may call a function of the owner may hang it on a table of their own. Nobody may, but for those that the program
-- calls; and none of them looks for a name where others can put one.
ALTER FUNCTION lock_queue(BIGINT) SET search_path = :"schema", pg_temp;
ALTER FUNCTION lock_queues(BIGINT[]) SET search_path = :"schema", pg_temp;
ALTER FUNCTION lock_flow_schemas(BIGINT[]) SET search_path = :"schema", pg_temp;
ALTER FUNCTION keep_flow_schemas(BIGINT[]) SET search_path = :"schema", pg_temp;
ALTER FUNCTION draw_ids(TEXT, BIGINT) SET search_path = :"schema", pg_temp;
ALTER FUNCTION webitel_user(BIGINT) SET search_path = :"schema", pg_temp;
ALTER FUNCTION change_hook() SET search_path = :"schema", pg_temp;
ALTER FUNCTION change_queue() SET search_path = :"schema", pg_temp;
ALTER FUNCTION change_flow_schema() SET search_path = :"schema", pg_temp;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA :"schema" FROM PUBLIC;

-- What the program may do.
GRANT USAGE ON SCHEMA :"schema" TO :"login";
GRANT EXECUTE ON FUNCTION lock_queue(BIGINT), lock_queues(BIGINT[]), lock_flow_schemas(BIGINT[]), keep_flow_schemas(BIGINT[]),
    draw_ids(TEXT, BIGINT) TO :"login";
GRANT SELECT, INSERT, UPDATE, DELETE ON hooks, people, sessions, tokens, links, sign_in_failures, sort_keys, name_keys,
    forgotten, tries, try_values TO :"login";
GRANT SELECT, INSERT, DELETE ON journal, people_journal TO :"login";
GRANT SELECT, UPDATE ON queues TO :"login";
GRANT SELECT ON flow_schemas, hook_schemas, hook_counts, webitel, webitel_users, keys, __diesel_schema_migrations TO :"login";
DO $$
BEGIN
    IF (SELECT writes_flow_schemas FROM webitel) THEN
        GRANT INSERT, UPDATE ON flow_schemas TO :"login";
    END IF;
END $$;
