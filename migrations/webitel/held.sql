-- What the two roles have that is not in our schema: a line for each, with how the role has it. Of the rights to relations, columns
-- and schemas it has the words that stand in GRANT. Of other databases one sees only that there is something; where the login
-- role looks for its tables there says that an attach of ours made it.
WITH ours AS (SELECT oid, rolname::text AS role FROM pg_roles WHERE rolname IN (':owner', ':login')),
login AS (SELECT oid FROM ours WHERE role = ':login'),
depends AS (
    SELECT ours.role, d.*, db.datname, d.dbid <> 0 AND db.datname <> current_database() AS is_elsewhere
      FROM ours JOIN pg_shdepend AS d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = ours.oid
      LEFT JOIN pg_database AS db ON db.oid = d.dbid),
rights (role, privilege, place, is_grantable) AS (
    SELECT role, a.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || c.oid::regclass, a.is_grantable
      FROM pg_class AS c, aclexplode(c.relacl) AS a JOIN ours ON ours.oid = a.grantee
     WHERE a.grantee <> c.relowner AND c.relnamespace IS DISTINCT FROM to_regnamespace(':schema')
    UNION ALL SELECT role, format('%s (%I)', a.privilege_type, t.attname), t.attrelid::regclass::text, a.is_grantable
      FROM pg_attribute AS t JOIN pg_class AS c ON c.oid = t.attrelid, aclexplode(t.attacl) AS a JOIN ours ON ours.oid = a.grantee
     WHERE a.grantee <> c.relowner AND c.relnamespace IS DISTINCT FROM to_regnamespace(':schema') AND NOT t.attisdropped
    UNION ALL SELECT role, a.privilege_type, 'SCHEMA ' || n.oid::regnamespace, a.is_grantable
      FROM pg_namespace AS n, aclexplode(n.nspacl) AS a JOIN ours ON ours.oid = a.grantee
     WHERE a.grantee <> n.nspowner AND n.nspname <> ':schema'
    UNION ALL SELECT role, a.privilege_type, format('DATABASE %I', b.datname), a.is_grantable
      FROM pg_database AS b, aclexplode(b.datacl) AS a JOIN ours ON ours.oid = a.grantee
     WHERE a.grantee <> b.datdba AND (a.is_grantable OR role <> ':login' OR a.privilege_type <> 'CONNECT'))
SELECT role, 'right' AS how, format('%s ON %s', privilege, place) || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what
  FROM rights
UNION SELECT role, CASE deptype WHEN 'o' THEN 'owned' ELSE 'other' END, i.type || ' ' || i.identity
  FROM depends, pg_identify_object(classid, objid, 0) AS i
 WHERE NOT is_elsewhere AND (deptype = 'o' OR deptype IN ('a', 'r')
       AND classid NOT IN ('pg_class'::regclass, 'pg_namespace'::regclass, 'pg_database'::regclass))
   AND coalesce(i.schema, '') <> quote_ident(':schema') AND coalesce(i.schema, '') !~ '^pg_temp'
   AND NOT (classid = 'pg_namespace'::regclass AND i.name = quote_ident(':schema') AND role = ':owner')
UNION SELECT role, 'elsewhere', datname::text
  FROM depends
 WHERE is_elsewhere AND (deptype = 'o' AND role = ':login' OR NOT EXISTS (
       SELECT FROM pg_db_role_setting AS s JOIN login ON login.oid = s.setrole
        WHERE s.setdatabase = dbid AND format('search_path=%I, pg_temp', ':schema') = ANY (s.setconfig)))
 ORDER BY 1, 2, 3
