//! What changes in place, and that the address, the way back and a reload always show the same.

use support::window::*;
use support::*;

/// Holds as long as no page was loaded: everything since was swapped in.
fn mark(window: &Window) {
    window.script("document.documentElement.dataset.mark = 'here'");
}

#[track_caller]
fn was_swapped(window: &Window) {
    window.expect("document.documentElement.dataset.mark", "here");
}

#[test]
fn sorting_filtering_paging_and_the_page_size_swap_in_place() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    mark(&window);
    window.click("Next page");
    window.shows("11–20 of 137");
    window.is_at(&format!("{tab}?page=2"));
    window.focus_is_on("Hooks");
    window.expect("document.title", "Hooks – Inbound support – Queue Hooks, page 2 of 14");
    window.click("Flow schema");
    window.is_at(&format!("{tab}?sort=schema"));
    window.shows("1–10 of 137");
    window.expect("document.querySelector('[aria-sort]').ariaSort", "ascending");
    window.focus_is_on("Hooks");
    window.choose("enabled", "Enabled");
    window.is_at(&format!("{tab}?enabled=true&sort=schema"));
    window.shows("1–8 of 8");
    window.click("Remove the filter State: Enabled");
    window.shows("1–10 of 137");
    window.focus_is_on("Hooks");
    window.click("Rows per page");
    window.press("Control+a");
    window.write("50");
    window.press("Enter");
    window.shows("1–50 of 137");
    window.is_at(&format!("{tab}?sort=schema&size=50"));
    window.focus_is_on("Hooks");
    was_swapped(&window);
}

#[test]
fn the_page_size_is_applied_on_leaving_the_field() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.click("Rows per page");
    window.press("Control+a");
    window.write("20");
    window.press("Tab");
    window.shows("1–20 of 137");
    window.is_at(&format!("{tab}?size=20"));
}

#[test]
fn switching_and_removing_swap_in_place_and_keep_the_view() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let view = format!("{tab}?sort=-event&page=2");
    let window = Window::open(&app, &view);
    mark(&window);
    let first = "document.querySelector('#selection tbody [role=switch]')";
    window.script(&format!("{first}.focus()"));
    window.press("Space");
    window.until("/^(Enabled|Disabled) /.test(document.querySelector('#status p')?.textContent) || document.querySelector('.conflict')");
    window.script("document.querySelector('#selection tbody [aria-label^=Remove]').focus()");
    window.press("Enter");
    window.shows("11–20 of 136");
    window.until("document.activeElement.matches('#selection tbody tr:first-child [aria-label^=Remove]')");
    window.is_at(&view);
    window.click("Undo");
    window.shows("11–20 of 137");
    window.is_at(&view);
    was_swapped(&window);
}

#[test]
fn back_forward_and_reload_show_the_page_that_was_there() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.click("Next page");
    window.shows("11–20 of 137");
    window.click("Next page");
    window.shows("21–30 of 137");
    window.click("Event Any");
    window.click("Flow schema");
    window.is_at(&format!("{tab}?sort=schema"));
    window.shows("1–10 of 137");
    for (steps, numbers, query) in
        [(1, "21–30 of 137", "?page=3"), (1, "11–20 of 137", "?page=2"), (1, "1–10 of 137", "")]
    {
        for _ in 0..steps {
            window.back();
        }
        window.shows(numbers);
        window.is_at(&format!("{tab}{query}"));
        window.has("Queue Hooks");
    }
    window.forward();
    window.shows("11–20 of 137");
    window.reload();
    window.shows("11–20 of 137");
    window.is_at(&format!("{tab}?page=2"));
    window.until("document.querySelector('link[rel=stylesheet]') && getComputedStyle(document.body).margin === '0px'");
    window.forward();
    window.shows("21–30 of 137");
    window.press("[");
    window.shows("11–20 of 137");
}

#[test]
fn a_page_that_was_left_for_another_comes_back_whole() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &format!("{tab}?page=2"));
    window.click("Next page");
    window.shows("21–30 of 137");
    window.go("/settings.html");
    window.back();
    window.shows("21–30 of 137");
    window.has("Queue Hooks");
    window.until("document.querySelector('#selection tbody tr') && document.doctype");
    window.back();
    window.shows("11–20 of 137");
}

#[test]
fn an_event_that_is_taken_is_not_switched_on_and_the_message_has_the_focus() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, log) = (queue().create(&app), schema("CRM").create(&app), schema("Log").create(&app));
    hook(queue, crm).create(&app);
    hook(queue, log).off().create(&app);
    let tab = tab(queue);
    let window = Window::open(&app, &tab);
    mark(&window);
    window.click("Enabled, Joined → Log");
    window.has("Replace it");
    window.until("document.activeElement.matches('.conflict[role=alert]')");
    window.is_at(&tab);
    window.expect("named('Enabled, Joined → Log').ariaChecked", "false");
    window.click("Leave it");
    window.has_no("Replace it");
    window.click("Enabled, Joined → Log");
    window.click("Replace it");
    window.says("Enabled Joined → Log");
    window.expect("named('Enabled, Joined → Log').ariaChecked", "true");
    window.expect("named('Enabled, Joined → CRM').ariaChecked", "false");
    window.is_at(&tab);
    was_swapped(&window);
}

#[test]
fn a_switch_keeps_the_focus_and_switches_back() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Enabled, Bridged → CRM");
    for said in ["Disabled Bridged → CRM", "Enabled Bridged → CRM"] {
        window.says(said);
        window.focus_is_on("Enabled, Bridged → CRM");
        window.press("Space");
    }
    window.says("Disabled Bridged → CRM");
}

#[test]
fn a_hook_that_is_gone_already_is_told() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let (first, second) = (Window::open(&app, &tab), Window::open(&app, &tab));
    for window in [&first, &second] {
        window.press_all(&["j", "j"]);
    }
    first.press("#");
    first.says("Removed Bridged → CRM");
    second.press("#");
    second.says("That was removed already.");
    second.shows("1–4 of 4");
    second.focus_is_on("Select Joined → CRM");
    second.press_all(&["Control+a", "#"]);
    second.focus_is_on("Cancel");
    first.press("#");
    first.says("Removed Joined → CRM");
    second.click("Remove 4 hooks");
    second.says("Removed 3 hooks. 1 of the selection was gone already");
    second.has("Add hook");
}

#[test]
fn a_selection_is_switched_in_place() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    mark(&window);
    window.press_all(&["j", "Shift+ArrowDown"]);
    window.click("Disable");
    window.says("Disabled 2 hooks");
    window.expect("document.querySelectorAll('[role=switch][aria-checked=false]').length", 2);
    window.selects(0);
    window.is_at(&tab);
    was_swapped(&window);
}

#[test]
fn without_an_answer_nothing_is_lost_and_trying_again_helps() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    mark(&window);
    window.offline(true);
    window.click("Next page");
    window.has("Try again");
    window.until("document.querySelector('#alert').textContent.includes('did not answer')");
    window.shows("1–10 of 137");
    window.is_at(&tab);
    window.click("Remove Active → CRM");
    window.has("Try again");
    window.until("!named('Remove Active → CRM').disabled");
    window.press("j");
    window.until("document.activeElement.matches('tr')");
    window.offline(false);
    window.click("Try again");
    window.says("Removed Active → CRM");
    window.has_no("Try again");
    window.click("Next page");
    window.shows("11–20 of 136");
    was_swapped(&window);
}

#[test]
fn a_server_that_dies_is_a_message_and_the_page_stays() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.may_be_offline.set(true);
    drop(app);
    window.press_all(&["j", "t"]);
    window.has("Try again");
    window.until("!named('Enabled, Answered → CRM').disabled");
    window.expect("named('Enabled, Answered → CRM').ariaChecked", "true");
    window.press("j");
    window.until("document.activeElement.matches('tr')");
    window.click("Add hook");
    window.has("Try again");
    window.shows("1–5 of 5");
    window.is_at(&tab);
}

#[test]
fn a_fault_is_a_message_with_its_id_and_the_page_stays() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    lose_journal(&app);
    window.click("Remove Joined → CRM");
    window.until("document.querySelector('#alert .error code')");
    window.shows("1–5 of 5");
    window.is_at(&tab);
    window.has("Remove Joined → CRM");
    window.press("r");
    window.says("Nothing changed");
    window.until("!document.querySelector('#alert .error')");
}

#[test]
fn a_swap_writes_over_the_rows_where_they_stand() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    let kept = "document.getElementById('selection').isKept && document.getElementById('change').isKept
        && document.querySelector('#selection tbody tr').isKept";
    window.script(
        "for (const e of document.querySelectorAll('#selection, #change, #selection tbody tr')) e.isKept = true",
    );
    window.click("Flow schema");
    window.is_at(&format!("{tab}?sort=schema"));
    window.until(kept);
    window.click("Next page");
    window.shows("11–20 of 137");
    window.until(kept);
}

#[test]
fn a_hook_whose_row_moves_takes_the_focus_along() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}?sort=enabled", five_hooks(&app)));
    window.press_all(&["j", "j", "t"]);
    window.says("Disabled Bridged → CRM");
    window.expect("nameOf(document.querySelector('#selection tbody tr'))", "Select Bridged → CRM");
    window.focus_is_on("Select Bridged → CRM");
    window.press("t");
    window.says("Enabled Bridged → CRM");
    window.focus_is_on("Select Bridged → CRM");
}
