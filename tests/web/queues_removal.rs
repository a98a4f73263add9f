//! `/contact-center/queues/removal` and its undo: queues go with their hooks and come back with them.

use queue_hooks::model::event::Event::*;
use support::*;

const PATH: &str = "/contact-center/queues";

#[on_both("queues are removed in Webitel")]
fn a_queue_goes_with_its_hooks_and_comes_back_with_them(app: &App) {
    let (id, crm) = (queue().name("Orders").queue_type(3).create(app), schema("CRM").create(app));
    let other = queue().name("Other").create(app);
    let hooks = [hook(id, crm).create(app), hook(id, crm).event(Missed).off().create(app)];
    let kept = hook(other, crm).create(app);
    let browser = app.browser();
    let list = format!("{PATH}?sort=-name");
    let question = browser.get(&list).click("Remove Orders").expect(200);
    assert_eq!(question.text("h1"), "Remove Orders?");
    assert_eq!(question.texts(".question li"), ["Orders 2 hooks"]);
    assert_eq!(question.texts(".question p.quiet"), ["2 hooks go with it."]);
    assert!(question.control("Cancel").attr("autofocus").is_some());
    assert_eq!(question.click("Cancel").path, list);
    let removed = question.press("Remove 1 queue", &[]).expect(200);
    assert_eq!((removed.path.clone(), removed.said()), (list.clone(), "Removed Orders with 2 hooks".into()));
    assert_eq!(stored_queue(app, id), None);
    assert_eq!((ids(app, id), ids(app, other)), (vec![], vec![kept]));
    let restored = removed.press("Undo", &[]).expect(200);
    assert_eq!((restored.path.clone(), restored.said()), (list, "Restored Orders with 2 hooks".into()));
    assert!(restored.control("Orders").attr("autofocus").is_some());
    assert_eq!(stored_queue(app, id), Some(("Orders".into(), 3, true)));
    assert_eq!(hooks.map(|hook| stored(app, hook)), [Some((Joined, crm, true)), Some((Missed, crm, false))]);
    assert_eq!(removed.press("Undo", &[]).said(), "That was undone already");
    let history = browser.get(&format!("{PATH}/history")).expect(200);
    assert_eq!(history.texts("tbody tr td:nth-child(3)"), ["Restored", "Removed"]);
    let tab = browser.get(&format!("{PATH}/{id}/hooks/history")).expect(200);
    assert_eq!(tab.texts("tbody .badge"), ["queue", "queue"]);
    assert_eq!(tab.all("tbody tr").len(), 6, "the queue and its two hooks, both ways");
}

#[on_both("queues are removed in Webitel")]
fn many_are_asked_about_at_once_and_go_in_one_change(app: &App) {
    for number in 1..=13 {
        queue().name(&format!("Queue {number:02}")).create(app);
    }
    let browser = app.browser();
    let question = browser.get(PATH).press("Remove selected queues", &[Fill::Tick("all", "matching")]).expect(200);
    assert_eq!(question.text("h1"), "Remove 13 queues?");
    let listed = question.texts(".question li");
    assert_eq!((listed.len(), &*listed[0], &*listed[10]), (11, "Queue 01", "and 3 more"));
    let removed = question.press("Remove 13 queues", &[]);
    assert_eq!(removed.said(), "Removed 13 queues");
    assert_eq!(removed.text(".empty h2"), "There are no records yet");
    assert_eq!(removed.press("Undo", &[]).said(), "Restored 13 queues");
    // They are not what was asked about any more.
    question.send("Remove 13 queues", &[]).expect(409);
}

#[on_both("queues are removed in Webitel")]
fn the_title_keeps_the_marks_of_a_name(app: &App) {
    queue().name("Sales?").create(app);
    let browser = app.browser();
    let question = browser.get(PATH).click("Remove Sales?").expect(200);
    assert_eq!(
        (question.text("h1"), question.text("title")),
        ("Remove Sales??".into(), "Remove Sales? – Queue Hooks".into())
    );
}

#[on_both("queues are removed in Webitel")]
fn the_last_page_is_left_when_its_rows_are_gone(app: &App) {
    for number in 1..=11 {
        queue().name(&format!("Queue {number:02}")).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}?page=2")).click("Remove Queue 11").press("Remove 1 queue", &[]);
    assert_eq!(page.path, PATH);
}

#[on_both("queues are removed in Webitel")]
fn a_selection_that_is_empty_gone_or_means_others_now_removes_nothing(app: &App) {
    let id = queue().name("Orders").create(app);
    let browser = app.browser();
    let before = contents(app);
    browser.get(PATH).press("Remove selected queues", &[]).expect(422);
    browser.request("GET", &format!("{PATH}/removal?all=matching&count=2"), &[], b"").expect(409);
    browser.post(&format!("{PATH}/removal"), &[("all", "matching"), ("count", "2")]).expect(409);
    browser.post(&format!("{PATH}/removal"), &[("id", "x")]).expect(422);
    assert_eq!(browser.get(&format!("{PATH}/removal?id=4711")).said(), "The selected queues are gone already.");
    assert_eq!(contents(app), before);
    let question = browser.get(&format!("{PATH}/removal?id={id}&id=4711")).expect(200);
    assert_eq!(question.texts(".question p.quiet"), ["1 of the selection is gone already."]);
    assert_eq!(question.press("Remove 1 queue", &[]).said(), "Removed Orders. 1 of the selection was gone already");
    assert_eq!(question.press("Remove 1 queue", &[]).said(), "That was removed already.");
}

#[on_both("queues are removed in Webitel")]
fn a_fault_half_way_leaves_all(app: &App) {
    let (id, crm) = (queue().create(app), schema("CRM").create(app));
    let hook = hook(id, crm).create(app);
    let browser = app.browser();
    browser.token();
    lose_journal(app);
    assert!(browser.post(&format!("{PATH}/removal"), &[("id", &id.to_string())]).status >= 500);
    assert!(stored_queue(app, id).is_some());
    assert_eq!(ids(app, id), [hook]);
}

#[on_both("queues are removed in Webitel")]
fn hooks_whose_flow_schema_is_gone_stay_away_and_that_is_told(app: &App) {
    let id = queue().name("Orders").create(app);
    let (crm, lost) = (schema("CRM").create(app), schema("Lost").create(app));
    hook(id, crm).create(app);
    hook(id, lost).event(Missed).create(app);
    let browser = app.browser();
    let removed = browser.get(&format!("{PATH}/removal?id={id}")).press("Remove 1 queue", &[]);
    remove_schema(app, lost);
    let said = removed.press("Undo", &[]).said();
    assert_eq!(said, "Restored Orders with 1 hook. 1 hook cannot be put back: the flow schema was removed");
    assert_eq!(ids(app, id).len(), 1);
}

#[on_both("queues are removed in Webitel")]
fn one_queue_of_a_removal_comes_back_from_the_history(app: &App) {
    let ids = ["A", "B"].map(|name| queue().name(name).create(app));
    let browser = app.browser();
    let list: Vec<_> = ids.iter().map(i64::to_string).collect();
    browser.post(&format!("{PATH}/removal"), &[("id", &list[0]), ("id", &list[1])]).expect(303);
    let history = browser.get(&format!("{PATH}/history?action=remove")).expect(200);
    let back = history.press("Restore B", &[]).expect(200);
    assert_eq!((&*back.path, back.said()), (&*format!("{PATH}/history?action=remove"), "Restored B".into()));
    assert_eq!(ids.map(|id| stored_queue(app, id).is_some()), [false, true]);
    assert!(!back.has_control("Restore B") && back.has_control("Restore A"));
    browser.post(UNDO, &[("change", "unknown")]).expect(422);
}
