//! A slow line: what a person presses, types and ticks while answers are on their way.

use support::window::*;
use support::*;

const STATES: &str = "[...document.querySelectorAll('[role=switch]')].map((e) => e.ariaChecked).join()";
const MESSAGES: &str = "[...document.querySelectorAll('#status p')].map((e) => e.textContent)";

fn queue_of(tab: &str) -> i64 {
    tab.split('/').nth(3).and_then(|id| id.parse().ok()).expect("the path of a tab")
}

/// Goes back while requests are held, and lets them go. The driver waits for what Back leads to.
fn back_and_let_go(window: &Window) {
    window.script("setTimeout(window.letGo, 100); history.back()");
}

#[test]
fn two_switches_are_two_changes_and_each_is_told() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.hold();
    window.click("Enabled, Joined → CRM");
    window.click("Enabled, Bridged → CRM");
    // Pressed once more although it is waiting.
    window.script("for (const button of document.querySelectorAll('[role=switch]:disabled')) button.disabled = false");
    window.click("Enabled, Bridged → CRM");
    window.let_go(1);
    window.expect(STATES, "true,false,false,true,true");
    window.expect(MESSAGES, vec!["Disabled Joined → CRM", "Disabled Bridged → CRM"]);
    window.focus_is_on("Enabled, Bridged → CRM");
    assert_eq!(journal(&app, queue_of(&tab)).len(), 2);
}

#[test]
fn two_removals_are_both_made_and_can_both_be_undone() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.hold();
    window.click("Remove Joined → CRM");
    window.click("Remove Bridged → CRM");
    window.let_go(1);
    window.shows("1–3 of 3");
    window.expect(MESSAGES, vec!["Removed Joined → CRM", "Removed Bridged → CRM"]);
    window.click("Undo");
    window.says("Restored Joined → CRM");
    window.shows("1–4 of 4");
}

#[test]
fn a_change_that_is_refused_is_told_although_the_next_one_works() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, log) = (queue().create(&app), schema("CRM").create(&app), schema("Log").create(&app));
    hook(queue, crm).create(&app);
    hook(queue, log).off().create(&app);
    hook(queue, log).event(queue_hooks::model::event::Event::Missed).create(&app);
    let window = Window::open(&app, &tab(queue));
    window.hold();
    window.click("Enabled, Joined → Log");
    window.click("Enabled, Missed → Log");
    window.let_go(1);
    window.expect("document.querySelector('#status .message p').textContent", "Disabled Missed → Log");
    window.click("Replace it");
    window.says("Enabled Joined → Log");
    window.has_no("Replace it");
}

#[test]
fn the_last_navigation_wins() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.hold();
    window.click("Flow schema");
    window.click("Next page");
    window.let_go(2);
    window.shows("11–20 of 137");
    window.is_at(&format!("{tab}?page=2"));
    // A search after a sort, and the same field once more.
    window.hold();
    window.click("Changed");
    window.press("/");
    for letter in ["x", "y"] {
        // At once, as quick fingers do.
        window.script(&format!(
            "document.execCommand('insertText', false, '{letter}');
            const {{ form }} = document.activeElement;
            form.requestSubmit(form.querySelector('button'))"
        ));
    }
    window.let_go(3);
    window.is_at(&format!("{tab}?q=xy"));
    window.expect("document.getElementById('q').value", "xy");
    window.click("Clear filters");
    window.shows("1–10 of 137");
    // Another page after another page size: the field shows what is applied.
    window.hold();
    window.click("Rows per page");
    window.press("Control+a");
    window.write("20");
    window.press("Tab");
    window.script("document.querySelector('[rel=next]').click()");
    window.let_go(2);
    window.is_at(&format!("{tab}?page=2"));
    window.expect("document.getElementById('size').value", "10");
    // Back, while the next page is on its way.
    window.hold();
    window.click("Next page");
    back_and_let_go(&window);
    window.is_at(&tab);
    window.shows("1–10 of 137");
}

#[test]
fn a_change_is_made_before_the_page_that_was_asked_for_around_it() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.hold();
    window.click("Remove Active → CRM");
    window.click("Next page");
    window.let_go(1);
    window.shows("11–20 of 136");
    window.is_at(&format!("{tab}?page=2"));
    window.says("Removed Active → CRM");
    // The other way round, and by the history.
    window.hold();
    window.click("Next page");
    window.script("document.querySelector('tbody [aria-label^=Remove]').click()");
    window.let_go(2);
    window.shows("21–30 of 135");
    window.is_at(&format!("{tab}?page=3"));
    window.hold();
    window.script("document.querySelector('tbody [aria-label^=Remove]').click()");
    back_and_let_go(&window);
    window.shows("11–20 of 134");
    window.is_at(&format!("{tab}?page=2"));
    assert_eq!(journal(&app, queue_of(&tab)).len(), 3);
}

#[test]
fn what_is_typed_and_ticked_meanwhile_stays() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Select Answered → CRM");
    window.hold();
    window.click("Enabled, Joined → CRM");
    window.click("Select Missed → CRM");
    window.press("/");
    window.write("cr");
    window.let_go(1);
    window.says("Disabled Joined → CRM");
    window.is_at(&format!("{tab}?q=cr"));
    window.selects(1);
    window.until("named('Select Missed → CRM').checked");
    window.expect("document.getElementById('q').value", "cr");
    window.until("document.activeElement.id === 'q'");
    // A choice that another press overtakes is not applied, so it does not stay.
    window.hold();
    window.choose("enabled", "Disabled");
    window.click("Flow schema");
    window.let_go(2);
    window.is_at(&format!("{tab}?q=cr&sort=schema"));
    window.expect("document.getElementById('enabled').value", "");
}

#[test]
fn what_is_typed_while_a_form_is_saved_stays_and_can_be_saved() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let window = Window::open(&app, &format!("/routing/flow/{id}"));
    let name = "document.getElementById('name').value";
    window.click("Name");
    window.press("End");
    window.write(" 1");
    window.hold();
    window.press("Control+Enter");
    window.write("2");
    window.let_go(1);
    window.says("Saved CRM 1");
    window.expect(name, "CRM 12");
    window.write("3");
    window.press("Control+Enter");
    window.says("Saved CRM 123");
    window.expect(name, "CRM 123");
}

#[test]
fn a_dialog_is_opened_and_left_while_others_are_on_their_way() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.hold();
    window.click("Edit Joined → CRM");
    window.click("Edit Bridged → CRM");
    window.let_go(2);
    window.modal_is("Edit hook");
    window.expect("document.getElementById('event').value", "bridged");
    window.hold();
    window.press("Escape");
    back_and_let_go(&window);
    window.has_no_modal();
    window.is_at(&tab);
    window.focus_is_on("Edit Bridged → CRM");
}
