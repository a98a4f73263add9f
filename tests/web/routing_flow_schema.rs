//! `/routing/flow/{schema}`: one flow schema, to read and to change. What is said of bad text is in
//! `routing_flow_text.rs`, the preview in `routing_flow_preview.rs`.

use queue_hooks::model::event::Event::*;
use support::*;

const OLD: &str = "[\n  {\n    \"log\": \"old\"\n  }\n]";
const NEW: &str = "[\n  {\n    \"log\": \"new\"\n  }\n]";

pub fn text_is(text: &str) -> [Fill<'_>; 1] {
    [Fill::Field("text", text)]
}

#[on_all]
fn the_page_shows_the_flow_schema_in_a_form_to_who_may_change_it(app: &App) {
    let id = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&flow(id)).expect(200);
    assert_eq!(page.text("title"), "CRM: push – Queue Hooks");
    assert_eq!(page.text("h1"), "CRM: push");
    assert_eq!(page.text(".badges"), "Service");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas"]);
    assert_eq!(page.texts("nav[aria-label='Flow schema'] a"), ["General", "Try", "Hooks", "History"]);
    assert_eq!(page.text("nav[aria-label='Flow schema'] a[aria-current=page]"), "General");
    assert_eq!((page.typed("name"), page.chosen("#type")), ("CRM: push".into(), "service".into()));
    assert_eq!(page.typed_text(), "[\n  {\n    \"log\": \"hello\"\n  }\n]");
    assert!(!page.has("[autofocus]"), "nobody said that the form is what one came for");
    assert_eq!(page.texts("dl.facts dd")[..2], ["Text", "0 hooks"]);
}

#[on_all]
fn a_viewer_gets_the_text_alone(app: &App) {
    let id = schema("CRM: push").create(app);
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(&flow(id)).expect(200);
    let code: String = page.one("main pre code").text().collect();
    assert_eq!(code, "[\n  {\n    \"log\": \"hello\"\n  }\n]");
    assert!(!page.has("main textarea, main form[method=post]"));
    assert!(!page.has_control("Save") && !page.has_control("Format") && !page.has_control("Load"));
    assert!(page.has_control("Download"));
    assert_eq!(page.click("0 hooks").expect(200).path, format!("{}/hooks", flow(id)));
    viewer.post(&flow(id), &[("name", "X"), ("type", "service"), ("text", "[]")]).expect(403);
    assert_eq!(stored_schema(app, id).expect("it exists").0, "CRM: push");
}

#[on_all]
fn a_flow_schema_that_does_not_exist_is_not_found_and_the_page_leads_to_the_list(app: &App) {
    let browser = app.browser();
    let page = browser.get("/routing/flow/4711").expect(404);
    assert_eq!(page.text("h1"), "There is no such flow schema");
    assert_eq!(page.click("Go back").expect(200).path, "/routing/flow");
    for id in ["4711", "0", "-1", "abc", "99999999999999999999"] {
        browser.get(&format!("/routing/flow/{id}")).expect(404);
        browser.post(&format!("/routing/flow/{id}"), &[("name", "X"), ("type", "service"), ("text", "[]")]).expect(404);
    }
}

#[on_both("drawn flow schemas are changed in Webitel")]
fn a_drawn_flow_schema_says_so_and_stays_drawn(app: &App) {
    let id = schema("Drawn").drawn().create(app);
    let browser = app.browser();
    let facts = |page: &Page| page.text("dl.facts dd:first-of-type");
    let page = browser.get(&flow(id)).expect(200);
    assert_eq!(facts(&page), "Diagram – its drawing does not follow changes to the text");
    assert_eq!(
        facts(&page.press("Save", &text_is(NEW)).expect(200)),
        "Diagram – its drawing does not follow changes to the text"
    );
}

#[on_all]
fn the_page_answers_no_other_method(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &flow(id), &[], b"").expect(405);
    }
}

// Saving.

#[on_all]
fn name_type_and_text_are_saved(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let typed = [Fill::Field("name", " Billing "), Fill::Field("type", "chat"), Fill::Field("text", NEW)];
    let page = browser.get(&flow(id)).press("Save", &typed).expect(200);
    assert_eq!((page.path.as_str(), page.said().as_str()), (&*flow(id), "Saved Billing"));
    assert_eq!(page.text("h1"), "Billing");
    assert_eq!(stored_schema(app, id), Some(("Billing".into(), "chat".into(), NEW.into())));
    assert_eq!(schema_journal(app), [format!("edit {id}: CRM service -> Billing chat")]);
}

#[on_both("Webitel keeps JSON, and nothing that is almost JSON")]
fn a_form_saved_as_it_was_opened_changes_nothing(app: &App) {
    // One that the form shows indented, one that it could not accept any more, and one with other line ends.
    let texts = [r#"[{"log":"hello"}]"#, "{\"odd\": 1, }", "[\r\n{\"log\": \"a\"}\r\n]\r\n", "\n[]\n", ""];
    let browser = app.browser();
    for (index, text) in texts.into_iter().enumerate() {
        let name = format!("Schema {index}");
        let id = schema(&name).text(text).create(app);
        let page = browser.get(&flow(id)).press("Save", &[]).expect(200);
        assert_eq!(page.said(), format!("{name} is saved"));
        assert_eq!(stored_text(app, id), text, "to the byte");
    }
    assert!(schema_journal(app).is_empty());
}

#[on_both("Webitel keeps JSON, and nothing that is almost JSON")]
fn an_odd_name_and_an_odd_text_that_were_imported_may_stay_beside_a_change(app: &App) {
    let id = schema("Two\nlines").text("{\"odd\": 1, }").create(app);
    let browser = app.browser();
    browser.post(&flow(id), &[("name", "Two\nlines"), ("type", "chat"), ("text", "{\"odd\": 1, }")]).expect(303);
    assert_eq!(stored_schema(app, id), Some(("Two\nlines".into(), "chat".into(), "{\"odd\": 1, }".into())));
    browser.post(&flow(id), &[("name", "Two\nlines!"), ("type", "chat"), ("text", "{\"odd\": 1, }")]).expect(422);
    browser.post(&flow(id), &[("name", "Two\nlines"), ("type", "chat"), ("text", "{\"odd\": 2, }")]).expect(422);
}

#[on_all]
fn the_same_form_sent_twice_changes_once(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let form = browser.get(&flow(id));
    let [first, again] = [(); 2].map(|()| form.press("Save", &text_is(NEW)).expect(200));
    assert_eq!([first.said(), again.said()], ["Saved CRM"; 2]);
    assert_eq!(schema_journal(app).len(), 1);
    assert_eq!(again.press("Undo", &[]).said(), "Put back CRM");
    assert_eq!(stored_text(app, id), OLD);
}

#[on_both("flow schemas are removed in Webitel")]
fn a_name_taken_by_somebody_else_meanwhile_is_told_and_what_was_typed_is_kept(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let form = browser.get(&flow(id));
    let other = schema("Billing").create(app);
    let before = contents(app);
    let page = form
        .press("Save", &[Fill::Field("name", "Billing"), Fill::Field("type", "voice"), Fill::Field("text", NEW)])
        .expect(422);
    assert_eq!(page.text("#name-error"), "Another flow schema has this name.");
    assert_eq!(page.attr("#name", "aria-describedby"), "name-error");
    assert_eq!(
        (page.typed("name"), page.chosen("#type"), page.typed_text()),
        ("Billing".into(), "voice".into(), NEW.into())
    );
    assert_eq!(page.text("h1"), "CRM", "the head of the page tells what it is still");
    assert_eq!(page.typed("seen"), form.typed("seen"));
    assert_eq!(contents(app), before);
    browser.post(&format!("{FLOW}/removal"), &[("id", &other.to_string())]).expect(303);
    assert_eq!(page.press("Save", &[]).expect(200).said(), "Saved Billing");
}

#[on_all]
fn a_bad_name_and_a_bad_type_are_told_beside_their_fields(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let page = browser.post(&flow(id), &[("name", ""), ("type", "robot"), ("text", NEW)]).expect(422);
    assert_eq!(page.texts("#name-error, #type-error"), ["Type a name.", "Choose a type."]);
    assert_eq!(page.typed_text(), NEW);
    assert_eq!(stored_text(app, id), OLD);
}

#[on_all]
fn a_flow_schema_that_hooks_run_may_become_one_that_they_cannot_choose(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let hook_id = hook(queue_id, id).create(app);
    let browser = app.browser();
    browser.get(&flow(id)).press("Save", &[Fill::Field("type", "voice")]).expect(200);
    assert_eq!(stored(app, hook_id), Some((Joined, id, true)));
    browser.get(&tab(queue_id)).expect(200);
}

#[on_all]
fn a_fault_half_way_changes_nothing(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let form = browser.get(&flow(id));
    lose_journal(app);
    form.press("Save", &text_is(NEW)).expect(503);
    assert_eq!(stored_text(app, id), OLD);
}

#[on_both("flow schemas are removed in Webitel")]
fn a_flow_schema_removed_meanwhile_is_told_and_no_error(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.post(&format!("{FLOW}/removal"), &[("id", &id.to_string())]).expect(303);
    for button in ["Format", "Save"] {
        let page = form.press(button, &text_is(NEW)).expect(409);
        assert!(page.text("main").contains("Somebody removed this flow schema meanwhile."), "{button}");
    }
    assert!(stored_schema(app, id).is_none());
    assert_eq!(schema_journal(app).len(), 1);
    // What was typed is there, and can be added.
    let page = form.press("Save", &text_is(NEW)).expect(409);
    let added = page.press("Save", &[]).expect(200);
    assert_eq!(added.said(), "Added CRM");
    assert_eq!(added.attr("[name=name]", "value"), "CRM");
}

// Somebody else saved meanwhile.

/// What a conflict says of name and type: theirs and ours.
fn both_versions(page: &Page) -> Vec<String> {
    page.texts("[role=alert] > div > table tbody th, [role=alert] > div > table tbody td")
}

#[on_all]
fn a_stale_form_shows_theirs_and_yours_and_saves_nothing(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs
        .get(&flow(id))
        .press("Save", &[Fill::Field("name", "CRM 2"), Fill::Field("text", "[\n  {\n    \"log\": \"theirs\"\n  }\n]")]);
    let page = form.press("Save", &[Fill::Field("type", "voice"), Fill::Field("text", NEW)]).expect(409);
    assert!(page.has("[role=alert][autofocus]"), "the focus is on the message");
    assert_eq!(page.texts("[role=alert] thead:first-of-type th")[..2], ["Theirs", "Yours"]);
    assert_eq!(both_versions(&page), ["Name", "CRM 2", "CRM", "Type", "Service", "Voice"]);
    assert_eq!(
        page.difference("From theirs to yours"),
        [" [", "   {", "-    \"log\": \"theirs\"", "+    \"log\": \"new\"", "   }", " ]"]
    );
    assert_eq!(
        (page.typed("name"), page.chosen("#type"), page.typed_text()),
        ("CRM".into(), "voice".into(), NEW.into())
    );
    assert_eq!(stored_schema(app, id).expect("it exists").0, "CRM 2");
    assert_eq!(schema_journal(app).len(), 1);
}

#[on_all]
fn saving_a_stale_form_again_overwrites(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &[Fill::Field("name", "CRM 2")]);
    let page = form.press("Save", &text_is(NEW)).expect(409).press("Save", &[]).expect(200);
    assert_eq!(page.said(), "Saved CRM");
    assert_eq!(stored_schema(app, id), Some(("CRM".into(), "service".into(), NEW.into())));
    assert_eq!(schema_journal(app).last(), Some(&format!("edit {id}: CRM 2 service -> CRM service")));
}

#[on_all]
fn saving_again_overwrites_only_what_was_shown(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &[Fill::Field("name", "CRM 2")]);
    let conflict = form.press("Save", &text_is(NEW)).expect(409);
    theirs.get(&flow(id)).press("Save", &[Fill::Field("name", "CRM 3")]);
    let page = conflict.press("Save", &[]).expect(409);
    assert_eq!(both_versions(&page)[..3], ["Name", "CRM 3", "CRM"]);
    assert_eq!(page.press("Save", &[]).expect(200).said(), "Saved CRM");
}

#[on_all]
fn a_stale_form_can_take_theirs(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &text_is(NEW));
    let page = form.press("Save", &text_is("[]")).expect(409).click("take theirs").expect(200);
    assert_eq!(page.typed_text(), NEW);
    assert!(!page.has("[role=alert] p"));
}

#[on_all]
fn a_stale_form_that_differs_in_spaces_alone_says_that_the_text_reads_the_same(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &text_is("[ {\"log\" : \"old\"}\n]"));
    let page = form.press("Save", &[Fill::Field("type", "chat")]).expect(409);
    assert!(page.texts("[role=alert] p").contains(&"The text reads the same.".to_owned()));
}

#[on_all]
fn two_people_who_want_the_same_do_not_conflict(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &text_is(NEW));
    assert_eq!(form.press("Save", &text_is(NEW)).expect(200).said(), "CRM is saved");
    assert_eq!(schema_journal(app).len(), 1);
}

#[on_all]
fn a_stale_form_with_bad_text_is_told_of_the_text_first_and_of_the_other_change_then(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let form = mine.get(&flow(id));
    theirs.get(&flow(id)).press("Save", &text_is(NEW));
    let page = form.press("Save", &text_is("[}")).expect(422);
    page.press("Save", &text_is("[]")).expect(409);
    assert_eq!(stored_text(app, id), NEW);
}

// Buttons that save nothing, and files.

#[on_all]
fn format_indents_and_saves_nothing(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let before = contents(app);
    let typed = [Fill::Field("name", "Typed"), Fill::Field("text", "[{\"set\":{\"a\":1.0e2,\"b\":[ ]}}]")];
    let page = browser.get(&flow(id)).press("Format", &typed).expect(200);
    assert_eq!(page.typed_text(), "[\n  {\n    \"set\": {\n      \"a\": 1.0e2,\n      \"b\": []\n    }\n  }\n]");
    assert_eq!((page.typed("name"), page.text("h1")), ("Typed".into(), "CRM".into()));
    assert_eq!(contents(app), before);
    assert_eq!(page.press("Save", &[]).said(), "Saved Typed");
    assert!(stored_text(app, id).contains("1.0e2"), "numbers stay as they were written");
}

#[on_all]
fn format_of_bad_text_says_where_it_is_bad(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let page = browser.get(&flow(id)).press("Format", &text_is("[{\"log\":\"x\"},]")).expect(422);
    assert_eq!(page.typed_text(), "[{\"log\":\"x\"},]");
    assert_eq!(
        page.text("#text-error p"),
        "Line 1, column 13: JSON allows no comma before a closing bracket. Leave it out."
    );
}

#[on_all]
fn a_loaded_file_fills_the_form_and_saves_nothing(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let before = contents(app);
    let page = browser.get(&flow(id)).send_with_file("Load", &text_is("[}"), ("x.json", NEW.as_bytes())).expect(200);
    assert_eq!((page.typed("name"), page.typed_text()), ("CRM".into(), NEW.into()));
    assert_eq!(contents(app), before);
    assert_eq!(page.press("Save", &[]).said(), "Saved CRM");
    assert_eq!(stored_text(app, id), NEW);
}

#[on_all]
fn a_file_gives_its_name_where_none_is_typed(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let form = browser.get(&flow(id));
    for (file, name) in
        [("Billing.json", "Billing"), ("Рахунки.json", "Рахунки"), ("no end", "no end"), ("a.b.json", "a.b")]
    {
        let page = form.send_with_file("Load", &[Fill::Field("name", "")], (file, NEW.as_bytes())).expect(200);
        assert_eq!(page.typed("name"), name);
    }
}

#[on_all]
fn load_without_a_file_says_so_and_changes_nothing(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let page = browser.get(&flow(id)).send_with_file("Load", &text_is(NEW), ("", b"")).expect(422);
    assert_eq!((page.typed("name"), page.typed_text()), ("CRM".into(), NEW.into()));
    assert_eq!(stored_text(app, id), OLD);
}

#[on_all]
fn a_loaded_file_that_is_bad_is_shown_with_what_is_wrong(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let page = browser.get(&flow(id)).send_with_file("Load", &[], ("x.json", b"[\n{'log': 1}]")).expect(422);
    assert_eq!(page.typed_text(), "[\n{'log': 1}]");
    assert_eq!(page.text("#text-error p"), "Line 2, column 2: A text needs double quotes.");
}

#[on_all]
fn save_with_a_chosen_file_saves_the_text_of_the_file(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    browser.get(&flow(id)).send_with_file("Save", &text_is("[]"), ("x.json", NEW.as_bytes())).expect(303);
    assert_eq!(stored_schema(app, id), Some(("CRM".into(), "service".into(), NEW.into())));
}

#[on_all]
fn the_mark_at_the_beginning_of_a_file_is_left_out_and_line_ends_become_line_feeds(app: &App) {
    let id = schema("CRM").text(OLD).create(app);
    let browser = app.browser();
    let file = format!("\u{feff}{}", NEW.replace('\n', "\r\n"));
    let page = browser.get(&flow(id)).send_with_file("Load", &[], ("x.json", file.as_bytes())).expect(200);
    assert_eq!(page.typed_text(), NEW);
    browser.get(&flow(id)).send_with_file("Save", &[], ("x.json", file.as_bytes())).expect(303);
    assert_eq!(stored_text(app, id), NEW);
    browser.post(&flow(id), &[("name", "CRM"), ("type", "service"), ("text", "\u{feff}[\r\n]\r\n")]).expect(303);
    assert_eq!(stored_text(app, id), "[\n]\n");
}
