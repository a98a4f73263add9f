//! `/contact-center/queues/{queue}/state` and `/contact-center/queues/state`: the switch of one queue and of several.

use support::*;

const PATH: &str = "/contact-center/queues";

fn enabled(app: &App, ids: &[i64]) -> Vec<bool> {
    ids.iter().map(|id| stored_queue(app, *id).expect("the queue is there").2).collect()
}

#[on_both("queues are removed in Webitel")]
fn the_switch_goes_both_ways_and_says_the_state_that_is_wanted(app: &App) {
    let id = queue().name("Orders").create(app);
    let browser = app.browser();
    let list = format!("{PATH}?sort=-name&size=20");
    let page = browser.get(&list).press("Enabled, Orders", &[]).expect(200);
    assert_eq!((page.path.clone(), page.said()), (list.clone(), "Disabled Orders".into()));
    assert_eq!(enabled(app, &[id]), [false]);
    let before = contents(app);
    browser.post(&format!("{PATH}/{id}/state"), &[("enabled", "false")]).expect(303);
    assert_eq!(contents(app), before, "repeating it is harmless");
    let page = page.press("Enabled, Orders", &[]).expect(200);
    assert_eq!(page.said(), "Enabled Orders");
    assert_eq!(enabled(app, &[id]), [true]);
    for bad in ["", "yes", "1"] {
        browser.post(&format!("{PATH}/{id}/state"), &[("enabled", bad)]).expect(422);
    }
    browser.post(&format!("{PATH}/4711/state"), &[("enabled", "true")]).expect(404);
    browser.post(&format!("{PATH}/removal"), &[("id", &id.to_string())]).expect(303);
    let gone = browser.follow(browser.post(&format!("{PATH}/{id}/state"), &[("enabled", "true")]));
    assert_eq!(gone.said(), "That queue was removed meanwhile. Nothing was changed.");
}

#[on_all]
fn the_selection_is_switched_in_one_change(app: &App) {
    let ids: Vec<_> = ["A", "B", "C", "D"].map(|name| queue().name(name).create(app)).into();
    let browser = app.browser();
    let list = format!("{PATH}?size=2");
    let page = browser.get(&list).press_for("Disable", &ids[..1]);
    assert_eq!((page.path.clone(), page.said()), (list, "Disabled 1 queue".into()));
    assert_eq!(enabled(app, &ids), [false, true, true, true]);
    let page = page.press("Disable", &[Fill::Tick("all", "page")]);
    assert_eq!(page.said(), "Disabled 1 queue");
    assert_eq!(enabled(app, &ids), [false, false, true, true]);
    let matching = [Fill::Tick("all", "matching")];
    assert_eq!(page.press("Enable", &matching).said(), "Enabled 2 queues");
    assert_eq!(enabled(app, &ids), [true; 4]);
}

#[on_both("queues are removed in Webitel")]
fn a_selection_that_means_others_now_changes_nothing(app: &App) {
    let ids: Vec<_> = ["A", "B", "C"].map(|name| queue().name(name).create(app)).into();
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}?size=2"));
    queue().name("Later").create(app);
    let before = contents(app);
    let answer = page.send("Disable", &[Fill::Tick("all", "matching")]).expect(409);
    assert!(answer.text(".error > p:not(.buttons)").contains("3 queues matched when you selected them, now it is 4"));
    let empty = browser.get(PATH).send("Disable", &[]).expect(422);
    assert_eq!(empty.text(".error > p:not(.buttons)"), "Select at least one queue first.");
    assert_eq!(contents(app), before);
    browser.post(&format!("{PATH}/removal"), &[("id", &ids[0].to_string())]).expect(303);
    let answer = browser.follow(page.send("Disable", &[Fill::Tick("all", "page")]).expect(303));
    assert_eq!(answer.said(), "Disabled 1 queue. 1 of the selection was gone already");
}
