//! `/contact-center/queues/{queue}/hooks/removal`: removing one hook at once, and several after a question.

use queue_hooks::model::event::Event::*;
use support::*;

fn removal(queue_id: i64) -> String {
    format!("{}/removal", tab(queue_id))
}

/// Requests that select these ids: what the question is asked with, and what the removal is sent with.
fn selecting(ids: impl IntoIterator<Item = i64>) -> Vec<(&'static str, String)> {
    ids.into_iter().map(|id| ("id", id.to_string())).collect()
}

pub fn ask<'a>(browser: &'a Browser, queue_id: i64, fields: &[(&str, String)]) -> Page<'a> {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    browser.request("GET", &format!("{}?{query}", removal(queue_id)), &[], b"")
}

pub fn remove<'a>(browser: &'a Browser, queue_id: i64, fields: &[(&str, String)]) -> Page<'a> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&removal(queue_id), &fields)
}

pub const ALL_MATCHING: Fill = Fill::Tick("all", "matching");
const WHOLE_PAGE: Fill = Fill::Tick("all", "page");

// One hook.

#[on_all]
fn one_hook_is_removed_at_once_with_an_undo(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let left = hook(queue_id, crm).event(Missed).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]).expect(200);
    assert_eq!(page.said(), "Removed Joined → CRM");
    assert!(page.has_control("Undo"));
    assert_eq!(page.hook_ids(), [left]);
    assert_eq!(journal(app, queue_id), [format!("remove {id}: joined CRM on -> nothing")]);
    assert!(!is_at_rest(app, queue_id));
}

#[on_all]
fn the_message_is_shown_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    assert_eq!(browser.get(&tab(queue_id)).text("#status"), "");
}

#[on_all]
fn after_the_removal_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=missed&enabled=false&sort=-schema&page=2&size=1", tab(queue_id)));
    assert_eq!(view.press("Remove Missed → CRM", &[]).path, view.path);
}

#[on_all]
fn after_the_last_row_of_a_page_the_page_before_is_shown(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 8);
    let browser = app.browser();
    let page =
        browser.get(&format!("{}?page=8&size=1", tab(queue_id))).press("Remove Processing → CRM", &[]).expect(200);
    assert_eq!(page.path, format!("{}?page=7&size=1", tab(queue_id)));
    assert_eq!(page.said(), "Removed Processing → CRM");
}

#[on_all]
fn after_the_last_row_of_all_the_tab_is_empty(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    assert_eq!(page.text("main h2"), "There are no records yet");
}

#[on_all]
fn a_hook_removed_meanwhile_is_told_and_no_error(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?size=5", tab(queue_id)));
    page.press("Remove Joined → CRM", &[]);
    let again = page.press("Remove Joined → CRM", &[]).expect(200);
    assert_eq!(again.path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(again.said(), "That was removed already.");
    assert!(!again.has_control("Undo"));
    assert_eq!(journal(app, queue_id).len(), 1);
}

#[on_all]
fn a_removal_of_nothing_leaves_the_queue_alone(app: &App) {
    let queue_id = queue().create(app);
    let_rest(app, queue_id);
    remove(&app.browser(), queue_id, &selecting([7])).expect(303);
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_hook_of_another_queue_is_out_of_reach(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    let (here, there) = (hook(queue_id, crm).create(app), hook(other_id, crm).create(app));
    let browser = app.browser();
    remove(&browser, queue_id, &selecting([there]));
    assert!(stored(app, there).is_some());
    remove(&browser, queue_id, &selecting([here, there])).expect(303);
    assert!(stored(app, here).is_none() && stored(app, there).is_some());
    assert!(journal(app, other_id).is_empty());
}

#[on_all]
fn the_hooks_of_a_queue_that_does_not_exist_are_404(app: &App) {
    let browser = app.browser();
    for id in [0, 7, -1] {
        ask(&browser, id, &selecting([1])).expect(404);
        remove(&browser, id, &selecting([1])).expect(404);
    }
    browser.post("/contact-center/queues/abc/hooks/removal", &[("id", "1")]).expect(404);
}

#[on_all]
fn the_removal_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &format!("{}?id={id}", removal(queue_id)), &[], b"").expect(405);
    }
    assert!(stored(app, id).is_some());
}

#[on_all]
fn asking_removes_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    ask(&app.browser(), queue_id, &selecting(hooks.clone())).expect(200);
    assert_eq!(ids(app, queue_id), hooks);
}

// Several hooks.

#[on_all]
fn several_hooks_are_removed_after_a_question_that_lists_them(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 4);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks[..3]).expect(200);
    assert_eq!(question.text("title"), "Remove 3 hooks – Inbound support – Queue Hooks");
    assert_eq!(question.text("h1"), "Remove 3 hooks of Inbound support?");
    assert_eq!(question.texts("main li"), ["Answered → CRM enabled", "Joined → CRM enabled", "Offering → CRM enabled"]);
    assert!(question.control("Cancel").attr("autofocus").is_some());
    let page = question.press("Remove 3 hooks", &[]).expect(200);
    assert_eq!(page.said(), "Removed 3 hooks");
    assert!(page.has_control("Undo"));
    assert_eq!(page.hook_ids(), [hooks[3]]);
}

#[on_all]
fn the_question_lists_the_first_ten_and_counts_the_others(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 37);
    let browser = app.browser();
    let question = ask(&browser, queue_id, &selecting(hooks)).expect(200);
    let listed = question.texts("main li");
    assert_eq!(listed.len(), 11);
    assert_eq!(listed[10], "and 27 more");
    assert!(question.has_control("Remove 37 hooks"));
}

#[on_all]
fn one_selected_hook_is_asked_about_too(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &[id]);
    assert_eq!(question.text("h1"), "Remove 1 hook of Inbound support?");
    assert_eq!(question.press("Remove 1 hook", &[]).said(), "Removed Joined → CRM");
}

#[on_all]
fn cancel_leads_back_to_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=false&sort=-schema&page=2&size=5", tab(queue_id)));
    let question = view.press_for("Remove selected hooks", &view.hook_ids()[..2]);
    assert_eq!(question.click("Cancel").path, view.path);
    assert_eq!(ids(app, queue_id).len(), 30);
}

#[on_all]
fn the_removal_leads_back_to_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=false&sort=-schema&page=2&size=5", tab(queue_id)));
    let question = view.press_for("Remove selected hooks", &view.hook_ids()[..2]);
    assert_eq!(question.press("Remove 2 hooks", &[]).path, view.path);
}

#[on_all]
fn the_journal_keeps_every_hook_as_it_was(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let one = hook(queue_id, crm).create(app);
    let two = hook(queue_id, billing).event(Missed).off().create(app);
    remove(&app.browser(), queue_id, &selecting([one, two])).expect(303);
    assert_eq!(
        journal(app, queue_id),
        [format!("remove {one}: joined CRM on -> nothing"), format!("remove {two}: missed Billing off -> nothing"),]
    );
}

#[on_all]
fn a_fault_half_way_leaves_all(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 12);
    let_rest(app, queue_id);
    let browser = app.browser();
    lose_journal(app);
    remove(&browser, queue_id, &selecting(hooks.clone())).expect(503);
    assert_eq!(ids(app, queue_id), hooks);
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn the_header_checkbox_selects_the_page(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let view = browser.get(&format!("{}?sort=-schema&page=2", tab(queue_id)));
    let shown = view.hook_ids();
    view.press("Remove selected hooks", &[WHOLE_PAGE]).press("Remove 10 hooks", &[]).expect(200);
    let left = ids(app, queue_id);
    assert_eq!(left.len(), 15);
    assert!(shown.iter().all(|id| !left.contains(id)));
}

#[on_all]
fn the_header_checkbox_never_selects_what_came_to_the_page_later(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    let later = hook(queue_id, crm).event(Missed).create(app);
    page.press("Remove selected hooks", &[WHOLE_PAGE]).press("Remove 1 hook", &[]);
    assert_eq!(ids(app, queue_id), [later]);
}

#[on_all]
fn a_selected_hook_that_is_gone_already_is_told(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 4);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    remove_hook(app, hooks[0]);
    let question = page.press_for("Remove selected hooks", &hooks).expect(200);
    assert_eq!(question.text("h1"), "Remove 3 hooks of Inbound support?");
    assert_eq!(question.texts("main .quiet"), ["1 of the selection is gone already."]);
    remove_hook(app, hooks[1]);
    let page = question.press("Remove 3 hooks", &[]).expect(200);
    assert_eq!(page.said(), "Removed 2 hooks. 2 of the selection were gone already");
}

#[on_all]
fn one_that_is_gone_is_counted_as_one(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks);
    remove_hook(app, hooks[0]);
    assert_eq!(question.press("Remove 3 hooks", &[]).said(), "Removed 2 hooks. 1 of the selection was gone already");
}

#[on_all]
fn a_selection_that_is_all_gone_is_told_before_the_question(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 2);
    let browser = app.browser();
    let page = browser.get(&format!("{}?size=5", tab(queue_id)));
    for id in &hooks {
        remove_hook(app, *id);
    }
    let page = page.press_for("Remove selected hooks", &hooks).expect(200);
    assert_eq!(page.path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(page.said(), "The selected hooks are gone already.");
}

#[on_all]
fn the_same_removal_sent_twice_removes_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 3);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press_for("Remove selected hooks", &hooks[..2]);
    question.press("Remove 2 hooks", &[]);
    assert_eq!(question.press("Remove 2 hooks", &[]).expect(200).said(), "That was removed already.");
    assert_eq!(ids(app, queue_id), [hooks[2]]);
}

// What is no selection.

#[on_all]
fn a_missing_selection_is_refused_and_never_means_all(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    let nothing: [&[(&str, &str)]; 7] = [
        &[],
        &[("id", "")],
        &[("all", "")],
        &[("all", "page")],
        &[("all", "page"), ("shown", "")],
        &[("all", "everything")],
        &[("count", "12")],
    ];
    for fields in nothing {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        ask(&browser, queue_id, &fields).expect(422);
        remove(&browser, queue_id, &fields).expect(422);
    }
    assert_eq!(ids(app, queue_id), hooks);
}

#[on_all]
fn pressing_remove_without_a_selection_says_what_to_do(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    let view = browser.get(&format!("{}?sort=-event&page=2", tab(queue_id)));
    let page = view.press("Remove selected hooks", &[]).expect(422);
    assert_eq!(page.text("h1 + p"), "Select at least one hook first.");
    assert_eq!(page.click("Go back").path, view.path);
}

#[on_all]
fn a_selection_that_holds_something_else_than_ids_is_refused_whole(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    for wrong in ["abc", "1.5", "99999999999999999999", "1 OR 1=1", "\0"] {
        let fields = [("id", id.to_string()), ("id", wrong.to_owned())];
        ask(&browser, queue_id, &fields).expect(422);
        remove(&browser, queue_id, &fields).expect(422);
    }
    assert!(stored(app, id).is_some());
}

#[on_all]
fn a_thousand_hooks_can_be_removed_at_once_and_no_more(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 1001);
    let browser = app.browser();
    let too_many = selecting(hooks.clone());
    let shown = hooks.iter().map(i64::to_string).collect::<Vec<_>>().join(".");
    let whole_page = [("all", "page".to_owned()), ("shown", shown)];
    for fields in [&too_many[..], &whole_page] {
        ask(&browser, queue_id, fields).expect(422);
        remove(&browser, queue_id, fields).expect(422);
    }
    assert_eq!(ids(app, queue_id).len(), 1001);
    let page = browser.get(&format!("{}?size=1000", tab(queue_id)));
    let page =
        page.press("Remove selected hooks", &[WHOLE_PAGE]).expect(200).press("Remove 1000 hooks", &[]).expect(200);
    assert_eq!(page.said(), "Removed 1000 hooks");
    assert_eq!(ids(app, queue_id).len(), 1);
}

#[on_all]
fn a_hundred_thousand_ids_are_too_much_at_once(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    remove(&browser, queue_id, &selecting(1..=100_000)).expect(413);
    assert!(stored(app, id).is_some());
}

#[on_all]
fn the_same_id_twice_is_one_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let question = ask(&browser, queue_id, &selecting([id, id]));
    assert!(question.has_control("Remove 1 hook"));
}
