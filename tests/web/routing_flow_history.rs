//! `/routing/flow/history`: who changed which flow schemas, removed ones included.

use support::*;

const HISTORY: &str = "/routing/flow/history";

/// The cells of a column.
fn cells(page: &Page, column: usize) -> Vec<String> {
    page.texts(&format!("tbody td:nth-child({column})"))
}

/// CRM was added, renamed, given another type and text, removed and brought back; Billing was added.
fn story(browser: &Browser) {
    let save = |path: &str, name: &str, schema_type: &str, text: &str| {
        browser.post(path, &[("name", name), ("type", schema_type), ("text", text)]).expect(303);
    };
    save(FLOW, "CRM", "service", "[]");
    save(FLOW, "Billing", "service", "[]");
    save(&flow(1), "CRM 2", "service", "[]");
    save(&flow(1), "CRM 2", "voice", "[{\"log\":1}]");
    let removed = browser.follow(browser.post(&format!("{FLOW}/removal"), &[("id", "1")]).expect(303));
    removed.press("Undo", &[]).expect(200);
}

#[on_both("flow schemas are removed in Webitel")]
fn the_history_tells_every_change_the_newest_first(app: &App) {
    let browser = app.browser();
    story(&browser);
    let page = browser.get(FLOW).click("History").expect(200);
    assert_eq!(page.path, HISTORY);
    assert_eq!(page.text("title"), "History – Flow schemas – Queue Hooks");
    assert_eq!(page.text("h1"), "Flow schemas");
    assert_eq!(cells(&page, 2), ["Test Administrator (tester)"; 6]);
    assert_eq!(cells(&page, 3), ["Restored", "Removed", "Edited", "Edited", "Added", "Added"]);
    assert_eq!(cells(&page, 4), ["CRM 2", "CRM 2", "CRM 2", "CRM CRM 2", "Billing", "CRM"]);
    assert_eq!(cells(&page, 5), ["Voice", "Voice", "Service Voice", "Service", "Service", "Service"]);
    assert_eq!(page.texts("tbody del"), ["Service", "CRM"]);
    let oldest_first = page.click("When").expect(200);
    assert_eq!(cells(&oldest_first, 3), ["Added", "Added", "Edited", "Edited", "Removed", "Restored"]);
    assert_eq!(oldest_first.attr("th[aria-sort]", "aria-sort"), "ascending");
}

#[on_both("flow schemas are removed in Webitel")]
fn each_change_of_what_exists_leads_to_its_version(app: &App) {
    let browser = app.browser();
    story(&browser);
    let page = browser.get(HISTORY);
    let links: Vec<_> = page.all("tbody td:nth-child(4) a").iter().filter_map(|link| link.attr("href")).collect();
    let mut expected: Vec<_> = versions(app, 1).iter().map(|entry| format!("{}/history/{entry}", flow(1))).collect();
    expected.push(format!("{}/history/{}", flow(2), versions(app, 2)[0]));
    expected.sort();
    let mut sorted = links.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for link in links {
        browser.get(link).expect(200);
    }
    remove_schema(app, 2);
    assert_eq!(browser.get(HISTORY).all("tbody td:nth-child(4) a").len(), 5, "what is gone has no page");
}

#[on_both("flow schemas are removed in Webitel")]
fn the_history_is_filtered_by_change_and_paged(app: &App) {
    let browser = app.browser();
    story(&browser);
    let page = browser
        .get(HISTORY)
        .press("Filter", &[Fill::Tick("action", "remove"), Fill::Tick("action", "restore")])
        .expect(200);
    assert_eq!(page.path, format!("{HISTORY}?action=remove&action=restore"));
    assert_eq!(cells(&page, 3), ["Restored", "Removed"]);
    let last = browser.get(&format!("{HISTORY}?size=4&page=9")).expect(200);
    assert_eq!(last.path, format!("{HISTORY}?page=2&size=4"));
    assert_eq!(cells(&last, 3), ["Added", "Added"]);
    assert_eq!(browser.get(&format!("{HISTORY}?action=enable")).text("main h2"), "No changes match");
    assert_eq!(browser.get(&format!("{HISTORY}?action=robot")).expect(200).notices().len(), 1);
}

#[on_all]
fn the_history_is_of_flow_schemas_alone(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let browser = app.browser();
    browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &id.to_string())]).expect(303);
    browser.post(&format!("/contact-center/queues/{queue_id}/state"), &[("enabled", "false")]).expect(303);
    assert_eq!(browser.get(HISTORY).expect(200).text("main h2"), "There are no records yet");
}

#[on_both("flow schemas are removed in Webitel")]
fn only_who_may_remove_is_offered_to_restore(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    browser.post(&format!("{FLOW}/removal"), &[("id", &id.to_string())]).expect(303);
    assert!(browser.get(HISTORY).has_control("Restore CRM"));
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(HISTORY).expect(200);
    assert_eq!(cells(&page, 4), ["CRM"]);
    assert!(!page.has_control("Restore CRM"));
}

#[on_both("flow schemas are removed in Webitel")]
fn a_removed_one_whose_name_is_taken_is_offered_and_told(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    browser.post(&format!("{FLOW}/removal"), &[("id", &id.to_string())]).expect(303);
    schema("CRM").create(app);
    let page = browser.get(HISTORY).press("Restore CRM", &[]).expect(200);
    assert_eq!(page.said(), "CRM cannot come back: another flow schema has its name now");
    assert_eq!(page.path, HISTORY);
}
