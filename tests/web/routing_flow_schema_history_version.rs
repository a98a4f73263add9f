//! `/routing/flow/{schema}/history/{version}`: what a change made of a flow schema, and bringing that back.

use support::*;

/// The text of a version, as the form would send it.
fn log(what: &str) -> String {
    format!("[\n  {{\n    \"log\": \"{what}\"\n  }}\n]")
}

fn version(id: i64, entry: i64) -> String {
    format!("{}/history/{entry}", flow(id))
}

fn save(browser: &Browser, path: &str, name: &str, schema_type: &str, text: &str) {
    browser.post(path, &[("name", name), ("type", schema_type), ("text", text)]).expect(303);
}

/// A flow schema that was added (one), given a text (two), renamed, and given a text (three). Its entries.
fn story(app: &App) -> (i64, Vec<i64>) {
    let browser = app.browser();
    save(&browser, FLOW, "CRM", "service", &log("one"));
    save(&browser, &flow(1), "CRM", "service", &log("two"));
    save(&browser, &flow(1), "Billing", "voice", &log("two"));
    save(&browser, &flow(1), "Billing", "voice", &log("three"));
    let entries = versions(app, 1);
    assert_eq!(entries.len(), 4);
    (1, entries)
}

/// The names and types that the page tells.
fn facts(page: &Page) -> Vec<String> {
    page.texts("dl.facts dd")
}

const DID: &str = "What this change did";
const SINCE: &str = "What changed since";

#[on_all]
fn a_version_shows_what_it_did_and_what_changed_since(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let page = browser.get(&version(id, entries[1])).expect(200);
    assert_eq!(page.text("title"), "Version – Billing – Queue Hooks");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas", "Billing", "History"]);
    let heading = &page.texts("h2")[0];
    assert!(heading.starts_with("Edited on ") && heading.ends_with(" UTC by Test Administrator (tester)"), "{heading}");
    assert_eq!(facts(&page), ["CRM", "Service"]);
    assert_eq!(page.difference(DID), [" [", "   {", "-    \"log\": \"one\"", "+    \"log\": \"two\"", "   }", " ]"]);
    assert_eq!(
        page.difference(SINCE),
        [" [", "   {", "-    \"log\": \"two\"", "+    \"log\": \"three\"", "   }", " ]"]
    );
}

#[on_all]
fn a_version_that_changed_name_and_type_alone_shows_both(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let page = browser.get(&version(id, entries[2])).expect(200);
    assert_eq!(facts(&page), ["CRM Billing", "Service Voice"]);
    assert_eq!(page.texts("dl.facts del"), ["CRM", "Service"]);
    assert!(page.difference(DID).is_empty());
    assert_eq!(page.difference(SINCE).len(), 6);
}

#[on_all]
fn the_last_version_is_what_there_is_now(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let page = browser.get(&version(id, entries[3])).expect(200);
    assert!(page.texts("main p.quiet").contains(&"The text has not changed since.".to_owned()));
    assert!(!page.has_control("Bring back this version") && page.has_control("Bring back as it was before"));
}

#[on_all]
fn the_first_version_shows_the_whole_text(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let page = browser.get(&version(id, entries[0])).expect(200);
    assert!(page.texts("h2")[0].starts_with("Added on "));
    assert_eq!(facts(&page), ["CRM", "Service"]);
    let whole: String = page.one("[aria-labelledby=whole] code").text().collect();
    assert_eq!(whole, log("one"));
    assert!(!page.has_control("Bring back as it was before"), "there was nothing before");
}

#[on_all]
fn bring_back_this_version_fills_the_form_and_save_stores_it(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let before = contents(app);
    let form = browser.get(&version(id, entries[1])).click("Bring back this version").expect(200);
    assert_eq!(
        (form.typed("name"), form.chosen("#type"), form.typed_text()),
        ("CRM".into(), "service".into(), log("two"))
    );
    assert!(form.text("main .notice p").starts_with("This is a version from the history. Save to bring it back"));
    assert_eq!(form.text("h1"), "Billing");
    assert_eq!(contents(app), before, "nothing is changed yet");
    let page = form.press("Save", &[]).expect(200);
    assert_eq!(page.said(), "Saved CRM");
    assert_eq!(stored_schema(app, id), Some(("CRM".into(), "service".into(), log("two"))));
    assert_eq!(schema_journal(app).last(), Some(&format!("edit {id}: Billing voice -> CRM service")));
}

#[on_all]
fn bring_back_as_it_was_before_fills_the_form_with_what_was_replaced(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    for (entry, name, text) in [(1, "CRM", "one"), (2, "CRM", "two"), (3, "Billing", "two")] {
        let form = browser.get(&version(id, entries[entry])).click("Bring back as it was before").expect(200);
        assert_eq!((form.typed("name"), form.typed_text()), (name.into(), log(text)));
    }
}

#[on_all]
fn a_version_can_be_left(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    let form = browser.get(&version(id, entries[0])).click("Bring back this version").expect(200);
    let page = form.click("leave it").expect(200);
    assert_eq!((page.path.as_str(), page.typed_text()), (&*flow(id), log("three")));
    assert_eq!(form.click("history").path, format!("{}/history", flow(id)));
}

#[on_all]
fn a_version_whose_name_is_taken_now_is_told_when_it_is_saved(app: &App) {
    let (id, entries) = story(app);
    schema("CRM").create(app);
    let browser = app.browser();
    let form = browser.get(&version(id, entries[1])).click("Bring back this version");
    let page = form.press("Save", &[]).expect(422);
    assert_eq!(page.text("#name-error"), "Another flow schema has this name.");
    assert_eq!(page.press("Save", &[Fill::Field("name", "CRM again")]).said(), "Saved CRM again");
}

#[on_all]
fn a_version_brought_back_over_a_change_of_somebody_else_conflicts(app: &App) {
    let (id, entries) = story(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&version(id, entries[1])).click("Bring back this version");
    save(&theirs, &flow(id), "Billing", "voice", &log("theirs"));
    form.press("Save", &[]).expect(409);
    assert_eq!(stored_text(app, id), log("theirs"));
}

#[on_both("flow schemas are removed in Webitel")]
fn what_was_removed_and_brought_back_keeps_its_versions(app: &App) {
    let (id, _) = story(app);
    let browser = app.browser();
    let removed = browser.follow(browser.post(&format!("{FLOW}/removal"), &[("id", &id.to_string())]).expect(303));
    removed.press("Undo", &[]).expect(200);
    save(&browser, &flow(id), "Billing", "voice", &log("four"));
    let entries = versions(app, id);
    let whole = |page: &Page| page.one("[aria-labelledby=whole] code").text().collect::<String>();
    for (entry, said) in [(entries[4], "Removed on "), (entries[5], "Restored on ")] {
        let page = browser.get(&version(id, entry)).expect(200);
        assert!(page.texts("h2")[0].starts_with(said));
        assert_eq!(whole(&page), log("three"));
        assert_eq!(page.difference(SINCE)[2..4], ["-    \"log\": \"three\"", "+    \"log\": \"four\""]);
    }
    let page = browser.get(&version(id, entries[1])).expect(200);
    assert_eq!(page.difference(DID)[2..4], ["-    \"log\": \"one\"", "+    \"log\": \"two\""]);
}

#[on_all]
fn a_viewer_may_look_and_not_bring_back(app: &App) {
    let (id, entries) = story(app);
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(&version(id, entries[1])).expect(200);
    assert_eq!(page.difference(DID).len(), 6);
    assert!(!page.has_control("Bring back this version") && !page.has_control("Bring back as it was before"));
    let shown = viewer.get(&format!("{}?version={}", flow(id), entries[1])).expect(200);
    let code: String = shown.one("main pre code").text().collect();
    assert_eq!(code, log("three"), "the form is not theirs");
}

#[on_all]
fn a_version_that_does_not_exist_or_is_of_another_flow_schema_is_404(app: &App) {
    let (id, entries) = story(app);
    let browser = app.browser();
    save(&browser, FLOW, "Other", "service", "[]");
    let of_other = versions(app, 2)[0];
    for entry in ["0", "-1", "4711", "abc", "99999999999999999999", &of_other.to_string()] {
        browser.get(&format!("{}/history/{entry}", flow(id))).expect(404);
        browser.get(&format!("{}?version={entry}", flow(id))).expect(404);
    }
    browser.get(&version(2, entries[1])).expect(404);
    browser.get(&version(4711, entries[1])).expect(404);
    let page = browser.get(&version(id, 4711)).expect(404);
    assert_eq!(page.text("h1"), "There is no such version");
    assert_eq!(page.click("Go back").expect(200).path, flow(id));
}

#[on_all]
fn an_entry_of_a_hook_is_no_version(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let browser = app.browser();
    browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &id.to_string())]).expect(303);
    for entry in 1..5 {
        browser.get(&version(id, entry)).expect(404);
    }
}
