//! `/contact-center/queues/{queue}/hooks/history`: who changed what, removed hooks included.

use queue_hooks::model::event::Event::*;
use support::*;

fn history(queue_id: i64) -> String {
    format!("/contact-center/queues/{queue_id}/hooks/history")
}

#[on_all]
fn the_history_tells_every_change_the_newest_first(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing: push").create(app));
    let id = hook(queue_id, crm).event(Missed).create(app);
    let browser = app.browser();
    let tab = format!("/contact-center/queues/{queue_id}/hooks");
    browser.post(&format!("{tab}/{id}"), &[("event", "missed"), ("schema", &billing.to_string())]).expect(303);
    browser.post(&format!("{tab}/{id}/state"), &[("enabled", "false")]).expect(303);
    browser.post(&format!("{tab}/removal"), &[("id", &id.to_string())]).expect(303);
    let page = browser.get(&history(queue_id)).expect(200);
    assert_eq!(page.text("title"), "History – Inbound support – Queue Hooks");
    assert_eq!(page.texts("tbody td:nth-child(3)"), ["Removed", "Disabled", "Edited"]);
    assert_eq!(page.texts("tbody td:nth-child(2)"), ["Test Administrator (tester)"; 3]);
    assert_eq!(page.text("tbody tr:nth-child(3) del"), "Missed → CRM: push");
    assert_eq!(page.texts("tbody td:nth-child(5)"), ["Disabled", "Disabled", "Enabled"]);
    let oldest_first = page.click("When").expect(200);
    assert_eq!(oldest_first.texts("tbody td:nth-child(3)"), ["Edited", "Disabled", "Removed"]);
    assert_eq!(oldest_first.attr("th[aria-sort]", "aria-sort"), "ascending");
}

#[on_all]
fn the_history_is_filtered_by_change_and_paged(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let tab = format!("/contact-center/queues/{queue_id}/hooks");
    for event in ["joined", "missed", "leaving"] {
        browser.post(&tab, &[("event", event), ("schema", &crm.to_string())]).expect(303);
    }
    let first = ids(app, queue_id)[0].to_string();
    browser.post(&format!("{tab}/removal"), &[("id", &first)]).expect(303);
    let removed = browser.get(&format!("{}?action=remove", history(queue_id))).expect(200);
    assert_eq!(removed.texts("tbody td:nth-child(3)"), ["Removed"]);
    let last = browser.get(&format!("{}?size=3&page=9", history(queue_id))).expect(200);
    assert_eq!(last.path, format!("{}?page=2&size=3", history(queue_id)));
    assert_eq!(last.texts("tbody td:nth-child(3)"), ["Added"]);
    let odd = browser.get(&format!("{}?action=drop", history(queue_id))).expect(200);
    assert_eq!(odd.texts(".notice li").len(), 1);
}

#[on_all]
fn a_removed_hook_comes_back_from_the_history_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let (gone, other) = (hook(queue_id, crm).create(app), hook(queue_id, crm).event(Active).create(app));
    let browser = app.browser();
    let both = [("id", gone.to_string()), ("id", other.to_string())];
    let both: Vec<_> = both.iter().map(|(name, id)| (*name, id.as_str())).collect();
    browser.post(&format!("/contact-center/queues/{queue_id}/hooks/removal"), &both).expect(303);
    let page = browser.get(&history(queue_id)).press("Restore Joined → CRM: push", &[]).expect(200);
    assert_eq!(page.text("[role=status] p"), "Restored Joined → CRM: push");
    assert_eq!(ids(app, queue_id), [gone]);
    assert!(!browser.get(&history(queue_id)).has_control("Restore Joined → CRM: push"), "it exists now");
}

#[on_all]
fn an_empty_history_and_a_queue_that_does_not_exist(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&history(queue_id)).expect(200).text("main h2"), "There are no records yet");
    browser.get(&history(queue_id + 1)).expect(404);
    browser.post(&history(queue_id), &[]).expect(405);
}
