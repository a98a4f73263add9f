//! `/contact-center/queues/{queue}/hooks/{hook}`: the modal **Edit hook**.

use queue_hooks::model::event::Event::*;
use support::*;

pub fn edit(queue_id: i64, id: i64) -> String {
    format!("{}/{id}", tab(queue_id))
}

pub fn filled<'a>(event: &'a str, schema: &'a str) -> [Fill<'a>; 2] {
    [Fill::Field("event", event), Fill::Field("schema", schema)]
}

/// What a conflict shows of each field: its name, theirs and yours.
pub fn differences(conflict: &Page) -> Vec<[String; 3]> {
    let cells = conflict.texts("[role=alert] tbody :is(th, td)");
    cells.chunks(3).map(|row| row.to_vec().try_into().expect("three cells in a row")).collect()
}

// The modal.

#[on_all]
fn the_modal_holds_what_the_hook_is(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    schema("Billing").create(app);
    let id = hook(queue_id, crm).event(Missed).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).click("Edit Missed → CRM: push").expect(200);
    assert_eq!(page.path, edit(queue_id, id));
    assert_eq!(page.text("dialog[open] #modal-title"), "Edit hook");
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("missed".into(), crm.to_string()));
    assert!(page.control("Save").attr("disabled").is_none());
}

#[on_all]
fn closing_the_modal_leads_back_to_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = many_hooks(app, queue_id, &[crm], 30)[12];
    let browser = app.browser();
    let view = "?enabled=false&sort=-updated_at&page=2&size=5";
    let page = browser.get(&format!("{}{view}", edit(queue_id, id)));
    assert_eq!(page.click("Close").path, format!("{}{view}", tab(queue_id)));
}

#[on_all]
fn the_hooks_own_event_is_not_said_to_be_taken(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id));
    assert!(!page.text("#event option[value=joined]").contains("already enabled"));
}

#[on_all]
fn a_flow_schema_beyond_the_first_ones_offered_is_still_the_chosen_one(app: &App) {
    let queue_id = queue().create(app);
    for n in 0..60 {
        schema(&format!("a {n}")).create(app);
    }
    let last = schema("z").create(app);
    let id = hook(queue_id, last).create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&edit(queue_id, id)).chosen("#schema"), last.to_string());
}

#[on_all]
fn a_hook_that_does_not_exist_is_404(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for id in ["0", "7", "-1", "99999999999999999999", "abc", "7%00"] {
        let path = format!("{}/{id}", tab(queue_id));
        browser.get(&path).expect(404);
        browser.post(&path, &[("event", "joined"), ("schema", "1")]).expect(404);
    }
}

#[on_all]
fn a_hook_of_another_queue_is_404(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM: push").create(app);
    let id = hook(other_id, crm).create(app);
    let browser = app.browser();
    browser.get(&edit(queue_id, id)).expect(404);
    browser.post(&edit(queue_id, id), &[("event", "missed"), ("schema", &crm.to_string())]).expect(404);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn a_form_that_is_not_ready_to_save_is_404_too_when_the_hook_does_not_exist(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM: push").create(app);
    let id = hook(other_id, crm).create(app);
    let browser = app.browser();
    browser.post(&edit(queue_id, id), &[("event", ""), ("schema", "")]).expect(404);
    browser.post(&edit(queue_id, id), &[("search", "yes"), ("schema_q", "crm")]).expect(404);
    browser.post(&edit(queue_id, 77), &[("search", "yes")]).expect(404);
}

#[on_all]
fn the_modal_of_a_removed_hook_is_404_with_a_way_back(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    remove_hook(app, id);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id)).expect(404);
    assert_eq!(page.text("h1"), "There is no such hook");
    assert_eq!(page.click("Go back").path, tab(queue_id));
}

#[on_all]
fn a_hook_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &edit(queue_id, id), &[], b"").expect(405);
    }
    assert!(stored(app, id).is_some());
}

// Saving.

#[on_all]
fn a_change_is_saved_and_the_registry_says_so(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id)).press("Save", &filled("missed", &billing.to_string()));
    assert_eq!(page.path, tab(queue_id));
    assert_eq!(page.said(), "Saved Missed → Billing");
    assert_eq!(stored(app, id), Some((Missed, billing, true)));
    assert_eq!(journal(app, queue_id), [format!("edit {id}: joined CRM on -> missed Billing on")]);
    assert!(!is_at_rest(app, queue_id));
}

#[on_all]
fn after_saving_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    schema("Billing").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=joined&enabled=false&sort=-schema&page=2&size=2", tab(queue_id)));
    let edit = browser.get(view.all("a[aria-label^='Edit']")[0].attr("href").expect("a link"));
    let page = edit.press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.path, view.path);
}

#[on_all]
fn a_page_that_emptied_through_the_change_gives_way_to_the_one_before(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let schema_id = crm.parse().expect("an id");
    hook(queue_id, schema_id).create(app);
    hook(queue_id, schema_id).off().create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=joined&page=2&size=1", tab(queue_id)));
    let page = view.click("Edit Joined → CRM: push").press("Save", &filled("missed", &crm)).expect(200);
    assert_eq!(page.path, format!("{}?event=joined&size=1", tab(queue_id)));
    assert_eq!(page.said(), "Saved Missed → CRM: push, disabled");
}

#[on_all]
fn saving_without_a_change_changes_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    assert_eq!(browser.get(&edit(queue_id, id)).press("Save", &[]).said(), "Joined → CRM: push is saved");
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn the_same_change_sent_twice_is_made_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let modal = browser.get(&edit(queue_id, id));
    for _ in 0..2 {
        modal.press("Save", &filled("missed", &crm.to_string())).expect(200);
    }
    assert_eq!(journal(app, queue_id).len(), 1);
}

#[on_all]
fn a_form_that_lacks_a_field_comes_back_with_what_was_typed(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let modal = browser.get(&edit(queue_id, id));
    let page = modal.press("Save", &filled("", &billing.to_string())).expect(422);
    assert_eq!(page.text("#modal-title"), "Edit hook");
    assert_eq!(page.text("#event-error"), "Choose an event.");
    assert_eq!(page.chosen("#schema"), billing.to_string());
    let page = modal.press("Save", &filled("missed", "")).expect(422);
    assert_eq!(page.text("#schema-error"), "Choose a flow schema.");
    assert_eq!(page.chosen("#event"), "missed");
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    assert_eq!(page.press("Save", &filled("missed", &billing.to_string())).said(), "Saved Missed → Billing");
}

#[on_all]
fn both_fields_can_be_wrong_at_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id)).press("Save", &filled("", "")).expect(422);
    assert_eq!(page.texts(".field-error"), ["Choose an event.", "Choose a flow schema."]);
    assert!(page.has("#event[autofocus]") && !page.has("#schema[autofocus]"), "the focus is in the first bad field");
}

#[on_all]
fn a_flow_schema_that_hooks_cannot_run_cannot_be_chosen_but_may_stay(app: &App) {
    let queue_id = queue().create(app);
    let voice = schema("IVR").schema_type("voice").create(app);
    let chat = schema("Bot").schema_type("chat").create(app);
    let id = hook(queue_id, voice).create(app);
    let browser = app.browser();
    browser.post(&edit(queue_id, id), &[("event", "joined"), ("schema", &chat.to_string())]).expect(422);
    assert_eq!(stored(app, id), Some((Joined, voice, true)));
    let page = browser.get(&edit(queue_id, id));
    assert_eq!(page.chosen("#schema"), voice.to_string());
    assert_eq!(page.press("Save", &[Fill::Field("event", "missed")]).said(), "Saved Missed → IVR");
}

#[on_all]
fn a_search_in_the_modal_keeps_it_an_edit(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser
        .get(&edit(queue_id, id))
        .press("Search", &[Fill::Field("schema_q", "bill"), Fill::Field("event", "missed")])
        .expect(200);
    assert_eq!(page.text("#modal-title"), "Edit hook");
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("missed".into(), crm.to_string()));
    page.press("Save", &[Fill::Field("schema", &billing.to_string())]).expect(200);
    assert_eq!(stored(app, id), Some((Missed, billing, true)));
}

#[on_all]
fn a_fault_half_way_changes_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let modal = browser.get(&edit(queue_id, id));
    lose_journal(app);
    modal.press("Save", &filled("missed", &crm.to_string())).expect(503);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    assert!(is_at_rest(app, queue_id));
}

// An event that is taken.

#[on_all]
fn an_enabled_hook_cannot_move_to_a_taken_event_unasked(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).event(Missed).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id)).press("Save", &filled("joined", &billing.to_string())).expect(422);
    assert_eq!(
        page.text("#event-error p:first-child"),
        "Joined → CRM is enabled already, and an event takes one enabled hook."
    );
    assert_eq!(page.chosen("#event"), "joined");
    assert_eq!(stored(app, id), Some((Missed, billing, true)));
    assert_eq!(stored(app, holder), Some((Joined, crm, true)));
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn it_can_be_saved_disabled(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).event(Missed).create(app);
    let browser = app.browser();
    let page = browser
        .get(&edit(queue_id, id))
        .press("Save", &filled("joined", &billing.to_string()))
        .press("Save disabled", &[]);
    assert_eq!(page.said(), "Saved Joined → Billing, disabled");
    assert_eq!(stored(app, id), Some((Joined, billing, false)));
    assert_eq!(stored(app, holder), Some((Joined, crm, true)));
    assert_eq!(journal(app, queue_id), [format!("edit {id}: missed Billing on -> joined Billing off")]);
}

#[on_all]
fn it_can_replace_the_one_that_holds_the_event(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).event(Missed).create(app);
    let browser = app.browser();
    let page = browser
        .get(&edit(queue_id, id))
        .press("Save", &filled("joined", &billing.to_string()))
        .press("Replace it", &[]);
    assert_eq!(page.said(), "Saved Joined → Billing");
    assert_eq!(stored(app, id), Some((Joined, billing, true)));
    assert_eq!(stored(app, holder), Some((Joined, crm, false)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {holder}: joined CRM on -> joined CRM off"),
            format!("edit {id}: missed Billing on -> joined Billing on"),
        ]
    );
}

#[on_all]
fn a_disabled_hook_may_move_to_a_taken_event(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let id = hook(queue_id, crm).event(Missed).off().create(app);
    let browser = app.browser();
    let page = browser.get(&edit(queue_id, id)).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.said(), "Saved Joined → CRM, disabled");
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
}
