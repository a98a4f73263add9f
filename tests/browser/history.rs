//! What was removed comes back: by Undo, from the History tab, by several people at once.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

const CHANGES: &str = "[...document.querySelectorAll('main tbody td:nth-child(3)')].map((td) => td.textContent)";

#[test]
fn a_removed_hook_comes_back_from_the_history_in_its_view() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    window.click("Enabled, Missed → CRM");
    window.says("Disabled Missed → CRM");
    window.click("History");
    window.expect(CHANGES, vec!["Disabled", "Removed"]);
    window.click("Removed");
    window.is_at(&format!("{tab}/history?action=remove"));
    window.expect(CHANGES, vec!["Removed"]);
    window.focus_is_on("Removed");
    window.click("Restore Joined → CRM");
    window.says("Restored Joined → CRM");
    window.is_at(&format!("{tab}/history?action=remove"));
    window.has_no("Restore Joined → CRM");
    window.focus_is_on("History");
    window.click("Clear filters");
    window.expect(CHANGES, vec!["Restored", "Disabled", "Removed"]);
    window.click("Hooks");
    window.shows("1–5 of 5");
    window.expect("named('Enabled, Joined → CRM').ariaChecked", "true");
}

#[test]
fn the_history_is_paged_and_turned_round() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Enabled, Joined → CRM");
    window.says("Disabled Joined → CRM");
    window.press_all(&["j", "Control+a", "#"]);
    window.click("Remove 5 hooks");
    window.says("Removed 5 hooks");
    window.click("Undo");
    window.says("Restored 5 hooks");
    window.click("History");
    window.shows("1–10 of 11");
    window.click("Next page");
    window.shows("11–11 of 11");
    window.is_at(&format!("{tab}/history?page=2"));
    window.expect(CHANGES, vec!["Disabled"]);
    window.focus_is_on("History");
    window.press("[");
    window.shows("1–10 of 11");
    window.focus_is_on("History");
    window.click("When");
    window.is_at(&format!("{tab}/history?sort=-newest"));
    window.expect(&format!("{CHANGES}[0]"), "Disabled");
    window.focus_is_on("History");
    window.back();
    window.expect(&format!("{CHANGES}[0]"), "Restored");
}

/// A queue with an enabled hook for Joined, for CRM: the queue, the flow schema, the hook.
fn one_hook(app: &App) -> (i64, i64, i64) {
    let (queue, crm) = (queue().create(app), schema("CRM").create(app));
    (queue, crm, hook(queue, crm).create(app))
}

#[test]
fn a_removal_that_was_undone_elsewhere_is_told() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, id) = one_hook(&app);
    let first = Window::open(&app, &tab(queue));
    first.click("Remove Joined → CRM");
    first.says("Removed Joined → CRM");
    let second = Window::open(&app, &format!("{}/history", tab(queue)));
    second.click("Restore Joined → CRM");
    second.says("Restored Joined → CRM");
    first.press("z");
    first.says("That was undone already");
    first.shows("1–1 of 1");
    first.until("document.activeElement !== document.body");
    assert_eq!(ids(&app, queue), [id]);
    assert_eq!(stored(&app, id), Some((Joined, crm, true)));
}

#[test]
fn two_people_who_undo_at_once_both_learn_the_outcome_and_the_hooks_come_back_once() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let first = Window::open(&app, &tab);
    first.press_all(&["j", "Shift+ArrowDown", "#"]);
    first.click("Remove 2 hooks");
    first.says("Removed 2 hooks");
    let second = Window::open(&app, &format!("{tab}/history"));
    second.has("Restore Answered → CRM");
    let undo = std::thread::spawn(move || {
        first.press("z");
        first
    });
    second.click("Restore Answered → CRM");
    let first = undo.join().expect("the key is pressed");
    let outcome = |told: [&str; 2]| format!("{told:?}.includes(document.querySelector('#status p')?.textContent)");
    first.until(&outcome(["Restored 2 hooks", "Restored Bridged → CRM. 1 of 2 hooks was undone already"]));
    second.until(&outcome(["Restored Answered → CRM", "That was undone already"]));
    first.shows("1–5 of 5");
    let queue = tab.split('/').nth(3).and_then(|id| id.parse().ok()).expect("a queue");
    assert_eq!(journal(&app, queue).len(), 4, "two were removed, two came back");
}

#[test]
fn what_is_undone_twice_is_told() {
    let app = App::start(Backend::Sqlite);
    let (queue, _, id) = one_hook(&app);
    let window = Window::open(&app, &tab(queue));
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    // A second Undo, as of a message that stayed in another window.
    window.script(
        "const form = document.querySelector('#status form').cloneNode(true);
        document.body.append(form);
        htmx.process(form)",
    );
    window.press("z");
    window.says("Restored Joined → CRM");
    window.script("document.querySelector('body > form button').click()");
    window.says("That was undone already");
    window.shows("1–1 of 1");
    assert_eq!(ids(&app, queue), [id]);
}

#[test]
fn a_change_of_many_is_undone_from_the_history_by_keys_and_the_focus_leaves_its_button() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.press_all(&["j", "Control+a"]);
    window.click("Disable");
    window.says("Disabled 5 hooks");
    window.click("History");
    window.click("Undo: Disabled Joined → CRM");
    window.says("Enabled Joined → CRM");
    window.focus_is_on("History");
    window.click("Undo all of this change, Missed → CRM included");
    window.says("Enabled 4 hooks. 1 of 5 hooks was undone already");
    window.focus_is_on("History");
    window.press("z");
    window.says("Disabled 4 hooks");
    window.is_at(&format!("{tab}/history"));
}

#[test]
fn an_undone_hook_whose_event_was_taken_meanwhile_comes_back_disabled_and_it_is_told() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, id) = one_hook(&app);
    let log = schema("Log").create(&app);
    let window = Window::open(&app, &tab(queue));
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    hook(queue, log).create(&app);
    window.press("z");
    window
        .says("Restored Joined → CRM. Another hook is enabled for Joined by now, so what came back for it is disabled");
    window.expect("named('Enabled, Joined → CRM').ariaChecked", "false");
    window.expect("named('Enabled, Joined → Log').ariaChecked", "true");
    window.focus_is_on("Edit Joined → CRM");
    assert_eq!(stored(&app, id), Some((Joined, crm, false)));
}

#[test]
fn a_hook_whose_flow_schema_is_gone_cannot_be_undone_and_it_is_told() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, _) = one_hook(&app);
    let window = Window::open(&app, &tab(queue));
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    remove_schema(&app, crm);
    window.press("z");
    window.says("1 hook cannot be put back: the flow schema was removed");
    window.focus_is_on("Add hook");
    assert!(ids(&app, queue).is_empty());
}
