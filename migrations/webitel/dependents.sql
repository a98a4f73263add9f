-- What others made of what is in our schema, and so keeps it from being dropped: a sentence for each. :all is FALSE if tables are
-- to stay.
WITH ours (class, id) AS (
    SELECT 'pg_class'::regclass::oid, oid FROM pg_class
     WHERE relnamespace = to_regnamespace(':schema') AND (:all OR relkind = 'v')
    UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = to_regnamespace(':schema')
    UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type AS t
        LEFT JOIN pg_type AS item ON item.oid = t.typelem AND t.typcategory = 'A'
        LEFT JOIN pg_class AS c ON c.oid = coalesce(item.typrelid, t.typrelid)
     WHERE t.typnamespace = to_regnamespace(':schema') AND (:all OR c.relkind = 'v')),
others AS (
    SELECT DISTINCT CASE WHEN of.relation IS NULL THEN d.classid ELSE 'pg_class'::regclass END AS class,
           coalesce(of.relation, d.objid) AS id
      FROM pg_depend AS d JOIN ours ON d.refclassid = ours.class AND d.refobjid = ours.id,
      LATERAL (SELECT CASE d.classid
           WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid)
           WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid)
           WHEN 'pg_constraint'::regclass THEN (SELECT nullif(conrelid, 0) FROM pg_constraint WHERE oid = d.objid)
           WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid)
           WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = d.objid) END AS relation) AS of
     WHERE d.deptype = 'n'
    -- What is in our schema and is somebody else's.
    UNION SELECT 'pg_class'::regclass, oid FROM pg_class
     WHERE :all AND relnamespace = to_regnamespace(':schema') AND relowner <> to_regrole(':owner') AND relkind NOT IN ('i', 'I')
    UNION SELECT 'pg_proc'::regclass, oid FROM pg_proc
     WHERE :all AND pronamespace = to_regnamespace(':schema') AND proowner <> to_regrole(':owner'))
SELECT CASE WHEN i.schema ~ '^pg_temp'
           THEN format('The temporary %s %s depends on the schema :schema; end the session that made it, and try again.', i.type, i.identity)
           ELSE format('The %s %s depends on the schema :schema, and Queue Hooks did not make it; remove it first, and make it again afterwards.',
               i.type, i.identity) END AS sentence
  FROM others, pg_identify_object(class, id, 0) AS i
 WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE class = 'pg_class'::regclass AND c.oid = id
                      AND c.relnamespace = to_regnamespace(':schema') AND c.relowner = to_regrole(':owner'))
   AND NOT EXISTS (SELECT FROM pg_proc AS p WHERE class = 'pg_proc'::regclass AND p.oid = id
                      AND p.pronamespace = to_regnamespace(':schema') AND p.proowner = to_regrole(':owner'))
   AND NOT (class = 'pg_type'::regclass AND i.schema = quote_ident(':schema'))
   AND NOT (class = 'pg_class'::regclass AND i.type LIKE 'index%')
 ORDER BY 1 LIMIT 20
