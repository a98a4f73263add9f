//! What keys do in the registry.

use std::collections::BTreeSet;

use queue_hooks::model::event::Event::*;
use serde_json::json;
use support::window::*;
use support::*;

#[test]
fn letters_and_arrows_move_the_focus_from_row_to_row() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("j");
    window.focus_is_on("Select Answered → CRM");
    window.expect("document.activeElement.localName", "tr");
    window.press("j");
    window.focus_is_on("Select Bridged → CRM");
    window.press("ArrowDown");
    window.focus_is_on("Select Joined → CRM");
    window.press("ArrowUp");
    window.press("k");
    window.focus_is_on("Select Answered → CRM");
    window.press("k");
    window.focus_is_on("Select Answered → CRM");
}

#[test]
fn x_and_space_select_the_row() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.has_no("Remove selected hooks");
    window.press_all(&["j", "x"]);
    window.selects(1);
    window.has("Remove 1 hook");
    window.press_all(&["j", "Space"]);
    window.selects(2);
    window.has("Remove 2 hooks");
    window.expect("document.querySelector('[data-count-tool]').dataset.tip", "Delete 2 selected items");
    window.press("x");
    window.selects(1);
    window.expect("document.querySelector('[data-count-tool]').dataset.tip", "Delete 1 selected item");
    window.focus_is_on("Select Bridged → CRM");
}

#[test]
fn shift_with_arrows_space_and_click_extends_the_selection() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "Shift+ArrowDown"]);
    window.selects(2);
    window.press_all(&["Escape", "Shift+ArrowUp"]);
    window.selects(2);
    window.focus_is_on("Select Answered → CRM");
    window.press_all(&["Escape", "x", "j", "j", "Shift+Space"]);
    window.selects(3);
    window.press("Escape");
    window.selects(0);
    window.click("Select Bridged → CRM");
    window.click_with(Some("Shift"), "Select Offering → CRM", 1);
    window.selects(4);
    window.has("Remove 4 hooks");
}

#[test]
fn control_a_selects_the_page_and_escape_clears() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    window.press_all(&["j", "Control+a"]);
    window.selects(10);
    window.has("Remove 10 hooks");
    window.expect(PAGE_BOX, "checked");
    window.has("Select all 137 matching");
    window.press("x");
    window.expect(PAGE_BOX, "mixed");
    window.has_no("Select all 137 matching");
    window.press("Escape");
    window.selects(0);
    window.expect(PAGE_BOX, "empty");
    window.has_no("Remove 10 hooks");
}

#[test]
fn the_header_selects_the_page_and_one_more_tick_all_that_match() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    window.click("Select all hooks on this page");
    window.selects(10);
    window.has("Remove 10 hooks");
    window.click("Select all 137 matching");
    window.has("Remove 137 hooks");
    window.expect("document.querySelector('[data-count-tool]').dataset.tip", "Delete 137 selected items");
    window.click("Remove 137 hooks");
    window.focus_is_on("Cancel");
    window.expect("document.querySelectorAll('.question li').length", 11);
    window.expect("document.querySelector('.question li:last-child').textContent", "and 127 more");
    window.has("Remove 137 hooks");
    window.click("Remove 137 hooks");
    window.says("Removed 137 hooks");
    window.focus_is_on("Add hook");
    window.press("z");
    window.says("Restored 137 hooks");
    window.shows("1–10 of 137");
}

#[test]
fn five_of_137_hooks_are_removed_and_brought_back_by_fourteen_keys() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.press("j");
    window.press_all(&["Shift+ArrowDown"; 4]);
    window.selects(5);
    window.press("#");
    window.focus_is_on("Cancel");
    window.press("Tab");
    window.focus_is_on("Remove 5 hooks");
    window.press("Enter");
    window.says("Removed 5 hooks");
    window.shows("1–10 of 132");
    window.focus_is_on("Hooks");
    window.is_at(&tab);
    window.press("z");
    window.says("Restored 5 hooks");
    window.shows("1–10 of 137");
    window.is_at(&tab);
    assert!(window.presses.get() <= 14, "{} keys", window.presses.get());
}

#[test]
fn a_removed_row_gives_the_focus_to_the_next_and_undo_to_the_restored() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "j", "#"]);
    window.says("Removed Bridged → CRM");
    window.shows("1–4 of 4");
    window.focus_is_on("Select Joined → CRM");
    window.press("Delete");
    window.says("Removed Joined → CRM");
    window.focus_is_on("Select Missed → CRM");
    window.press("z");
    window.says("Restored Joined → CRM");
    window.focus_is_on("Edit Joined → CRM");
}

#[test]
fn z_undoes_a_switch_and_an_edit_and_does_them_again() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    let is_on = |is_on: &str| window.expect("named('Enabled, Joined → CRM').ariaChecked", is_on);
    window.press_all(&["j", "j", "j", "t"]);
    window.says("Disabled Joined → CRM");
    window.press("z");
    window.says("Enabled Joined → CRM");
    is_on("true");
    window.focus_is_on("Edit Joined → CRM");
    window.press("z");
    window.says("Disabled Joined → CRM");
    is_on("false");
    window.press("Enter");
    window.choose("event", "Active");
    window.press("Control+Enter");
    window.says("Saved Active → CRM, disabled");
    window.press("z");
    window.says("Put back Joined → CRM");
    window.has_no("Edit Active → CRM");
    window.focus_is_on("Edit Joined → CRM");
}

#[test]
fn a_removed_last_row_gives_the_focus_to_the_row_before_and_the_only_one_to_add() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Remove Offering → CRM");
    window.says("Removed Offering → CRM");
    window.focus_is_on("Remove Missed → CRM");
    for (removed, next) in [
        ("Missed", "Remove Joined → CRM"),
        ("Joined", "Remove Bridged → CRM"),
        ("Bridged", "Remove Answered → CRM"),
        ("Answered", "Add hook"),
    ] {
        window.press("Enter");
        window.says(&format!("Removed {removed} → CRM"));
        window.focus_is_on(next);
    }
}

#[test]
fn letters_and_enter_open_the_modal() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    for (keys, title) in [(["j", "e"], "Edit hook"), (["j", "Enter"], "Edit hook")] {
        window.press_all(&keys);
        window.modal_is(title);
        window.press("Escape");
        window.has_no_modal();
        window.until("document.activeElement.matches('[aria-label^=Edit]')");
    }
    for key in ["c", "n"] {
        window.press(key);
        window.modal_is("Add hook");
        window.press("Escape");
        window.has_no_modal();
        window.focus_is_on("Add hook");
    }
}

#[test]
fn t_switches_the_state_and_keeps_the_row() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "t"]);
    window.says("Disabled Answered → CRM");
    window.expect("named('Enabled, Answered → CRM').ariaChecked", "false");
    window.until("document.activeElement.closest('tr')?.contains(named('Edit Answered → CRM'))");
    window.press("t");
    window.says("Enabled Answered → CRM");
    window.expect("named('Enabled, Answered → CRM').ariaChecked", "true");
}

#[test]
fn r_refreshes_keeps_focus_and_selection_and_says_what_changed() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    let kept = hook(queue, crm).event(Missed).create(&app);
    let lost = hook(queue, crm).event(Joined).create(&app);
    let window = Window::open(&app, &tab(queue));
    window.press_all(&["j", "j", "x", "r"]);
    window.says("Nothing changed");
    remove_hook(&app, lost);
    hook(queue, crm).event(Bridged).create(&app);
    hook(queue, crm).event(Offering).create(&app);
    window.press("r");
    window.says("2 new, 1 removed");
    window.selects(1);
    window.expect("document.querySelector('#selection tbody :checked').value", kept.to_string());
    window.expect(
        "document.activeElement.matches('tr') && document.activeElement.querySelector('input').value",
        kept.to_string(),
    );
    window.has("Remove 1 hook");
}

#[test]
fn r_keeps_page_order_and_filter() {
    let app = App::start(Backend::Sqlite);
    let view = format!("{}?enabled=false&sort=-event&page=2", many(&app));
    let window = Window::open(&app, &view);
    window.shows("11–20 of 129");
    let rows = "[...document.querySelectorAll('#selection tbody tr')].map((row) => row.dataset.row)";
    let before = window.script(&format!("return {rows}"));
    let ids: BTreeSet<_> = before.as_array().expect("rows").iter().filter_map(|id| id.as_str()).collect();
    assert_eq!(ids.len(), 10, "a row says which hook it is: {before}");
    window.press_all(&["j", "x", "r"]);
    window.says("Nothing changed");
    window.is_at(&view);
    window.expect(rows, before);
    window.selects(1);
    window.focus_is_on("Select Processing → CRM");
}

#[test]
fn a_slash_searches_and_brackets_turn_pages() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.press("]");
    window.shows("11–20 of 137");
    window.is_at(&format!("{tab}?page=2"));
    window.focus_is_on("Hooks");
    window.press("[");
    window.shows("1–10 of 137");
    window.is_at(&tab);
    window.press("/");
    window.focus_is_on("Search flow schemas");
    window.write("crm[]j#");
    window.expect("document.activeElement.value", "crm[]j#");
    window.shows("1–10 of 137");
    window.press_all(&["Backspace"; 4]);
    window.press("Enter");
    window.is_at(&format!("{tab}?q=crm"));
    window.focus_is_on("Hooks");
}

#[test]
fn a_question_mark_lists_the_keys_from_the_attributes_that_bind_them() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    window.press_all(&["j", "?"]);
    window.modal_is("Keyboard shortcuts");
    let listed = "[...document.querySelectorAll('#keys dt')].map((dt) => dt.textContent).join(', ')";
    for keys in ["c n", "# Delete", "e Enter", "t", "r", "/", "]", "?", "x Space", "j ↓", "k ↑"] {
        window.until(&format!("({listed}).split(', ').includes('{keys}')"));
    }
    window.press("Escape");
    window.has_no_modal();
    window.focus_is_on("Select Active → CRM");
}

#[test]
fn letters_with_control_or_alt_do_nothing() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("j");
    for keys in ["Alt+j", "Alt+x", "Control+x", "Alt+c", "Control+e", "Meta+x", "Alt+Shift+#", "Control+Alt+t"] {
        window.press(keys);
    }
    window.focus_is_on("Select Answered → CRM");
    window.press("j");
    window.focus_is_on("Select Bridged → CRM");
    window.selects(0);
    window.has_no_modal();
    window.shows("1–5 of 5");
}

#[test]
fn letters_do_nothing_when_switched_off_and_arrows_still_do() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Settings");
    window.click("Off");
    window.click("Keep");
    window.expect("document.body.dataset.letters", "off");
    window.press_all(&["ArrowDown", "j", "x", "e", "t", "#"]);
    window.focus_is_on("Select Answered → CRM");
    window.press("ArrowDown");
    window.focus_is_on("Select Bridged → CRM");
    window.press("Space");
    window.selects(1);
    window.press("Enter");
    window.modal_is("Edit hook");
}

/// Sends keys to what has the focus as a page sees them while a person composes a character.
fn compose(window: &Window, keys: &[&str]) {
    let keys = serde_json::json!(keys);
    window.script(&format!(
        "for (const key of {keys}) document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', {{ key, isComposing: true, bubbles: true, cancelable: true }}))"
    ));
}

#[test]
fn keys_do_nothing_while_a_character_is_composed() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.press("j");
    compose(&window, &["j", "x", " ", "ArrowDown", "#", "Delete", "t", "e", "Enter", "c", "/", "?"]);
    window.focus_is_on("Select Answered → CRM");
    window.expect("document.activeElement.localName", "tr");
    window.selects(0);
    window.press_all(&["x", "r"]);
    window.says("Nothing changed");
    compose(&window, &["Escape"]);
    window.selects(1);
    window.shows("1–5 of 5");
    window.has_no_modal();
    window.is_at(&tab);
}

#[test]
fn keys_do_nothing_in_text_fields_and_lists() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Search flow schemas");
    window.write("jkxetrcn#?z/[]");
    window.press("Delete");
    window.focus_is_on("Search flow schemas");
    window.expect("document.activeElement.value", "jkxetrcn#?z/[]");
    window.has("Clear filters");
    window.press("Escape");
    window.shows("1–5 of 5");
    window.click("Select Answered → CRM");
    window.click("Rows per page");
    window.press_all(&["ArrowDown", "ArrowUp", "#", "x"]);
    window.focus_is_on("Rows per page");
    window.script("document.getElementById('enabled').focus()");
    window.press_all(&["j", "x", "t", "#"]);
    window.focus_is_on("State");
    window.selects(1);
    window.has_no_modal();
    window.shows("1–5 of 5");
    window.is_at(&tab);
}

/// The state of the header's checkbox.
const PAGE_BOX: &str = "((box) => box.indeterminate ? 'mixed' : box.checked ? 'checked' : 'empty')\
    (document.querySelector('[data-page-box]'))";

/// A key press as a keyboard of another layout or a modifier makes it: what is written, and the place of the key.
fn press_at(window: &Window, key: &str, place: &str, modifiers: u8) {
    for kind in ["keyDown", "keyUp"] {
        let press = json!({ "type": kind, "key": key, "code": place, "modifiers": modifiers });
        window.devtools("Input.dispatchKeyEvent", &press);
    }
}

const ALT: u8 = 1;
const CONTROL: u8 = 2;
const SHIFT: u8 = 8;

#[test]
fn keys_work_with_caps_lock_alt_gr_and_letters_that_are_not_latin() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    // Caps Lock.
    press_at(&window, "J", "KeyJ", 0);
    press_at(&window, "X", "KeyX", 0);
    window.selects(1);
    window.press("Escape");
    // With Shift, a letter is another key.
    press_at(&window, "X", "KeyX", SHIFT);
    press_at(&window, "x", "KeyX", SHIFT);
    window.selects(0);
    // Cyrillic.
    press_at(&window, "ч", "KeyX", 0);
    window.selects(1);
    press_at(&window, "ф", "KeyA", CONTROL);
    window.selects(10);
    press_at(&window, "№", "Digit3", SHIFT);
    window.focus_is_on("Cancel");
    window.press("Enter");
    window.shows("1–10 of 137");
    press_at(&window, "ъ", "BracketRight", 0);
    window.shows("11–20 of 137");
    // AltGr and Option, also where AltGr counts as Control and Alt.
    press_at(&window, "]", "Digit9", ALT);
    window.shows("21–30 of 137");
    press_at(&window, "[", "Digit8", ALT | CONTROL);
    window.shows("11–20 of 137");
    // Alt with a letter is the browser's.
    press_at(&window, "j", "KeyJ", 0);
    press_at(&window, "x", "KeyX", ALT);
    window.selects(0);
}

#[test]
fn menus_close_with_escape_with_a_click_beside_them_and_when_the_focus_leaves() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    let open = "document.querySelectorAll('.choices[open]').length";
    for menu in ["Settings", "Event Any"] {
        window.tab_to(menu);
        window.press("Enter");
        window.expect(open, 1);
        window.press("Tab");
        window.until("document.activeElement.closest('.choices > :not(summary)')");
        window.press("Escape");
        window.expect(open, 0);
        window.focus_is_on(menu);
        window.press("Enter");
        window.expect(open, 1);
        for kind in ["mousePressed", "mouseReleased"] {
            let click = json!({ "type": kind, "x": 3, "y": 400, "button": "left", "clickCount": 1 });
            window.devtools("Input.dispatchMouseEvent", &click);
        }
        window.expect(open, 0);
        window.tab_to(menu);
        window.press("Enter");
        window.expect(open, 1);
        window.press("Shift+Tab");
        window.expect(open, 0);
    }
    // What is in a menu can be pressed, labels too.
    window.click("Settings");
    window.click("Light");
    window.expect(open, 1);
    window.press("Escape");
    // Escape is for the menu first, and for what is selected the next time.
    window.press_all(&["j", "x"]);
    window.selects(1);
    window.tab_to("Settings");
    window.press_all(&["Enter", "Escape"]);
    window.expect(open, 0);
    window.selects(1);
}
