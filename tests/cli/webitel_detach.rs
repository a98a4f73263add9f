//! `queue-hooks webitel detach`: everything is as it was before.

use std::process::Command;

use support::attached::{WEBITEL, as_role};
use support::process::*;

/// Everything outside the schema of the test.
fn dump(webitel: &Webitel) -> String {
    let schema = format!("--exclude-schema={}", webitel.schema);
    let mut dump = Command::new(postgres_program("pg_dump"));
    let ended = dump.args([&schema, &webitel.root.url]).output().expect("PostgreSQL is installed");
    assert!(ended.status.success(), "{ended:?}");
    let text = String::from_utf8(ended.stdout).expect("UTF-8");
    // Each dump has a key of its own.
    let is_of_key = |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
    text.lines().filter(|line| !is_of_key(line)).collect::<Vec<_>>().join("\n")
}

fn roles(webitel: &Webitel) -> Vec<String> {
    webitel.root.lines(&format!("SELECT rolname::text AS line FROM pg_roles WHERE rolname LIKE '{}%'", webitel.schema))
}

#[test]
fn afterwards_everything_is_as_before() {
    let webitel = Webitel::new();
    webitel.fill();
    let before = dump(&webitel);
    assert!(before.contains("cc_queue_events") && !before.contains("GRANT"));
    webitel.attach(&["--write-flow-schemas"]).well();
    webitel.login().let_in("anna", "viewer");
    assert!(dump(&webitel).contains("GRANT"));
    assert_eq!(roles(&webitel).len(), 2);
    let told = webitel.run("detach", &[]).well();
    assert!(
        told.output.contains("with people and history, and the roles") && told.output.ends_with("Detached.\n"),
        "{told:?}"
    );
    assert!(dump(&webitel) == before, "something stays");
    assert_eq!(roles(&webitel), [""; 0]);
    let schema = format!("SELECT count(*) AS number FROM pg_namespace WHERE nspname = '{}'", webitel.schema);
    assert_eq!(webitel.root.number(&schema), 0);
    let again = webitel.run("detach", &[]).sentence();
    assert!(
        again.contains(&format!("Nothing is attached with the schema {} in this database", webitel.schema)),
        "{again}"
    );
    webitel.attach(&[]).well();
}

#[test]
fn who_owns_the_tables_of_webitel_and_may_create_roles_needs_no_superuser() {
    let root = Database::postgres();
    let webitel = Webitel::at(root);
    let admin = format!("admin_{}", webitel.schema);
    webitel.root.session().execute(&format!("CREATE ROLE {admin} LOGIN CREATEROLE"));
    let place = webitel.root.url.rsplit_once('/').expect("a name").1;
    webitel.root.session().execute(&format!("GRANT CREATE ON DATABASE {place} TO {admin}"));
    let owner = Database::at(&as_role(&webitel.root.url, &admin));
    owner.session().execute(WEBITEL);
    let before = dump(&webitel);
    let first = ["--domain", "1", "--user", "12", "--write-flow-schemas"];
    for _ in 0..2 {
        webitel.run_as(&owner, "attach", &first).well();
        webitel.login().let_in("anna", "viewer");
        webitel.run_as(&owner, "user", &["anna", "11"]).well();
        webitel.run_as(&owner, "attach", &first).well();
        webitel.run_as(&owner, "detach", &["--keep-data"]).well();
        assert!(dump(&webitel) == before, "something stays");
        webitel.run_as(&owner, "attach", &first).well();
        assert_eq!(webitel.run_as(&owner, "user", &[]).well().output, "anna\tWebitel user 11\n");
        let has = format!("SELECT pg_has_role('{admin}', '{}_owner', 'USAGE')::int::bigint AS number", webitel.schema);
        assert_eq!(webitel.root.number(&has), 0, "nobody has got the rights of our roles");
        webitel.run_as(&owner, "detach", &[]).well();
        assert!(dump(&webitel) == before, "something stays");
        assert_eq!(roles(&webitel), [""; 0]);
    }
}

#[test]
fn around_an_upgrade_of_webitel_people_and_history_stay() {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.attach(&[]).well();
    let (login, mut upgrade) = (webitel.login(), webitel.root.session());
    login.let_in("anna", "administrator");
    let server = login.serve();
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    server.signed_in("anna").get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    // A new column is nothing to us, even under a running server.
    upgrade.execute("ALTER TABLE call_center.cc_queue ADD COLUMN weight INTEGER");
    let browser = server.signed_in("anna");
    browser.get(HOOKS).expect(200);
    // Another type is refused by PostgreSQL because of our views.
    let other_type = "ALTER TABLE call_center.cc_queue ALTER COLUMN name TYPE VARCHAR(250)";
    let refused = "DO $$ BEGIN EXECUTE '";
    let is_refused = "'; RAISE 'it was not refused'; EXCEPTION WHEN feature_not_supported THEN NULL; END $$";
    upgrade.execute(&format!("{refused}{other_type}{is_refused}"));
    let told = webitel.run("detach", &["--keep-data"]).well().output;
    assert!(told.contains("People and history stay"), "{told}");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["person", "list"], &["migrate"]] {
        let said = login.run(command).sentence();
        assert!(said.contains("“queue-hooks webitel attach” brings it to this one"), "{said}");
    }
    // A server that runs has nothing to show meanwhile, and goes on afterwards.
    assert_eq!(browser.get(HOOKS).status, 503);
    upgrade.execute(other_type);
    webitel.attach(&[]).well();
    assert_eq!(browser.get(HOOKS).expect(200).all("tbody tr").len(), 1);
    assert_eq!(browser.get(&format!("{HOOKS}/history")).expect(200).all("tbody tr").len(), 1);
}

#[test]
fn what_others_made_of_it_is_not_dropped_with_it() {
    let webitel = Webitel::new();
    webitel.attach(&[]).well();
    let mut session = webitel.root.session();
    session.execute(&format!("CREATE VIEW public.theirs AS SELECT name FROM {}.people", webitel.schema));
    let said = webitel.run("detach", &[]).sentence();
    let told =
        format!("The view public.theirs depends on the schema {}, and Queue Hooks did not make it;", webitel.schema);
    assert!(said.contains(&told), "{said}");
    webitel.login().let_in("anna", "viewer");
    session.execute("DROP VIEW public.theirs");
    webitel.run("detach", &[]).well();
}

#[test]
fn a_role_that_another_database_needs_stays() {
    let (one, mut other) = (Webitel::new(), Webitel::new());
    other.schema.clone_from(&one.schema);
    one.attach(&[]).well();
    other.attach(&[]).well();
    other.login().let_in("anna", "viewer");
    let told = one.run("detach", &[]).well().errors;
    let stays = |role: &str| format!("The role {role} stays, because something else in this PostgreSQL belongs to it.");
    assert!(told.contains(&stays(&one.schema)) && told.contains(&stays(&format!("{}_owner", one.schema))), "{told}");
    assert!(other.login().run(&["person", "list"]).well().output.starts_with("anna"));
    other.run("detach", &[]).well();
    assert_eq!(roles(&one), [""; 0]);
}

#[test]
fn who_may_not_detach_is_told_so() {
    let webitel = Webitel::new();
    webitel.attach(&[]).well();
    let other = format!("other_{}", webitel.schema);
    webitel.root.session().execute(&format!("CREATE ROLE {other} LOGIN"));
    let as_other = Database::at(&as_role(&webitel.root.url, &other));
    for role in [&webitel.login(), &as_other] {
        for (command, arguments) in
            [("detach", &[][..]), ("detach", &["--keep-data"]), ("user", &[]), ("user", &["anna", "11"])]
        {
            let said = webitel.run_as(role, command, arguments).sentence();
            assert!(
                said.contains("because this role may not; name the one that attached with --database-url."),
                "{said}"
            );
        }
    }
    // Who may create roles, and did not give the rights to Webitel's tables, leaves nothing half done.
    webitel.root.session().execute(&format!("ALTER ROLE {other} CREATEROLE"));
    let said = webitel.run_as(&as_other, "detach", &["--keep-data"]).sentence();
    assert!(said.contains("others gave") && said.contains("detach as the role that attached."), "{said}");
    webitel.login().let_in("anna", "viewer");
    webitel.run("detach", &[]).well();
}
