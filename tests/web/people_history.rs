//! `/people/history`, and who the journals say it was.

use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::{hooks, journal, people_journal, queues};
use support::*;

#[on_all]
fn every_change_of_access_is_told_with_who_made_it(app: &App) {
    let browser = app.browser();
    let id = person("anna").create(app);
    browser.get(&format!("/people/{id}")).press("Save", &[Fill::Tick("preset", "editor")]).expect(200);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", "not the password")]).expect(422);
    let anna = app.stranger();
    anna.post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(303);
    anna.post("/sign-out", &[]).expect(303);
    app.browser_of(id);
    browser.post(&format!("/people/{id}/sessions"), &[]).expect(303);
    browser.post(&format!("/people/{id}/password"), &[("password", "quite another one")]).expect(303);
    browser.post(&format!("/people/{id}/access"), &[("enabled", "false")]).expect(303);
    browser.post(&format!("/people/{id}/access"), &[("enabled", "true")]).expect(303);
    let fields = [("name", "boris"), ("display_name", "Boris"), ("password", PASSWORD), ("preset", "viewer")];
    browser.post("/people", &fields).expect(303);
    let page = browser.get("/people/history").expect(200);
    let rows: Vec<_> = page
        .all("tbody tr")
        .into_iter()
        .map(|row| {
            let cells: Vec<String> = row.child_elements().skip(1).map(|cell| cell.text().collect::<String>()).collect();
            cells.join(" | ")
        })
        .collect();
    let tester = "Test Administrator (tester)";
    assert_eq!(
        rows,
        [
            format!("{tester} | Added | Boris (boris) | rights Viewer | 127.0.0.1"),
            format!("{tester} | Access on | The anna (anna) |  | 127.0.0.1"),
            format!("{tester} | Access off | The anna (anna) |  | 127.0.0.1"),
            format!("{tester} | Password set | The anna (anna) |  | 127.0.0.1"),
            format!("{tester} | Sessions ended | The anna (anna) |  | 127.0.0.1"),
            "The anna (anna) | Signed out | The anna (anna) |  | 127.0.0.1".into(),
            "The anna (anna) | Signed in | The anna (anna) |  | 127.0.0.1".into(),
            "unknown | Failed to sign in | The anna (anna) |  | 127.0.0.1".into(),
            format!("{tester} | Edited | The anna (anna) | rights Viewer → Editor | 127.0.0.1"),
        ]
    );
    assert!(!page.body.contains("argon2") && !page.body.contains("quite another one"));
    let filtered = browser.get("/people/history?action=sign-in&action=sign-out").expect(200);
    assert_eq!(filtered.texts("tbody td:nth-child(3)"), ["Signed out", "Signed in"]);
    assert_eq!(filtered.click("When").texts("tbody td:nth-child(3)"), ["Signed in", "Signed out"]);
    let stored: Vec<(Option<String>, Option<String>)> =
        write(app, |conn| people_journal::table.select((people_journal::before, people_journal::after)).load(conn));
    assert!(!format!("{stored:?}").contains("argon2"), "no password is in the journal");
}

#[on_both("the tables of Webitel name users of Webitel")]
fn a_change_of_a_hook_has_its_authors_name_beside_it(app: &App) {
    let id = person("anna").preset(Preset::Editor).create(app);
    let anna = app.browser_of(id);
    let center = center(app);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    let hook = center.hook;
    anna.post(&tab, &[("event", "offering"), ("schema", &center.schema.to_string())]).expect(303);
    anna.post(&format!("{tab}/{hook}"), &[("event", "active"), ("schema", &center.schema.to_string())]).expect(303);
    anna.post(&format!("{tab}/state?enabled=false"), &[("id", &hook.to_string())]).expect(303);
    anna.post(&format!("{tab}/{hook}/state"), &[("enabled", "true")]).expect(303);
    let by =
        |queue: i64| write(app, |conn| queues::table.find(queue).select(queues::updated_by).first::<Option<i64>>(conn));
    assert_eq!(by(center.queue), Some(id));
    let of_hook = write(app, |conn| hooks::table.find(hook).select(hooks::updated_by).first::<Option<i64>>(conn));
    assert_eq!(of_hook, Some(id));
    anna.post(&format!("{tab}/removal"), &[("id", &hook.to_string())]).expect(303);
    app.browser().post(UNDO, &[("change", &center.removal)]).expect(303);
    let authors: Vec<(String, Option<i64>, String)> = write(app, |conn| {
        let rows = journal::table.filter(journal::queue_id.eq(center.queue)).order(journal::id);
        rows.select((journal::action, journal::author_id, journal::author)).load(conn)
    });
    for (action, author_id, author) in &authors[1..authors.len() - 1] {
        assert_eq!((*author_id, author.as_str()), (Some(id), "The anna (anna)"), "{action}");
    }
    let (action, _, author) = authors.last().expect("a restoration");
    assert_eq!((action.as_str(), author.as_str()), ("restore", "Test Administrator (tester)"));
    assert_eq!(authors.len(), 7);
    let page = anna.get(&format!("{tab}/history")).expect(200);
    assert_eq!(page.texts("tbody td:nth-child(2)")[1], "The anna (anna)");
}

#[on_all]
fn a_change_from_before_people_signed_in_is_nobodys(app: &App) {
    let center = center(app);
    write(app, |conn| diesel::update(journal::table).set(journal::author.eq("")).execute(conn));
    let browser = app.browser();
    let page = browser.get(&center.fill("/contact-center/queues/{queue}/hooks/history")).expect(200);
    assert_eq!(page.texts("tbody td:nth-child(2)"), ["unknown"]);
}

#[on_all]
fn an_editor_does_not_read_it(app: &App) {
    person("anna").preset(Preset::Editor).signed_in(app).get("/people/history").expect(403);
}
