//! `/contact-center/queues/{queue}/hooks`: what the registry shows.

use queue_hooks::model::event::Event::{self, *};
use support::*;

const EVENT: &str = "tbody td:nth-child(2)";
const SCHEMA: &str = "tbody td:nth-child(3)";

#[on_all]
fn the_registry_lists_the_hooks_of_the_queue_in_the_order_of_their_events(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let other = queue().name("Another").create(app);
    hook(queue_id, crm).event(Missed).create(app);
    hook(queue_id, crm).event(Joined).off().create(app);
    hook(other, crm).event(Active).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.texts(EVENT), ["Joined", "Missed"]);
    assert_eq!(page.text("title"), "Hooks – Inbound support – Queue Hooks");
    assert_eq!(page.text("table caption"), "Hooks");
}

#[on_all]
fn the_title_says_which_page_of_how_many(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 21);
    let browser = app.browser();
    let page = browser.get(&format!("{}?page=2", tab(queue_id)));
    assert_eq!(page.text("title"), "Hooks – Inbound support – Queue Hooks, page 2 of 3");
}

#[on_all]
fn breadcrumb_and_tabs_say_where_the_person_is(app: &App) {
    let queue_id = queue().name("Sales").create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.texts("nav[aria-label=Breadcrumb] li"), ["Contact center", "Queues", "Sales"]);
    assert_eq!(page.texts("nav[aria-label=Queue] a"), ["General", "Hooks", "History"]);
    assert_eq!(page.text("nav[aria-label=Queue] [aria-current=page]"), "Hooks");
    let general = page.click("General").expect(200);
    assert_eq!(general.path, format!("/contact-center/queues/{queue_id}"));
    assert_eq!(general.click("Hooks").expect(200).path, tab(queue_id));
}

#[on_all]
fn the_toolbar_holds_the_hook_actions(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(
        page.texts("[role=group][aria-label='Hook actions'] :is(a, button)"),
        ["Add hook", "Refresh", "Remove selected hooks", "Enable", "Disable", "Copy selected hooks to queues"]
    );
}

#[on_all]
fn refresh_shows_the_same_view_with_what_happened_meanwhile(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let before = browser.get(&format!("{}?sort=-event&size=5", tab(queue_id)));
    hook(queue_id, crm).event(Missed).create(app);
    let after = before.click("Refresh");
    assert_eq!(after.path, before.path);
    assert_eq!(after.texts(EVENT), ["Missed", "Joined"]);
}

#[on_all]
fn the_registry_has_the_documented_columns(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.texts("thead th"), ["", "Event", "Flow schema", "State", "Changed", "Actions"]);
    assert_eq!(page.named("thead input[type=checkbox]", "Select all hooks on this page").len(), 1);
}

#[on_all]
fn a_row_names_its_tools_after_its_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.named("tbody input[type=checkbox]", "Select Joined → CRM: push").len(), 1);
    let switch = page.control("Enabled, Joined → CRM: push");
    assert_eq!((switch.attr("role"), switch.attr("aria-checked")), (Some("switch"), Some("true")));
    assert_eq!(page.control("CRM: push").attr("href"), Some(&*format!("/routing/flow/{crm}")));
    assert_eq!(page.control("Edit Joined → CRM: push").attr("href"), Some(&*format!("{}/{id}", tab(queue_id))));
    assert_eq!(page.control("Remove Joined → CRM: push").attr("value"), Some(&*id.to_string()));
}

#[on_all]
fn the_switch_of_a_disabled_hook_is_off(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.attr("tbody [role=switch]", "aria-checked"), "false");
}

#[on_all]
fn an_event_that_cannot_happen_in_this_type_of_queue_carries_a_note(app: &App) {
    const OUTBOUND_IVR: i16 = 2;
    let queue_id = queue().queue_type(OUTBOUND_IVR).create(app);
    let crm = schema("CRM: push").create(app);
    for event in Event::ALL.iter().copied() {
        hook(queue_id, crm).event(event).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    let noted = page.texts("tbody tr:has(.note) td:nth-child(2)");
    assert_eq!(
        noted,
        ["Active", "Answered", "Missed", "Processing"].map(|event| format!("{event} cannot happen here"))
    );
}

#[on_all]
fn markup_in_names_is_shown_as_text(app: &App) {
    let name = r#"<script>alert("1")</script> & 'quotes' </td>"#;
    let queue_id = queue().name(name).create(app);
    let crm = schema(name).create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert!(!page.has("body script"));
    assert_eq!(page.text("h1"), name);
    assert_eq!(page.text("title"), format!("Hooks – {name} – Queue Hooks"));
    assert_eq!(page.texts(SCHEMA), [name]);
    assert!(page.has_control(&format!("Edit Joined → {name}")));
    let said = page.press(&format!("Enabled, Joined → {name}"), &[]).said();
    assert!(said.starts_with("Disabled Joined → <script>alert"), "{said}");
}

#[on_all]
fn a_queue_without_hooks_says_so_and_offers_to_add_one(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.text("main h2"), "There are no records yet");
    assert_eq!(page.attr("section.empty a", "href"), format!("{}/new", tab(queue_id)));
    assert_eq!(page.text("section.empty a"), "Add hook");
    assert!(!page.has("table"));
}

#[on_all]
fn a_queue_that_does_not_exist_is_404(app: &App) {
    queue().create(app);
    let browser = app.browser();
    for id in ["0", "-1", "2", "99999999999999999999", "abc", "1.5", "%00", "1'"] {
        browser.get(&format!("/contact-center/queues/{id}/hooks")).expect(404);
    }
}

#[on_all]
fn the_tab_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &tab(queue_id), &[], b"").expect(405);
    }
    browser.request("HEAD", &tab(queue_id), &[], b"").expect(200);
}

#[on_all]
fn all_that_match_can_be_selected_only_when_more_match_than_are_shown(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    assert_eq!(
        browser.get(&tab(queue_id)).text("#selection .all"),
        "All 10 on this page are selected. Select all 137 matching"
    );
    let narrowed = browser.get(&format!("{}?event=joined", tab(queue_id)));
    assert_eq!(narrowed.text("#selection .all label"), "Select all 18 matching");
    assert!(!browser.get(&format!("{}?event=joined&size=18", tab(queue_id))).has("#selection .all"));
}
