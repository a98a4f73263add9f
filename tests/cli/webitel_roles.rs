//! `queue-hooks webitel`, where there are roles of these names already, or somebody gave them more: whatever is not
//! ours is told, and stays.

use support::attached::WEBITEL;
use support::process::*;

const FIRST: &[&str] = &["--domain", "1", "--user", "12"];

/// That neither checking nor attaching goes on, and what is told.
#[track_caller]
fn refused(webitel: &Webitel) -> String {
    let attach = webitel.attach(&[]);
    let check = webitel.run("check", FIRST);
    assert_eq!(check.output, attach.output);
    let found = check.output.clone();
    for ended in [attach, check] {
        assert!(ended.sentence().contains("in the way, so nothing was changed."), "{found}");
    }
    found
}

/// A statement about one of the two roles.
fn named(statement: &str, role: &str) -> String {
    statement.replace("ROLE", role)
}

fn exists(webitel: &Webitel, relation: &str) -> bool {
    webitel.root.number(&format!("SELECT (to_regclass('{relation}') IS NOT NULL)::int::bigint AS number")) == 1
}

#[test]
fn roles_that_have_something_already_are_refused() {
    let webitel = Webitel::new();
    let name = &webitel.schema;
    let mut session = webitel.root.session();
    let place = webitel.root.url.rsplit_once('/').expect("a name").1.to_owned();
    session.execute(&format!(
        "CREATE ROLE {name} LOGIN; CREATE ROLE {name}_owner; CREATE SCHEMA reports; CREATE TABLE reports.sales (id int, sum int); \
         CREATE FUNCTION reports.sum() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    ));
    // Roles that have nothing are welcome, and one that may come in.
    session.execute(&format!("GRANT CONNECT ON DATABASE {place} TO {name}"));
    webitel.run("check", FIRST).well();
    for (change, back, told) in [
        (
            "ALTER TABLE reports.sales OWNER TO ROLE_owner",
            "ALTER TABLE reports.sales OWNER TO postgres",
            "ROLE_owner owns table reports.sales",
        ),
        (
            "ALTER TABLE reports.sales OWNER TO ROLE",
            "ALTER TABLE reports.sales OWNER TO postgres",
            "ROLE owns table reports.sales",
        ),
        (
            "ALTER SCHEMA reports OWNER TO ROLE_owner",
            "ALTER SCHEMA reports OWNER TO postgres",
            "ROLE_owner owns schema reports",
        ),
        (
            "GRANT SELECT ON reports.sales TO ROLE_owner",
            "REVOKE ALL ON reports.sales FROM ROLE_owner",
            "ROLE_owner has the right SELECT ON reports.sales",
        ),
        (
            "GRANT SELECT (password) ON directory.wbt_user TO ROLE; GRANT USAGE ON SCHEMA directory TO ROLE",
            "REVOKE ALL ON directory.wbt_user FROM ROLE; REVOKE ALL ON SCHEMA directory FROM ROLE",
            "ROLE has the right SELECT (password) ON directory.wbt_user, USAGE ON SCHEMA directory,",
        ),
        // As attaching would give it, but it did not.
        (
            "GRANT SELECT (id) ON call_center.cc_queue TO ROLE_owner",
            "REVOKE SELECT (id) ON call_center.cc_queue FROM ROLE_owner",
            "ROLE_owner has the right SELECT (id) ON call_center.cc_queue",
        ),
        (
            "GRANT EXECUTE ON FUNCTION reports.sum TO ROLE",
            "REVOKE ALL ON FUNCTION reports.sum FROM ROLE",
            "ROLE has rights to function reports.sum()",
        ),
        (
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ROLE",
            "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM ROLE",
            "ROLE has rights to default acl",
        ),
    ] {
        session.execute(&named(change, name));
        let found = refused(&webitel);
        let told = named(told, name);
        assert!(found.starts_with(&format!("The role {told}")), "{change}: {found}");
        assert!(found.contains("; choose other names with --schema."), "{found}");
        session.execute(&named(back, name));
    }
    let acl = "SELECT coalesce(datacl::text, '') AS line FROM pg_database WHERE datname = current_database()";
    assert!(webitel.root.lines(acl)[0].contains(name));
    webitel.attach(&[]).well();
    webitel.run("detach", &[]).well();
    assert!(exists(&webitel, "reports.sales"));
}

/// `--schema webitel` where Webitel's own tables belong to roles of these names.
#[test]
fn roles_that_own_the_tables_of_webitel_lose_nothing() {
    let webitel = Webitel::at(Database::postgres());
    let name = &webitel.schema;
    let mut session = webitel.root.session();
    let place = webitel.root.url.rsplit_once('/').expect("a name").1;
    session.execute(&format!(
        "CREATE ROLE {name} LOGIN; CREATE ROLE {name}_owner; GRANT CREATE ON DATABASE {place} TO {name}, {name}_owner; SET ROLE {name}_owner"
    ));
    session.execute(WEBITEL);
    session.execute("RESET ROLE");
    let found = refused(&webitel);
    assert!(
        found.contains(&format!("The role {name}_owner owns"))
            && found.contains(" more, which Queue Hooks did not give it;")
    );
    assert!(found.len() < 2000, "{found}");
    let said = webitel.run("detach", &[]).sentence();
    assert!(said.contains("Nothing is attached"), "{said}");
    // Even if it is given later, all of it.
    session.execute(&format!("REASSIGN OWNED BY {name}_owner TO postgres; DROP OWNED BY {name}, {name}_owner"));
    webitel.attach(&[]).well();
    let theirs =
        ["call_center.cc_queue", "call_center.cc_queue_events", "flow.acr_routing_scheme", "directory.wbt_user"];
    for table in theirs {
        session.execute(&format!("ALTER TABLE {table} OWNER TO {name}_owner"));
    }
    let said = webitel.run("detach", &[]).sentence();
    assert!(said.contains("Nothing was changed. The role") && said.contains(", table call_center.cc_queue,"), "{said}");
    assert!(theirs.iter().all(|table| exists(&webitel, table)) && exists(&webitel, &format!("{name}.hooks")));
    for table in theirs {
        session.execute(&format!("ALTER TABLE {table} OWNER TO postgres"));
    }
    webitel.run("detach", &[]).well();
    assert!(theirs.iter().all(|table| exists(&webitel, table)));
}

#[test]
fn what_others_gave_to_our_roles_is_told_and_stays() {
    let webitel = Webitel::new();
    let name = &webitel.schema;
    webitel.attach(&[]).well();
    let mut session = webitel.root.session();
    session.execute(&format!(
        "CREATE TABLE public.sales (id int); GRANT SELECT ON public.sales TO {name}; GRANT DELETE ON call_center.cc_queue TO {name}_owner"
    ));
    let found = refused(&webitel);
    for told in [
        format!(
            "The role {name} has the right SELECT ON public.sales, which Queue Hooks did not give it; take that away from it with REVOKE, or ALTER … OWNER TO."
        ),
        format!(
            "The role {name}_owner has the right DELETE ON call_center.cc_queue, which Queue Hooks did not give it; take"
        ),
    ] {
        assert!(found.contains(&told), "{found}");
    }
    let told = webitel.run("detach", &[]).well().errors;
    assert!(
        told.contains(&format!("The role {name} stays")) && told.contains(&format!("The role {name}_owner stays")),
        "{told}"
    );
    let rights = format!(
        "SELECT format('%s %s %s', has_table_privilege('{name}', 'public.sales', 'SELECT'), \
         has_table_privilege('{name}_owner', 'call_center.cc_queue', 'DELETE'), \
         has_any_column_privilege('{name}_owner', 'call_center.cc_queue', 'SELECT')) AS line"
    );
    assert_eq!(webitel.root.lines(&rights), ["t t f"]);
    session.execute(&format!("DROP OWNED BY {name}, {name}_owner; DROP ROLE {name}, {name}_owner"));
}

/// Roles belong to all databases. What attaching gave them in another one is known by the path that it set there.
#[test]
fn roles_that_have_something_in_another_database_are_refused_unless_we_gave_it() {
    let (one, mut other) = (Webitel::new(), Webitel::new());
    other.schema.clone_from(&one.schema);
    let name = &one.schema;
    let place = other.root.url.rsplit_once('/').expect("a name").1.to_owned();
    let mut theirs = other.root.session();
    theirs.execute(&format!(
        "CREATE ROLE {name}_owner; CREATE TABLE public.sales (id int); ALTER TABLE public.sales OWNER TO {name}_owner"
    ));
    let told = format!(
        "The role {name}_owner has rights in the database {place}, which Queue Hooks did not give it; choose other names"
    );
    assert!(refused(&one).contains(&told));
    theirs.execute("DROP TABLE public.sales");
    other.attach(&[]).well();
    one.run("check", FIRST).well();
    one.attach(&[]).well();
    // The server of either needs the right to come in, if not everybody has it.
    for webitel in [&one, &other] {
        let place = webitel.root.url.rsplit_once('/').expect("a name").1;
        webitel.root.session().execute(&format!("REVOKE CONNECT ON DATABASE {place} FROM PUBLIC"));
        webitel.attach(&[]).well();
        webitel.login().let_in("anna", "viewer");
    }
    one.run("detach", &[]).well();
    assert!(other.login().run(&["person", "list"]).well().output.starts_with("anna"));
    let may_come_in = |webitel: &Webitel| {
        let may =
            format!("SELECT has_database_privilege('{name}', current_database(), 'CONNECT')::int::bigint AS number");
        webitel.root.number(&may) == 1
    };
    assert!(may_come_in(&other) && !may_come_in(&one));
    // A copy is worth a note only where something is attached already.
    theirs.execute(&format!("ALTER ROLE {name} IN DATABASE {place} RESET search_path"));
    assert!(refused(&one).contains("attach there first if that is a copy"));
    other.attach(&[]).well();
    other.run("detach", &[]).well();
    let roles = format!("SELECT count(*) AS number FROM pg_roles WHERE rolname LIKE '{name}%'");
    assert_eq!(one.root.number(&roles), 0);
}

#[test]
fn what_everybody_may_do_is_a_note() {
    let webitel = Webitel::new();
    webitel.root.session().execute(
        "GRANT USAGE ON SCHEMA directory TO PUBLIC; GRANT SELECT (password) ON directory.wbt_user TO PUBLIC; \
         GRANT USAGE ON SEQUENCE call_center.cc_queue_id_seq TO PUBLIC; \
         CREATE FUNCTION directory.words(id int) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT password FROM directory.wbt_user $$; \
         CREATE FUNCTION directory.harmless() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    );
    let notes = webitel.run("check", FIRST).well().output;
    for told in [
        "Every role may SELECT (password) on directory.wbt_user, so the role of the server may too; REVOKE SELECT (password) ON",
        "Every role may use the schema directory, so",
        "Every role may use SEQUENCE call_center.cc_queue_id_seq, so",
        "Every role may call directory.words(integer), which has the rights of its owner; REVOKE ALL ON FUNCTION",
    ] {
        assert!(notes.contains(told), "no {told:?} in {notes}");
    }
    assert!(!notes.contains("harmless"), "{notes}");
}

#[test]
fn what_others_made_of_ours_is_named_before_anything_is_done() {
    let webitel = Webitel::new();
    let (name, session) = (&webitel.schema, &mut webitel.root.session());
    webitel.attach(&[]).well();
    webitel.login().let_in("anna", "viewer");
    for (made, gone, told) in [
        (
            "CREATE VIEW public.report AS SELECT * FROM S.hooks",
            "DROP VIEW public.report",
            "The view public.report depends on",
        ),
        (
            "CREATE MATERIALIZED VIEW S.report AS SELECT * FROM S.queues",
            "DROP MATERIALIZED VIEW S.report",
            "The materialized view S.report",
        ),
        ("CREATE TEMP VIEW report AS SELECT * FROM S.hooks", "DROP VIEW report", "The temporary view pg_temp"),
        (
            "CREATE FUNCTION public.report(hook S.hooks) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP FUNCTION public.report",
            "The function public.report(",
        ),
    ] {
        session.execute(&made.replace("S.", &format!("{name}.")));
        let told = told.replace("S.", &format!("{name}."));
        assert!(refused(&webitel).starts_with(&told), "{made}");
        for arguments in [&[][..], &["--keep-data"]] {
            let said = webitel.run("detach", arguments).sentence();
            assert!(said.contains(&format!("Nothing was changed. {told}")), "{said}");
        }
        assert!(webitel.login().run(&["person", "list"]).well().output.starts_with("anna"));
        session.execute(&gone.replace("S.", &format!("{name}.")));
    }
    // What is made of a table is in the way only if that goes.
    session.execute(&format!("CREATE TABLE public.notes (person bigint REFERENCES {name}.people)"));
    webitel.attach(&[]).well();
    let said = webitel.run("detach", &[]).sentence();
    assert!(said.contains("Nothing was changed. The table public.notes depends on"), "{said}");
    webitel.run("detach", &["--keep-data"]).well();
    webitel.attach(&[]).well();
    session.execute(&format!("DROP TABLE public.notes; CREATE TABLE {name}.notes (id int)"));
    let said = webitel.run("detach", &[]).sentence();
    assert!(said.contains(&format!("The table {name}.notes depends on")), "{said}");
    session.execute(&format!("DROP TABLE {name}.notes"));
    webitel.run("detach", &[]).well();
}

#[test]
fn names_that_cannot_be_had_are_refused_in_words() {
    let webitel = Webitel::new();
    webitel.attach(&[]).well();
    for name in ["none", "public"] {
        let said = webitel.root.run(&[&["webitel", "check", "--schema", name], FIRST].concat()).failed();
        assert!(said.contains("no role may have this name in PostgreSQL"), "{said}");
    }
    let found = webitel.root.run(&[&["webitel", "check", "--schema", "postgres"], FIRST].concat()).output;
    assert!(found.contains("The role postgres is a superuser") && found.lines().count() < 4, "{found}");
    let owner = format!("{}_owner", webitel.schema);
    let found = webitel.root.run(&[&["webitel", "check", "--schema", &owner], FIRST].concat()).output;
    assert!(found.starts_with(&format!("The role {owner} cannot log in; choose other names")), "{found}");
    assert!(!found.contains("ALTER ROLE"), "{found}");
    // An administrator who locked the server out finds out how to let it in.
    webitel.root.session().execute(&format!("ALTER ROLE {} NOLOGIN", webitel.schema));
    assert!(refused(&webitel).contains(&format!("ALTER ROLE {} LOGIN lets it.", webitel.schema)));
    webitel.run("detach", &[]).well();
}
