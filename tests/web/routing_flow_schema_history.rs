//! `/routing/flow/{schema}/history`: what happened to one flow schema.

use support::*;

fn history(id: i64) -> String {
    format!("{}/history", flow(id))
}

fn save(browser: &Browser, id: i64, name: &str, text: &str) {
    browser.post(&flow(id), &[("name", name), ("type", "service"), ("text", text)]).expect(303);
}

#[on_both("flow schemas are removed in Webitel")]
fn the_history_tells_what_happened_to_it_and_to_no_other(app: &App) {
    let id = schema("CRM").create(app);
    let other = schema("Other").create(app);
    let browser = app.browser();
    save(&browser, id, "CRM 2", "[]");
    save(&browser, other, "Other 2", "[]");
    let removed = browser.follow(browser.post(&format!("{FLOW}/removal"), &[("id", &id.to_string())]).expect(303));
    browser.get(&history(id)).expect(404);
    removed.press("Undo", &[]).expect(200);
    save(&browser, id, "CRM 2", "[{\"log\":1}]");
    let page = browser.get(&flow(id)).click("History").expect(200);
    assert_eq!(page.path, history(id));
    assert_eq!(page.text("title"), "History – CRM 2 – Queue Hooks");
    assert_eq!(page.text("h1"), "CRM 2");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas", "CRM 2"]);
    assert_eq!(page.text("nav[aria-label='Flow schema'] a[aria-current=page]"), "History");
    assert_eq!(page.texts("tbody td:nth-child(3)"), ["Edited", "Restored", "Removed", "Edited"]);
    assert_eq!(page.texts("tbody td:nth-child(4)"), ["CRM 2", "CRM 2", "CRM 2", "CRM CRM 2"]);
    let entries: Vec<_> = versions(app, id).iter().rev().map(|entry| format!("{}/{entry}", history(id))).collect();
    let links: Vec<_> = page.all("tbody td:nth-child(4) a").iter().filter_map(|link| link.attr("href")).collect();
    assert_eq!(links, entries);
    assert!(!page.has_control("Restore CRM 2"));
}

#[on_all]
fn the_history_is_filtered_sorted_and_paged(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    for number in 0..12 {
        save(&browser, id, "CRM", &format!("[{{\"log\":{number}}}]"));
    }
    let last = browser.get(&format!("{}?page=9", history(id))).expect(200);
    assert_eq!(last.path, format!("{}?page=2", history(id)));
    assert_eq!(last.all("tbody tr").len(), 2);
    assert_eq!(browser.get(&format!("{}?action=edit&size=20", history(id))).all("tbody tr").len(), 12);
    assert_eq!(browser.get(&format!("{}?action=remove", history(id))).text("main h2"), "No changes match");
}

#[on_all]
fn a_viewer_may_read_it(app: &App) {
    let id = schema("CRM").create(app);
    save(&app.browser(), id, "CRM 2", "[]");
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(&history(id)).expect(200);
    viewer.get(&page.attr("tbody td:nth-child(4) a", "href")).expect(200);
}

#[on_all]
fn one_that_nobody_changed_has_no_records_and_one_that_does_not_exist_is_404(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&history(id)).expect(200).text("main h2"), "There are no records yet");
    browser.get(&history(id + 1)).expect(404);
    browser.post(&history(id), &[]).expect(405);
}
