//! `/account/tokens`: one's own tokens for programs.

use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::access::tokens::{self, Token};
use queue_hooks::db::schema::{people, people_journal, tokens as stored};
use support::*;

const TOKENS: &str = "/account/tokens";

fn of(app: &App, person: i64) -> Vec<Token> {
    write(app, |conn| tokens::list(conn, person))
}

/// Makes a token with the form as it is, but for these fields.
fn make<'b>(browser: &'b Browser, fields: &[Fill]) -> Page<'b> {
    browser.get(TOKENS).expect(200).press("Add token", fields)
}

/// What the page shows once.
fn made(page: &Page) -> String {
    page.one("#made").attr("value").expect("a token").to_owned()
}

#[on_all]
fn a_token_is_made_shown_once_used_and_removed(app: &App) {
    let id = person("anna").preset(Preset::Editor).create(app);
    let anna = app.browser_of(id);
    let account = anna.get("/account").expect(200).click("Tokens").expect(200);
    assert_eq!(account.path, TOKENS);
    assert!(!account.has("table"), "there is none yet");
    let page = make(&anna, &[Fill::Field("name", "  Nightly export ")]).expect(200);
    let token = made(&page);
    assert!(token.starts_with("qh_") && token.len() == 35, "{token}");
    assert!(page.text("[role=status].made").contains("Nightly export"), "{}", page.text(".made"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    // It works, for what a viewer may do, and its use is told.
    let client = Client::new(app, &token);
    client.get("/api/call_center/queues").expect(200);
    client.post("/api/call_center/queues", r#"{"name": "A", "type": 1}"#).refused(403);
    // One at a time is written down; whoever comes meanwhile leaves it to the next request.
    wait_for("its use is written down", || {
        client.get("/api/call_center/queues").expect(200);
        of(app, id)[0].used_at
    });
    let again = anna.get(TOKENS).expect(200);
    assert!(!again.body.contains(&token) && !again.has("#made"), "nobody can see it again");
    let row = again.text("tbody tr");
    assert!(row.starts_with("Nightly export") && row.contains("Viewer") && !row.contains("never"), "{row}");
    let (hash, end): (String, chrono::NaiveDateTime) =
        write(app, |conn| stored::table.select((stored::hash, stored::expires_at)).first(conn));
    let hours = (end - queue_hooks::db::now()).num_hours();
    assert!(!hash.contains(&token[3..]) && (2159..=2160).contains(&hours), "90 days: {hours}");

    let removed = again.press("Remove Nightly export", &[]).expect(200);
    assert_eq!(removed.said(), "Removed the token Nightly export");
    assert!(!removed.has("table"));
    client.get("/api/call_center/queues").refused(401);
    assert_eq!(anna.post(&format!("{TOKENS}/removal"), &[("id", "1")]).expect(303).header("location"), Some(TOKENS));
    assert_eq!(anna.get(TOKENS).expect(200).said(), "That token was removed already");
}

#[on_all]
fn what_is_wrong_is_told_and_what_was_typed_stays(app: &App) {
    let id = person("anna").create(app);
    let anna = app.browser_of(id);
    make(&anna, &[Fill::Field("name", "Taken")]).expect(200);
    let long = "x".repeat(101);
    for (name, days, error) in [
        ("", "7", "name-error"),
        ("  ", "7", "name-error"),
        (&*long, "7", "name-error"),
        ("a\u{200b}b", "7", "name-error"),
        ("Taken", "7", "name-error"),
        ("Fine", "", "days-error"),
        ("Fine", "0", "days-error"),
        ("Fine", "-1", "days-error"),
        ("Fine", "367", "days-error"),
        ("Fine", "99999999999", "days-error"),
        ("Fine", "1.5", "days-error"),
        ("Fine", "many", "days-error"),
    ] {
        let before = contents(app);
        let fields = [("name", name), ("days", days), ("preset", "own"), ("right", "queues:read")];
        let page = anna.post(TOKENS, &fields).expect(422);
        assert_eq!(page.one(".field-error").attr("id"), Some(error), "{name:?} {days:?}");
        let value = |id: &str| page.one(id).attr("value").map(str::to_owned);
        assert_eq!((value("#name").as_deref(), value("#days").as_deref()), (Some(name), Some(days)));
        assert!(page.one("[name=right][value='queues:read']").attr("checked").is_some());
        assert!(!page.has("#made"));
        assert_eq!(contents(app), before);
    }
    let page = anna.post(TOKENS, &[("name", "Fine"), ("days", "7"), ("preset", "own")]).expect(422);
    assert!(page.text("form.stack").contains("Choose at least one right."));
    // A name belongs to one person's token.
    make(&app.browser(), &[Fill::Field("name", "Taken")]).expect(200);
    for days in ["1", "366", " 7 "] {
        let fields = [("name", days), ("days", days), ("preset", "viewer")];
        anna.post(TOKENS, &[("name", &*format!("for {days} days")), fields[1], fields[2]]).expect(200);
    }
    assert_eq!(of(app, id).len(), 4);
}

#[on_all]
fn a_token_that_could_not_be_kept_is_not_shown(app: &App) {
    let anna = app.browser_of(person("anna").create(app));
    make(&anna, &[Fill::Field("name", "Kept")]).expect(200);
    let before = contents(app);
    let form = anna.get(TOKENS).expect(200);
    lose_journal_of_people(app);
    let page = form.press("Add token", &[Fill::Field("name", "Lost")]);
    assert!(page.status >= 500 && !page.has("#made") && !page.body.contains("qh_"), "{}", page.status);
    find_journal_of_people(app);
    assert_eq!(contents(app), before);
}

/// Every change of tokens fails after its first half.
fn lose_journal_of_people(app: &App) {
    use diesel::connection::SimpleConnection;
    write(app, |conn| conn.batch_execute("ALTER TABLE people_journal RENAME TO lost_journal"));
}

fn find_journal_of_people(app: &App) {
    use diesel::connection::SimpleConnection;
    write(app, |conn| conn.batch_execute("ALTER TABLE lost_journal RENAME TO people_journal"));
}

#[on_all]
fn a_person_has_fifty_tokens_at_most(app: &App) {
    let id = person("anna").create(app);
    let anna = app.browser_of(id);
    for number in 0..50 {
        anna.post(TOKENS, &[("name", &*number.to_string()), ("days", "1"), ("preset", "viewer")]).expect(200);
    }
    let page = make(&anna, &[Fill::Field("name", "One more")]).expect(422);
    assert_eq!(page.text("#name-error"), "There are 50 tokens already. Remove one first.");
    assert_eq!(of(app, id).len(), 50);
}

#[on_all]
fn a_token_gets_no_right_that_its_person_lacks(app: &App) {
    let id = person("anna").rights("queues:read queues:update").create(app);
    let anna = app.browser_of(id);
    let page = anna.post(TOKENS, &[("name", "All"), ("days", "7"), ("preset", "administrator")]).expect(200);
    let token = made(&page);
    assert_eq!(of(app, id)[0].rights.words(), "queues:read queues:update");
    // Nor when the person gets more rights later.
    let more = Preset::Administrator.rights().words();
    write(app, |conn| diesel::update(people::table.find(id)).set(people::rights.eq(more)).execute(conn));
    Client::new(app, &token).get("/api/routing/schema").refused(403);
    Client::new(app, &token).get("/api/call_center/queues").expect(200);
}

#[on_all]
fn nobody_sees_or_removes_the_tokens_of_somebody_else(app: &App) {
    let id = person("anna").create(app);
    make(&app.browser_of(id), &[Fill::Field("name", "Of Anna")]).expect(200);
    let other = app.browser();
    assert!(!other.get(TOKENS).expect(200).body.contains("Of Anna"));
    let theirs = of(app, id)[0].id.to_string();
    for id in [&*theirs, "0", "x", "", "99999999999999999999"] {
        other.post(&format!("{TOKENS}/removal"), &[("id", id)]).expect(303);
    }
    assert_eq!(of(app, id).len(), 1);
}

#[on_all]
fn a_token_that_is_over_is_listed_as_such(app: &App) {
    let id = person("anna").create(app);
    let anna = app.browser_of(id);
    make(&anna, &[Fill::Field("name", "Old")]).expect(200);
    make(&anna, &[Fill::Field("name", "New")]).expect(200);
    let past = queue_hooks::db::now() - chrono::Duration::days(1);
    write(app, |conn| {
        diesel::update(stored::table.filter(stored::name.eq("Old"))).set(stored::expires_at.eq(past)).execute(conn)
    });
    assert_eq!(anna.get(TOKENS).expect(200).texts("tbody th"), ["New", "Old Over"]);
}

/// What was there before and after, and what it is about.
type Entry = (Option<String>, Option<String>, String);

#[on_all]
fn the_history_of_people_tells_of_tokens_without_their_secrets(app: &App) {
    let anna = app.browser_of(person("anna").create(app));
    let token = made(&make(&anna, &[Fill::Field("name", "<b>Nightly</b>")]).expect(200));
    anna.get(TOKENS).press("Remove <b>Nightly</b>", &[]).expect(200);
    let administrator = app.browser();
    let history = administrator.get("/people/history").expect(200);
    let rows = history.texts("tbody tr");
    let tells =
        |row: &String| row.contains("Token") && row.contains("<b>Nightly</b>") && row.contains("The anna (anna)");
    assert_eq!(rows.iter().filter(|row| tells(row)).count(), 2, "{rows:#?}");
    let entries: Vec<Entry> = write(app, |conn| {
        people_journal::table.select((people_journal::before, people_journal::after, people_journal::about)).load(conn)
    });
    assert!(!format!("{entries:?}").contains(&token[3..]) && !history.body.contains(&token[3..]));
}
