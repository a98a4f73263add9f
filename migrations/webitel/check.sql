-- What of Webitel's tables is not as Queue Hooks needs it: a sentence for each, in the order of importance. Reads catalogues
-- only. :writes says whether flow schemas are to be written too.
WITH need (tab, col, types, is_needed, writing) AS (VALUES
    -- Types: a regular expression. is_needed: NULL would be in the way. writing: only for those who write flow schemas.
    ('directory.wbt_domain', 'dc', 'bigint|integer', FALSE, FALSE),
    ('directory.wbt_domain', 'name', '.*', FALSE, FALSE),
    ('directory.wbt_user', 'id', 'bigint|integer', FALSE, FALSE),
    ('directory.wbt_user', 'dc', 'bigint|integer', FALSE, FALSE),
    ('call_center.cc_queue', 'id', 'integer', TRUE, FALSE),
    ('call_center.cc_queue', 'domain_id', 'bigint', TRUE, FALSE),
    ('call_center.cc_queue', 'name', 'character varying.*|text', TRUE, FALSE),
    ('call_center.cc_queue', 'type', 'smallint', TRUE, FALSE),
    ('call_center.cc_queue', 'enabled', 'boolean', TRUE, FALSE),
    ('call_center.cc_queue', 'created_at', 'bigint', TRUE, FALSE),
    ('call_center.cc_queue', 'updated_at', 'bigint', TRUE, FALSE),
    ('call_center.cc_queue', 'updated_by', 'bigint|integer', FALSE, FALSE),
    ('call_center.cc_queue_events', 'id', 'integer', TRUE, FALSE),
    ('call_center.cc_queue_events', 'queue_id', 'integer', TRUE, FALSE),
    ('call_center.cc_queue_events', 'schema_id', 'integer', TRUE, FALSE),
    ('call_center.cc_queue_events', 'event', 'character varying.*|text', TRUE, FALSE),
    ('call_center.cc_queue_events', 'enabled', 'boolean', TRUE, FALSE),
    ('call_center.cc_queue_events', 'updated_at', 'timestamp with time zone', FALSE, FALSE),
    ('call_center.cc_queue_events', 'updated_by', 'bigint|integer', FALSE, FALSE),
    ('flow.acr_routing_scheme', 'id', 'bigint', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'domain_id', 'bigint', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'name', 'character varying.*|text', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'type', 'character varying.*|text', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'editor', 'boolean', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'scheme', 'jsonb', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'created_at', 'bigint', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'updated_at', 'bigint', TRUE, FALSE),
    ('flow.acr_routing_scheme', 'created_by', 'bigint|integer', FALSE, TRUE),
    ('flow.acr_routing_scheme', 'updated_by', 'bigint|integer', FALSE, TRUE),
    ('flow.scheme_version', 'scheme_id', 'bigint', TRUE, TRUE),
    ('call_center.system_settings', 'domain_id', 'bigint', TRUE, TRUE)),
found AS (
    SELECT need.*, c.oid, c.relkind, c.relrowsecurity, a.attnum, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull
      FROM need
      LEFT JOIN pg_class AS c ON c.oid = to_regclass(tab)
      LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = col AND NOT a.attisdropped
     WHERE NOT writing OR :writes),
said (place, sentence) AS (
    SELECT DISTINCT 1, format('There is no table %s; use a version of Queue Hooks that knows this Webitel.', tab)
      FROM found WHERE oid IS NULL
    UNION ALL SELECT DISTINCT 1, format('%s is no table; use a version of Queue Hooks that knows this Webitel.', tab)
      FROM found WHERE relkind NOT IN ('r', 'p')
    UNION ALL SELECT 2, format('%s has no column %s; use a version of Queue Hooks that knows this Webitel.', tab, col)
      FROM found WHERE oid IS NOT NULL AND attnum IS NULL
    UNION ALL SELECT 3, format('%s.%s is %s and not %s; use a version of Queue Hooks that knows this Webitel.', tab, col, type,
            replace(replace(types, '.*', ''), '|', ' or '))
      FROM found WHERE type !~ ('^(' || types || ')$')
    UNION ALL SELECT 4, format('%s.%s may be null; ALTER TABLE %s ALTER COLUMN %s SET NOT NULL makes it as Webitel has it.', tab, col, tab, col)
      FROM found WHERE attnum IS NOT NULL AND is_needed AND NOT attnotnull
    UNION ALL SELECT DISTINCT 5, format('%s hides rows by row-level security, which Webitel does not use; disable it.', tab)
      FROM found WHERE relrowsecurity
    UNION ALL SELECT 6, format('%s.%s must be given, and Queue Hooks does not know it; use a version that knows this Webitel.',
            a.attrelid::regclass, a.attname)
      FROM pg_attribute AS a
     WHERE a.attrelid IN (to_regclass('call_center.cc_queue_events'),
                          CASE WHEN :writes THEN to_regclass('flow.acr_routing_scheme') END)
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
       AND a.attname NOT IN (SELECT col FROM need WHERE to_regclass(tab) = a.attrelid)
    UNION ALL SELECT 7, format('Ids of %s do not come from %s; use a version of Queue Hooks that knows this Webitel.', x.tab, x.seq)
      FROM (VALUES ('call_center.cc_queue_events', 'call_center.cc_queue_events_id_seq', TRUE),
                   ('flow.acr_routing_scheme', 'flow.acr_routing_scheme_id_seq', :writes)) AS x (tab, seq, is_needed)
     WHERE is_needed AND to_regclass(x.tab) IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                         JOIN pg_depend AS p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                          AND p.refobjid = to_regclass(x.seq)
                        WHERE d.adrelid = to_regclass(x.tab) AND a.attname = 'id')
       AND NOT EXISTS (SELECT FROM pg_depend AS p WHERE p.classid = 'pg_class'::regclass AND p.objid = to_regclass(x.seq)
                          AND p.refobjid = to_regclass(x.tab) AND p.deptype = 'i')
    UNION ALL SELECT 8, 'call_center.cc_queue_events has no unique index on (queue_id, event) WHERE enabled, so an event could get two enabled hooks; update Webitel, which has it.'
     WHERE to_regclass('call_center.cc_queue_events') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_index AS i
         WHERE i.indrelid = to_regclass('call_center.cc_queue_events') AND i.indisunique AND i.indisvalid
           AND pg_get_expr(i.indpred, i.indrelid) = 'enabled'
           AND (SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, ord)
                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) = '{queue_id,event}')
    UNION ALL SELECT 9, 'No trigger of call_center.cc_queue_events moves the time of the queue, so calls would go on with the old hooks; enable it, or update Webitel, which has it.'
     WHERE to_regclass('call_center.cc_queue_events') IS NOT NULL AND 28 <> (
        -- On insert, update and delete, after it. There may be one for each.
        SELECT coalesce(bit_or(t.tgtype), 0) & 28 FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
         WHERE t.tgrelid = to_regclass('call_center.cc_queue_events') AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
           AND t.tgtype & 2 = 0 AND p.prosrc ~* 'update\s+(only\s+)?(call_center\.)?cc_queue\M' AND p.prosrc ~* 'updated_at')
    UNION ALL SELECT 10, format('call_center.cc_queue_events.%s does not refer to %s ON DELETE %s; update Webitel, which has it so.',
            x.col, x.tab, x.action)
      FROM (VALUES ('queue_id', 'call_center.cc_queue', 'CASCADE', '{c}'::"char"[]),
                   ('schema_id', 'flow.acr_routing_scheme', 'RESTRICT', '{r,a}')) AS x (col, tab, action, actions)
     WHERE to_regclass('call_center.cc_queue_events') IS NOT NULL AND to_regclass(x.tab) IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND c.conrelid = to_regclass('call_center.cc_queue_events') AND c.confrelid = to_regclass(x.tab)
           AND a.attname = x.col AND c.confdeltype = ANY (x.actions) AND cardinality(c.conkey) = 1 AND c.convalidated)
    UNION ALL SELECT 11, 'flow.acr_routing_scheme has no unique index on (domain_id, name), so a name could be given twice; update Webitel, which has it.'
     WHERE :writes AND to_regclass('flow.acr_routing_scheme') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_index AS i
         WHERE i.indrelid = to_regclass('flow.acr_routing_scheme') AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
           AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM unnest(i.indkey::int2[]) AS k (attnum)
                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) = '{domain_id,name}')
    -- Who gives rights to a table owns it, or has these rights with the right to give them.
    UNION ALL SELECT 20, format('The role %s may not give others the right to %s %s; attach as the owner of Webitel''s tables.', current_user,
            x.privilege, x.tab)
      FROM (VALUES ('call_center.cc_queue', 'SELECT', FALSE), ('call_center.cc_queue', 'UPDATE', FALSE),
                   ('call_center.cc_queue_events', 'SELECT', FALSE), ('call_center.cc_queue_events', 'INSERT', FALSE),
                   ('call_center.cc_queue_events', 'UPDATE', FALSE), ('call_center.cc_queue_events', 'DELETE', FALSE),
                   ('flow.acr_routing_scheme', 'SELECT', FALSE), ('directory.wbt_user', 'SELECT', FALSE),
                   ('flow.acr_routing_scheme', 'INSERT', TRUE), ('flow.acr_routing_scheme', 'UPDATE', TRUE),
                   ('flow.scheme_version', 'SELECT', TRUE), ('flow.scheme_version', 'INSERT', TRUE),
                   ('flow.scheme_version', 'DELETE', TRUE), ('call_center.system_settings', 'SELECT', TRUE))
           AS x (tab, privilege, writing)
     WHERE (NOT writing OR :writes) AND to_regclass(x.tab) IS NOT NULL
       AND NOT has_table_privilege(to_regclass(x.tab), x.privilege || ' WITH GRANT OPTION')
    UNION ALL SELECT 21, format('The role %s may not give others the right to use %s; attach as its owner.', current_user, x.seq)
      FROM (VALUES ('call_center.cc_queue_events_id_seq', FALSE), ('flow.acr_routing_scheme_id_seq', TRUE),
                   ('flow.scheme_version_id_seq', TRUE)) AS x (seq, writing)
     WHERE (NOT writing OR :writes) AND to_regclass(x.seq) IS NOT NULL
       AND NOT has_sequence_privilege(to_regclass(x.seq), 'USAGE WITH GRANT OPTION')
    UNION ALL SELECT 22, format('The role %s may not give others the right to use the schema %s; attach as its owner.', current_user, nspname)
      FROM pg_namespace
     WHERE nspname IN ('call_center', 'flow', 'directory') AND NOT has_schema_privilege(oid, 'USAGE WITH GRANT OPTION')
    UNION ALL SELECT 23, format('The role %s may not create roles; ALTER ROLE %1$I CREATEROLE lets it.', current_user)
      FROM pg_roles WHERE rolname = current_user AND NOT rolcreaterole AND NOT rolsuper
    UNION ALL SELECT 24, format('The role %s may not create a schema; GRANT CREATE ON DATABASE %I TO %1$I lets it.', current_user,
            current_database())
     WHERE NOT has_database_privilege(current_database(), 'CREATE')
    -- Roles and a schema that are there already.
    UNION ALL SELECT 30, format('The role %s is %s, so Queue Hooks could do more than it has to; choose other names with --schema.',
            rolname, CASE WHEN rolsuper THEN 'a superuser' ELSE 'one with rights of its own' END)
      FROM pg_roles WHERE rolname IN (':owner', ':login')
       AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    UNION ALL SELECT 31, format('The role %s is a member of %s, whose rights it has; choose other names with --schema.', m.member::regrole,
            m.roleid::regrole)
      FROM pg_auth_members AS m WHERE m.member IN (to_regrole(':owner'), to_regrole(':login'))
    UNION ALL SELECT 31, format('The role %s is a member of %s, and would have its rights to Webitel''s tables; REVOKE %2$s FROM %1$s, or choose other names with --schema.',
            m.member::regrole, m.roleid::regrole)
      FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member
     WHERE m.roleid = to_regrole(':owner') AND NOT r.rolsuper AND r.rolname <> current_user
       AND (pg_has_role(m.member, m.roleid, 'USAGE') OR pg_has_role(m.member, m.roleid,
            CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END))
    UNION ALL SELECT 32, format('The role %s can log in, which the owner of the tables must not; choose other names with --schema.', rolname)
      FROM pg_roles WHERE rolname = ':owner' AND rolcanlogin
    UNION ALL SELECT 33, format('The role %s cannot log in; %s.', rolname,
            CASE WHEN to_regnamespace(':schema') IS NULL THEN 'choose other names with --schema' ELSE format('ALTER ROLE %I LOGIN lets it', rolname) END)
      FROM pg_roles WHERE rolname = ':login' AND NOT rolcanlogin
    UNION ALL SELECT 35, 'The schema :schema is one that Queue Hooks did not make; choose another name with --schema.'
     WHERE to_regnamespace(':schema') IS NOT NULL
       AND (NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(':schema') AND relname = 'webitel')
         OR (SELECT nspowner FROM pg_namespace WHERE nspname = ':schema') IS DISTINCT FROM to_regrole(':owner')::oid))
SELECT sentence FROM said GROUP BY place, sentence ORDER BY place, sentence
