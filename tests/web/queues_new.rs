//! `/contact-center/queues/new`, and adding a queue.

use support::*;

const PATH: &str = "/contact-center/queues";

#[on_both("queues are added in Webitel")]
fn a_queue_is_added_and_its_hooks_come_next(app: &App) {
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    let new = browser.get(&page.attr(".empty a", "href")).expect(200);
    assert_eq!(new.text("title"), "Add queue – Queue Hooks");
    assert!(new.one("[name=enabled]").attr("checked").is_some(), "a new queue starts enabled");
    let tab = new.press("Save", &[Fill::Field("name", "Orders"), Fill::Field("type", "6")]).expect(200);
    assert_eq!((&*tab.path, tab.said()), (&*format!("{PATH}/1/hooks"), "Added Orders".into()));
    assert_eq!(stored_queue(app, 1), Some(("Orders".into(), 6, true)));
    assert_eq!(tab.text("h1"), "Orders");
    let history = browser.get(&format!("{PATH}/history")).expect(200);
    assert_eq!(history.texts("tbody tr td:nth-child(3)"), ["Added"]);
    assert_eq!(history.texts("tbody tr td:nth-child(2)"), ["Test Administrator (tester)"]);
}

#[on_both("queues are added in Webitel")]
fn the_longest_name_is_kept_and_two_queues_may_share_one(app: &App) {
    let browser = app.browser();
    let name = "ї".repeat(250);
    for _ in 0..2 {
        browser.post(PATH, &[("name", &name), ("type", "1"), ("enabled", "true")]).expect(303);
    }
    assert_eq!(stored_queue(app, 1), Some((name.clone(), 1, true)));
    assert_eq!(stored_queue(app, 2), Some((name, 1, true)));
}

#[on_both("queues are added in Webitel")]
fn a_form_that_is_sent_twice_adds_one_queue_and_one_that_is_filled_in_anew_another(app: &App) {
    let browser = app.browser();
    let new = browser.get(&format!("{PATH}/new")).expect(200);
    let fill = [Fill::Field("name", "Orders"), Fill::Field("type", "1")];
    assert_eq!(new.press("Save", &fill).path, format!("{PATH}/1/hooks"));
    assert_eq!(new.press("Save", &fill).path, format!("{PATH}/1/hooks"));
    assert_eq!(
        new.press("Save", &[Fill::Field("name", "Returns"), Fill::Field("type", "1")]).path,
        format!("{PATH}/2/hooks")
    );
    assert_eq!(stored_queue(app, 3), None);
}

#[on_both("queues are added in Webitel")]
fn a_disabled_queue_can_be_added(app: &App) {
    let browser = app.browser();
    browser.post(PATH, &[("name", "Orders"), ("type", "0")]).expect(303);
    assert_eq!(stored_queue(app, 1), Some(("Orders".into(), 0, false)));
}

#[on_both("queues are added in Webitel")]
fn cancel_leads_back_to_the_same_view(app: &App) {
    queue().create(app);
    let browser = app.browser();
    let list = format!("{PATH}?type=1&sort=-name&size=20");
    let new = browser.get(&list).click("Add queue").expect(200);
    assert_eq!(new.click("Cancel").expect(200).path, list);
}

#[on_both("queues are added in Webitel")]
fn a_name_is_checked_whatever_the_form_says_to_have_seen(app: &App) {
    let browser = app.browser();
    let long = "x".repeat(251);
    for name in ["  ", "zero\u{200b}width", &*long] {
        let seen = [("seen_name", name), ("seen_type", "1"), ("seen_enabled", "true")];
        browser.post(PATH, &[&[("name", name), ("type", "1"), ("enabled", "true")], &seen[..]].concat()).expect(422);
    }
    assert_eq!(stored_queue(app, 1), None);
}
