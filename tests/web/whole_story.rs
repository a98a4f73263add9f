//! The documented walk over the demonstration, by nothing but the links and buttons of the pages.

use support::*;

/// The value of the flow schema of that name, as the modal offers it.
#[track_caller]
fn offered(modal: &Page, name: &str) -> String {
    let option = modal.all("#schema option").into_iter().find(|option| option.text().collect::<String>() == name);
    option.and_then(|option| option.attr("value")).unwrap_or_else(|| panic!("{name} is not offered")).into()
}

/// From the front door to the Hooks tab of a queue of the demonstration.
fn hooks_of<'a>(browser: &'a Browser, queue: &str) -> Page<'a> {
    browser.get("/").expect(200).click(queue).expect(200)
}

fn numbers(page: &Page) -> String {
    page.text("nav[aria-label='Hooks pages'] p")
}

fn demonstrate(app: &App) {
    queue_hooks::transfer::import::demonstration(&app.data).expect("the demonstration is imported");
    if app.backend == Backend::Attached {
        continue_ids_after(app, 2_000_000);
    }
}

#[on_all]
fn a_hook_is_added_edited_switched_removed_and_brought_back(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let registry = hooks_of(&browser, "Messenger");
    assert_eq!(numbers(&registry), "1–7 of 7");

    let modal = registry.click("Add hook").press("Search", &[Fill::Field("schema_q", "crm: p")]);
    let push = offered(&modal, "CRM: push");
    let registry = modal.press("Save", &[Fill::Field("event", "active"), Fill::Field("schema", &push)]);
    assert_eq!(registry.said(), "Added Active → CRM: push");
    assert_eq!(numbers(&registry), "1–8 of 8");

    let modal = registry.click("Edit Active → CRM: push");
    let registry = modal.press("Save", &[Fill::Field("event", "leaving")]);
    assert_eq!(registry.said(), "Saved Leaving → CRM: push");

    let registry = registry.press("Enabled, Leaving → CRM: push", &[]);
    assert_eq!(registry.said(), "Disabled Leaving → CRM: push");

    let registry = registry.press("Remove Leaving → CRM: push", &[]);
    assert_eq!(registry.said(), "Removed Leaving → CRM: push");
    assert_eq!(numbers(&registry), "1–7 of 7");

    let registry = registry.press("Undo", &[]);
    assert_eq!(registry.said(), "Restored Leaving → CRM: push");
    let switch = registry.control("Enabled, Leaving → CRM: push");
    assert_eq!(switch.attr("aria-checked"), Some("false"));
}

#[on_all]
fn a_taken_event_is_replaced_from_the_modal(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let modal = hooks_of(&browser, "Messenger").click("Add hook").press("Search", &[Fill::Field("schema_q", "crm: p")]);
    let push = offered(&modal, "CRM: push");
    let modal = modal.press("Save", &[Fill::Field("event", "joined"), Fill::Field("schema", &push)]).expect(422);
    let registry = modal.press("Replace it", &[]).expect(200);
    assert_eq!(registry.said(), "Added Joined → CRM: push");
    let checked = |name| registry.control(name).attr("aria-checked").map(str::to_owned);
    assert_eq!(checked("Enabled, Joined → CRM: push").as_deref(), Some("true"));
    assert_eq!(checked("Enabled, Joined → Fraud check: open ticket").as_deref(), Some("false"));
}

#[on_all]
fn a_filtered_and_sorted_list_is_walked_page_by_page(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let page = hooks_of(&browser, "Inbound support");
    assert_eq!(numbers(&page), "1–10 of 137");
    let page = page.press("Filter", &[Fill::Field("enabled", "false")]).click("Flow schema");
    let mut page = page.press("Apply", &[Fill::Field("size", "50")]);
    let mut rows = Vec::new();
    for expected in ["1–50 of 129", "51–100 of 129", "101–129 of 129"] {
        assert_eq!(numbers(&page), expected);
        rows.extend(page.hook_ids());
        if expected != "101–129 of 129" {
            page = page.click("Next page");
        }
    }
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), 129);
    assert_eq!(numbers(&page.click("Previous page").click("Previous page")), "1–50 of 129");
    assert_eq!(numbers(&page.click("Remove the filter State: Disabled")), "1–50 of 137");
}

#[on_all]
fn five_hooks_of_a_page_are_removed_and_brought_back(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let page = hooks_of(&browser, "Inbound support").click("Next page");
    let before = page.hook_ids();
    let page = page.press_for("Remove selected hooks", &before[..5]).press("Remove 5 hooks", &[]);
    assert_eq!(page.said(), "Removed 5 hooks");
    assert_eq!(numbers(&page), "11–20 of 132");
    assert_eq!(page.hook_ids()[..5], before[5..]);
    let page = page.press("Undo", &[]);
    assert_eq!(page.said(), "Restored 5 hooks");
    assert_eq!(page.hook_ids(), before);
}

#[on_all]
fn all_that_match_are_removed_and_brought_back(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let page = hooks_of(&browser, "Inbound support").press("Filter", &[Fill::Tick("event", "active")]);
    let before = page.hook_ids();
    let question = page.press("Remove selected hooks", &[Fill::Tick("all", "matching")]);
    let page = question.press("Remove 23 hooks", &[]);
    assert_eq!(page.text("main h2"), "No hooks match");
    let page = page.press("Undo", &[]);
    assert_eq!(page.said(), "Restored 23 hooks");
    assert_eq!(page.hook_ids(), before);
    assert_eq!(numbers(&page), "1–10 of 23");
    assert_eq!(numbers(&page.click("Clear filters")), "1–10 of 137");
}

#[on_all]
fn a_selection_is_disabled_and_enabled(app: &App) {
    demonstrate(app);
    let browser = app.browser();
    let page = hooks_of(&browser, "Inbound support").press("Filter", &[Fill::Field("enabled", "true")]);
    assert_eq!(numbers(&page), "1–8 of 8");
    let eight = page.hook_ids();
    let page = page.press("Disable", &[Fill::Tick("all", "page")]);
    assert_eq!(page.said(), "Disabled 8 hooks");
    assert_eq!(page.text("main h2"), "No hooks match");
    let page = browser.get(&page.attr("section.empty a", "href")).press("Apply", &[Fill::Field("size", "1000")]);
    assert_eq!(page.press_for("Enable", &eight).said(), "Enabled 8 hooks");
}

#[test]
fn a_view_is_the_same_after_a_restart_and_its_forms_work_on() {
    let mut app = App::start(Backend::Sqlite);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    many_hooks(&app, queue_id, &[crm], 25);
    let browser = app.browser();
    let path = format!("{}?enabled=false&sort=-event&page=2", tab(queue_id));
    let page = browser.get(&path).expect(200);
    app.die();
    app.restart();
    assert_eq!(browser.get(&path).expect(200).hook_ids(), page.hook_ids());
    let selected = &page.hook_ids()[..2];
    let removed = page.press_for("Remove selected hooks", selected).press("Remove 2 hooks", &[]).expect(200);
    assert_eq!(removed.said(), "Removed 2 hooks");
}
