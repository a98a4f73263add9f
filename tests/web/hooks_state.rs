//! `/contact-center/queues/{queue}/hooks/state`: switching the selected hooks.

use queue_hooks::model::event::Event::*;
use support::*;

fn enable(queue_id: i64) -> String {
    format!("{}/state?enabled=true", tab(queue_id))
}

#[on_all]
fn the_selected_hooks_are_disabled(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Disable", &hooks[..2]).expect(200);
    assert_eq!(page.said(), "Disabled 2 hooks");
    assert_eq!(stored(app, hooks[0]), Some((Joined, crm, false)));
    assert_eq!(stored(app, hooks[1]), Some((Answered, crm, false)));
    assert_eq!(stored(app, hooks[2]), Some((Offering, crm, true)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {}: joined CRM on -> joined CRM off", hooks[0]),
            format!("disable {}: answered CRM on -> answered CRM off", hooks[1]),
        ]
    );
    assert!(!is_at_rest(app, queue_id));
}

#[on_all]
fn the_selected_hooks_are_enabled(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let one = hook(queue_id, crm).off().create(app);
    let two = hook(queue_id, crm).event(Missed).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Enable", &[one, two]).expect(200);
    assert_eq!(page.said(), "Enabled 2 hooks");
    assert_eq!(stored(app, one), Some((Joined, crm, true)));
    assert_eq!(stored(app, two), Some((Missed, crm, true)));
}

#[on_all]
fn of_several_hooks_for_an_event_the_first_is_enabled_and_the_others_are_told(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = [(); 3].map(|()| hook(queue_id, crm).off().create(app));
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Enable", &hooks).expect(200);
    assert_eq!(page.said(), "Enabled 1 hook. An event takes one enabled hook; the others stay disabled: Joined");
    let states: Vec<_> = hooks.iter().filter_map(|id| stored(app, *id)).map(|(.., enabled)| enabled).collect();
    assert_eq!(states, [true, false, false]);
}

#[on_all]
fn an_event_that_is_taken_stays_with_its_hook_and_is_told(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, crm).off().create(app);
    let free = hook(queue_id, crm).event(Missed).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press_for("Enable", &[id, free]).expect(200);
    assert_eq!(page.said(), "Enabled 1 hook. An event takes one enabled hook; the others stay disabled: Joined");
    assert_eq!(stored(app, holder), Some((Joined, crm, true)));
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
    assert_eq!(stored(app, free), Some((Missed, crm, true)));
}

#[on_all]
fn hooks_that_are_in_that_state_already_are_left_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 2);
    let_rest(app, queue_id);
    let browser = app.browser();
    browser.get(&tab(queue_id)).press_for("Enable", &hooks).expect(200);
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn the_whole_page_can_be_switched(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 8);
    let browser = app.browser();
    let page = browser.get(&format!("{}?size=3", tab(queue_id))).press("Disable", &[Fill::Tick("all", "page")]);
    assert_eq!(page.said(), "Disabled 3 hooks");
    let enabled = hooks.iter().filter_map(|id| stored(app, *id)).filter(|(.., enabled)| *enabled).count();
    assert_eq!(enabled, 5);
}

#[on_all]
fn all_that_match_can_be_switched(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=joined&event=missed&size=1", tab(queue_id)));
    let page = view.press("Disable", &[Fill::Tick("all", "matching")]);
    assert_eq!(page.said(), "Disabled 2 hooks");
    let enabled = hooks.iter().filter_map(|id| stored(app, *id)).filter(|(.., enabled)| *enabled).count();
    assert_eq!(enabled, 6);
}

#[on_all]
fn when_the_count_changed_nothing_is_switched(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    hook(queue_id, crm).off().create(app);
    let_rest(app, queue_id);
    let page = page.press("Disable", &[Fill::Tick("all", "matching")]).expect(409);
    assert_eq!(page.text("h1 + p"), "12 hooks matched when you selected them, now it is 13. Nothing was changed.");
    assert_eq!(stored(app, hooks[0]), Some((Joined, crm, true)));
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn after_the_switch_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=false&sort=-schema&page=2&size=5", tab(queue_id)));
    for button in ["Enable", "Disable"] {
        assert_eq!(view.press_for(button, &view.hook_ids()[..2]).path, view.path);
    }
}

#[on_all]
fn a_missing_selection_is_refused_and_never_means_all(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{}?sort=-event", tab(queue_id)));
    let page = view.press("Disable", &[]).expect(422);
    assert_eq!(page.text("h1 + p"), "Select at least one hook first.");
    assert_eq!(page.click("Go back").path, view.path);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn more_than_a_thousand_ids_are_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).off().create(app);
    let ids: Vec<_> = (id..=id + 1000).map(|id| id.to_string()).collect();
    let fields: Vec<_> = ids.iter().map(|id| ("id", id.as_str())).collect();
    app.browser().post(&enable(queue_id), &fields).expect(422);
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
}

#[on_all]
fn a_state_that_is_neither_true_nor_false_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for query in ["", "?enabled=", "?enabled=maybe"] {
        browser.post(&format!("{}/state{query}", tab(queue_id)), &[("id", &id.to_string())]).expect(422);
    }
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn selected_hooks_that_are_gone_already_are_told(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    remove_hook(app, hooks[0]);
    assert_eq!(
        page.press_for("Disable", &hooks).expect(200).said(),
        "Disabled 2 hooks. 1 of the selection was gone already"
    );
}

#[on_all]
fn a_hook_of_another_queue_is_out_of_reach(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    let id = hook(other_id, crm).off().create(app);
    app.browser().post(&enable(queue_id), &[("id", &id.to_string())]);
    assert_eq!(stored(app, id), Some((Joined, crm, false)));
}

#[on_all]
fn the_hooks_of_a_queue_that_does_not_exist_are_404(app: &App) {
    let browser = app.browser();
    for id in ["0", "7", "99999999999999999999", "abc"] {
        browser.post(&format!("/contact-center/queues/{id}/hooks/state?enabled=true"), &[("id", "1")]).expect(404);
    }
}

#[on_all]
fn the_switch_of_a_selection_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &enable(queue_id), &[], b"").expect(405);
    }
}

#[on_all]
fn a_fault_half_way_switches_none(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    lose_journal(app);
    page.press_for("Disable", &hooks).expect(503);
    assert!(hooks.iter().all(|id| stored(app, *id).is_some_and(|(.., enabled)| enabled)));
    assert!(is_at_rest(app, queue_id));
}
