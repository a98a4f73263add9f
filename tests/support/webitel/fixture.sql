-- Tables that behave as Webitel's do where hooks are concerned, with two domains. Written for tests, from documents; nothing is
-- copied.
CREATE SCHEMA directory;
CREATE TABLE directory.wbt_domain (dc BIGINT PRIMARY KEY, name VARCHAR(255) NOT NULL);
CREATE TABLE directory.wbt_user (
    id BIGINT PRIMARY KEY,
    dc BIGINT NOT NULL REFERENCES directory.wbt_domain ON DELETE CASCADE,
    name TEXT,
    username NAME NOT NULL,
    password TEXT
);
-- Whether rights to the objects of a class are checked for each object.
CREATE TABLE directory.wbt_class (
    id BIGSERIAL PRIMARY KEY,
    dc BIGINT NOT NULL REFERENCES directory.wbt_domain ON DELETE CASCADE,
    name NAME NOT NULL,
    obac BOOLEAN NOT NULL DEFAULT FALSE,
    rbac BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (dc, name)
);

CREATE SCHEMA call_center;
CREATE SCHEMA flow;
CREATE TABLE call_center.system_settings (
    id SERIAL PRIMARY KEY,
    domain_id BIGINT NOT NULL REFERENCES directory.wbt_domain ON DELETE CASCADE,
    name VARCHAR NOT NULL,
    value JSONB
);

CREATE TABLE flow.acr_routing_scheme (
    id BIGSERIAL PRIMARY KEY,
    domain_id BIGINT NOT NULL REFERENCES directory.wbt_domain ON DELETE CASCADE,
    name VARCHAR(100) NOT NULL,
    scheme JSONB NOT NULL,
    payload JSONB NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES directory.wbt_user ON DELETE SET NULL,
    updated_at BIGINT NOT NULL,
    updated_by BIGINT REFERENCES directory.wbt_user ON DELETE SET NULL,
    description VARCHAR(200) NOT NULL DEFAULT '',
    debug BOOLEAN NOT NULL DEFAULT FALSE,
    type VARCHAR NOT NULL DEFAULT 'voice',
    editor BOOLEAN NOT NULL DEFAULT FALSE,
    tags VARCHAR[],
    version INTEGER NOT NULL DEFAULT 1,
    note TEXT
);
CREATE UNIQUE INDEX ON flow.acr_routing_scheme (domain_id, name);
CREATE TABLE flow.scheme_version (
    id SERIAL PRIMARY KEY,
    scheme_id BIGINT NOT NULL REFERENCES flow.acr_routing_scheme ON DELETE CASCADE,
    scheme JSONB NOT NULL,
    payload JSONB NOT NULL,
    version INTEGER NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    created_by INTEGER NOT NULL
);
-- The text that is replaced is kept, with who had written it: an unknown author is refused.
CREATE FUNCTION flow.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM flow.scheme_version WHERE scheme_id = NEW.id AND version <= OLD.version -
        (SELECT value::INTEGER FROM call_center.system_settings WHERE domain_id = NEW.domain_id AND name = 'scheme_version_limit');
    INSERT INTO flow.scheme_version (scheme_id, scheme, payload, version, note, created_at, created_by)
        VALUES (OLD.id, OLD.scheme, OLD.payload, OLD.version, NEW.note, OLD.updated_at, OLD.updated_by);
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_version BEFORE UPDATE ON flow.acr_routing_scheme FOR EACH ROW WHEN (OLD.scheme <> NEW.scheme)
    EXECUTE FUNCTION flow.keep_version();

CREATE TABLE call_center.cc_queue (
    id SERIAL PRIMARY KEY,
    strategy VARCHAR(20) NOT NULL,
    enabled BOOLEAN NOT NULL,
    payload JSONB,
    calendar_id INTEGER,
    priority INTEGER NOT NULL DEFAULT 0,
    updated_at BIGINT NOT NULL DEFAULT (extract(epoch FROM now()) * 1000),
    name VARCHAR NOT NULL,
    variables JSONB NOT NULL DEFAULT '{}',
    domain_id BIGINT NOT NULL REFERENCES directory.wbt_domain,
    type SMALLINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES directory.wbt_user ON DELETE SET NULL,
    updated_by BIGINT REFERENCES directory.wbt_user ON DELETE SET NULL,
    schema_id INTEGER REFERENCES flow.acr_routing_scheme ON DELETE RESTRICT
);
CREATE INDEX ON call_center.cc_queue (domain_id, name);
CREATE UNIQUE INDEX ON call_center.cc_queue (id, domain_id);
-- What stops when a queue's row is locked too hard.
CREATE TABLE call_center.cc_member_attempt (id BIGSERIAL PRIMARY KEY, queue_id INTEGER REFERENCES call_center.cc_queue);

CREATE TABLE call_center.cc_queue_events (
    id SERIAL CONSTRAINT cc_queue_events_pk PRIMARY KEY,
    schema_id INTEGER NOT NULL REFERENCES flow.acr_routing_scheme ON UPDATE RESTRICT ON DELETE RESTRICT,
    event VARCHAR NOT NULL,
    properties VARCHAR[],
    queue_id INTEGER NOT NULL REFERENCES call_center.cc_queue ON UPDATE CASCADE ON DELETE CASCADE,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    updated_by INTEGER CONSTRAINT cc_queue_events_wbt_user_id_fk_2 REFERENCES directory.wbt_user ON DELETE SET NULL,
    updated_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX cc_queue_events_queue_id_event_uindex ON call_center.cc_queue_events (queue_id, event) WHERE enabled;
CREATE INDEX ON call_center.cc_queue_events (queue_id);
CREATE INDEX ON call_center.cc_queue_events (schema_id);
-- The queue takes time and author of its hook, an unknown time included; a removal leaves the author.
CREATE FUNCTION call_center.move_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE call_center.cc_queue SET updated_at = extract(epoch FROM now()) * 1000 WHERE id = OLD.queue_id;
    ELSE
        UPDATE call_center.cc_queue SET updated_at = extract(epoch FROM NEW.updated_at) * 1000, updated_by = NEW.updated_by
         WHERE id = NEW.queue_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cc_queue_events_changed AFTER INSERT OR UPDATE OR DELETE ON call_center.cc_queue_events FOR EACH ROW
    EXECUTE FUNCTION call_center.move_queue();

INSERT INTO directory.wbt_domain VALUES (1, 'one.example'), (2, 'two.example');
INSERT INTO directory.wbt_user (id, dc, name, username)
    VALUES (11, 1, 'Anna', 'anna'), (12, 1, 'Queue Hooks', 'hooks'), (21, 2, 'Ivan', 'ivan');
INSERT INTO directory.wbt_class (dc, name) SELECT dc, class FROM directory.wbt_domain, (VALUES ('cc_queue'), ('flow_scheme')) AS c (class);
INSERT INTO flow.acr_routing_scheme (domain_id, name, scheme, created_at, updated_at, created_by, updated_by, type)
    SELECT 2, 'Foreign ' || i, '[]', 1, 1, 21, 21, 'service' FROM generate_series(1, 3) AS i;
INSERT INTO call_center.cc_queue (strategy, enabled, name, domain_id, created_at, created_by)
    SELECT 'fifo', TRUE, 'Foreign ' || i, 2, 1, 21 FROM generate_series(1, 3) AS i;
INSERT INTO call_center.cc_queue_events (schema_id, event, queue_id, updated_at, updated_by)
    SELECT i, 'joined', i, now(), 21 FROM generate_series(1, 3) AS i;
-- So that ids begin anew, as in tables of our own.
UPDATE call_center.cc_queue_events SET id = id + 1000000;
UPDATE call_center.cc_queue SET id = id + 1000000;
ALTER TABLE call_center.cc_queue_events DROP CONSTRAINT cc_queue_events_schema_id_fkey;
UPDATE call_center.cc_queue_events SET schema_id = schema_id + 1000000;
UPDATE flow.acr_routing_scheme SET id = id + 1000000;
ALTER TABLE call_center.cc_queue_events ADD CONSTRAINT cc_queue_events_schema_id_fkey
    FOREIGN KEY (schema_id) REFERENCES flow.acr_routing_scheme ON UPDATE RESTRICT ON DELETE RESTRICT;
SELECT setval('call_center.cc_queue_id_seq', 1, FALSE), setval('call_center.cc_queue_events_id_seq', 1, FALSE),
    setval('flow.acr_routing_scheme_id_seq', 1, FALSE);
