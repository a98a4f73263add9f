//! `/contact-center/queues/{queue}/hooks/{hook}/state`: the switch.

use queue_hooks::model::event::Event::*;
use support::*;

fn state(queue_id: i64, id: i64) -> String {
    format!("{}/{id}/state", tab(queue_id))
}

#[on_all]
fn the_switch_disables_and_enables(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]).expect(200);
    assert_eq!(page.said(), "Disabled Joined → CRM");
    assert_eq!(page.attr("[role=switch]", "aria-checked"), "false");
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
    let page = page.press("Enabled, Joined → CRM", &[]).expect(200);
    assert_eq!(page.said(), "Enabled Joined → CRM");
    assert_eq!(page.attr("[role=switch]", "aria-checked"), "true");
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {id}: joined CRM on -> joined CRM off"),
            format!("enable {id}: joined CRM off -> joined CRM on"),
        ]
    );
}

#[on_all]
fn the_switch_moves_the_queue(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for enabled in ["false", "true"] {
        let_rest(app, queue_id);
        browser.post(&state(queue_id, id), &[("enabled", enabled)]).expect(303);
        assert!(!is_at_rest(app, queue_id), "{enabled}");
    }
}

#[on_all]
fn a_repeated_switch_is_harmless(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    for _ in 0..3 {
        assert_eq!(page.press("Enabled, Joined → CRM", &[]).said(), "Disabled Joined → CRM");
    }
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
    assert_eq!(journal(app, queue_id).len(), 1);
}

#[on_all]
fn a_repeated_switch_leaves_the_queue_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    app.browser().post(&state(queue_id, id), &[("enabled", "true")]).expect(303);
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn after_the_switch_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=active&event=joined&sort=-enabled&page=3&size=1", tab(queue_id)));
    let taken = view.press("Enabled, Joined → CRM", &[]).expect(409);
    assert_eq!(
        taken.press("Replace it", &[]).path,
        view.path.replace("event=active&event=joined", "event=joined&event=active")
    );
}

#[on_all]
fn a_page_that_emptied_through_the_switch_gives_way_to_the_one_before(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).event(Missed).create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=true&page=2&size=1", tab(queue_id)));
    let page = view.press("Enabled, Missed → CRM", &[]).expect(200);
    assert_eq!(page.path, format!("{}?enabled=true&size=1", tab(queue_id)));
    assert_eq!(page.said(), "Disabled Missed → CRM");
}

#[on_all]
fn a_taken_event_is_a_conflict_that_names_its_holder(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).off().create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → Billing", &[]).expect(409);
    assert_eq!(
        page.text("[role=alert] p"),
        "Joined → Billing was not enabled. An event takes one enabled hook, and that is Joined → CRM."
    );
    assert_eq!(page.attr("[role=alert] p a", "href"), format!("{}/{holder}", tab(queue_id)));
    assert!(page.has("[role=alert][autofocus]"), "the focus is on the message");
    assert_eq!(stored(app, id), Some((Joined, billing, false)));
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_taken_event_can_be_taken_over(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let conflict = browser.get(&tab(queue_id)).press("Enabled, Joined → Billing", &[]);
    let page = conflict.press("Replace it", &[]).expect(200);
    assert_eq!(page.said(), "Enabled Joined → Billing");
    assert_eq!(stored(app, holder), Some((Joined, crm, false)));
    assert_eq!(stored(app, id), Some((Joined, billing, true)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {holder}: joined CRM on -> joined CRM off"),
            format!("enable {id}: joined Billing off -> joined Billing on"),
        ]
    );
}

#[on_all]
fn a_taken_event_can_be_left(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let conflict = browser.get(&format!("{}?size=5", tab(queue_id))).press("Enabled, Joined → Billing", &[]);
    assert_eq!(conflict.click("Leave it").expect(200).path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(stored(app, id), Some((Joined, billing, false)));
}

#[on_all]
fn a_state_that_is_neither_true_nor_false_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let wrong: [&[(&str, &str)]; 4] = [&[], &[("enabled", "")], &[("enabled", "maybe")], &[("enabled", "FALSE")]];
    for fields in wrong {
        browser.post(&state(queue_id, id), fields).expect(422);
    }
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn a_refused_switch_offers_the_way_back_to_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.post(&state(queue_id, id), &[("enabled", "maybe"), ("view", "?sort=-event")]).expect(422);
    assert_eq!(page.click("Go back").path, format!("{}?sort=-event", tab(queue_id)));
}

#[on_all]
fn the_switch_of_a_hook_removed_meanwhile_is_told_and_no_error(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let page = mine.get(&format!("{}?size=5", tab(queue_id)));
    theirs.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    let page = page.press("Enabled, Joined → CRM", &[]).expect(200);
    assert_eq!(page.path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(page.said(), "That hook was removed meanwhile. Nothing was changed.");
}

#[on_all]
fn the_switch_of_a_hook_that_never_was_is_404(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for id in ["0", "7", "99999999999999999999", "abc"] {
        browser.post(&format!("{}/{id}/state", tab(queue_id)), &[("enabled", "true")]).expect(404);
    }
    browser.post(&state(77, 1), &[("enabled", "true")]).expect(404);
}

#[on_all]
fn the_switch_of_another_queues_hook_is_404(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    let id = hook(other_id, crm).create(app);
    app.browser().post(&state(queue_id, id), &[("enabled", "false")]).expect(404);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn the_switch_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &format!("{}?enabled=false", state(queue_id, id)), &[], b"").expect(405);
    }
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn a_fault_half_way_switches_neither_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, crm).off().create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    lose_journal(app);
    browser.post(&state(queue_id, id), &[("enabled", "true"), ("if_taken", "replace")]).expect(503);
    assert_eq!(stored(app, holder), Some((Joined, crm, true)));
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn two_people_who_enable_two_hooks_of_an_event_at_once_leave_one_enabled(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = [(); 2].map(|()| hook(queue_id, crm).off().create(app));
    let enable = |id| app.browser().post(&state(queue_id, id), &[("enabled", "true")]).status;
    let mut statuses = std::thread::scope(|scope| {
        hooks.map(|id| scope.spawn(move || enable(id))).map(|switch| switch.join().expect("both are answered"))
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
}
