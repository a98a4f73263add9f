//! The roles of a PostgreSQL database: one that owns the tables, one that works with them, one that reads. The lines that
//! make them are those of docs/configuration.md.

use support::process::*;

/// The SQL of the documents between two lines.
fn of_document(begin: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let text = std::fs::read_to_string(path).expect("a document");
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin:?}"));
    let (_, rest) = rest.split_once("```sql\n").expect("lines of SQL");
    rest.split_once("```").expect("their end").0.to_owned()
}

/// A database whose owner is `queue_hooks`, with the roles of the documents, in a cluster of its own.
fn with_roles(cluster: &Cluster) -> impl Fn(&str) -> Database + use<> {
    let root = Database::of(cluster);
    root.session().execute("CREATE ROLE queue_hooks LOGIN");
    root.session().execute("CREATE DATABASE queue_hooks OWNER queue_hooks");
    let port = cluster.port;
    let as_role = move |role: &str| Database::at(&format!("postgres://{role}@127.0.0.1:{port}/queue_hooks"));
    as_role("queue_hooks").import(CENTRE).well();
    as_role("postgres").session().execute(&of_document("<!-- roles -->"));
    as_role
}

#[test]
fn who_owns_no_table_can_do_everything_with_the_rows_and_who_reads_can_read() {
    let cluster = Cluster::start();
    let role = with_roles(&cluster);

    let worker = role("queue_hooks_server");
    worker.run(&["migrate"]).well();
    worker.let_in("anna", "administrator");
    let far = r#"{"queue":{"id":"5000000","name":"Far","type":1,"enabled":true}}"#;
    worker.import(far).well();
    let server = worker.serve();
    let browser = server.signed_in("anna");
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    let page = browser.get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    let page = page.press("Remove Joined → CRM: push", &[]).expect(200);
    assert_eq!(page.press("Undo", &[]).expect(200).all("tbody tr").len(), 1);
    browser
        .get("/contact-center/queues/new")
        .press("Save", &[Fill::Field("name", "Near"), Fill::Field("type", "1")])
        .expect(200);
    assert_eq!(worker.number("SELECT max(id) AS number FROM queues"), 5_000_001);
    worker.expect_sound();
    let (_, logged) = server.last_words();
    assert_eq!(logged.iter().filter(|line| line.contains("WARN") || line.contains("ERROR")).count(), 0, "{logged:?}");

    let reader = role("queue_hooks_reader");
    assert_eq!(reader.export(), worker.export());
    reader.run(&["migrate"]).well();
    assert!(reader.run(&["person", "list"]).well().output.starts_with("anna\t"));
    for (arguments, input) in
        [(&["person", "disable", "anna"][..], ""), (&["import", "-"], far), (&["person", "enable", "anna"], "")]
    {
        let said = reader.run_with(arguments, input).sentence();
        assert!(said.contains("this role may only read"), "{said}");
    }
    let server = reader.serve();
    let browser = server.browser();
    let page = browser.get(HOOKS).expect(200);
    assert!(page.text("main").contains("The database is read-only at the moment"), "{}", page.text("main"));
    let (_, logged) = server.last_words();
    assert!(logged.iter().any(|line| line.contains("is read-only: whoever is signed in can read")), "{logged:?}");
}

#[test]
fn rights_that_are_taken_away_and_given_back_are_noticed() {
    let cluster = Cluster::start();
    let role = with_roles(&cluster);
    let server = role("queue_hooks_server").serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    let rights = "INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public";
    role("queue_hooks").session().execute(&format!("REVOKE {rights} FROM queue_hooks_server"));
    let refused = form.send("Save", &fill);
    assert_eq!((refused.status, refused.text("h1").as_str()), (503, "The database is read-only"));
    role("queue_hooks").session().execute(&format!("GRANT {rights} TO queue_hooks_server"));
    // Each attempt to write finds out; a session does it once a minute.
    assert_eq!(sign_in(&server.stranger(), "nobody", PASSWORD), 422);
    assert_eq!(form.send("Save", &fill).status, 303);
}

#[test]
fn who_owns_no_table_is_told_that_they_are_of_an_older_version() {
    let cluster = Cluster::start();
    let role = with_roles(&cluster);
    role("queue_hooks").session().execute(
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    for name in ["queue_hooks_server", "queue_hooks_reader"] {
        let said = role(name).run(&["export"]).sentence();
        assert!(said.contains("of an older version") && said.contains("only the owner of its tables"), "{said}");
    }
}
