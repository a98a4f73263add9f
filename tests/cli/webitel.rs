//! `queue-hooks webitel`: a domain of a live Webitel system in the place of tables of our own.

use std::process::Command;

use support::attached::{Attached, LOGIN};
use support::process::*;

#[test]
fn what_is_attached_is_used_by_the_role_that_it_names() {
    let webitel = Webitel::new();
    webitel.fill();
    let told = webitel.attach(&[]).well().output;
    let Webitel { root, schema } = &webitel;
    for part in [
        format!("the role {schema}_owner, which cannot log in"),
        format!("the role {schema}, which can log in"),
        format!("GRANT USAGE ON SCHEMA call_center, flow, directory TO \"{schema}_owner\";"),
        format!("DATABASE_URL=postgres://{schema}:PASSWORD@HOST/NAME queue-hooks serve"),
    ] {
        assert!(told.contains(&part), "no {part:?} in {told}");
    }
    let login = webitel.login();
    login.let_in("anna", "administrator");
    let server = login.serve();
    let browser = server.signed_in("anna");
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    browser.get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    let stored = "SELECT queue_id || ' ' || event || ' ' || updated_by AS line FROM call_center.cc_queue_events WHERE id < 1000000";
    assert_eq!(root.lines(stored), ["1 joined 12"]);
    // Once more: what is ours stays, and who is signed in.
    webitel.attach(&[]).well();
    browser.get(HOOKS).expect(200);
    assert!(login.run(&["person", "list"]).well().output.starts_with("anna\t"));
    assert_eq!(login.number("SELECT count(*) AS number FROM journal"), 1);
    let other = webitel.run("attach", &["--domain", "2", "--user", "21"]);
    assert!(other.output.contains(&format!("The schema {schema} is for domain 1; choose another one for domain 2")));
}

#[test]
fn rights_to_flow_schemas_are_given_with_the_option_alone_and_taken_without_it() {
    let webitel = Webitel::new();
    webitel.fill();
    let may_write =
        || webitel.login().number("SELECT has_table_privilege('flow_schemas', 'UPDATE')::int::bigint AS number") == 1;
    let rights = format!(
        "SELECT count(*) AS number FROM information_schema.column_privileges WHERE grantee = '{}_owner' \
         AND table_name = 'acr_routing_scheme' AND privilege_type <> 'SELECT'",
        webitel.schema
    );
    webitel.attach(&["--write-flow-schemas"]).well();
    assert!(may_write() && webitel.root.number(&rights) > 0);
    webitel.attach(&[]).well();
    assert!(!may_write());
    assert_eq!(webitel.root.number(&rights), 0);
}

#[test]
fn nobody_is_asked_where_there_is_no_terminal_and_a_no_changes_nothing() {
    let webitel = Webitel::new();
    let Webitel { root, schema } = &webitel;
    let is_attached =
        || root.number(&format!("SELECT count(*) AS number FROM pg_namespace WHERE nspname = '{schema}'")) == 1;
    let attach = ["webitel", "attach", "--domain", "1", "--user", "12", "--schema", schema];
    let said = root.run(&attach).sentence();
    assert!(said.contains("nobody can be asked here. Add --yes"), "{said}");
    let answer = |command: &str, answer: &str| {
        let at_terminal = format!("echo {answer} | script -qec '{} {command}' /dev/null", binary().display());
        let ended =
            Command::new("sh").args(["-c", &at_terminal]).env("DATABASE_URL", &root.url).output().expect("a shell");
        String::from_utf8_lossy(&ended.stdout).into_owned()
    };
    assert!(answer(&attach.join(" "), "n").contains("Attach? [y/N]"));
    assert!(!is_attached());
    let said = answer(&attach.join(" "), "y");
    assert!(said.contains("Attached to domain 1."), "{said}");
    assert!(is_attached());
    let detach = format!("webitel detach --schema {schema}");
    let said = answer(&detach, "");
    assert!(said.contains("with people and history") && said.contains("Nothing was changed."), "{said}");
    assert!(is_attached());
    assert!(root.run(&["webitel", "detach", "--schema", schema]).sentence().contains("nobody can be asked here"));
    answer(&detach, "yes");
    assert!(!is_attached());
}

#[test]
fn changes_bear_the_name_of_a_webitel_user() {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.attach(&[]).well();
    let login = webitel.login();
    for name in ["anna", "boris"] {
        login.let_in(name, "editor");
    }
    let told = webitel.run("user", &["Anna", "11"]).well().errors;
    assert_eq!(told, "Changes of anna bear the name of the Webitel user 11 in Webitel.\n");
    assert_eq!(webitel.run("user", &[]).well().output, "anna\tWebitel user 11\nboris\tas everybody\n");
    let server = login.serve();
    let add = |name: &str, event: &str| {
        let fill = [Fill::Field("event", event), Fill::Field("schema", "1")];
        server.signed_in(name).get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
        let author = "SELECT updated_by::bigint AS number FROM call_center.cc_queue_events WHERE id < 1000000 ORDER BY id DESC LIMIT 1";
        let of_queue = "SELECT updated_by AS number FROM call_center.cc_queue WHERE id = 1";
        assert_eq!(webitel.root.number(author), webitel.root.number(of_queue));
        webitel.root.number(author)
    };
    assert_eq!([add("anna", "joined"), add("boris", "missed")], [11, 12]);
    for (arguments, told) in [
        (&["anna", "21"][..], "There is no Webitel user 21 in this domain"),
        (&["anna", "99"], "There is no Webitel user 99 in this domain"),
        (&["clara", "11"], "There is nobody with the name clara"),
        (&["anna"], "Name a Webitel user too, or add --remove."),
    ] {
        let said = webitel.run("user", arguments).sentence();
        assert!(said.contains(told), "{said}");
    }
    // A user who is removed in Webitel leaves their place to that of everybody.
    webitel.root.session().execute("DELETE FROM directory.wbt_user WHERE id = 11");
    assert_eq!(add("anna", "leaving"), 12);
    let told = webitel.run("user", &["anna", "--remove"]).well().errors;
    assert_eq!(told, "Changes of anna bear the name in Webitel that those of everybody else bear.\n");
    webitel.run("user", &["anna", "--remove"]).well();
    assert_eq!(webitel.run("user", &[]).well().output, "anna\tas everybody\nboris\tas everybody\n");
    let told = "SELECT author || ': ' || action || ' ' || about || ' ' || person AS line FROM people_journal \
                WHERE action LIKE '%webitel%' ORDER BY id";
    assert_eq!(
        login.lines(told),
        ["Command line: set-webitel-user 11 anna (anna)", "Command line: remove-webitel-user  anna (anna)"]
    );
    let admin = login.run_with(&["person", "add", "clara", "--preset", "administrator", "--password-stdin"], PASSWORD);
    admin.well();
    let clara = server.signed_in("clara");
    let history = clara.get("/people/history").expect(200);
    assert!(history.body.contains("Webitel user set") && history.body.contains("Webitel user removed"));
}

#[test]
fn no_tables_are_made_beside_those_of_webitel_by_a_wrong_role() {
    let webitel = Webitel::new();
    webitel.attach(&[]).well();
    let tables = "SELECT count(*) AS number FROM pg_tables WHERE schemaname = 'public'";
    for command in [&["migrate"][..], &["import", "-"], &["person", "list"], &["serve", "--listen", "127.0.0.1:0"]] {
        let said = webitel.root.run(command).sentence();
        assert!(said.contains("use it as the role that “queue-hooks webitel attach” makes"), "{said}");
    }
    assert_eq!(webitel.root.number(tables), 0);
}

#[test]
fn names_that_webitel_wrote_are_sorted_as_those_of_own_tables() {
    let webitel = Webitel::new();
    webitel.attach(&[]).well();
    let login = webitel.login();
    let name = |name: &str| {
        let values = format!("VALUES ('fifo', TRUE, '{name}', 1, 1)");
        webitel.root.session().execute(&format!(
            "INSERT INTO call_center.cc_queue (strategy, enabled, name, domain_id, created_at) {values}"
        ));
    };
    ["Zug 10", "Äpfel", "zug 9", "Straße"].into_iter().for_each(name);
    let sorted = || login.lines("SELECT name AS line FROM queues ORDER BY sort_key, id");
    // At first as PostgreSQL can: found by its letters in either case, sorted without sense for numbers.
    assert_eq!(sorted(), ["Straße", "Zug 10", "zug 9", "Äpfel"]);
    assert_eq!(login.lines("SELECT name AS line FROM queues WHERE folded_name LIKE '%äpfel%'"), ["Äpfel"]);
    // Each start of the program makes what is missing. A server that runs does so each minute.
    login.run(&["person", "list"]).well();
    assert_eq!(sorted(), ["Äpfel", "Straße", "zug 9", "Zug 10"]);
    assert_eq!(login.lines("SELECT name AS line FROM queues WHERE folded_name LIKE '%strasse%'"), ["Straße"]);
    name("zug 8");
    assert_eq!(sorted()[4], "zug 8", "it is not known yet");
    login.run(&["person", "list"]).well();
    assert_eq!(sorted(), ["Äpfel", "Straße", "zug 8", "zug 9", "Zug 10"]);
    // Rules of another version are made anew.
    login.session().execute("UPDATE name_keys SET rules = 'others'; UPDATE sort_keys SET sort_key = ''");
    login.run(&["person", "list"]).well();
    assert_eq!(sorted(), ["Äpfel", "Straße", "zug 8", "zug 9", "Zug 10"]);
}

/// Both count the events that are covered and missing, for each type of queue.
#[test]
fn coverage_is_counted_as_on_own_tables() {
    let (own, webitel) = (Database::postgres(), Webitel::new());
    own.import(CENTRE).well();
    webitel.attach(&[]).well();
    let types = "generate_series(0, 9) AS type, generate_series(0, 7) AS other";
    let events = "'{joined,answered,offering,bridged,missed,leaving,processing,active}'::text[]";
    own.session().execute(&format!(
        "DELETE FROM queues; \
         INSERT INTO queues (id, name, folded_name, type, enabled, created_at, updated_at) \
             SELECT 100 + type * 8 + other, 'q', 'q', type, TRUE, now(), now() FROM {types}; \
         INSERT INTO hooks (queue_id, schema_id, event, enabled, updated_at) SELECT 100 + type * 8 + other, 1, event, \
             (place + other + type) % 3 > 0, now() FROM {types}, unnest({events}) WITH ORDINALITY AS e (event, place) \
             WHERE (place + other) % 4 > 0"
    ));
    webitel.fill();
    webitel.root.session().execute(&format!(
        "INSERT INTO call_center.cc_queue (id, strategy, name, type, enabled, created_at, domain_id) \
             SELECT 100 + type * 8 + other, 'fifo', 'q', type, TRUE, 1, 1 FROM {types}; \
         INSERT INTO call_center.cc_queue_events (queue_id, schema_id, event, enabled, updated_at) SELECT 100 + type * 8 + other, 1, \
             event, (place + other + type) % 3 > 0, now() FROM {types}, unnest({events}) WITH ORDINALITY AS e (event, place) \
             WHERE (place + other) % 4 > 0"
    ));
    let coverage =
        "SELECT format('%s %s %s %s', id, type, covered, missing) AS line FROM queues WHERE id >= 100 ORDER BY id";
    let counts = "SELECT format('%s %s %s %s', queue_id, event, enabled, hooks) AS line FROM hook_counts WHERE hooks > 0 \
                  AND queue_id >= 100 ORDER BY queue_id, event, enabled";
    let login = webitel.login();
    assert_eq!(login.lines(coverage), own.lines(coverage));
    assert_eq!(login.lines(coverage).len(), 80);
    assert_eq!(login.lines(counts), own.lines(counts));
}

#[test]
fn times_that_no_calendar_has_are_in_nobodys_way() {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.root.session().execute(
        "SET session_replication_role = replica; \
         INSERT INTO call_center.cc_queue_events (schema_id, event, queue_id, enabled, updated_at) SELECT 1, 'joined', 1, FALSE, at \
         FROM unnest('{NULL, infinity, -infinity, 4000-01-01 BC, 200000-01-01, 2026-01-01}'::timestamptz[]) AS at; \
         UPDATE call_center.cc_queue SET updated_at = 9223372036854775807, created_at = -9223372036854775808 WHERE id = 1; \
         UPDATE call_center.cc_queue SET updated_at = -1 WHERE id = 2; \
         UPDATE flow.acr_routing_scheme SET updated_at = 9223372036854775807 WHERE domain_id = 1",
    );
    webitel.attach(&[]).well();
    let login = webitel.login();
    login.let_in("anna", "administrator");
    let server = login.serve();
    let browser = server.signed_in("anna");
    for page in ["/contact-center/queues", "/contact-center/queues/1", HOOKS, "/routing/flow", "/routing/flow/1"] {
        browser.get(page).expect(200);
    }
    assert_eq!(browser.get(&format!("{HOOKS}?sort=updated_at")).expect(200).all("tbody tr").len(), 6);
    let remove = browser.get(&format!("{HOOKS}/removal?all=matching&count=6")).expect(200);
    remove.press("Remove 6 hooks", &[]).expect(200);
}

/// The columns of everything that is in a schema, each with its type.
fn columns(database: &Database, schema: &str) -> Vec<String> {
    database.lines(&format!(
        "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) AS line \
         FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid \
         WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY 1"
    ))
}

/// What holds for the tables that both have, by their definitions.
fn rules(database: &Database, schema: &str) -> Vec<String> {
    let ours = "('people', 'sessions', 'tokens', 'links', 'sign_in_failures', 'keys', 'people_journal', 'journal', \
                'forgotten', 'name_keys')";
    let rules = database.lines(&format!(
        "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = '{schema}' AND tablename IN {ours} \
         UNION ALL SELECT c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint AS c \
             WHERE c.conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relname IN {ours}) \
         UNION ALL SELECT format('%s.%s %s %s %s', c.relname, a.attname, a.attnotnull, a.attidentity, a.attcollation) \
             FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relnamespace = '{schema}'::regnamespace AND c.relname IN {ours} ORDER BY 1"
    ));
    let mut rules: Vec<_> = rules.into_iter().map(|rule| rule.replace(&format!("{schema}."), "")).collect();
    rules.sort();
    rules
}

#[test]
fn an_attached_database_has_every_table_and_column_that_own_tables_have() {
    let own = Database::postgres();
    own.migrate();
    let attached = Database::at(&Attached::new(true).root);
    let there = columns(&attached, LOGIN);
    // Ids are as wide as those of Webitel, and only a trigger of our own tables asks which transaction moved a queue.
    let ids = ["hooks.id", "hooks.queue_id", "hooks.schema_id", "hook_counts.queue_id", "queues.id"];
    let expected = columns(&own, "public").into_iter().filter(|column| !column.starts_with("queues.moved_in "));
    let expected = expected.map(|column| match column.strip_suffix(" bigint") {
        Some(id) if ids.contains(&id) => format!("{id} integer"),
        _ => column,
    });
    let missing: Vec<String> = expected.filter(|column| !there.contains(column)).collect();
    assert_eq!(missing, [""; 0], "migrations/webitel has everything that migrations/postgres has");
    assert_eq!(rules(&attached, LOGIN), rules(&own, "public"));
    let functions = |database: &Database, schema: &str| {
        database.lines(&format!(
            "SELECT proname || '(' || pg_get_function_arguments(oid) || ') ' || pg_get_function_result(oid) AS line \
             FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND proname IN ('lock_queues', 'keep_flow_schemas', 'draw_ids') ORDER BY 1"
        ))
    };
    assert_eq!(functions(&attached, LOGIN), functions(&own, "public"));
    assert_eq!(functions(&attached, LOGIN).len(), 3);
}
