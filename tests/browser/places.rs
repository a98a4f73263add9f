//! Ways through the application and the controls around the registry, pressed one by one.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

/// What is on the page, in the order in which it stands there.
fn texts(selector: &str) -> String {
    format!("[...document.querySelectorAll('{selector}')].map((e) => e.textContent.replace(/\\s+/g, ' ').trim())")
}

#[test]
fn tabs_and_breadcrumbs_lead_through_a_queue() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let queue = tab.trim_end_matches("/hooks");
    let window = Window::open(&app, &tab);
    window.expect("document.title", "Hooks – Inbound support – Queue Hooks");
    window.expect(&texts(".crumbs a"), vec!["Contact center", "Queues", "Inbound support"]);
    for (name, path, title) in [
        ("General", queue.to_owned(), "General"),
        ("History", format!("{tab}/history"), "History"),
        ("Hooks", tab.clone(), "Hooks"),
    ] {
        window.click(name);
        window.is_at(&path);
        window.expect("document.querySelector('.tabs [aria-current=page]').textContent", name);
        window.expect("document.title", format!("{title} – Inbound support – Queue Hooks"));
        window.until("document.activeElement !== document.body");
    }
    window.script("document.querySelector('.crumbs li:nth-child(3) a').click()");
    window.is_at(queue);
    window.script("document.querySelector('.crumbs li:nth-child(2) a').click()");
    window.is_at("/contact-center/queues");
    window.click("Inbound support");
    window.is_at(&tab);
    window.click("Contact center");
    window.is_at("/contact-center/queues");
    window.back();
    window.shows("1–5 of 5");
}

#[test]
fn the_name_of_a_flow_schema_leads_to_it() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("CRM");
    window.until("location.pathname.startsWith('/routing/flow/')");
    window.expect("document.querySelector('h1').textContent", "CRM");
    window.back();
    window.shows("1–5 of 5");
}

#[test]
fn events_are_filtered_by_their_boxes_which_say_how_many_there_are_and_removed_by_their_chips() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.script("document.querySelector('.filters details summary').click()");
    let boxes = texts("input[name=event]").replace(".map(", ".map((e) => e.parentElement).map(");
    window.expect(
        &boxes,
        vec![
            "Joined 18",
            "Answered 17",
            "Offering 17",
            "Bridged 17",
            "Missed 17",
            "Leaving 17",
            "Processing 17",
            "Active 17",
        ],
    );
    window.click("Joined 18");
    window.click("Active 17");
    window.is_at(&format!("{tab}?event=joined&event=active"));
    window.shows("1–10 of 35");
    window.choose("enabled", "Disabled");
    window.is_at(&format!("{tab}?event=joined&event=active&enabled=false"));
    window.shows("1–10 of 33");
    window.expect(&texts(".chip"), vec!["Event: Joined", "Event: Active", "State: Disabled"]);
    window.expect(&texts("#count"), vec!["33 hooks match"]);
    window.click("Remove the filter Event: Joined");
    window.is_at(&format!("{tab}?event=active&enabled=false"));
    window.shows("1–10 of 16");
    window.press("/");
    window.write("cr");
    window.press("Enter");
    window.has("Remove the filter Flow schema: cr");
    window.click("Clear filters");
    window.is_at(&tab);
    window.shows("1–10 of 137");
    window.expect(&texts(".chip, #count"), vec![""]);
}

#[test]
fn a_filter_without_a_match_says_so_and_is_cleared() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &format!("{tab}?q=nothing"));
    window.expect(&texts(".empty h2"), vec!["No hooks match"]);
    window.script("document.querySelector('.empty a').click()");
    window.is_at(&tab);
    window.shows("1–5 of 5");
}

#[test]
fn the_first_hook_is_added_from_the_empty_list() {
    let app = App::start(Backend::Sqlite);
    let queue = queue().create(&app);
    schema("CRM").create(&app);
    let window = Window::open(&app, &tab(queue));
    window.expect(&texts(".empty h2"), vec!["There are no records yet"]);
    window.expect(&texts(".empty a"), vec!["Add hook"]);
    window.script("document.querySelector('.empty a').click()");
    window.modal_is("Add hook");
    window.choose("event", "Joined");
    crate::modal::choose_schema(&window, "c", "CRM");
    window.click("Save");
    window.says("Added Joined → CRM");
    window.shows("1–1 of 1");
    window.focus_is_on("Edit Joined → CRM");
}

#[test]
fn a_selection_is_disabled_and_enabled() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    let states = "[...document.querySelectorAll('[role=switch]')].map((e) => e.ariaChecked).join()";
    window.press_all(&["j", "Control+a"]);
    window.click("Disable");
    window.says("Disabled 5 hooks");
    window.expect(states, "false,false,false,false,false");
    window.press_all(&["j", "Shift+ArrowDown"]);
    window.selects(2);
    window.click("Enable");
    window.says("Enabled 2 hooks");
    window.expect(states, "true,true,false,false,false");
    window.is_at(&tab);
    window.has_no("Enable");
}

#[test]
fn rows_per_page_out_of_range_are_told_in_a_notice() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.click("Rows per page");
    window.press("Control+a");
    window.write("1001");
    window.press("Enter");
    window.is_at(&format!("{tab}?size=1001"));
    window.focus_is_on("Hooks");
    window.expect("document.getElementById('size').value", "10");
    for size in ["0", "1001", "abc"] {
        window.go(&format!("{tab}?size={size}"));
        window.shows("1–10 of 137");
        window
            .expect(&texts(".notice li"), vec![format!("Rows per page can be 1 to 1000, not “{size}”. These are 10.")]);
    }
    window.click("Next page");
    window.is_at(&format!("{tab}?page=2"));
    window.expect(&texts(".notice li"), Vec::<String>::new());
}

#[test]
fn an_event_that_cannot_happen_carries_a_note_in_its_row_alone() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    hook(queue, crm).event(Active).create(&app);
    hook(queue, crm).event(Joined).create(&app);
    let window = Window::open(&app, &tab(queue));
    window.expect(&texts("#selection td:nth-child(2)"), vec!["Active cannot happen here", "Joined"]);
}

#[test]
fn the_colours_are_switched_and_stay_over_a_reload() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    let canvas = "getComputedStyle(document.body).backgroundColor";
    let light = window.script(&format!("return {canvas}"));
    window.click("Settings");
    window.click("Dark");
    window.click("Keep");
    window.says("The settings are kept");
    window.is_at(&tab);
    window.until(&format!("{canvas} !== {light}"));
    window.reload();
    window.until(&format!("{canvas} !== {light}"));
    window.prefers("prefers-color-scheme", "dark");
    window.click("Settings");
    window.click("Light");
    window.click("Keep");
    window.expect(canvas, light);
}

#[test]
fn no_request_leaves_the_origin_and_nothing_is_kept_in_the_browser() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    window.click("Next page");
    window.shows("11–20 of 137");
    window.press("c");
    window.modal_is("Add hook");
    window.choose("event", "Joined");
    crate::modal::choose_schema(&window, "c", "CRM");
    window.click("Save");
    window.click("Save disabled");
    window.says("Added Joined → CRM, disabled");
    window.press_all(&["j", "#"]);
    window.has("Undo");
    window.click("History");
    window.shows("1–2 of 2");
    window.back();
    window.shows("11–20 of 137");
    window.until("performance.getEntriesByType('resource').length > 8");
    window
        .until("performance.getEntries().every((e) => !/^[a-z]+:/.test(e.name) || e.name.startsWith(location.origin))");
    window.expect("localStorage.length + sessionStorage.length", 0);
    window.expect("document.cookie", "");
    window.expect_async("indexedDB.databases().then((all) => all.length)", 0);
    window.expect_async("caches.keys().then((all) => all.length)", 0);
}

#[test]
fn on_paper_there_is_the_table_and_no_control() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    window.press_all(&["j", "x"]);
    window.prints();
    window.until("matchMedia('print').matches");
    window.expect(
        "[...document.querySelectorAll('button, input, select, summary, nav, [role=group], .tool, .registry td:last-child > *')]
            .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.matches('[role=switch], nav.pages'))
            .map((e) => e.outerHTML)",
        Vec::<String>::new(),
    );
    window.expect("document.querySelectorAll('tbody tr').length", 10);
    window.until("document.querySelector('tbody tr').checkVisibility()");
    window.until("document.querySelector('h1').checkVisibility()");
}
