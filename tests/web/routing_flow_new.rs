//! `/routing/flow/new`, and the `POST /routing/flow` of its form: adding a flow schema.

use support::*;

pub const NEW: &str = "/routing/flow/new";
pub const TEXT: &str = "[\n  {\n    \"log\": \"${state}\"\n  }\n]";

/// The form with this name and a good text.
pub fn filled(name: &str) -> [Fill<'_>; 2] {
    [Fill::Field("name", name), Fill::Field("text", TEXT)]
}

/// The fields that make a flow schema of this name.
fn good(name: &str) -> Vec<(&'static str, &str)> {
    vec![("name", name), ("type", "service"), ("text", TEXT)]
}

/// Where the answer leads.
fn location(page: &Page) -> String {
    page.header("location").expect("it leads somewhere").into()
}

#[on_all]
fn the_form_begins_with_an_example_and_the_focus_is_on_the_name(app: &App) {
    let browser = app.browser();
    let page = browser.get(&format!("{FLOW}?q=nothing")).click("Add flow schema").expect(200);
    assert_eq!(page.path, format!("{NEW}?q=nothing"));
    assert_eq!(page.text("title"), "Add flow schema – Queue Hooks");
    assert_eq!(page.text("h1"), "Add flow schema");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas"]);
    assert_eq!(page.texts("label[for=name], label[for=type], label[for=text]"), ["Name", "Type", "Schema"]);
    assert_eq!((page.typed("name"), page.chosen("#type")), (String::new(), "service".into()));
    assert!(page.has("#name[autofocus][required]"));
    assert!(
        serde_json::from_str::<serde_json::Value>(&page.typed_text()).expect("JSON")[0].get("httpRequest").is_some()
    );
    assert!(!page.has(".field-error") && !page.has("[aria-invalid]") && page.warnings().is_empty());
}

#[on_all]
fn the_example_can_be_saved_as_it_is(app: &App) {
    let browser = app.browser();
    let page = browser.get(NEW);
    let example = page.typed_text();
    assert_eq!(page.press("Save", &[Fill::Field("name", "First")]).expect(200).said(), "Added First");
    assert_eq!(stored_text(app, 1), example);
}

#[on_all]
fn a_flow_schema_is_added_and_shown(app: &App) {
    let browser = app.browser();
    let page = browser
        .get(NEW)
        .press("Save", &[Fill::Field("name", "  CRM: push "), Fill::Field("type", "voice"), Fill::Field("text", TEXT)]);
    let page = page.expect(200);
    assert_eq!(page.path, flow(1));
    assert_eq!(page.said(), "Added CRM: push");
    assert_eq!(page.text("h1"), "CRM: push");
    assert_eq!(stored_schema(app, 1), Some(("CRM: push".into(), "voice".into(), TEXT.into())));
    assert_eq!(schema_journal(app), ["add 1: nothing -> CRM: push voice"]);
}

#[on_all]
fn every_type_can_be_chosen(app: &App) {
    let browser = app.browser();
    for (index, word) in ["default", "voice", "chat", "processing", "service"].into_iter().enumerate() {
        let page = browser.get(NEW).press("Save", &[Fill::Field("name", word), Fill::Field("type", word)]).expect(200);
        assert_eq!(stored_schema(app, index as i64 + 1).expect("it was added").1, word);
        assert_eq!(page.chosen("#type"), word);
    }
}

#[on_all]
fn cancel_leads_back_to_the_view_of_the_registry(app: &App) {
    schema("CRM one").create(app);
    schema("CRM two").create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?type=service&q=crm&sort=-name&page=2&size=1"));
    let form = view.click("Add flow schema").expect(200);
    assert_eq!(form.click("Cancel").path, view.path);
    let refused = form.press("Save", &filled("")).expect(422);
    assert_eq!(refused.click("Cancel").path, view.path, "after a mistake too");
}

#[on_all]
fn a_new_flow_schema_can_be_chosen_for_a_hook(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    browser.get(NEW).press("Save", &filled("Fresh"));
    browser.post(&tab(queue_id), &[("event", "joined"), ("schema", "1")]).expect(303);
    assert_eq!(ids(app, queue_id).len(), 1);
}

// What is wrong with a name or a type.

#[on_all]
fn a_bad_name_is_told_beside_its_field_and_nothing_typed_is_lost(app: &App) {
    schema("Taken").create(app);
    let browser = app.browser();
    let before = contents(app);
    let (long, unseen) = ("é".repeat(101), "CRM\u{200b}push");
    let cases = [
        ("", "Type a name."),
        ("  \u{2003} ", "Type a name."),
        (&*long, "A name has at most 100 characters."),
        (unseen, "A name cannot have line breaks or invisible characters."),
        ("CRM\u{202e}push", "A name cannot have line breaks or invisible characters."),
        ("CRM\npush", "A name cannot have line breaks or invisible characters."),
        ("Taken", "Another flow schema has this name."),
        (" Taken ", "Another flow schema has this name."),
    ];
    for (name, sentence) in cases {
        let form = browser.get(&format!("{NEW}?q=crm&size=5"));
        let typed = [Fill::Field("name", name), Fill::Field("type", "chat"), Fill::Field("text", TEXT)];
        let page = form.press("Save", &typed).expect(422);
        assert_eq!(page.text("#name-error"), sentence, "{name:?}");
        assert_eq!(page.attr("#name", "aria-invalid"), "true");
        assert_eq!(page.attr("#name", "aria-describedby"), "name-error");
        assert!(page.has("#name[autofocus]"), "the focus is where the mistake is");
        assert_eq!(page.typed("name"), name);
        assert_eq!((page.chosen("#type"), page.typed_text()), ("chat".into(), TEXT.into()));
        for kept in ["view", "change"] {
            assert_eq!(page.typed(kept), form.typed(kept));
        }
        assert!(!page.has("#text[aria-invalid]") && !page.has("#type[aria-invalid]"));
        assert_eq!(page.text("h1"), "Add flow schema");
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_name_of_100_characters_is_not_too_long(app: &App) {
    let browser = app.browser();
    for name in ["n".repeat(100), "\u{1f600}".repeat(100), "Ї".repeat(100)] {
        browser.get(NEW).press("Save", &filled(&name)).expect(200);
    }
    assert_eq!(schema_names(app).len(), 3);
    assert!(schema_names(app).iter().all(|name| name.chars().count() == 100));
}

#[on_all]
fn a_mistake_can_be_put_right_in_the_form_that_came_back(app: &App) {
    let browser = app.browser();
    let page = browser.get(NEW).press("Save", &filled("")).expect(422);
    assert_eq!(page.press("Save", &[Fill::Field("name", "CRM")]).expect(200).said(), "Added CRM");
    assert_eq!(stored_text(app, 1), TEXT);
}

#[on_all]
fn a_type_that_does_not_exist_is_refused(app: &App) {
    let browser = app.browser();
    let before = contents(app);
    for word in ["", "robot", "Service", "service "] {
        let page = browser.post(FLOW, &[("name", "CRM"), ("type", word), ("text", TEXT)]).expect(422);
        assert_eq!(page.text("#type-error"), "Choose a type.");
        assert_eq!(page.attr("#type", "aria-invalid"), "true");
        assert_eq!(page.attr("#type", "aria-describedby"), "type-error");
        assert_eq!((page.typed("name"), page.typed_text()), ("CRM".into(), TEXT.into()));
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn everything_that_is_wrong_is_told_at_once(app: &App) {
    let browser = app.browser();
    let page = browser.post(FLOW, &[("name", ""), ("type", "robot"), ("text", "[}")]).expect(422);
    assert_eq!(page.texts("#name-error, #type-error"), ["Type a name.", "Choose a type."]);
    assert!(page.has("#text-error"));
    assert_eq!(page.texts("[aria-invalid=true]").len(), 3);
    assert!(
        page.has("#name[autofocus]") && page.all("form[method=post] [autofocus]").len() == 1,
        "the first one has the focus"
    );
    assert_eq!(page.typed_text(), "[}");
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn a_name_that_looks_like_markup_is_a_name(app: &App) {
    let name = "</textarea><b>\"O'Hara\" & co</b>";
    let browser = app.browser();
    let page =
        browser.get(NEW).press("Save", &[Fill::Field("name", name), Fill::Field("text", "</textarea>")]).expect(422);
    assert_eq!((page.typed("name"), page.typed_text()), (name.into(), "</textarea>".into()));
    let page = page.press("Save", &[Fill::Field("text", "[{\"log\":\"</textarea>\"}]")]).expect(200);
    assert_eq!(page.text("h1"), name);
    assert!(!page.has("main b"));
}

// Twice, and at once.

#[on_all]
fn the_same_form_sent_twice_adds_one(app: &App) {
    let browser = app.browser();
    let form = browser.get(NEW);
    for _ in 0..2 {
        let page = form.press("Save", &filled("CRM")).expect(200);
        assert_eq!((page.path.as_str(), page.said().as_str()), ("/routing/flow/1", "Added CRM"));
    }
    assert_eq!(schema_names(app), ["CRM"]);
    assert_eq!(schema_journal(app).len(), 1);
}

/// Nobody saw the first answer, so the text was changed and saved again.
#[on_all]
fn a_form_sent_again_with_another_text_does_not_say_that_it_was_added(app: &App) {
    let browser = app.browser();
    let page = browser.get(NEW);
    page.press("Save", &filled("CRM")).expect(200);
    let text = stored_text(app, 1);
    for again in [Fill::Field("text", "[{\"log\":\"second\"}]"), Fill::Field("type", "voice")] {
        let mut fields: Vec<_> = filled("CRM").into_iter().collect();
        fields.push(again);
        let refused = page.press("Save", &fields).expect(422);
        assert!(refused.text("main").contains("Another flow schema has this name."));
    }
    assert_eq!((stored_text(app, 1), schema_names(app)), (text, vec!["CRM".to_owned()]));
}

#[on_all]
fn a_form_that_is_filled_in_anew_after_going_back_adds_another(app: &App) {
    let browser = app.browser();
    let form = browser.get(NEW);
    for name in ["CRM", "Billing"] {
        assert_eq!(form.press("Save", &filled(name)).said(), format!("Added {name}"));
    }
    assert_eq!(schema_names(app), ["CRM", "Billing"]);
}

#[on_both("flow schemas are removed in Webitel")]
fn a_form_sent_again_after_the_removal_adds_nothing(app: &App) {
    let browser = app.browser();
    let form = browser.get(NEW);
    form.press("Save", &filled("CRM"));
    browser.post(&format!("{FLOW}/removal"), &[("id", "1")]).expect(303);
    let page = form.press("Save", &filled("CRM")).expect(200);
    assert_eq!(page.said(), "That flow schema was removed meanwhile. Nothing was changed.");
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn two_people_who_give_one_name_at_once_make_one(app: &App) {
    let add = || app.browser().post(FLOW, &good("CRM")).status;
    let mut statuses = std::thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(add)).map(|add| add.join().expect("both are answered"))
    });
    statuses.sort_unstable();
    assert!(matches!(statuses, [303, 409 | 422]), "{statuses:?}");
    assert_eq!(schema_names(app), ["CRM"]);
    assert_eq!(schema_journal(app).len(), 1);
}

#[on_all]
fn a_fault_half_way_adds_nothing(app: &App) {
    let browser = app.browser();
    lose_journal(app);
    browser.post(FLOW, &good("CRM")).expect(503);
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn of_several_who_give_one_name_at_the_same_moment_one_has_it_and_the_others_keep_what_they_typed(app: &App) {
    for round in 0..5 {
        let name = format!("Wanted {round}");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let one = || {
                let browser = app.browser();
                let fields = [("name", &*name), ("type", "service"), ("text", TEXT)];
                let answer = browser.post("/routing/flow", &fields);
                if answer.status == 422 {
                    assert_eq!((answer.typed("name"), answer.typed_text()), (name.clone(), TEXT.into()));
                }
                answer.status
            };
            let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|one| one.join().expect("nobody panics")).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    }
    assert_eq!(schema_names(app).len(), 5);
}

// For the modal that waits for it.

#[on_all]
fn a_flow_schema_for_a_modal_leads_back_there_and_is_chosen(app: &App) {
    let queue_id = queue().create(app);
    schema("Other").create(app);
    let browser = app.browser();
    for (modal, there) in [
        (format!("{}/new", tab(queue_id)), format!("{}/new?choose_schema=2", tab(queue_id))),
        (
            format!("{}/new?event=joined&q=%C3%87RM", tab(queue_id)),
            format!("{}/new?event=joined&q=%C3%87RM&choose_schema=3", tab(queue_id)),
        ),
    ] {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", &modal).finish();
        let form = browser.get(&format!("{NEW}?{query}")).expect(200);
        assert_eq!(form.typed("back"), modal);
        assert_eq!(form.control("Cancel").attr("href"), Some(&*modal));
        let refused = form.send("Save", &filled("")).expect(422);
        assert_eq!(refused.control("Cancel").attr("href"), Some(&*modal), "after a mistake too");
        let answer = refused.send("Save", &filled(&there)).expect(303);
        assert_eq!(location(&answer), there);
        browser.follow(answer).expect(200);
    }
}

#[on_all]
fn a_flow_schema_for_a_modal_is_one_that_a_hook_can_run(app: &App) {
    let browser = app.browser();
    let back = ("back", "/contact-center/queues/1/hooks/new");
    for word in ["voice", "chat", "processing"] {
        let page = browser.post(FLOW, &[("name", word), ("type", word), ("text", TEXT), back]).expect(422);
        assert_eq!(page.text("#type-error"), "A hook runs flow schemas of type Service or No type.");
        assert_eq!(
            (page.typed("name"), page.chosen("#type"), page.typed("back")),
            (word.into(), word.into(), back.1.into())
        );
    }
    assert!(schema_names(app).is_empty());
    for word in ["service", "default"] {
        browser.post(FLOW, &[("name", word), ("type", word), ("text", TEXT), back]).expect(303);
    }
    assert_eq!(schema_names(app), ["service", "default"]);
}

#[on_all]
fn no_address_but_ours_is_led_back_to(app: &App) {
    let browser = app.browser();
    let foreign = [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\tx",
        "/ x",
        "/x\r\nSet-Cookie: a=b",
        "/é",
        "http:/x",
        "?x",
    ];
    for (index, back) in foreign.into_iter().enumerate() {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
        let form = browser.get(&format!("{NEW}?{query}")).expect(200);
        assert!(!form.has("main input[name=back]"), "{back:?}");
        assert_eq!(form.click("Cancel").path, FLOW);
        let name = format!("Schema {index}");
        let fields = [&good(&name)[..], &[("back", back)]].concat();
        let id = index + 1;
        assert_eq!(location(&browser.post(FLOW, &fields).expect(303)), format!("{FLOW}/{id}"), "{back:?}");
    }
}

// The other buttons of the form.

#[on_all]
fn format_indents_what_was_typed_and_saves_nothing(app: &App) {
    let browser = app.browser();
    let typed = [
        Fill::Field("name", "CRM"),
        Fill::Field("type", "chat"),
        Fill::Field("text", "[{\"log\":\"x\", \"tag\" :1.50}]"),
    ];
    let page = browser.get(NEW).press("Format", &typed).expect(200);
    assert_eq!(page.typed_text(), "[\n  {\n    \"log\": \"x\",\n    \"tag\": 1.50\n  }\n]");
    assert_eq!((page.typed("name"), page.chosen("#type")), ("CRM".into(), "chat".into()));
    assert!(schema_names(app).is_empty());
    let bad = page.press("Format", &[Fill::Field("text", "[ {\n")]).expect(422);
    assert_eq!(bad.typed_text(), "[ {\n");
    assert!(bad.has("#text-error"));
}

#[on_all]
fn preview_shows_the_requests_and_saves_nothing(app: &App) {
    let browser = app.browser();
    let page = browser.get(NEW).press("Preview", &[Fill::Field("event", "missed")]).expect(200);
    assert_eq!(page.all("[aria-label=Preview] article").len(), 1);
    assert_eq!(page.chosen("#preview-event"), "missed");
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn the_form_answers_no_other_method(app: &App) {
    let browser = app.browser();
    for method in ["POST", "PUT", "DELETE"] {
        browser.request(method, NEW, &[], b"").expect(405);
    }
}
