-- Takes back whatever the owner of our schema may do outside it, in this database.
DO $$
DECLARE
    place TEXT;
BEGIN
    FOR place IN
        SELECT CASE WHEN c.oid IS NULL THEN format('SCHEMA %s', d.objid::regnamespace)
                    ELSE format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass) END
          FROM pg_shdepend AS d
          LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
         WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = to_regrole(':owner') AND d.deptype = 'a'
           AND d.classid IN ('pg_class'::regclass, 'pg_namespace'::regclass)
           AND coalesce(c.relnamespace, d.objid) <> coalesce(to_regnamespace(':schema'), 0)
         GROUP BY 1
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM :"owner"', place);
    END LOOP;
END $$;
