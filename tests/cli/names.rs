//! What becomes of names that are not composed, folded and sorted as they are now: the program puts them right when it
//! opens the database.

use support::process::*;

/// A queue's or a flow schema's name, what it is searched and what it is sorted by, in the order of the list.
fn kept(database: &Database, table: &str) -> Vec<String> {
    let key = if database.backend == Backend::Sqlite { "lower(hex(sort_key))" } else { "encode(sort_key, 'hex')" };
    let listed = format!("SELECT name || ' | ' || folded_name || ' | ' || {key} AS line FROM {table}");
    database.lines(&format!("{listed} ORDER BY sort_key, id"))
}

fn center() -> String {
    let queue = |id: i64| {
        format!("{{\"queue\":{{\"id\":\"{id}\",\"name\":\"Вхідна Їжа {id}\",\"type\":1,\"enabled\":true}}}}\n")
    };
    let schema = |id: i64| {
        format!(
            "{{\"flow_schema\":{{\"id\":\"{id}\",\"name\":\"Café {id}\",\"type\":\"service\",\"editor\":false,\"schema\":[]}}}}\n"
        )
    };
    (1..=2100).map(queue).chain((1..=1100).map(schema)).collect()
}

/// As an older version left them.
const OLD: [&str; 4] = [
    "UPDATE queues SET name = 'Вхідна \u{406}\u{308}жа ' || id, folded_name = 'вхідна \u{456}\u{308}жа ' || id, sort_key = ''",
    "UPDATE flow_schemas SET name = 'Cafe\u{301} ' || id, folded_name = 'cafe\u{301} ' || id, sort_key = ''",
    "UPDATE people SET display_name = 'Zoe\u{308}', folded_name = 'zoe\u{308}', sort_key = ''",
    "UPDATE name_keys SET rules = ''",
];

fn make_old(database: &Database) {
    let mut session = database.session();
    for statement in OLD {
        session.execute(statement);
    }
}

#[on_both]
fn names_from_an_older_version_become_what_they_would_be_today(database: &Database) {
    database.import(center()).well();
    let before = (kept(database, "queues"), kept(database, "flow_schemas"));
    assert!(before.0[1].starts_with("Вхідна Їжа 2 |"), "{}", before.0[1]);
    make_old(database);
    database.run(&["migrate"]).well();
    assert_eq!((kept(database, "queues"), kept(database, "flow_schemas")), before);
    assert_eq!(database.lines("SELECT display_name AS line FROM people"), ["Zoë"]);
    assert_eq!(database.export(), center());
}

/// In its composed form it has a character more than a name may have.
#[on_both]
fn an_old_name_that_would_become_too_long_stays_as_it_was(database: &Database) {
    database.import(CENTRE).well();
    let long = "\u{9df}".repeat(100);
    let mut session = database.session();
    session.execute(&format!("UPDATE flow_schemas SET name = '{long}', sort_key = '' WHERE id = 1"));
    session.execute("UPDATE name_keys SET rules = ''");
    database.run(&["migrate"]).well();
    assert_eq!(database.lines("SELECT name AS line FROM flow_schemas WHERE id = 1"), [long]);
    assert_eq!(database.lines("SELECT name AS line FROM flow_schemas WHERE sort_key = ''"), [""; 0]);
}

#[on_both]
fn keys_that_other_rules_made_are_made_anew_and_nothing_else_changes(database: &Database) {
    database.import(CENTRE).well();
    let before = (kept(database, "queues"), kept(database, "flow_schemas"));
    let times = "SELECT CAST(updated_at AS TEXT) AS line FROM queues";
    let untouched = database.lines(times);
    let mut session = database.session();
    session.execute("UPDATE queues SET sort_key = ''");
    session.execute("UPDATE queues SET folded_name = 'other'");
    session.execute("UPDATE name_keys SET rules = 'those of another version'");
    database.export();
    assert_eq!((kept(database, "queues"), kept(database, "flow_schemas")), before);
    assert_eq!(database.lines(times), untouched, "the call-center engine does not reload the queues");
    assert_eq!(database.number("SELECT count(*) AS number FROM name_keys"), 1);
}

#[on_both]
fn two_flow_schemas_with_one_name_in_two_forms_both_stay(database: &Database) {
    database.import(CENTRE).well();
    let mut session = database.session();
    session.execute("UPDATE flow_schemas SET name = 'Café' WHERE id = 1");
    session.execute("UPDATE flow_schemas SET name = 'Cafe\u{301}' WHERE id = 2");
    session.execute("UPDATE name_keys SET rules = ''");
    for _ in 0..2 {
        database.run(&["migrate"]).well();
        let names = database.lines("SELECT name AS line FROM flow_schemas WHERE id IN (1, 2) ORDER BY id");
        assert_eq!(names, ["Café", "Cafe\u{301}"]);
        let folded = database.lines("SELECT folded_name AS line FROM flow_schemas WHERE id IN (1, 2) ORDER BY id");
        assert_eq!(folded, ["café", "café"], "a search finds both");
        session.execute("UPDATE name_keys SET rules = 'those of another version'");
    }
    // The second can be edited, and gets the first free name that its author gives it.
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get("/routing/flow/2").expect(200);
    let page = form.press("Save", &[support::Fill::Field("text", r#"[{"log":"new"}]"#)]).expect(200);
    assert_eq!(page.said(), "Saved Cafe\u{301}");
}

#[on_both]
fn many_can_make_the_keys_at_once(database: &Database) {
    database.import(center()).well();
    let before = kept(database, "queues");
    make_old(database);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| database.run(&["migrate"]))).collect();
        for run in runs {
            run.join().expect("a run").well();
        }
    });
    assert_eq!(kept(database, "queues"), before);
}

/// As when the data of an older version is restored into a new database.
#[on_both]
fn a_name_that_was_written_without_its_keys_gets_them(database: &Database) {
    database.import(CENTRE).well();
    let before = kept(database, "queues");
    let mut session = database.session();
    let none = if database.backend == Backend::Sqlite { "x''" } else { "''" };
    session.execute(&format!("UPDATE queues SET folded_name = '', sort_key = {none}"));
    database.run(&["migrate"]).well();
    assert_eq!(kept(database, "queues"), before);
}

#[on_both]
fn a_database_that_cannot_be_changed_is_read_with_the_keys_that_it_has(database: &Database) {
    database.import(CENTRE).well();
    let mut session = database.session();
    session.execute("UPDATE name_keys SET rules = 'those of another version'");
    let before = kept(database, "queues");
    let ended = match database.backend {
        Backend::Sqlite => {
            session.execute("CREATE TRIGGER nobody BEFORE DELETE ON name_keys BEGIN SELECT RAISE(ABORT, 'no'); END");
            database.run(&["export"])
        }
        Backend::Postgres | Backend::Attached => {
            let url = format!("{}?options=-c%20default_transaction_read_only%3Don", database.url);
            Program::new(&["export", "--database-url", &url]).run()
        }
    };
    let ended = ended.well();
    assert_eq!(ended.output, CENTRE);
    assert!(ended.errors.contains("as in another version of Queue Hooks"), "{}", ended.errors);
    assert_eq!(kept(database, "queues"), before);
}

/// As older versions left them, and as others may write them.
#[on_both]
fn what_an_export_writes_an_import_takes_whatever_the_names_are(database: &Database) {
    let schema = |id: usize, name: &str| {
        let name = serde_json::to_string(name).expect("JSON");
        format!(
            "{{\"flow_schema\":{{\"id\":\"{id}\",\"name\":{name},\"type\":\"service\",\"editor\":false,\"schema\":[]}}}}\n"
        )
    };
    let queue = |id: usize, name: &str| {
        let name = serde_json::to_string(name).expect("JSON");
        format!("{{\"queue\":{{\"id\":\"{id}\",\"name\":{name},\"type\":1,\"enabled\":true}}}}\n")
    };
    let (long, composed) = ("\u{9df}".repeat(100), "\u{9af}\u{9bc}".repeat(50));
    let cut = format!("{} (2)", "\u{9af}\u{9bc}".repeat(48));
    let names = [
        ("Cafe\u{301}", "Café (3)"),
        ("Café", "Café"),
        ("Café (2)", "Café (2)"),
        ("\u{200b}", "Unnamed"),
        ("\u{2800}\u{200b}", "Unnamed (2)"),
        ("a\u{200b}\u{200d}b", "ab (2)"),
        ("ab", "ab"),
        ("line\nbreak", "line break"),
        (" around ", "around"),
        (&long, &cut),
        (&composed, &composed),
        ("\u{202e}👩\u{200d}💻 Support", "👩\u{200d}💻 Support"),
    ];
    database.migrate();
    let mut session = database.session();
    for (id, (stored, _)) in names.iter().enumerate().map(|(index, name)| (index + 1, name)) {
        let values = format!("{id}, '{stored}', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'");
        session.execute(&format!(
            "INSERT INTO flow_schemas (id, name, folded_name, created_at, updated_at, type, schema) \
             VALUES ({values}, 'service', '[]')"
        ));
        session.execute(&format!(
            "INSERT INTO queues (id, name, folded_name, created_at, updated_at, type, enabled) VALUES ({values}, 1, TRUE)"
        ));
    }
    let exported = database.run(&["export"]).well();
    let of_flow_schemas: String = names.iter().enumerate().map(|(id, (_, name))| schema(id + 1, name)).collect();
    let of_queues = exported.output.strip_suffix(&of_flow_schemas).unwrap_or_else(|| panic!("{}", exported.output));
    let told = "flow schema 1 is written as “Café (3)”, because no import takes its name “Cafe\u{301}”";
    assert!(exported.errors.contains(told), "{}", exported.errors);
    assert!(exported.errors.contains("queue 8 is written as “line break”"), "{}", exported.errors);
    // Those of two queues were composed when the database was opened.
    assert_eq!(exported.errors.matches("is written as").count(), 8 + 6, "{}", exported.errors);
    // Queues may have the same name.
    let first = [queue(1, "Café"), queue(2, "Café"), queue(3, "Café (2)"), queue(4, "Unnamed")].concat();
    assert!(of_queues.starts_with(&first), "{of_queues}");
    for other in [Database::sqlite(), Database::postgres()] {
        other.import(&*exported.output).well();
        let again = other.run(&["export"]).well();
        assert!(again.output == exported.output && again.errors.is_empty(), "{}", again.errors);
    }
}
