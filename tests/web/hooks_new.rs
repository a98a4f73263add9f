//! `/contact-center/queues/{queue}/hooks/new`: the modal **Add hook**.

use queue_hooks::model::event::Event::{self, *};
use support::*;

fn new(queue_id: i64) -> String {
    format!("{}/new", tab(queue_id))
}

/// The names that the flow-schema field offers.
fn offered(page: &Page) -> Vec<String> {
    page.texts("#schema option").split_off(1)
}

#[on_all]
fn the_modal_asks_for_event_and_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id)).expect(200);
    assert_eq!(page.attr("dialog[open]", "aria-labelledby"), "modal-title");
    assert_eq!(page.text("#modal-title"), "Add hook");
    assert_eq!(page.named("dialog select", "Event").len(), 1);
    assert_eq!(page.named("dialog select", "Flow schema").len(), 1);
    assert!(page.control("Save").attr("disabled").is_none());
    assert!(page.has("#event[autofocus]"));
}

#[on_all]
fn the_tab_lies_behind_the_modal_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = "?enabled=false&sort=-event&page=2&size=5";
    let behind = browser.get(&format!("{}{view}", tab(queue_id)));
    let modal = behind.click("Add hook");
    assert_eq!(modal.path, format!("{}{view}", new(queue_id)));
    assert_eq!(modal.hook_ids(), behind.hook_ids());
    assert!(modal.has("[inert] table"), "nothing behind the modal can be pressed");
    assert_eq!(modal.click("Close").path, behind.path);
}

#[on_all]
fn the_events_stand_in_their_order_with_what_they_mean(app: &App) {
    const PREVIEW_DIALER: i16 = 3;
    let queue_id = queue().queue_type(PREVIEW_DIALER).create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    let mut options = page.all("#event option").into_iter().skip(1);
    for event in Event::ALL.iter().copied() {
        let option = options.next().expect("an option for each event");
        assert_eq!(option.attr("value"), Some(event.word()));
        let line: String = option.text().collect();
        assert!(line.starts_with(&format!("{} – {}", event.name(), event.meaning())), "{line}");
    }
    assert!(options.next().is_none());
}

#[on_all]
fn an_event_that_is_enabled_already_says_by_which_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing").create(app));
    hook(queue_id, crm).create(app);
    hook(queue_id, billing).event(Missed).off().create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    assert!(page.text("#event option[value=joined]").ends_with("· already enabled by CRM: push"));
    assert!(!page.text("#event option[value=missed]").contains("already enabled"));
}

#[on_all]
fn an_event_that_cannot_happen_says_so_and_can_be_chosen_all_the_same(app: &App) {
    const OUTBOUND_TASKS: i16 = 8;
    let queue_id = queue().queue_type(OUTBOUND_TASKS).create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    let impossible: Vec<_> = Event::ALL
        .iter()
        .copied()
        .filter(|event| {
            page.text(&format!("#event option[value={}]", event.word())).ends_with("· cannot happen in this queue type")
        })
        .collect();
    assert_eq!(impossible, [Answered, Offering, Missed, Processing, Active]);
    assert!(!page.has("#event option[disabled]"));
    let added = page.press("Save", &[Fill::Field("event", "active"), Fill::Field("schema", &crm.to_string())]);
    assert_eq!(added.said(), "Added Active → CRM: push");
}

#[on_all]
fn only_service_and_default_flow_schemas_are_offered(app: &App) {
    let queue_id = queue().create(app);
    for schema_type in ["default", "voice", "chat", "processing", "service"] {
        schema(schema_type).schema_type(schema_type).create(app);
    }
    let browser = app.browser();
    assert_eq!(offered(&browser.get(&new(queue_id))), ["default", "service"]);
}

#[on_all]
fn the_search_offers_names_that_contain_it_and_those_that_begin_with_it_first(app: &App) {
    let queue_id = queue().create(app);
    for name in ["A crm", "crm Z", "CRM b", "Billing", "Scrm"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&new(queue_id)).press("Search", &[Fill::Field("schema_q", "cRM")]).expect(200);
    assert_eq!(offered(&page), ["CRM b", "crm Z", "A crm", "Scrm"]);
    assert_eq!(page.attr("#schema_q", "value"), "cRM");
    assert_eq!(page.text("dialog .search p"), "4 flow schemas match.");
    assert!(page.has("#schema[autofocus]"));
}

#[on_all]
fn the_search_says_how_many_it_found(app: &App) {
    let queue_id = queue().create(app);
    for n in 0..51 {
        schema(&format!("crm {n:02}")).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    assert_eq!(page.text("dialog .search p"), "These are the first 50. Search to find others.");
    let found = |typed| page.press("Search", &[Fill::Field("schema_q", typed)]).text("dialog .search p");
    assert_eq!(found("50"), "1 flow schema matches.");
    assert_eq!(found("crm 0"), "10 flow schemas match.");
    assert_eq!(found("billing"), "No flow schemas match.");
}

#[on_all]
fn the_search_keeps_what_was_chosen(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    schema("Billing").create(app);
    let browser = app.browser();
    let fill =
        [Fill::Field("event", "missed"), Fill::Field("schema", &crm.to_string()), Fill::Field("schema_q", "bill")];
    let page = browser.get(&new(queue_id)).press("Search", &fill).expect(200);
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("missed".into(), crm.to_string()));
    assert_eq!(offered(&page), ["CRM: push", "Billing"]);
    assert_eq!(page.press("Save", &[]).said(), "Added Missed → CRM: push");
}

#[on_all]
fn the_search_takes_every_character_as_itself(app: &App) {
    let queue_id = queue().create(app);
    for name in ["100%", "a_b", r"c\d", "it's", "ДОВІДНИК", "🦀"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    for (typed, name) in
        [("%", "100%"), ("_", "a_b"), (r"\", r"c\d"), ("'", "it's"), ("довід", "ДОВІДНИК"), ("🦀", "🦀")]
    {
        assert_eq!(offered(&page.press("Search", &[Fill::Field("schema_q", typed)])), [name]);
    }
}

#[on_all]
fn a_search_longer_than_any_name_finds_no_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    for typed in ["x".repeat(60_000), "_".repeat(60_000), "CRM\0".into()] {
        let page = page.press("Search", &[Fill::Field("schema_q", &typed)]).expect(200);
        assert_eq!(page.text("dialog .search p"), "No flow schemas match.");
    }
}

#[on_all]
fn enter_in_a_field_of_the_modal_searches_and_never_saves(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    let taken =
        page.press("Save", &[Fill::Field("event", "joined"), Fill::Field("schema", &crm.to_string())]).expect(422);
    for page in [page, taken] {
        // A browser presses the form's first button.
        assert_eq!(page.all("dialog button")[0].attr("name"), Some("search"));
    }
}

#[on_all]
fn markup_in_a_flow_schemas_name_is_offered_as_text(app: &App) {
    let queue_id = queue().create(app);
    let name = r#"</option><script>alert("1")</script>"#;
    let id = schema(name).create(app).to_string();
    let browser = app.browser();
    let page = browser.get(&new(queue_id));
    assert!(!page.has("body script"));
    assert_eq!(offered(&page), [name]);
    let page = page.press("Save", &[Fill::Field("event", "joined"), Fill::Field("schema", &id)]);
    assert_eq!(page.texts("tbody td:nth-child(3)"), [name]);
}

#[on_all]
fn a_wrong_value_in_the_address_shows_the_default_behind_the_modal(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for query in ["size=0", "page=abc", "sort=drop", "event=party"] {
        let page = browser.get(&format!("{}?{query}", new(queue_id))).expect(200);
        assert_eq!(page.notices().len(), 1, "{query}");
        assert_eq!(page.attr("dialog form", "action"), tab(queue_id));
    }
}

#[on_all]
fn a_page_past_the_end_behind_the_modal_is_the_last_one(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    let modal = browser.get(&format!("{}?page=9", new(queue_id))).expect(200);
    assert_eq!(modal.hook_ids().len(), 2);
    assert_eq!(modal.attr("dialog [data-close]", "href"), format!("{}?page=2", tab(queue_id)));
}

#[on_all]
fn the_modal_of_a_queue_that_does_not_exist_is_404(app: &App) {
    let browser = app.browser();
    for id in ["0", "7", "99999999999999999999", "abc"] {
        browser.get(&format!("/contact-center/queues/{id}/hooks/new")).expect(404);
    }
}

#[on_all]
fn the_modal_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    browser.post(&new(queue_id), &[("event", "joined")]).expect(405);
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &new(queue_id), &[], b"").expect(405);
    }
}

#[on_all]
fn a_preview_shows_what_the_schema_would_send_and_adds_nothing(app: &App) {
    let queue_id = queue().create(app);
    let text = r#"[{"httpRequest":{"url":"https://crm.test/${channel}","data":{"who":"${agent_name}"}}}]"#;
    let crm = schema("CRM").text(text).create(app);
    let browser = app.browser();
    let before = contents(app);
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", &crm.to_string())];
    let page = browser.get(&new(queue_id)).press("Preview", &fill).expect(200);
    let shown: String = page.one("dialog .preview code").text().collect();
    assert_eq!(shown.trim(), "POST https://crm.test/call\ncontent-type: application/json\n\n{\"who\":\"\"}");
    assert_eq!(page.texts("dialog .preview li"), ["Always empty with this event: agent_name."]);
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("joined".into(), crm.to_string()));
    assert!(page.has("dialog .preview[autofocus]"));
    let nothing = browser.get(&new(queue_id)).send("Preview", &[]).expect(422);
    assert_eq!(nothing.text("#event-error"), "Choose an event.");
    assert_eq!(contents(app), before);
    assert_eq!(page.press("Save", &[]).said(), "Added Joined → CRM");
}

#[on_all]
fn a_schema_that_cannot_be_read_has_no_preview_and_says_so(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").text("[1]").create(app);
    let browser = app.browser();
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", &crm.to_string())];
    let page = browser.get(&new(queue_id)).press("Preview", &fill).expect(200);
    assert!(page.text("dialog .preview").contains("cannot be read"));
    assert_eq!(page.click("Open it").path, format!("/routing/flow/{crm}"));
}

#[on_all]
fn a_new_flow_schema_is_made_on_the_way_and_comes_back_chosen_with_the_event_kept(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}?sort=-event&size=20", new(queue_id))).expect(200);
    let form = modal.press("New flow schema", &[Fill::Field("event", "leaving")]).expect(200);
    assert_eq!(form.text("h1"), "Add flow schema");
    let refused = form.send("Save", &[Fill::Field("name", "CRM"), Fill::Field("type", "voice")]).expect(422);
    assert_eq!(refused.text("#type-error"), "A hook runs flow schemas of type Service or No type.");
    let back = refused.press("Save", &[Fill::Field("type", "service")]).expect(200);
    assert_eq!((back.chosen("#event"), back.chosen("#schema")), ("leaving".into(), "1".into()));
    assert_eq!(back.said(), "Added CRM");
    let saved = back.press("Save", &[]).expect(200);
    assert_eq!(
        (&*saved.path, saved.said()),
        (&*format!("{}?sort=-event&size=20", tab(queue_id)), "Added Leaving → CRM".into())
    );
    assert_eq!(form.click("Cancel").chosen("#event"), "leaving");
}

#[on_all]
fn the_dialog_of_a_hook_keeps_the_hook_on_the_way_to_a_new_flow_schema(app: &App) {
    let center = center(app);
    let path = format!("{}/{}", tab(center.queue), center.hook);
    let browser = app.browser();
    let form = browser.get(&path).press("New flow schema", &[Fill::Field("event", "active")]).expect(200);
    let back = form.press("Save", &[Fill::Field("name", "Another")]).expect(200);
    assert_eq!(back.text("dialog h2"), "Edit hook");
    assert_eq!(back.press("Save", &[]).said(), "Saved Active → Another");
}

#[on_all]
fn who_may_not_add_flow_schemas_is_not_offered_it(app: &App) {
    let queue_id = queue().create(app);
    let browser = person("anna").rights("queues:read queues:update flow_schemas:read").signed_in(app);
    let page = browser.get(&new(queue_id)).expect(200);
    assert!(page.has_control("Preview") && !page.has_control("New flow schema"));
}
