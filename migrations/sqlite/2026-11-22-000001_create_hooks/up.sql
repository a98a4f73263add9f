-- AUTOINCREMENT: an id is never given twice, so an old bookmark, form or
-- journal entry can never mean another row.
CREATE TABLE queues (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    folded_name TEXT NOT NULL,
    type        SMALLINT NOT NULL CHECK (type BETWEEN 0 AND 9),
    enabled     BOOLEAN NOT NULL DEFAULT TRUE CHECK (enabled IN (FALSE, TRUE)),
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    updated_by  BIGINT
);

CREATE INDEX queues_by_name ON queues (folded_name, id);

CREATE TABLE flow_schemas (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name        TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    folded_name TEXT NOT NULL,
    type        TEXT NOT NULL CHECK (type IN ('default', 'voice', 'chat', 'processing', 'service')),
    editor      BOOLEAN NOT NULL DEFAULT FALSE CHECK (editor IN (FALSE, TRUE)),
    schema      TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    updated_by  BIGINT
);

CREATE INDEX flow_schemas_by_name ON flow_schemas (folded_name, id, type, name);

CREATE TABLE hooks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    queue_id   BIGINT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    schema_id  BIGINT NOT NULL REFERENCES flow_schemas (id) ON DELETE RESTRICT,
    event      TEXT NOT NULL CHECK (event IN ('joined', 'answered', 'offering', 'bridged',
                                              'missed', 'leaving', 'processing', 'active')),
    enabled    BOOLEAN NOT NULL DEFAULT TRUE CHECK (enabled IN (FALSE, TRUE)),
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT
);

CREATE UNIQUE INDEX hooks_one_enabled ON hooks (queue_id, event) WHERE enabled;

-- One index for each order of the registry. Each ends with what the filters
-- ask, so that a deep page walks the index alone.
CREATE INDEX hooks_by_event ON hooks (queue_id, event, id, enabled, schema_id);
CREATE INDEX hooks_by_enabled ON hooks (queue_id, enabled, id, event);
CREATE INDEX hooks_by_updated_at ON hooks (queue_id, updated_at, id, event, enabled);
-- Serves the order and the search by schema name.
CREATE INDEX hooks_by_schema ON hooks (queue_id, schema_id, id, event, enabled);
-- Serves the RESTRICT above.
CREATE INDEX hooks_schema ON hooks (schema_id);

-- How many hooks a queue has of each event and state: the total, the counts in
-- the filters and the number of pages, without counting.
CREATE TABLE hook_counts (
    queue_id BIGINT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    event    TEXT NOT NULL,
    enabled  BOOLEAN NOT NULL,
    hooks    BIGINT NOT NULL,
    PRIMARY KEY (queue_id, event, enabled)
) WITHOUT ROWID;

-- A queue's updated_at moves with its hooks, because the call-centre engine
-- reloads a queue by it.
CREATE TRIGGER hooks_inserted AFTER INSERT ON hooks BEGIN
    INSERT INTO hook_counts (queue_id, event, enabled, hooks)
        VALUES (NEW.queue_id, NEW.event, NEW.enabled, 1)
        ON CONFLICT (queue_id, event, enabled) DO UPDATE SET hooks = hooks + 1;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = NEW.queue_id;
END;

CREATE TRIGGER hooks_updated AFTER UPDATE ON hooks BEGIN
    UPDATE hook_counts SET hooks = hooks - 1
        WHERE queue_id = OLD.queue_id AND event = OLD.event AND enabled = OLD.enabled;
    INSERT INTO hook_counts (queue_id, event, enabled, hooks)
        VALUES (NEW.queue_id, NEW.event, NEW.enabled, 1)
        ON CONFLICT (queue_id, event, enabled) DO UPDATE SET hooks = hooks + 1;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now')
        WHERE id IN (OLD.queue_id, NEW.queue_id);
END;

CREATE TRIGGER hooks_deleted AFTER DELETE ON hooks BEGIN
    UPDATE hook_counts SET hooks = hooks - 1
        WHERE queue_id = OLD.queue_id AND event = OLD.event AND enabled = OLD.enabled;
    UPDATE queues SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = OLD.queue_id;
END;
