//! `queue-hooks webitel check`: each difference between Webitel's tables and what Queue Hooks needs is a sentence that
//! says what to do.

use support::attached::as_role;
use support::process::*;

const FIRST: &[&str] = &["--domain", "1", "--user", "12"];

/// What it finds, line by line.
#[track_caller]
fn findings(ended: Ended) -> Vec<String> {
    let lines: Vec<_> = ended.output.lines().map(str::to_owned).collect();
    assert!(ended.sentence().contains("in the way, so nothing was changed."));
    for line in &lines {
        assert!(line.ends_with('.') && line.contains(['.', ';']), "a sentence: {line}");
    }
    lines
}

#[test]
fn what_fits_can_be_attached() {
    let webitel = Webitel::new();
    let rights = "SELECT relname || coalesce(relacl::text, '') AS line FROM pg_class ORDER BY 1";
    let before = webitel.root.lines(rights);
    assert_eq!(webitel.run("check", FIRST).well().output, "Domain 1 can be attached.\n");
    webitel.run("check", &[FIRST, &["--write-flow-schemas"]].concat()).well();
    assert_eq!(webitel.root.lines(rights), before, "it only looks");
    webitel.attach(&[]).well();
    webitel.run("check", FIRST).well();
}

/// A change of Webitel's tables, what takes it back, and how the sentence about it begins.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "ALTER TABLE call_center.cc_queue_events RENAME TO other",
        "ALTER TABLE call_center.other RENAME TO cc_queue_events",
        "There is no table call_center.cc_queue_events; use a version",
    ),
    (
        "ALTER TABLE directory.wbt_user RENAME COLUMN dc TO domain",
        "ALTER TABLE directory.wbt_user RENAME COLUMN domain TO dc",
        "directory.wbt_user has no column dc; use a version",
    ),
    (
        "ALTER TABLE call_center.cc_queue RENAME COLUMN enabled TO active",
        "ALTER TABLE call_center.cc_queue RENAME COLUMN active TO enabled",
        "call_center.cc_queue has no column enabled; use a version",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN id TYPE BIGINT",
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN id TYPE INTEGER",
        "call_center.cc_queue_events.id is bigint and not integer; use a version",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN updated_at TYPE TIMESTAMP",
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN updated_at TYPE TIMESTAMPTZ",
        "call_center.cc_queue_events.updated_at is timestamp without time zone and not timestamp with time zone; use",
    ),
    (
        "ALTER TABLE call_center.cc_queue ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE call_center.cc_queue ALTER COLUMN name SET NOT NULL",
        "call_center.cc_queue.name may be null; ALTER TABLE call_center.cc_queue ALTER COLUMN name SET NOT NULL",
    ),
    (
        "ALTER TABLE call_center.cc_queue ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE call_center.cc_queue DISABLE ROW LEVEL SECURITY",
        "call_center.cc_queue hides rows by row-level security",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events ADD COLUMN weight INTEGER; UPDATE call_center.cc_queue_events SET weight = 1; \
         ALTER TABLE call_center.cc_queue_events ALTER COLUMN weight SET NOT NULL",
        "ALTER TABLE call_center.cc_queue_events DROP COLUMN weight",
        "call_center.cc_queue_events.weight must be given, and Queue Hooks does not know it",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN id SET DEFAULT 1",
        "ALTER TABLE call_center.cc_queue_events ALTER COLUMN id SET DEFAULT nextval('call_center.cc_queue_events_id_seq')",
        "Ids of call_center.cc_queue_events do not come from call_center.cc_queue_events_id_seq",
    ),
    (
        "DROP INDEX call_center.cc_queue_events_queue_id_event_uindex; CREATE UNIQUE INDEX cc_queue_events_queue_id_event_uindex \
         ON call_center.cc_queue_events (queue_id, event)",
        "DROP INDEX call_center.cc_queue_events_queue_id_event_uindex; CREATE UNIQUE INDEX cc_queue_events_queue_id_event_uindex \
         ON call_center.cc_queue_events (queue_id, event) WHERE enabled",
        "call_center.cc_queue_events has no unique index on (queue_id, event) WHERE enabled",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events DISABLE TRIGGER cc_queue_events_changed",
        "ALTER TABLE call_center.cc_queue_events ENABLE TRIGGER cc_queue_events_changed",
        "No trigger of call_center.cc_queue_events moves the time of the queue",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events DROP CONSTRAINT cc_queue_events_queue_id_fkey; ALTER TABLE \
         call_center.cc_queue_events ADD CONSTRAINT cc_queue_events_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES call_center.cc_queue",
        "ALTER TABLE call_center.cc_queue_events DROP CONSTRAINT cc_queue_events_queue_id_fkey; ALTER TABLE \
         call_center.cc_queue_events ADD CONSTRAINT cc_queue_events_queue_id_fkey FOREIGN KEY (queue_id) \
         REFERENCES call_center.cc_queue ON DELETE CASCADE",
        "call_center.cc_queue_events.queue_id does not refer to call_center.cc_queue ON DELETE CASCADE",
    ),
    (
        "ALTER TABLE call_center.cc_queue_events DROP CONSTRAINT cc_queue_events_schema_id_fkey; ALTER TABLE \
         call_center.cc_queue_events ADD CONSTRAINT cc_queue_events_schema_id_fkey FOREIGN KEY (schema_id) \
         REFERENCES flow.acr_routing_scheme ON DELETE CASCADE",
        "ALTER TABLE call_center.cc_queue_events DROP CONSTRAINT cc_queue_events_schema_id_fkey; ALTER TABLE \
         call_center.cc_queue_events ADD CONSTRAINT cc_queue_events_schema_id_fkey FOREIGN KEY (schema_id) \
         REFERENCES flow.acr_routing_scheme ON DELETE RESTRICT",
        "call_center.cc_queue_events.schema_id does not refer to flow.acr_routing_scheme ON DELETE RESTRICT",
    ),
    (
        "UPDATE directory.wbt_class SET rbac = TRUE WHERE dc = 1 AND name = 'cc_queue'",
        "UPDATE directory.wbt_class SET rbac = FALSE",
        "Webitel checks rights to single objects of the class cc_queue in this domain, and Queue Hooks does not; add \
         --ignore-record-access",
    ),
];

#[test]
fn each_difference_is_told_and_stops_attaching() {
    let webitel = Webitel::new();
    let mut session = webitel.root.session();
    for (change, back, told) in DIFFERENCES {
        session.execute(change);
        let found = findings(webitel.run("check", FIRST));
        assert!(found[0].starts_with(told), "{change}: {found:#?}");
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(findings(webitel.attach(&[])), found);
        session.execute(back);
    }
    let roles = format!("SELECT count(*) AS number FROM pg_roles WHERE rolname LIKE '{}%'", webitel.schema);
    assert_eq!(webitel.root.number(&roles), 0);
    webitel.run("check", FIRST).well();
    // What does not matter: columns that nobody has to know, a name of any length.
    session.execute(
        "ALTER TABLE call_center.cc_queue ADD COLUMN weight INTEGER; ALTER TABLE call_center.cc_queue_events ADD COLUMN \
         weight INTEGER NOT NULL DEFAULT 1; ALTER TABLE call_center.cc_queue ALTER COLUMN name TYPE VARCHAR(250); \
         UPDATE directory.wbt_class SET rbac = TRUE WHERE dc = 2",
    );
    webitel.run("check", FIRST).well();
    session.execute("UPDATE directory.wbt_class SET rbac = TRUE");
    assert_eq!(findings(webitel.run("check", FIRST)).len(), 2);
    webitel.run("check", &[FIRST, &["--ignore-record-access"]].concat()).well();
}

#[test]
fn what_only_flow_schemas_need_is_asked_for_them_alone() {
    let webitel = Webitel::new();
    webitel.root.session().execute("ALTER TABLE flow.scheme_version RENAME TO other");
    webitel.run("check", FIRST).well();
    let found = findings(webitel.run("check", &[FIRST, &["--write-flow-schemas"]].concat()));
    assert!(found[0].starts_with("There is no table flow.scheme_version;"), "{found:?}");
}

#[test]
fn domain_user_schema_and_database_have_to_be_right() {
    let webitel = Webitel::new();
    let check = |domain, user| findings(webitel.run("check", &["--domain", domain, "--user", user])).concat();
    assert_eq!(
        check("3", "12"),
        "There is no domain 3; name one of these with --domain: 1 (one.example), 2 (two.example)."
    );
    assert!(check("1", "99").starts_with("There is no Webitel user 99; add one to domain 1 in Webitel"));
    assert!(check("1", "21").starts_with("The Webitel user 21 is of domain 2; add one to domain 1 in Webitel"));
    webitel.root.session().execute(&format!("CREATE SCHEMA {}", webitel.schema));
    assert!(check("1", "12").contains("is one that Queue Hooks did not make; choose another name with --schema."));
    let other = findings(Webitel::at(Database::postgres()).run("check", FIRST)).concat();
    assert!(other.starts_with("There are no tables of Webitel in this database"), "{other}");
    let file = Webitel::at(Database::sqlite()).run("check", FIRST).sentence();
    assert!(file.contains("is no database of Webitel. Name that with --database-url postgres://"), "{file}");
    let schema = webitel.run("check", &[FIRST, &["--schema", "Other Name"]].concat()).failed();
    assert!(schema.contains("--schema"), "{schema}");
}

#[test]
fn roles_that_may_do_more_than_they_should_are_told() {
    let webitel = Webitel::new();
    let name = &webitel.schema;
    let check = || findings(webitel.run("check", FIRST)).concat();
    let mut session = webitel.root.session();
    for (role, told) in [
        (format!("CREATE ROLE {name} LOGIN SUPERUSER"), "is a superuser, so Queue Hooks could do more"),
        (format!("CREATE ROLE {name} LOGIN CREATEDB"), "is one with rights of its own"),
        (format!("CREATE ROLE {name}"), "cannot log in; choose other names"),
        (
            format!("CREATE ROLE {name} LOGIN IN ROLE pg_read_all_data"),
            "is a member of pg_read_all_data, whose rights it has",
        ),
        (
            format!("CREATE ROLE {name} LOGIN; GRANT SELECT ON call_center.cc_queue TO {name}"),
            "has the right SELECT ON call_center.cc_queue, which Queue Hooks did not give it; choose other names with --schema",
        ),
    ] {
        session.execute(&role);
        let found = check();
        assert!(found.starts_with(&format!("The role {name} {told}")), "{found}");
        session.execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
    }
    session.execute(&format!("CREATE ROLE {name}_owner LOGIN"));
    assert!(check().contains("can log in, which the owner of the tables must not"));
    session.execute(&format!("DROP ROLE {name}_owner"));
    // Nor may somebody else have the rights of the owner.
    let other = format!("other_{name}");
    session.execute(&format!("CREATE ROLE {other} NOINHERIT; CREATE ROLE {name}_owner ROLE {other}"));
    let found = check();
    assert!(
        found.starts_with(&format!("The role {other} is a member of {name}_owner, and would have its rights")),
        "{found}"
    );
    session.execute(&format!("REVOKE {name}_owner FROM {other}"));
    webitel.run("check", FIRST).well();
    session.execute(&format!("DROP ROLE {name}_owner, {other}"));
    // Tables that everybody may use are worth a note.
    session.execute("GRANT SELECT ON call_center.cc_queue TO PUBLIC");
    session.execute("GRANT CREATE ON SCHEMA public TO PUBLIC");
    let note = webitel.run("check", FIRST).well().output;
    assert!(
        note.contains(
            "Every role may make tables in the schema public, so the role of the server may too; REVOKE CREATE"
        )
    );
    assert!(
        note.contains("Every role may use call_center.cc_queue, so the role of the server may too; REVOKE"),
        "{note}"
    );
}

#[test]
fn a_role_that_may_not_give_these_rights_is_told_which() {
    let webitel = Webitel::new();
    let name = format!("nobody_{}", webitel.schema);
    let mut session = webitel.root.session();
    session.execute(&format!("CREATE ROLE {name} LOGIN"));
    let nobody = Database::at(&as_role(&webitel.root.url, &name));
    let check = || findings(webitel.run_as(&nobody, "check", FIRST));
    assert_eq!(check().len(), 3);
    assert_eq!(
        check()[0],
        format!("The role {name} may not use the schema call_center; attach as the owner of Webitel's tables.")
    );
    session.execute(&format!("GRANT USAGE ON SCHEMA call_center, flow, directory TO {name}"));
    let found = check();
    for told in [
        "may not give others the right to SELECT call_center.cc_queue; attach as the owner of Webitel's tables.",
        "may not give others the right to use call_center.cc_queue_events_id_seq",
        "may not give others the right to use the schema call_center",
        "may not create roles; ALTER ROLE",
        "may not create a schema; GRANT CREATE ON DATABASE",
    ] {
        assert!(
            found.iter().any(|line| line.starts_with(&format!("The role {name} {told}"))),
            "no {told:?}: {found:#?}"
        );
    }
}

#[test]
fn a_trigger_that_needs_more_rights_stops_attaching_and_leaves_nothing() {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.root.session().execute(
        "INSERT INTO call_center.cc_queue_events (schema_id, event, queue_id, updated_at) VALUES (1, 'joined', 1, now()); \
         CREATE TABLE call_center.noted (id int); \
         CREATE FUNCTION call_center.note() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO call_center.noted VALUES (NEW.id); RETURN NULL; END $$; \
         CREATE TRIGGER note AFTER UPDATE ON call_center.cc_queue FOR EACH ROW EXECUTE FUNCTION call_center.note()",
    );
    let said = webitel.attach(&[]).sentence();
    let told =
        format!("a trigger of Webitel's tables fails for {}_owner; use a version of Queue Hooks", webitel.schema);
    assert!(said.contains(&told), "{said}");
    let roles = format!("SELECT count(*) AS number FROM pg_roles WHERE rolname LIKE '{}%'", webitel.schema);
    assert_eq!(webitel.root.number(&roles), 0);
    webitel.root.session().execute("DROP TRIGGER note ON call_center.cc_queue");
    webitel.attach(&[]).well();
    assert_eq!(webitel.root.number("SELECT count(*) AS number FROM call_center.noted"), 0);
}

#[test]
fn without_icu_it_works_too_and_says_what_is_different() {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.root.session().execute("DELETE FROM pg_collation WHERE collname = 'und-x-icu'");
    let note = webitel.run("check", FIRST).well().output;
    assert!(
        note.starts_with("This PostgreSQL has no ICU, so until Queue Hooks has seen a new name, a search"),
        "{note}"
    );
    webitel.attach(&[]).well();
    let names = webitel.login().lines("SELECT folded_name AS line FROM queues ORDER BY sort_key");
    assert_eq!(names, ["inbound support", "sales"]);
}
