//! Journals that would grow for ever.

use support::process::*;

const OLD: &str = "2020-01-01 00:00:00";

/// Adds a hook and removes it; the removal's id.
fn add_and_remove(database: &Database, browser: &Browser, event: &str) -> String {
    assert_eq!(browser.post(HOOKS, &[("event", event), ("schema", "1")]).status, 303);
    let hook = database.lines("SELECT CAST(max(id) AS TEXT) AS line FROM hooks").concat();
    assert_eq!(browser.post(&format!("{HOOKS}/removal"), &[("id", &hook)]).status, 303);
    database.lines("SELECT change AS line FROM journal WHERE action = 'remove' ORDER BY id DESC LIMIT 1").concat()
}

#[on_both]
fn what_happened_too_long_ago_is_forgotten_and_the_rest_can_be_undone(database: &Database) {
    database.import(CENTRE).well();
    let server = database.serve();
    let browser = server.browser();
    let forgotten = add_and_remove(database, &browser, "joined");
    let row = format!("('{OLD}', '', 'sign-in', 'somebody', '')");
    let rows = vec![row; 250].join(",");
    database.session().execute(&format!(
        "UPDATE journal SET at = '{OLD}'; INSERT INTO people_journal (at, author, action, person, address) VALUES {rows}"
    ));
    let kept = add_and_remove(database, &browser, "answered");
    server.stop();

    let server = Program::new(&["serve", "--listen", "127.0.0.1:0", "--keep-history", "30"])
        .env("DATABASE_URL", &database.url)
        .serve();
    let old = "SELECT (SELECT count(*) FROM journal WHERE at < '2021-01-01') + \
               (SELECT count(*) FROM people_journal WHERE at < '2021-01-01') AS number";
    wait_for("old entries to be forgotten", || (database.number(old) == 0).then_some(()));
    assert_eq!(database.number("SELECT count(*) AS number FROM journal"), 2, "the younger ones stay");
    let browser = server.browser();
    let undo = |removal: &str| browser.post(UNDO, &[("change", removal)]).status;
    assert_eq!(undo(&kept), 303);
    assert!(undo(&forgotten) < 500);
    assert_eq!(browser.get(HOOKS).expect(200).all("tbody tr").len(), 1, "only the younger one came back");
    database.expect_sound();
}

#[on_both]
fn a_flow_schema_keeps_its_last_versions(database: &Database) {
    database.import(CENTRE).well();
    let kept = r#"{"name":"CRM","type":"service","editor":false}"#;
    let row = |n| format!("('{n:032}', '{OLD}', '', 'flow_schema', 1, 'edit', '{kept}', '{kept}', '[{n}]')");
    let rows: Vec<_> = (1..=230).map(row).collect();
    database.session().execute(&format!(
        "INSERT INTO journal (change, at, author, subject, subject_id, action, before, after, text) VALUES {}",
        rows.join(",")
    ));
    let server = database.serve();
    let browser = server.browser();
    let versions = "SELECT count(*) AS number FROM journal WHERE subject = 'flow_schema' AND subject_id = 1";
    for (save, count) in [(1, 211), (2, 200), (3, 200)] {
        let text = format!(r#"[{{"log":"{save}"}}]"#);
        assert_eq!(
            browser.post("/routing/flow/1", &[("name", "CRM"), ("type", "service"), ("text", &text)]).status,
            303
        );
        assert_eq!(database.number(versions), count, "after save {save}");
    }
    let oldest = database.number("SELECT min(id) AS number FROM journal");
    browser.get(&format!("/routing/flow/1/history/{oldest}")).expect(200);
    browser.get(&format!("/routing/flow/1/history/{}", oldest - 1)).expect(404);
}
