-- What tests find in a Webitel system, and what happens there meanwhile: the tables of the program, as Webitel's own
-- programs write to them, past all rules of ours. Ids are as wide as ours, which no index serves.
CREATE SCHEMA set_up;

CREATE VIEW set_up.queues AS
SELECT id::bigint AS id, name, folded_name, sort_key, type, enabled, created_at, updated_at, updated_by, covered, missing
  FROM queue_hooks.queues;
CREATE VIEW set_up.flow_schemas AS
SELECT id, name, folded_name, sort_key, type, editor, schema, created_at, updated_at, updated_by FROM queue_hooks.flow_schemas;
CREATE VIEW set_up.hooks AS
SELECT id::bigint AS id, queue_id::bigint AS queue_id, schema_id::bigint AS schema_id, event, enabled, updated_at, updated_by
  FROM queue_hooks.hooks;
CREATE VIEW set_up.hook_counts AS
SELECT queue_id::bigint AS queue_id, event, enabled, hooks, changes FROM queue_hooks.hook_counts;

CREATE FUNCTION set_up.ms(at TIMESTAMP) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS
    'SELECT round(extract(epoch FROM coalesce(at, timestamp ''epoch'')) * 1000)';

CREATE FUNCTION set_up.keep_name(name TEXT, folded_name TEXT, sort_key BYTEA) RETURNS void LANGUAGE sql AS
    'INSERT INTO queue_hooks.sort_keys VALUES ($1, $2, coalesce($3, '''')) ON CONFLICT DO NOTHING';

CREATE FUNCTION set_up.write_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM call_center.cc_queue WHERE id = OLD.id;
        RETURN OLD;
    END IF;
    PERFORM set_up.keep_name(NEW.name, NEW.folded_name, NEW.sort_key);
    IF TG_OP = 'UPDATE' THEN
        UPDATE call_center.cc_queue
           SET name = NEW.name, type = NEW.type, enabled = NEW.enabled, updated_at = set_up.ms(NEW.updated_at)
         WHERE id = OLD.id;
        RETURN NEW;
    END IF;
    NEW.id := coalesce(NEW.id, nextval('call_center.cc_queue_id_seq'));
    INSERT INTO call_center.cc_queue (id, strategy, enabled, name, domain_id, type, created_at, updated_at)
    VALUES (NEW.id, 'fifo', NEW.enabled, NEW.name, 1, NEW.type, set_up.ms(NEW.created_at), set_up.ms(NEW.updated_at));
    RETURN NEW;
END $$;
CREATE TRIGGER write_queue INSTEAD OF INSERT OR UPDATE OR DELETE ON set_up.queues
    FOR EACH ROW EXECUTE FUNCTION set_up.write_queue();

CREATE FUNCTION set_up.write_flow_schema() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM flow.acr_routing_scheme WHERE id = OLD.id;
        RETURN OLD;
    END IF;
    PERFORM set_up.keep_name(NEW.name, NEW.folded_name, NEW.sort_key);
    IF TG_OP = 'UPDATE' THEN
        UPDATE flow.acr_routing_scheme
           SET name = NEW.name, type = NEW.type, editor = NEW.editor, scheme = NEW.schema::jsonb,
               updated_at = set_up.ms(NEW.updated_at)
         WHERE id = OLD.id;
    ELSE
        NEW.id := coalesce(NEW.id, nextval('flow.acr_routing_scheme_id_seq'));
        INSERT INTO flow.acr_routing_scheme
            (id, domain_id, name, scheme, type, editor, created_at, created_by, updated_at, updated_by)
        VALUES (NEW.id, 1, NEW.name, NEW.schema::jsonb, NEW.type, NEW.editor, set_up.ms(NEW.created_at), 11,
            set_up.ms(NEW.updated_at), 11);
    END IF;
    INSERT INTO queue_hooks.flow_schema_texts VALUES (NEW.id, NEW.schema)
        ON CONFLICT (id) DO UPDATE SET text = excluded.text;
    RETURN NEW;
END $$;
CREATE TRIGGER write_flow_schema INSTEAD OF INSERT OR UPDATE OR DELETE ON set_up.flow_schemas
    FOR EACH ROW EXECUTE FUNCTION set_up.write_flow_schema();

CREATE FUNCTION set_up.write_hook() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM call_center.cc_queue_events WHERE id = OLD.id;
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE call_center.cc_queue_events
           SET schema_id = NEW.schema_id, event = NEW.event, enabled = NEW.enabled,
               updated_at = NEW.updated_at AT TIME ZONE 'UTC', updated_by = 11
         WHERE id = OLD.id;
        RETURN NEW;
    END IF;
    NEW.id := coalesce(NEW.id, nextval('call_center.cc_queue_events_id_seq'));
    INSERT INTO call_center.cc_queue_events (id, queue_id, schema_id, event, enabled, updated_at, updated_by)
    VALUES (NEW.id, NEW.queue_id, NEW.schema_id, NEW.event, NEW.enabled, NEW.updated_at AT TIME ZONE 'UTC', 11);
    RETURN NEW;
END $$;
CREATE TRIGGER write_hook INSTEAD OF INSERT OR UPDATE OR DELETE ON set_up.hooks
    FOR EACH ROW EXECUTE FUNCTION set_up.write_hook();
