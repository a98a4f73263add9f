//! `/undo`: adding, editing, switching and replacing hooks and queues, undone and done again.

use queue_hooks::model::event::Event::*;
use support::*;

/// The states of hooks.
fn states<const N: usize>(app: &App, ids: [i64; N]) -> [Option<bool>; N] {
    ids.map(|id| stored(app, id).map(|(_, _, enabled)| enabled))
}

#[on_all]
fn an_added_hook_goes_and_comes_again(app: &App) {
    let queue_id = queue().create(app);
    schema("CRM").create(app);
    let browser = app.browser();
    let crm = schema("Billing").create(app).to_string();
    let added = browser.follow(browser.post(&tab(queue_id), &[("event", "missed"), ("schema", &crm)]).expect(303));
    let id = ids(app, queue_id)[0];
    assert_eq!(added.said(), "Added Missed → Billing");
    let undone = added.press("Undo", &[]).expect(200);
    assert_eq!((undone.path.clone(), undone.said()), (tab(queue_id), "Removed Missed → Billing".into()));
    assert!(ids(app, queue_id).is_empty());
    let again = undone.press("Undo", &[]).expect(200);
    assert_eq!(again.said(), "Restored Missed → Billing");
    assert_eq!(ids(app, queue_id), [id], "with its id");
    assert_eq!(again.press("Undo", &[]).said(), "Removed Missed → Billing");
    assert_eq!(journal(app, queue_id)[1], format!("remove {id}: missed Billing on -> nothing"));
}

#[on_all]
fn an_edited_hook_is_what_it_was_and_is_edited_again(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let fields = [("event", "missed"), ("schema", &*billing.to_string())];
    let saved = browser.follow(browser.post(&format!("{}/{id}", tab(queue_id)), &fields).expect(303));
    assert_eq!(saved.said(), "Saved Missed → Billing");
    let undone = saved.press("Undo", &[]).expect(200);
    assert_eq!(undone.said(), "Put back Joined → CRM");
    assert!(undone.control("Edit Joined → CRM").attr("autofocus").is_some());
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    let again = undone.press("Undo", &[]);
    assert_eq!((again.said(), stored(app, id)), ("Put back Missed → Billing".into(), Some((Missed, billing, true))));
    assert_eq!(
        journal(app, queue_id)[1..],
        [
            format!("edit {id}: missed Billing on -> joined CRM on"),
            format!("edit {id}: joined CRM on -> missed Billing on")
        ]
    );
}

#[on_all]
fn a_switch_is_switched_back_and_forth(app: &App) {
    let queue_id = queue().create(app);
    let id = hook(queue_id, schema("CRM").create(app)).create(app);
    let browser = app.browser();
    let mut page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    assert_eq!(page.said(), "Disabled Joined → CRM");
    for (said, enabled) in [("Enabled Joined → CRM", true), ("Disabled Joined → CRM", false)] {
        page = page.press("Undo", &[]).expect(200);
        assert_eq!((page.said().as_str(), states(app, [id])), (said, [Some(enabled)]));
    }
}

#[on_all]
fn what_was_replaced_is_enabled_again_and_the_other_is_not(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let second = hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let asked = browser.get(&tab(queue_id)).press("Enabled, Joined → Billing", &[]).expect(409);
    let replaced = asked.press("Replace it", &[]);
    assert_eq!(states(app, [first, second]), [Some(false), Some(true)]);
    let undone = replaced.press("Undo", &[]).expect(200);
    assert_eq!(undone.said(), "Enabled Joined → CRM. Disabled Joined → Billing");
    assert_eq!(states(app, [first, second]), [Some(true), Some(false)]);
    assert_eq!(undone.press("Undo", &[]).said(), "Enabled Joined → Billing. Disabled Joined → CRM");
    assert_eq!(states(app, [first, second]), [Some(false), Some(true)]);
}

#[on_all]
fn a_hook_added_in_the_place_of_another_goes_and_the_other_is_enabled(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let fields = [("event", "joined"), ("schema", &*billing.to_string()), ("if_taken", "replace")];
    let added = browser.follow(browser.post(&tab(queue_id), &fields).expect(303));
    let undone = added.press("Undo", &[]).expect(200);
    assert_eq!(undone.said(), "Enabled Joined → CRM. Removed Joined → Billing");
    assert_eq!((ids(app, queue_id), states(app, [first])), (vec![first], [Some(true)]));
    undone.press("Undo", &[]).expect(200);
    assert_eq!((ids(app, queue_id).len(), states(app, [first])), (2, [Some(false)]));
}

#[on_all]
fn undo_twice_undoes_once_and_says_so(app: &App) {
    let queue_id = queue().create(app);
    let id = hook(queue_id, schema("CRM").create(app)).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    page.press("Undo", &[]);
    let_rest(app, queue_id);
    let second = page.press("Undo", &[]).expect(200);
    assert_eq!(second.said(), "That was undone already");
    assert!(!second.has_control("Undo"), "nothing was done");
    assert_eq!((states(app, [id]), journal(app, queue_id).len()), ([Some(true)], 2));
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn what_others_changed_since_stays_and_is_told(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let hooks = [Joined, Missed, Leaving, Active].map(|event| hook(queue_id, crm).event(event).create(app));
    let browser = app.browser();
    let switched = browser.get(&tab(queue_id)).press_for("Disable", &hooks);
    assert_eq!(switched.said(), "Disabled 4 hooks");
    let edit = [("event", "joined"), ("schema", &*billing.to_string())];
    browser.post(&format!("{}/{}", tab(queue_id), hooks[0]), &edit).expect(303);
    browser.post(&format!("{}/removal", tab(queue_id)), &[("id", &hooks[1].to_string())]).expect(303);
    browser.post(&format!("{}/{}/state", tab(queue_id), hooks[2]), &[("enabled", "true")]).expect(303);
    let undone = switched.press("Undo", &[]).expect(200);
    assert_eq!(
        undone.said(),
        "Enabled Active → CRM. Joined → CRM was changed since and stays. Missed → CRM was removed since. \
         1 of 4 hooks was undone already"
    );
    assert_eq!(states(app, hooks), [Some(false), None, Some(true), Some(true)]);
    assert_eq!(stored(app, hooks[0]), Some((Joined, billing, false)));
}

#[on_all]
fn another_name_of_the_flow_schema_is_no_change_of_the_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    browser.post(&flow(crm), &[("name", "CRM 2"), ("type", "service"), ("text", "[]")]).expect(303);
    assert_eq!(page.press("Undo", &[]).said(), "Enabled Joined → CRM 2");
    assert_eq!(states(app, [id]), [Some(true)]);
}

#[on_all]
fn a_switch_whose_event_was_taken_meanwhile_stays_and_it_is_told(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    let other = hook(queue_id, billing).create(app);
    let_rest(app, queue_id);
    let told = page.press("Undo", &[]).expect(200);
    assert_eq!(told.said(), "Another hook is enabled for Joined by now, so what had it before stays as it is");
    assert_eq!(states(app, [id, other]), [Some(false), Some(true)]);
    assert!(is_at_rest(app, queue_id) && !told.has_control("Undo"));
}

#[on_all]
fn an_edit_whose_event_was_taken_meanwhile_stays_enabled_where_it_is(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let fields = [("event", "missed"), ("schema", &*crm.to_string())];
    let page = browser.follow(browser.post(&format!("{}/{id}", tab(queue_id)), &fields).expect(303));
    hook(queue_id, crm).create(app);
    page.press("Undo", &[]).expect(200);
    assert_eq!(stored(app, id), Some((Missed, crm, true)));
}

#[on_all]
fn an_edit_whose_flow_schema_is_gone_stays_and_it_is_told(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let fields = [("event", "joined"), ("schema", &*billing.to_string())];
    let page = browser.follow(browser.post(&format!("{}/{id}", tab(queue_id)), &fields).expect(303));
    remove_schema(app, crm);
    let told = page.press("Undo", &[]).expect(200);
    assert_eq!(told.said(), "1 hook cannot be put back: the flow schema was removed");
    assert_eq!(stored(app, id), Some((Joined, billing, true)));
}

#[on_both("queues are removed in Webitel")]
fn hooks_of_a_queue_that_is_gone_are_told(app: &App) {
    let queue_id = queue().create(app);
    hook(queue_id, schema("CRM").create(app)).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    browser.post("/contact-center/queues/removal", &[("id", &queue_id.to_string())]).expect(303);
    let fields = [("change", &*page.undo_change()), ("back", "/contact-center/queues")];
    let told = browser.follow(browser.post(UNDO, &fields).expect(303));
    assert_eq!(told.said(), "1 hook cannot be put back: the queue was removed");
}

#[on_both("queues are added in Webitel")]
fn an_added_queue_goes_and_comes_again(app: &App) {
    let browser = app.browser();
    let fields = [("name", "Sales"), ("type", "1"), ("enabled", "true")];
    let added = browser.follow(browser.post("/contact-center/queues", &fields).expect(303));
    assert_eq!(added.said(), "Added Sales");
    let undone = added.press("Undo", &[]).expect(200);
    assert_eq!((undone.path.as_str(), undone.said().as_str()), ("/contact-center/queues", "Removed Sales"));
    let again = undone.press("Undo", &[]);
    assert_eq!(again.said(), "Restored Sales");
    assert!(again.control("Sales").attr("autofocus").is_some());
}

#[on_both("queues are added in Webitel")]
fn an_added_queue_with_hooks_by_now_stays(app: &App) {
    let browser = app.browser();
    let fields = [("name", "Sales"), ("type", "1"), ("enabled", "true")];
    let added = browser.follow(browser.post("/contact-center/queues", &fields).expect(303));
    let id: i64 = added.path.split('/').nth(3).and_then(|id| id.parse().ok()).expect("its tab");
    let hook_id = hook(id, schema("CRM").create(app)).create(app);
    assert_eq!(added.press("Undo", &[]).expect(200).said(), "Sales was changed since and stays");
    assert_eq!(ids(app, id), [hook_id]);
}

#[on_both("queues are removed in Webitel")]
fn a_queue_that_came_back_goes_again_with_its_hooks_unless_they_changed(app: &App) {
    let (id, crm) = (queue().name("Sales").create(app), schema("CRM").create(app));
    let hooks = [hook(id, crm).create(app), hook(id, crm).event(Missed).create(app)];
    let browser = app.browser();
    let removed = browser.get("/contact-center/queues").click("Remove Sales").press("Remove 1 queue", &[]);
    let back = removed.press("Undo", &[]);
    let again = back.press("Undo", &[]).expect(200);
    assert_eq!(again.said(), "Removed Sales with 2 hooks");
    assert_eq!((stored_queue(app, id), ids(app, id)), (None, vec![]));
    let back = again.press("Undo", &[]);
    assert_eq!((back.said(), ids(app, id)), ("Restored Sales with 2 hooks".into(), hooks.to_vec()));
    browser.post(&format!("{}/{}/state", tab(id), hooks[0]), &[("enabled", "false")]).expect(303);
    assert_eq!(back.press("Undo", &[]).said(), "Sales was changed since and stays");
    assert_eq!(ids(app, id), hooks, "it stays with its hooks");
}

#[on_both("names and types of queues are changed in Webitel")]
fn an_edited_and_a_switched_queue_are_what_they_were(app: &App) {
    let id = queue().name("Sales").create(app);
    let browser = app.browser();
    let path = format!("/contact-center/queues/{id}");
    let fields = [("name", "Orders"), ("type", "3"), ("enabled", "false")];
    let saved = browser.follow(browser.post(&path, &fields).expect(303));
    let undone = saved.press("Undo", &[]).expect(200);
    assert_eq!((undone.path.clone(), undone.said()), (path.clone(), "Put back Sales".into()));
    assert_eq!(stored_queue(app, id), Some(("Sales".into(), 1, true)));
    undone.press("Undo", &[]);
    assert_eq!(stored_queue(app, id), Some(("Orders".into(), 3, false)));
    let switched = browser.get("/contact-center/queues").press("Enabled, Orders", &[]);
    assert_eq!(switched.said(), "Enabled Orders");
    assert_eq!(switched.press("Undo", &[]).said(), "Disabled Orders");
    assert_eq!(stored_queue(app, id), Some(("Orders".into(), 3, false)));
}

#[on_all]
fn a_fault_half_way_undoes_nothing(app: &App) {
    let queue_id = queue().create(app);
    let id = hook(queue_id, schema("CRM").create(app)).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    lose_journal(app);
    page.press("Undo", &[]).expect(503);
    assert_eq!(states(app, [id]), [Some(false)]);
}

#[on_all]
fn what_changes_nothing_offers_no_undo(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let fields = [("event", "joined"), ("schema", &*crm.to_string())];
    let saved = browser.follow(browser.post(&format!("{}/{id}", tab(queue_id)), &fields).expect(303));
    assert_eq!((saved.said().as_str(), saved.has_control("Undo")), ("Joined → CRM is saved", false));
    let switched = saved.press_for("Enable", &[id]);
    assert_eq!((switched.said().as_str(), switched.has_control("Undo")), ("Enabled 0 hooks", false));
}

#[on_both("names and types of queues are changed in Webitel")]
fn an_edit_that_is_sent_twice_offers_the_same_undo_twice(app: &App) {
    let queue_id = queue().name("Orders").create(app);
    let id = hook(queue_id, schema("CRM").create(app)).create(app);
    let browser = app.browser();
    let hook_form = browser.get(&format!("{}/{id}", tab(queue_id)));
    let queue_form = browser.get(&format!("/contact-center/queues/{queue_id}"));
    for (form, fill, said, undone) in [
        (&hook_form, Fill::Field("event", "missed"), "Saved Missed → CRM", "Put back Joined → CRM"),
        (&queue_form, Fill::Field("name", "Returns"), "Saved Returns", "Put back Orders"),
    ] {
        let fill = [fill];
        let pages = [(); 2].map(|()| form.press("Save", &fill).expect(200));
        assert_eq!([pages[0].said(), pages[1].said()], [said; 2]);
        assert_eq!(pages[0].one("#status button").attr("value"), pages[1].one("#status button").attr("value"));
        assert_eq!(pages[1].press("Undo", &[]).said(), undone);
    }
    // Filled in with something else it is another change.
    let first = hook_form.press("Save", &[Fill::Field("event", "missed")]);
    assert_eq!(hook_form.send("Save", &[Fill::Field("event", "leaving")]).status, 409);
    assert_eq!(first.press("Undo", &[]).said(), "Put back Joined → CRM");
    let second = hook_form.press("Save", &[Fill::Field("event", "leaving")]);
    assert_eq!(second.press("Undo", &[]).said(), "Put back Joined → CRM");
    assert_eq!(first.press("Undo", &[]).said(), "That was undone already");
}
