//! On the tables of a live Webitel system, beside its own writers: whoever waits, Webitel does not fail. What stands
//! between us and the database.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support::attached::WEBITEL;
use support::process::*;

/// Hooks 1 and 2 of queue 1, both for the first flow schema; the first one is enabled.
fn with_two_hooks(arguments: &[&str]) -> Webitel {
    let webitel = Webitel::new();
    webitel.fill();
    webitel.root.session().execute(
        "INSERT INTO call_center.cc_queue_events (schema_id, event, queue_id, enabled, updated_at, updated_by) \
         VALUES (1, 'joined', 1, TRUE, now(), 11), (1, 'missed', 1, FALSE, now(), 11)",
    );
    webitel.attach(arguments).well();
    webitel.login().let_in("anna", "administrator");
    webitel
}

/// A session that does what Webitel does, and gives up if it has to wait for long.
fn client_of_webitel(webitel: &Webitel) -> PgConnection {
    let mut conn = PgConnection::establish(&webitel.root.url).expect("the server answers");
    conn.batch_execute("SET lock_timeout = '3s'").expect("a setting");
    conn
}

/// How Webitel changes a hook: the hook first, and then its trigger the queue.
fn change(hook: i32) -> String {
    format!("UPDATE call_center.cc_queue_events SET updated_at = now(), updated_by = 11 WHERE id = {hook}")
}

const LOCK: &str = "SELECT lock_queues('{1}')";

#[test]
fn attempts_come_in_while_a_queue_is_locked_and_changed() {
    let webitel = with_two_hooks(&[]);
    let mut ours = webitel.login().session();
    let mut dialer = client_of_webitel(&webitel);
    ours.execute(&format!(
        "BEGIN; {LOCK}; UPDATE hooks SET enabled = FALSE, updated_at = now() AT TIME ZONE 'UTC' WHERE id = 1"
    ));
    ours.execute("UPDATE queues SET enabled = FALSE WHERE id = 1; DELETE FROM hooks WHERE id = 2");
    dialer.batch_execute("SET lock_timeout = '200ms'").expect("a setting");
    dialer.batch_execute("INSERT INTO call_center.cc_member_attempt (queue_id) VALUES (1)").expect("calls go on");
    ours.execute("COMMIT");
}

#[test]
fn whoever_of_us_comes_first_webitel_changes_its_hooks() {
    let webitel = with_two_hooks(&[]);
    let mut theirs = client_of_webitel(&webitel);
    // Ours first: Webitel waits until we are done, and goes on.
    for hooks in [&[1][..], &[1, 2], &[2, 1]] {
        let mut ours = webitel.login().session();
        ours.execute(&format!("BEGIN; {LOCK}"));
        std::thread::scope(|scope| {
            let changed = scope.spawn(|| {
                theirs.batch_execute("BEGIN")?;
                hooks.iter().try_for_each(|hook| theirs.batch_execute(&change(*hook)))?;
                theirs.batch_execute("COMMIT")
            });
            std::thread::sleep(Duration::from_millis(100));
            ours.execute("UPDATE hooks SET updated_at = now() AT TIME ZONE 'UTC'; UPDATE queues SET updated_by = 1 WHERE id = 1; COMMIT");
            changed.join().expect("a thread").expect("Webitel changes its hooks");
        });
    }
    // Webitel first: we wait, give up, and try once more; Webitel goes on with its second hook.
    let server = webitel.login().serve();
    let browser = server.signed_in("anna");
    for (first, second) in [(1, None), (1, Some(2)), (2, Some(1))] {
        theirs
            .batch_execute("BEGIN")
            .and_then(|()| theirs.batch_execute(&change(first)))
            .expect("Webitel changes a hook");
        std::thread::scope(|scope| {
            let mine = server.signed_in("anna");
            let ours = scope.spawn(move || mine.post(&format!("{HOOKS}/1/state"), &[("enabled", "false")]).status);
            std::thread::sleep(Duration::from_millis(100));
            if let Some(second) = second {
                theirs.batch_execute(&change(second)).expect("Webitel changes another hook");
            }
            theirs.batch_execute("COMMIT").expect("Webitel is done");
            assert_eq!(ours.join().expect("a thread"), 303, "we go on after that");
        });
        browser.post(&format!("{HOOKS}/1/state"), &[("enabled", "true")]).expect(303);
    }
    // Who does not end keeps us, and not for long.
    theirs.batch_execute("BEGIN").and_then(|()| theirs.batch_execute(&change(1))).expect("Webitel changes a hook");
    let (answer, took) = timed(|| browser.post(&format!("{HOOKS}/1/state"), &[("enabled", "false")]));
    assert_eq!(answer.status, 503);
    assert!(took < Duration::from_secs(4), "{took:?}");
    theirs.batch_execute("COMMIT").expect("Webitel is done");
}

#[test]
fn a_queue_that_webitel_removes_is_not_removed_in_vain() {
    let webitel = with_two_hooks(&[]);
    let mut ours = webitel.login().session();
    let mut theirs = client_of_webitel(&webitel);
    ours.execute("BEGIN; SET lock_timeout = '700ms'");
    ours.execute(LOCK);
    // It takes the queue, and then waits for its hooks. We want the queue too.
    std::thread::scope(|scope| {
        let removed = scope.spawn(|| theirs.batch_execute("DELETE FROM call_center.cc_queue WHERE id = 1"));
        std::thread::sleep(Duration::from_millis(100));
        ours.execute(
            "DO $$ BEGIN UPDATE hooks SET updated_at = now() AT TIME ZONE 'UTC'; RAISE 'it did not wait'; \
             EXCEPTION WHEN lock_not_available OR deadlock_detected THEN NULL; END $$; ROLLBACK",
        );
        removed.join().expect("a thread").expect("Webitel removes its queue");
    });
    assert_eq!(webitel.login().number("SELECT count(*) AS number FROM hooks"), 0);
}

#[test]
fn webitel_saves_a_flow_schema_after_us() {
    let webitel = with_two_hooks(&["--write-flow-schemas"]);
    let mut theirs = client_of_webitel(&webitel);
    theirs
        .batch_execute(
            "INSERT INTO call_center.system_settings (domain_id, name, value) VALUES (1, 'scheme_version_limit', '5')",
        )
        .expect("a setting");
    let server = webitel.login().serve();
    let browser = server.signed_in("anna");
    // Nobody knows who wrote the first text of this one.
    let text = Fill::Field("text", "[ {\"log\": \"ours\"} ]");
    browser.get("/routing/flow/1").expect(200).press("Save", &[text]).expect(200);
    theirs
        .batch_execute(
            "UPDATE flow.acr_routing_scheme SET scheme = '[{\"log\": \"theirs\"}]', updated_by = 11, updated_at = 5 WHERE id = 1",
        )
        .expect("Webitel saves");
    let versions =
        "SELECT format('%s %s %s', version, created_by, scheme) AS line FROM flow.scheme_version ORDER BY version";
    assert_eq!(webitel.root.lines(versions), [r#"1 11 [{"log": "crm"}]"#, r#"2 12 [{"log": "ours"}]"#]);
    let shown = browser.get("/routing/flow/1").expect(200).body;
    assert!(shown.contains("theirs") && !shown.contains("ours\""), "{shown}");
}

#[test]
fn every_command_works_behind_a_pooler() {
    let webitel = with_two_hooks(&[]);
    let login = webitel.login();
    for configuration in ["pool_mode = session\ndefault_pool_size = 40", ""] {
        let bouncer = Bouncer::start(&login, configuration);
        let database = bouncer.database();
        let server = database.serve();
        let browser = server.signed_in("anna");
        for enabled in ["false", "true"] {
            browser.post(&format!("{HOOKS}/1/state"), &[("enabled", enabled)]).expect(303);
            assert_eq!(browser.get(HOOKS).expect(200).all("tbody tr").len(), 2);
        }
        assert!(database.run(&["person", "list"]).well().output.starts_with("anna"));
        assert_eq!(database.export().lines().count(), 6);
        server.stop();
    }
}

#[test]
fn a_replica_is_told() {
    let cluster = Cluster::start();
    let root = Database::of(&cluster);
    root.session().execute(WEBITEL);
    let webitel = Webitel::at(root);
    webitel.attach(&[]).well();
    webitel.login().let_in("anna", "viewer");
    cluster.become_replica();
    let told = "This server is a replica, on which nothing can be written; name the primary with --database-url.";
    for command in ["check", "attach"] {
        let said = webitel.run(command, &["--domain", "1", "--user", "12"]).sentence();
        assert!(said.contains(told), "{said}");
    }
    assert!(webitel.run("detach", &[]).sentence().contains(told));
    let said = webitel.run("user", &["anna", "11"]).sentence();
    assert!(said.contains(told), "{said}");
    let server = webitel.login().serve();
    server.stranger().get("/sign-in").expect(200);
    let (_, logged) = server.last_words();
    assert!(logged.iter().any(|line| line.contains("is read-only: whoever is signed in can read")), "{logged:?}");
}
