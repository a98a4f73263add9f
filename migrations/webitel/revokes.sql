-- Takes back whatever the owner of our schema may do outside it, in this database.
DO $$
DECLARE
    place TEXT;
BEGIN
    FOR place IN
        SELECT format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass)
          FROM pg_class AS c
         WHERE c.relnamespace IS DISTINCT FROM to_regnamespace(':schema')
           AND (EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee = to_regrole(':owner'))
             OR EXISTS (SELECT FROM pg_attribute AS t, aclexplode(t.attacl) AS a
                         WHERE t.attrelid = c.oid AND NOT t.attisdropped AND a.grantee = to_regrole(':owner')))
        UNION ALL
        SELECT format('SCHEMA %I', n.nspname) FROM pg_namespace AS n
         WHERE n.nspname <> ':schema'
           AND EXISTS (SELECT FROM aclexplode(n.nspacl) AS a WHERE a.grantee = to_regrole(':owner'))
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM :"owner"', place);
    END LOOP;
END $$;
