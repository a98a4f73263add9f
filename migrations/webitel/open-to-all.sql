-- What every role may do with Webitel's tables, the role of the server included: a sentence for each.
WITH webitel AS (SELECT oid FROM pg_namespace WHERE nspname IN ('call_center', 'flow', 'directory'))
SELECT format('Every role may use %s, so the role of the server may too; REVOKE ALL ON %1$s FROM PUBLIC ends that.',
       CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || c.oid::regclass) AS sentence
  FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE a.grantee = 0 AND c.relnamespace IN (SELECT oid FROM webitel)
UNION SELECT format('Every role may %s (%I) on %s, so the role of the server may too; REVOKE %1$s (%2$I) ON %3$s FROM PUBLIC ends that.',
       a.privilege_type, t.attname, c.oid::regclass)
  FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) AS a
 WHERE a.grantee = 0 AND c.relnamespace IN (SELECT oid FROM webitel)
UNION SELECT format('Every role may use the schema %s, so the role of the server may too; REVOKE ALL ON SCHEMA %1$s FROM PUBLIC ends that.',
       n.oid::regnamespace)
  FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
 WHERE a.grantee = 0 AND a.privilege_type = 'USAGE' AND n.oid IN (SELECT oid FROM webitel)
UNION SELECT format('Every role may make tables in the schema %s, so the role of the server may too; REVOKE CREATE ON SCHEMA %1$s FROM PUBLIC ends that.',
       n.oid::regnamespace)
  FROM pg_namespace AS n, aclexplode(n.nspacl) AS a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'
-- Without a right that was given, a function is everybody's. It matters if it works with the rights of another role.
UNION SELECT format('Every role may call %s, which has the rights of its owner; REVOKE ALL ON FUNCTION %1$s FROM PUBLIC ends that.',
       p.oid::regprocedure)
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace,
       aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a, aclexplode(n.nspacl) AS s
 WHERE a.grantee = 0 AND p.prosecdef AND p.prokind IN ('f', 'w') AND s.grantee = 0 AND s.privilege_type = 'USAGE'
   AND (n.oid IN (SELECT oid FROM webitel) OR n.nspname = 'public')
 ORDER BY 1
