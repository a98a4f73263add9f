//! What the role of a server can do with the database of a Webitel system, if somebody has its password: what the pages
//! can.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support::process::*;

fn attached(arguments: &[&str]) -> Webitel {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.root.session().execute(
        "INSERT INTO call_center.cc_queue_events (schema_id, event, queue_id, updated_at, updated_by) VALUES (1, 'joined', 1, now(), 11)",
    );
    webitel.attach(arguments).well();
    webitel
}

fn connect(webitel: &Webitel) -> PgConnection {
    PgConnection::establish(&webitel.login().url).expect("the role may log in")
}

/// Tries what has to be refused, and returns what PostgreSQL says.
#[track_caller]
fn refused(conn: &mut PgConnection, sql: &str) -> String {
    match conn.batch_execute(sql) {
        Ok(()) => panic!("{sql}: it was not refused"),
        Err(cause) => cause.to_string(),
    }
}

#[track_caller]
fn changed(conn: &mut PgConnection, sql: &str) -> usize {
    diesel::sql_query(sql).execute(conn).unwrap_or_else(|cause| panic!("{sql}: {cause}"))
}

#[test]
fn nothing_of_webitel_can_be_used_directly() {
    let webitel = attached(&["--write-flow-schemas"]);
    let conn = &mut connect(&webitel);
    let tables = webitel.root.lines(
        "SELECT c.oid::regclass::text AS line FROM pg_class AS c WHERE relnamespace::regnamespace::text \
         IN ('call_center', 'flow', 'directory') AND relkind IN ('r', 'S', 'v')",
    );
    assert!(tables.len() > 12, "{tables:?}");
    for table in tables {
        for sql in ["SELECT FROM X", "DELETE FROM X", "INSERT INTO X DEFAULT VALUES", "TRUNCATE X"] {
            let said = refused(conn, &sql.replace('X', &table));
            assert!(said.contains("permission denied"), "{said}");
        }
    }
    let may = "SELECT count(*) AS number FROM pg_class WHERE relnamespace::regnamespace::text IN ('call_center', 'flow', 'directory') \
               AND relkind = 'r' AND (has_table_privilege(oid, 'SELECT') OR has_any_column_privilege(oid, 'SELECT') \
               OR has_any_column_privilege(oid, 'UPDATE'))";
    assert_eq!(webitel.login().number(may), 0);
    for sql in [
        format!("SET ROLE {}_owner", webitel.schema),
        "CREATE TABLE mine ()".into(),
        format!("CREATE FUNCTION {}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", webitel.schema),
        "DROP VIEW hooks".into(),
        "SELECT nextval('call_center.cc_queue_events_id_seq')".into(),
        "UPDATE webitel SET domain_id = 2".into(),
        "UPDATE webitel SET user_id = 21".into(),
        "INSERT INTO webitel_users VALUES (1, 21)".into(),
        "SELECT FROM flow_schema_texts".into(),
        "UPDATE journal SET author = 'somebody else'".into(),
        "UPDATE keys SET key = 'mine'".into(),
        "INSERT INTO queues (name) VALUES ('mine')".into(),
        "DELETE FROM queues".into(),
        "DELETE FROM flow_schemas".into(),
        "SELECT webitel_user(1)".into(),
    ] {
        let said = refused(conn, &sql);
        let is_refused = |told: &&str| said.contains(told);
        assert!(
            ["permission denied", "must be owner", "cannot insert", "cannot delete"].iter().any(is_refused),
            "{sql}: {said}"
        );
    }
    for (sql, told) in [
        ("SELECT draw_ids('hooks', 1001)", "at most 1000 ids"),
        ("SELECT draw_ids('hooks', 2000000000)", "at most 1000 ids"),
        ("SELECT draw_ids('queues', 1)", "added in Webitel"),
        ("UPDATE queues SET name = 'mine'", "changed in Webitel"),
        ("UPDATE queues SET type = 2", "changed in Webitel"),
        ("UPDATE queues SET id = 1000001 WHERE id = 1", "changed in Webitel"),
        ("UPDATE hooks SET id = 1000001", "stays in its queue"),
        ("UPDATE hooks SET queue_id = 2", "stays in its queue"),
        ("UPDATE flow_schemas SET id = 1000001 WHERE id = 1", "keeps its id"),
        ("UPDATE flow_schemas SET editor = TRUE WHERE id = 1", "changed in Webitel"),
        ("UPDATE flow_schemas SET schema = 'no json' WHERE id = 1", "cannot keep this text"),
        ("UPDATE flow_schemas SET name = repeat('x', 101) WHERE id = 1", "1 to 100 characters"),
        ("INSERT INTO hooks (id, queue_id, schema_id, event) VALUES (77, 1, 1, 'missed')", "no hook has had this id"),
        ("INSERT INTO hooks (id, queue_id, schema_id, event) VALUES (-1, 1, 1, 'missed')", "no hook has had this id"),
        (
            "INSERT INTO flow_schemas (id, name, type, editor, schema) VALUES (77, 'x', 'service', FALSE, '[]')",
            "has had this id",
        ),
    ] {
        let said = refused(conn, sql);
        assert!(said.contains(told), "{sql}: {said}");
    }
    let reading = attached(&[]);
    let said = refused(&mut connect(&reading), "UPDATE flow_schemas SET name = 'mine'");
    assert!(said.contains("permission denied"), "{said}");
    assert!(refused(&mut connect(&reading), "SELECT draw_ids('flow_schemas', 1)").contains("added in Webitel"));
}

/// PostgreSQL locks the tables behind a view with the rights of its owner, and calls would wait for that.
#[test]
fn no_table_of_webitel_can_be_locked_through_a_view() {
    let webitel = attached(&["--write-flow-schemas"]);
    let conn = &mut connect(&webitel);
    for view in ["queues", "flow_schemas", "hooks", "hook_schemas", "hook_counts"] {
        for mode in ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] {
            conn.batch_execute("BEGIN").expect("a transaction");
            let said = refused(conn, &format!("LOCK TABLE {view} IN {mode} MODE"));
            assert!(said.contains("permission denied"), "{view} {mode}: {said}");
            let locks = "SELECT count(*) AS number FROM pg_locks WHERE granted AND relation IN ('call_center.cc_queue'::regclass, \
                         'call_center.cc_queue_events'::regclass, 'flow.acr_routing_scheme'::regclass)";
            assert_eq!(webitel.root.number(locks), 0, "{view} {mode}");
            conn.batch_execute("ROLLBACK").expect("its end");
        }
    }
    // Nor a queue in a way that keeps new attempts waiting.
    assert!(refused(conn, "SELECT id FROM queues FOR UPDATE").contains("cannot be applied"));
}

#[test]
fn rows_of_another_domain_can_be_neither_seen_nor_changed() {
    let webitel = attached(&["--write-flow-schemas"]);
    let other = Webitel { root: Database::at(&webitel.root.url), schema: format!("{}_two", webitel.schema) };
    other.run("attach", &["--domain", "2", "--user", "21", "--write-flow-schemas"]).well();
    let everything = || {
        let of = |table: &str| {
            webitel.root.lines(&format!("SELECT t::text AS line FROM {table} AS t WHERE id > 1000000 ORDER BY id"))
        };
        [of("call_center.cc_queue"), of("call_center.cc_queue_events"), of("flow.acr_routing_scheme")]
    };
    let before = everything();
    let conn = &mut connect(&webitel);
    for view in ["queues", "flow_schemas", "hooks"] {
        let foreign = format!("SELECT count(*) AS number FROM {view} WHERE id = 1000001 OR id > 1000000");
        assert_eq!(webitel.login().number(&foreign), 0);
        assert_eq!(other.login().number(&foreign), 3);
    }
    assert_eq!(webitel.login().number("SELECT count(*) AS number FROM hook_counts WHERE queue_id > 1000000"), 0);
    assert_eq!(webitel.login().number("SELECT count(*) AS number FROM lock_queues('{1000001, 99999999999, -1}')"), 0);
    for sql in [
        "UPDATE hooks SET enabled = FALSE WHERE id = 1000001",
        "DELETE FROM hooks WHERE id = 1000001",
        "DELETE FROM hooks WHERE queue_id = 1000001",
        "UPDATE queues SET enabled = FALSE WHERE id = 1000001",
        "UPDATE flow_schemas SET name = 'mine' WHERE id = 1000001",
    ] {
        assert_eq!(changed(conn, sql), 0, "{sql}");
    }
    for (sql, told) in [
        (
            "INSERT INTO hooks (queue_id, schema_id, event) VALUES (1000001, 1, 'missed')",
            "no such queue in this domain",
        ),
        (
            "INSERT INTO hooks (queue_id, schema_id, event) VALUES (1, 1000001, 'missed')",
            "no such flow schema in this domain",
        ),
        ("UPDATE hooks SET schema_id = 1000001", "no such flow schema in this domain"),
    ] {
        let said = refused(conn, sql);
        assert!(said.contains(told), "{sql}: {said}");
    }
    // Both work beside each other, each with its own.
    assert_eq!(changed(conn, "UPDATE hooks SET enabled = FALSE"), 1);
    assert_eq!(everything(), before);
    assert_eq!(changed(&mut connect(&other), "UPDATE hooks SET enabled = FALSE"), 3);
    assert!(webitel.login().number("SELECT count(*) AS number FROM hooks") == 1);
    webitel.run("detach", &[]).well();
    assert_eq!(other.login().number("SELECT count(*) AS number FROM hooks"), 3);
}

#[test]
fn each_function_brings_its_search_path_and_is_closed_to_others() {
    let webitel = attached(&["--write-flow-schemas"]);
    let wrong = format!(
        "SELECT proname::text AS line FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND (proacl IS NULL \
         OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0) \
         OR NOT 'search_path={schema}, pg_temp' = ANY (coalesce(proconfig, '{{}}')))",
        schema = webitel.schema
    );
    assert_eq!(webitel.root.lines(&wrong), [""; 0]);
}

#[test]
fn functions_of_the_owner_do_nothing_for_others() {
    let webitel = attached(&[]);
    let schema = &webitel.schema;
    let conn = &mut connect(&webitel);
    // A view of one's own, on which the owner's functions would change what one names.
    conn.batch_execute("CREATE TEMP VIEW mine AS SELECT 1000001 AS id, 1000001 AS queue_id, 1000001 AS schema_id")
        .expect("a view");
    for function in ["change_hook", "change_queue", "change_flow_schema"] {
        for made in ["ON mine FOR EACH ROW", "ON pg_temp.table_of_mine FOR EACH ROW"] {
            conn.batch_execute("CREATE TEMP TABLE IF NOT EXISTS table_of_mine (id int, queue_id int)")
                .expect("a table");
            let kind = if made.contains("table") { "BEFORE DELETE" } else { "INSTEAD OF DELETE" };
            let said = refused(conn, &format!("CREATE TRIGGER t {kind} {made} EXECUTE FUNCTION {schema}.{function}()"));
            assert!(said.contains("permission denied for function"), "{said}");
        }
    }
    // Tables of one's own with the names of theirs are not looked at.
    conn.batch_execute(
        "CREATE TEMP TABLE queues (id int); INSERT INTO pg_temp.queues VALUES (1000001); CREATE TEMP TABLE webitel (domain_id bigint); \
         SET search_path = pg_temp, public",
    )
    .expect("tables");
    let said = refused(
        conn,
        &format!("INSERT INTO {schema}.hooks (queue_id, schema_id, event) VALUES (1000001, 1, 'missed')"),
    );
    assert!(said.contains("no such queue in this domain"), "{said}");
    assert_eq!(changed(conn, &format!("DELETE FROM {schema}.hooks WHERE id = 1000001")), 0);
}

/// PostgreSQL may call a function of one's own with a row before it looks for the row's domain.
#[test]
fn a_function_that_tells_what_it_is_called_with_learns_no_name_of_another_domain() {
    let webitel = attached(&[]);
    let conn = &mut connect(&webitel);
    conn.batch_execute(
        "CREATE TEMP TABLE heard (what text); \
         CREATE FUNCTION pg_temp.tell(what text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS \
             $$ BEGIN INSERT INTO heard VALUES (what); RETURN TRUE; END $$",
    )
    .expect("a function");
    for (view, column) in [
        ("queues", "name"),
        ("queues", "folded_name"),
        ("flow_schemas", "name"),
        ("flow_schemas", "folded_name"),
        ("flow_schemas", "schema"),
        ("hook_schemas", "name"),
        ("hook_schemas", "folded_name"),
    ] {
        for plan in ["on", "off"] {
            let sql = format!(
                "SET enable_indexscan = {plan}; SET enable_bitmapscan = {plan}; SELECT FROM {view} WHERE pg_temp.tell({column})"
            );
            conn.batch_execute(&sql).expect("a query");
        }
    }
    assert!(changed(conn, "DELETE FROM heard WHERE what !~* 'foreign'") > 10, "it hears what it may");
    assert_eq!(changed(conn, "DELETE FROM heard"), 0, "it hears of another domain");
}
