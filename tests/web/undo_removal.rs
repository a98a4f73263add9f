//! `/undo`: a removal of hooks.

use queue_hooks::model::event::Event::*;
use support::*;

#[on_all]
fn undo_brings_a_hook_back_with_its_id_and_state(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    let_rest(app, queue_id);
    let page = page.press("Undo", &[]).expect(200);
    assert_eq!(page.said(), "Restored Joined → CRM");
    assert_eq!(page.hook_ids(), [id]);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    assert_eq!(
        journal(app, queue_id),
        [format!("remove {id}: joined CRM on -> nothing"), format!("restore {id}: nothing -> joined CRM on"),]
    );
    assert!(!is_at_rest(app, queue_id));
}

#[on_all]
fn undo_brings_all_of_a_removal_back_and_nothing_else(app: &App) {
    let queue_id = queue().create(app);
    let schemas = ["CRM", "Billing", "Loyalty"].map(|name| schema(name).create(app));
    let hooks = many_hooks(app, queue_id, &schemas, 37);
    let before: Vec<_> = hooks.iter().map(|id| stored(app, *id)).collect();
    let browser = app.browser();
    let page = browser.get(&format!("{}?size=100", tab(queue_id)));
    page.press_for("Remove selected hooks", &hooks[30..]).press("Remove 7 hooks", &[]);
    let removed = page.press_for("Remove selected hooks", &hooks[..30]).press("Remove 30 hooks", &[]);
    assert_eq!(removed.press("Undo", &[]).said(), "Restored 30 hooks");
    assert_eq!(ids(app, queue_id), hooks[..30]);
    let after: Vec<_> = hooks[..30].iter().map(|id| stored(app, *id)).collect();
    assert_eq!(after, before[..30]);
}

#[on_all]
fn undo_leads_back_to_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=missed&enabled=false&sort=-schema&page=2&size=1", tab(queue_id)));
    assert_eq!(view.press("Remove Missed → CRM", &[]).press("Undo", &[]).path, view.path);
}

#[on_all]
fn undo_twice_restores_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 2);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks).press("Remove 2 hooks", &[]);
    page.press("Undo", &[]);
    let_rest(app, queue_id);
    assert_eq!(page.press("Undo", &[]).expect(200).said(), "That was undone already");
    assert_eq!(ids(app, queue_id), hooks);
    assert_eq!(journal(app, queue_id).len(), 4);
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn two_undos_at_once_restore_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let removal = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]).undo_change();
    let undo = || app.browser().post(UNDO, &[("change", &removal)]).status;
    let statuses = std::thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(undo)).map(|undo| undo.join().expect("both are answered"))
    });
    assert_eq!(statuses, [303; 2]);
    assert_eq!(ids(app, queue_id), [id]);
    assert_eq!(journal(app, queue_id).len(), 2);
}

#[on_all]
fn a_restored_hook_can_be_removed_and_restored_again(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let mut page = browser.get(&tab(queue_id));
    for _ in 0..3 {
        page = page.press("Remove Joined → CRM", &[]).press("Undo", &[]);
    }
    assert_eq!(page.hook_ids(), [id]);
}

#[on_all]
fn a_hook_enabled_meanwhile_keeps_the_event_and_the_restored_one_comes_back_disabled(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    let meanwhile = hook(queue_id, billing).create(app);
    let page = page.press("Undo", &[]).expect(200);
    assert_eq!(
        page.said(),
        "Restored Joined → CRM. Another hook is enabled for Joined by now, so what came back for it is disabled"
    );
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
    assert_eq!(stored(app, meanwhile), Some((Joined, billing, true)));
    assert_eq!(journal(app, queue_id)[1], format!("restore {id}: nothing -> joined CRM off"));
}

#[on_all]
fn a_hook_enabled_meanwhile_does_not_concern_disabled_ones(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    hook(queue_id, crm).create(app);
    assert_eq!(page.press("Undo", &[]).said(), "Restored Joined → CRM");
}

#[on_all]
fn a_hook_whose_flow_schema_is_gone_cannot_come_back_and_the_others_do(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let lost = hook(queue_id, crm).create(app);
    let kept = hook(queue_id, billing).event(Missed).create(app);
    let browser = app.browser();
    let page =
        browser.get(&tab(queue_id)).press_for("Remove selected hooks", &[lost, kept]).press("Remove 2 hooks", &[]);
    remove_schema(app, crm);
    let page = page.press("Undo", &[]).expect(200);
    assert_eq!(page.said(), "Restored Missed → Billing. 1 hook cannot be put back: the flow schema was removed");
    assert_eq!(page.hook_ids(), [kept]);
}

#[on_all]
fn a_hook_alone_whose_flow_schema_is_gone_is_told_and_no_error(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    remove_schema(app, crm);
    let_rest(app, queue_id);
    assert_eq!(page.press("Undo", &[]).expect(200).said(), "1 hook cannot be put back: the flow schema was removed");
    assert!(ids(app, queue_id).is_empty());
    assert_eq!(journal(app, queue_id).len(), 1);
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_change_that_never_was_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let wrong: [&[(&str, &str)]; 5] =
        [&[], &[("change", "")], &[("change", "abc")], &[("change", &"0".repeat(32))], &[("change", "' OR 1=1")]];
    for fields in wrong {
        let page = browser.post(UNDO, fields).expect(422);
        assert!(page.text("h1 + p").starts_with("There is no such change"), "{}", page.body);
    }
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn one_hook_of_a_removal_can_come_back_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks).press("Remove 3 hooks", &[]);
    let removal = page.undo_change();
    let entry = entry_about(app, "hook", hooks[1]);
    browser.post(&format!("{UNDO}?only={entry}"), &[("change", &removal)]).expect(303);
    assert_eq!(ids(app, queue_id), [hooks[1]]);
}

#[on_all]
fn an_id_that_is_not_of_the_removal_is_refused_and_never_means_all_of_it(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 2);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks).press("Remove 2 hooks", &[]);
    let removal = page.undo_change();
    for id in ["0", "77", "abc", "99999999999999999999"] {
        browser.post(&format!("{UNDO}?only={id}"), &[("change", &removal)]).expect(422);
    }
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn undo_answers_no_other_method(app: &App) {
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, UNDO, &[], b"").expect(405);
    }
}

#[on_all]
fn a_fault_half_way_restores_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks).press("Remove 3 hooks", &[]);
    lose_journal(app);
    page.press("Undo", &[]).expect(503);
    assert!(ids(app, queue_id).is_empty());
}
