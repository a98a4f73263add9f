//! The modal: its address, its keys, what it asks and what it refuses.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

const SAVE_IS_ENABLED: &str = "!document.querySelector('dialog:modal [data-save]').disabled";

/// Chooses a flow schema in the searchable drop-down.
pub fn choose_schema(window: &Window, typed: &str, name: &str) {
    window.click("Flow schema");
    window.write(typed);
    window.click(name);
    window.expect("document.querySelector('[role=combobox]').value", name);
}

#[test]
fn the_modal_has_an_address_of_its_own_and_closes_by_escape_to_its_opener() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Add hook");
    window.modal_is("Add hook");
    window.is_at(&format!("{tab}/new"));
    window.focus_is_on("Event");
    window.press("Escape");
    window.has_no_modal();
    window.is_at(&tab);
    window.focus_is_on("Add hook");
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.click("Close");
    window.has_no_modal();
    window.is_at(&tab);
    window.focus_is_on("Edit Bridged → CRM");
}

#[test]
fn the_modal_is_loaded_by_its_address_in_the_view_it_was_opened_from() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &format!("{tab}/new?page=2"));
    window.modal_is("Add hook");
    window.focus_is_on("Event");
    window.shows("11–20 of 137");
    window.press("Escape");
    window.has_no_modal();
    window.is_at(&format!("{tab}?page=2"));
    window.shows("11–20 of 137");
    window.focus_is_on("Add hook");
}

#[test]
fn back_closes_the_modal_and_forward_opens_it() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    let modal = window.path();
    window.back();
    window.has_no_modal();
    window.is_at(&tab);
    window.shows("1–5 of 5");
    window.forward();
    window.modal_is("Edit hook");
    window.is_at(&modal);
    window.reload();
    window.modal_is("Edit hook");
    window.press("Escape");
    window.has_no_modal();
    window.has("Edit Bridged → CRM");
}

#[test]
fn save_is_active_once_both_fields_are_filled() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("c");
    window.modal_is("Add hook");
    window.expect(SAVE_IS_ENABLED, false);
    window.choose("event", "Leaving");
    window.expect(SAVE_IS_ENABLED, false);
    choose_schema(&window, "cr", "CRM");
    window.expect(SAVE_IS_ENABLED, true);
    window.click("Save");
    window.says("Added Leaving → CRM");
    window.shows("1–6 of 6");
    window.has_no_modal();
    window.focus_is_on("Edit Leaving → CRM");
}

#[test]
fn save_is_active_once_something_differs_and_control_enter_presses_it() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.expect(SAVE_IS_ENABLED, false);
    window.choose("event", "Leaving");
    window.expect(SAVE_IS_ENABLED, true);
    window.choose("event", "Bridged");
    window.expect(SAVE_IS_ENABLED, false);
    window.choose("event", "Leaving");
    window.press("Control+Enter");
    window.says("Saved Leaving → CRM");
    window.press("e");
    window.modal_is("Edit hook");
    window.choose("event", "Processing");
    window.press("Meta+Enter");
    window.says("Saved Processing → CRM");
    window.has_no_modal();
    window.focus_is_on("Edit Processing → CRM");
}

#[test]
fn another_flow_schema_alone_is_asked_about_and_can_be_saved() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    schema("Fraud check").create(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.click("Flow schema");
    window.press("Control+a");
    window.write("fr");
    window.click("Fraud check");
    window.expect(SAVE_IS_ENABLED, true);
    window.click("Close");
    window.answer("Close without saving your changes?", false);
    window.click("Save");
    window.says("Saved Bridged → Fraud check");
}

#[test]
fn control_enter_saves_from_the_drop_down_too() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("c");
    window.modal_is("Add hook");
    window.choose("event", "Leaving");
    choose_schema(&window, "cr", "CRM");
    window.focus_is_on("Flow schema");
    window.press("Control+Enter");
    window.says("Added Leaving → CRM");
}

#[test]
fn a_flow_schema_that_was_removed_meanwhile_is_the_field_with_the_focus() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let gone = schema("Fraud check").create(&app);
    let window = Window::open(&app, &format!("{tab}/new"));
    window.choose("event", "Leaving");
    choose_schema(&window, "fr", "Fraud check");
    remove_schema(&app, gone);
    window.click("Save");
    window.until("document.getElementById('schema-error')");
    window.focus_is_on("Flow schema");
    window.expect("document.activeElement.ariaInvalid", "true");
    window.is_at(&format!("{tab}/new"));
}

#[test]
fn closing_with_changes_asks_once() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    window.press("Escape");
    window.answer("Close without saving your changes?", false);
    window.modal_is("Edit hook");
    window.expect("document.getElementById('event').value", "leaving");
    window.click("Close");
    window.answer("Close without saving your changes?", true);
    window.has_no_modal();
    window.is_at(&tab);
    window.focus_is_on("Edit Bridged → CRM");
}

#[test]
fn a_taken_event_offers_two_ways_out_and_keeps_the_address() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.press("c");
    for (way, said, joined) in [
        ("Save disabled", "Added Joined → CRM, disabled", ["true", "false"]),
        ("Replace it", "Added Joined → CRM", ["false", "true"]),
    ] {
        window.modal_is("Add hook");
        window.choose("event", "Joined");
        choose_schema(&window, "cr", "CRM");
        window.click("Save");
        window.has(way);
        window.is_at(&format!("{tab}/new"));
        window.focus_is_on("Event");
        window.expect("document.getElementById('event').ariaInvalid", "true");
        window.expect("document.querySelector('[role=combobox]').value", "CRM");
        window.click(way);
        window.says(said);
        window.has_no_modal();
        window.is_at(&tab);
        let states =
            "[...document.querySelectorAll('[aria-label=\"Enabled, Joined → CRM\"]')].map((e) => e.ariaChecked)";
        window.until(&format!("['{}', '{}'].every((state) => {states}.includes(state))", joined[0], joined[1]));
        window.press("c");
    }
}

#[test]
fn a_taken_event_is_left_by_choosing_another() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Edit Bridged → CRM");
    window.choose("event", "Joined");
    window.click("Save");
    window.has("Replace it");
    window.choose("event", "Leaving");
    window.click("Save");
    window.says("Saved Leaving → CRM");
    window.has_no_modal();
}

/// Two people edit the same hook; the first has saved Leaving, the second is told on saving Processing.
pub fn told_of_a_conflict(app: &App) -> Window {
    let tab = five_hooks(app);
    let (first, second) = (Window::open(app, &tab), Window::open(app, &tab));
    for (window, event) in [(&first, "Leaving"), (&second, "Processing")] {
        window.click("Edit Bridged → CRM");
        window.modal_is("Edit hook");
        window.choose("event", event);
    }
    let address = second.path();
    first.click("Save");
    first.says("Saved Leaving → CRM");
    second.click("Save");
    second.has("Overwrite");
    second.until("document.activeElement.matches('.conflict')");
    second.is_at(&address);
    second.expect(
        "[...document.querySelectorAll('.conflict tbody td')].map((td) => td.textContent)",
        vec!["Leaving", "Processing", "CRM", "CRM"],
    );
    second
}

#[test]
fn a_hook_that_somebody_saved_meanwhile_is_overwritten() {
    let app = App::start(Backend::Sqlite);
    let window = told_of_a_conflict(&app);
    window.click("Overwrite");
    window.says("Saved Processing → CRM");
    window.has_no_modal();
    window.focus_is_on("Edit Processing → CRM");
}

#[test]
fn a_hook_that_somebody_saved_meanwhile_is_taken_as_it_is() {
    let app = App::start(Backend::Sqlite);
    let window = told_of_a_conflict(&app);
    window.click("Take theirs");
    window.modal_is("Edit hook");
    window.expect("document.getElementById('event').value", "leaving");
    window.expect(SAVE_IS_ENABLED, false);
    window.press("Escape");
    window.has_no_modal();
    window.has("Edit Leaving → CRM");
}

#[test]
fn three_quick_clicks_on_save_make_one_hook() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    hook(queue, crm).event(Missed).create(&app);
    let window = Window::open(&app, &tab(queue));
    window.press("c");
    window.modal_is("Add hook");
    window.choose("event", "Leaving");
    choose_schema(&window, "c", "CRM");
    window.click_with(None, "Save", 3);
    window.says("Added Leaving → CRM");
    window.shows("1–2 of 2");
    window.has_no_modal();
    assert_eq!(ids(&app, queue).len(), 2);
}

#[test]
fn an_event_says_who_has_it_and_whether_it_can_happen() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("c");
    window.modal_is("Add hook");
    window.until("document.querySelector('#event [value=joined]').text.endsWith('· already enabled by CRM')");
    window.until("document.querySelector('#event [value=active]').text.endsWith('· cannot happen in this queue type')");
}

#[test]
fn each_escape_asks_and_the_dialog_stays_as_it_was() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    window.script("document.querySelector('dialog [data-save]').focus()");
    // A script of the driver would count as something that the person did, and so between two presses there is none.
    for _ in 0..4 {
        window.press("Escape");
        window.answer("Close without saving your changes?", false);
        // Chromium drops a key that comes before its question is gone.
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    window.modal_is("Edit hook");
    window.expect("document.getElementById('event').value", "leaving");
    window.focus_is_on("Save");
    window.press("Escape");
    window.answer("Close without saving your changes?", true);
    window.has_no_modal();
    window.is_at(&tab);
    window.focus_is_on("Edit Bridged → CRM");
}
