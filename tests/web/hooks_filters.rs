//! `/contact-center/queues/{queue}/hooks`: filters, their counts and their chips.

use queue_hooks::model::event::Event::*;
use support::*;

const EVENT: &str = "tbody td:nth-child(2)";

/// What a person fills into the modal.
fn filled<'a>(event: &'a str, schema: &'a str) -> [Fill<'a>; 2] {
    [Fill::Field("event", event), Fill::Field("schema", schema)]
}

#[on_all]
fn the_event_filter_takes_several_events(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 8);
    let browser = app.browser();
    let page =
        browser.get(&tab(queue_id)).press("Filter", &[Fill::Tick("event", "missed"), Fill::Tick("event", "joined")]);
    assert_eq!(page.path, format!("{}?event=joined&event=missed", tab(queue_id)));
    assert_eq!(page.texts(EVENT), ["Joined", "Missed"]);
}

#[on_all]
fn the_events_stand_in_the_filter_with_their_counts_in_this_queue(app: &App) {
    let queue_id = queue().create(app);
    let other_id = queue().name("Another").create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().create(app);
    hook(queue_id, crm).event(Active).off().create(app);
    hook(other_id, crm).event(Missed).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(
        page.texts("[role=search] fieldset label"),
        ["Joined 2", "Answered 0", "Offering 0", "Bridged 0", "Missed 0", "Leaving 0", "Processing 0", "Active 1"]
    );
}

#[on_all]
fn the_counts_follow_every_change(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().event(Missed).create(app);
    let browser = app.browser();
    let counts = |page: &Page| {
        let texts = page.texts("[role=search] fieldset label");
        [texts[0].clone(), texts[4].clone()]
    };
    let page = browser.get(&tab(queue_id)).press("Enabled, Missed → CRM: push", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 1"]);
    let page = page.press("Remove Missed → CRM: push", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 0"]);
    let page = page.press("Undo", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 1"]);
    let page = page
        .click("Edit Missed → CRM: push")
        .press("Save", &filled("joined", &crm.to_string()))
        .press("Save disabled", &[]);
    assert_eq!(counts(&page), ["Joined 2", "Missed 0"]);
}

#[on_all]
fn the_state_filter_tells_enabled_from_disabled(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let on = hook(queue_id, crm).create(app);
    let off = hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Filter", &[Fill::Field("enabled", "true")]);
    assert_eq!(page.hook_ids(), [on]);
    assert_eq!(page.press("Filter", &[Fill::Field("enabled", "false")]).hook_ids(), [off]);
}

#[on_all]
fn filters_narrow_together(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing").create(app));
    let wanted = hook(queue_id, crm).off().create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().event(Missed).create(app);
    hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let fill = [Fill::Tick("event", "joined"), Fill::Field("enabled", "false"), Fill::Field("q", "crm")];
    let page = browser.get(&tab(queue_id)).press("Filter", &fill);
    assert_eq!(page.path, format!("{}?event=joined&enabled=false&q=crm", tab(queue_id)));
    assert_eq!(page.hook_ids(), [wanted]);
}

#[on_all]
fn a_filter_keeps_order_and_size_and_begins_on_the_first_page(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 60);
    let browser = app.browser();
    let page = browser.get(&format!("{}?sort=-enabled&page=3&size=7", tab(queue_id)));
    let page = page.press("Filter", &[Fill::Field("q", "crm")]);
    assert_eq!(page.path, format!("{}?q=crm&sort=-enabled&size=7", tab(queue_id)));
}

#[on_all]
fn fields_left_empty_are_taken_out_of_the_address(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&tab(queue_id)).press("Filter", &[]).path, tab(queue_id));
}

#[on_all]
fn each_active_filter_is_a_chip_that_removes_it(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined&event=missed&enabled=false&q=push&sort=-event", tab(queue_id)));
    assert_eq!(page.texts(".chip"), ["Event: Joined", "Event: Missed", "State: Disabled", "Flow schema: push"]);
    let page = page.click("Remove the filter Event: Joined");
    assert_eq!(page.path, format!("{}?event=missed&enabled=false&q=push&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter State: Disabled");
    assert_eq!(page.path, format!("{}?event=missed&q=push&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter Flow schema: push");
    assert_eq!(page.path, format!("{}?event=missed&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter Event: Missed");
    assert_eq!(page.path, format!("{}?sort=-event", tab(queue_id)));
    assert!(!page.has(".chip"));
}

#[on_all]
fn the_number_of_hooks_that_match_stands_beside_the_chips(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 17);
    let browser = app.browser();
    let count = |query| browser.get(&format!("{}?{query}", tab(queue_id))).text("#count");
    assert_eq!(count("event=joined"), "3 hooks match");
    assert_eq!(count("event=joined&enabled=true"), "1 hook matches");
    assert_eq!(count("q=nothing"), "0 hooks match");
    assert_eq!(count(""), "");
}

#[on_all]
fn when_nothing_matches_the_filters_can_be_cleared(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=missed&sort=-schema", tab(queue_id)));
    assert_eq!(page.text("main h2"), "No hooks match");
    assert_eq!(page.text("section.empty a"), "Clear filters");
    let cleared = browser.get(&page.attr("section.empty a", "href"));
    assert_eq!(cleared.path, format!("{}?sort=-schema", tab(queue_id)));
    assert_eq!(cleared.hook_ids(), [id]);
}
