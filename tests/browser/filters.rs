//! Filters act at once: on a choice, and on a pause in typing. Whoever types is not disturbed.

use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

const QUEUES: &str = "/contact-center/queues";
const FOCUS: &str = "document.activeElement.id";
const SEARCH: &str = "document.getElementById('q').value";
const COUNT: &str = "document.getElementById('count').textContent";

/// Twelve queues, “Queue 01” to “Queue 12”.
fn twelve_queues(app: &App) {
    for number in 1..=12 {
        queue().name(&format!("Queue {number:02}")).create(app);
    }
}

/// Types a text where the focus is, letter by letter and without a pause.
fn type_quickly(window: &Window, text: &str) {
    window.script(&format!("for (const letter of {text:?}) document.execCommand('insertText', false, letter)"));
}

/// Counts what the page requests from now on.
fn count_requests(window: &Window) {
    window.script(
        "const fetch = window.fetch;
        window.asked = 0;
        window.fetch = (...request) => { window.asked += 1; return fetch(...request); }",
    );
}

/// Lets twice as much time pass as a pause takes.
fn pause(window: &Window) {
    window.script_async("setTimeout(arguments[arguments.length - 1], 600)");
}

#[test]
fn a_choice_filters_at_once_and_the_focus_stays() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.has_no("Filter");
    window.choose("enabled", "Enabled");
    window.is_at(&format!("{tab}?enabled=true"));
    window.shows("1–8 of 8");
    window.expect(FOCUS, "enabled");
    window.click("Select Joined → CRM");
    window.click("Event Any");
    window.click("Joined 18");
    window.is_at(&format!("{tab}?event=joined&enabled=true"));
    window.has("Event Joined");
    window.selects(1);
    window.focus_is_on("Joined 18");
    // The menu is still open.
    window.press("Tab");
    window.focus_is_on("Answered 17");
    window.press("Space");
    window.is_at(&format!("{tab}?event=joined&event=answered&enabled=true"));
    window.has("Event 2 chosen");
    window.focus_is_on("Answered 17");
    is_accessible(&window);
    window.wide();
    window.press("Escape");
    window.has_no("Answered 17");
    window.focus_is_on("Event 2 chosen");
    // Each choice is taken back by itself.
    for query in ["?event=joined&enabled=true", "?enabled=true"] {
        window.back();
        window.is_at(&format!("{tab}{query}"));
    }
    window.has("Event Any");
    window.expect("document.getElementById('enabled').value", "true");
}

#[test]
fn a_pause_in_typing_filters_and_the_caret_stays() {
    let app = App::start(Backend::Sqlite);
    twelve_queues(&app);
    let window = Window::open(&app, QUEUES);
    window.click("Next page");
    window.shows("11–12 of 12");
    let entries = window.script("return navigation.entries().length").as_i64().expect("a number");
    count_requests(&window);
    window.press("/");
    type_quickly(&window, "ueue ");
    window.is_at(&format!("{QUEUES}?q=ueue"));
    window.shows("1–10 of 12");
    window.expect(COUNT, "12 queues match");
    window.expect("asked", 1);
    // What the server leaves out is still there, and so is the caret.
    window.expect(SEARCH, "ueue ");
    type_quickly(&window, "0");
    window.is_at(&format!("{QUEUES}?q=ueue+0"));
    window.press("Home");
    type_quickly(&window, "q");
    window.is_at(&format!("{QUEUES}?q=queue+0"));
    window.shows("1–9 of 9");
    window.expect(SEARCH, "queue 0");
    window.expect("document.activeElement.selectionStart", 1);
    window.expect(FOCUS, "q");
    // All of it is one step.
    window.expect("navigation.entries().length", entries + 1);
    window.back();
    window.is_at(&format!("{QUEUES}?page=2"));
    window.expect(SEARCH, "");
    window.press("/");
    type_quickly(&window, "12");
    window.shows("1–1 of 1");
    window.back();
    window.shows("11–12 of 12");
}

#[test]
fn escape_clears_the_search_and_enter_leads_to_what_it_found() {
    let app = App::start(Backend::Sqlite);
    twelve_queues(&app);
    let window = Window::open(&app, QUEUES);
    window.press("/");
    type_quickly(&window, "1");
    window.shows("1–4 of 4");
    window.press("Escape");
    window.is_at(QUEUES);
    window.expect(SEARCH, "");
    window.expect(FOCUS, "q");
    type_quickly(&window, "12");
    window.press("Enter");
    window.shows("1–1 of 1");
    window.focus_is_on("Queues");
    window.expect("document.activeElement.localName", "caption");
    // Also when it was found already.
    window.press("/");
    window.press("Enter");
    window.expect("document.activeElement.localName", "caption");
    window.press("j");
    window.focus_is_on("Select Queue 12");
    window.back();
    window.is_at(QUEUES);
    window.press("?");
    window.until("document.querySelector('#keys').textContent.includes('Esc in the search')");
}

#[test]
fn a_late_answer_takes_nothing_away() {
    let app = App::start(Backend::Sqlite);
    twelve_queues(&app);
    let window = Window::open(&app, QUEUES);
    window.press("/");
    // The second search takes the place of the first.
    window.hold();
    type_quickly(&window, "1");
    window.expect("asked", 1);
    type_quickly(&window, "2");
    window.let_go(2);
    window.is_at(&format!("{QUEUES}?q=12"));
    window.shows("1–1 of 1");
    // What is typed while an answer comes is there afterwards, and is searched for.
    window.press("Escape");
    window.is_at(QUEUES);
    window.hold();
    type_quickly(&window, "0");
    window.expect("asked", 1);
    window.script("letGo(); document.execCommand('insertText', false, '3')");
    window.is_at(&format!("{QUEUES}?q=03"));
    window.expect(SEARCH, "03");
    window.expect(FOCUS, "q");
    // Another page takes the place of a search, and a change does not.
    window.press("Escape");
    window.is_at(QUEUES);
    window.script("document.execCommand('insertText', false, 'x'); document.querySelector('[rel=next]').click()");
    window.is_at(&format!("{QUEUES}?page=2"));
    pause(&window);
    window.is_at(&format!("{QUEUES}?page=2"));
    window.press("/");
    window.script("document.execCommand('insertText', false, '11'); document.querySelector('[role=switch]').click()");
    window.is_at(&format!("{QUEUES}?q=11"));
    window.expect("named('Enabled, Queue 11').ariaChecked", "false");
}

#[test]
fn what_is_being_composed_is_not_searched_for() {
    let app = App::start(Backend::Sqlite);
    queue().name("かいしゃ").create(&app);
    let window = Window::open(&app, QUEUES);
    count_requests(&window);
    window.press("/");
    for text in ["か", "かい"] {
        let at = text.chars().count();
        let composed = serde_json::json!({ "text": text, "selectionStart": at, "selectionEnd": at });
        window.devtools("Input.imeSetComposition", &composed);
    }
    window.expect(SEARCH, "かい");
    pause(&window);
    window.expect("asked", 0);
    window.devtools("Input.insertText", &serde_json::json!({ "text": "かい" }));
    window.until("new URL(location).searchParams.get('q') === 'かい'");
    window.shows("1–1 of 1");
    window.expect("asked", 1);
}

#[test]
fn a_search_that_fails_leaves_what_was_typed_and_can_be_tried_again() {
    let app = App::start(Backend::Sqlite);
    twelve_queues(&app);
    let window = Window::open(&app, QUEUES);
    window.offline(true);
    window.press("/");
    type_quickly(&window, "1");
    window.has("Try again");
    window.expect(FOCUS, "q");
    window.offline(false);
    type_quickly(&window, "2");
    window.shows("1–1 of 1");
    window.has_no("Try again");
    // Nobody is signed in any more.
    window.forgets_session();
    window.press("Backspace");
    window.has("Sign in");
    window.expect(SEARCH, "1");
    window.is_at(&format!("{QUEUES}?q=12"));
    window.becomes(SESSION.1);
    window.offline(true);
    window.choose("enabled", "Enabled");
    window.has("Try again");
    window.offline(false);
    window.click("Try again");
    window.is_at(&format!("{QUEUES}?enabled=true&q=1"));
    window.shows("1–4 of 4");
    window.until("document.activeElement !== document.body");
}

#[test]
fn unsaved_changes_beside_a_filter_are_asked_about() {
    let app = App::start(Backend::Sqlite);
    twelve_queues(&app);
    let window = Window::open(&app, QUEUES);
    window.script(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<form data-guard><input id=note></form>');
        document.getElementById('note').value = 'typed'",
    );
    window.press("/");
    type_quickly(&window, "1");
    window.answer("Leave without saving your changes?", false);
    window.is_at(QUEUES);
    window.expect(SEARCH, "1");
    type_quickly(&window, "2");
    window.answer("Leave without saving your changes?", true);
    window.is_at(&format!("{QUEUES}?q=12"));
}

#[test]
fn every_list_with_a_filter_acts_at_once() {
    let app = App::start(Backend::Sqlite);
    let crm = schema("CRM").create(&app);
    let id = queue().create(&app);
    let hook = hook(id, crm).create(&app);
    let window = Window::open(&app, "/");
    let (coverage, uses, copies) =
        (format!("{QUEUES}/coverage"), format!("/routing/flow/{crm}/hooks"), format!("{}/{hook}/copies", tab(id)));
    for (path, list) in [
        (QUEUES, "enabled"),
        (&tab(id), "enabled"),
        (&coverage, "missing"),
        (&uses, "enabled"),
        (&copies, "enabled"),
        ("/routing/flow", "used"),
        ("/people", ""),
    ] {
        window.go(path);
        let mut at = path.to_owned();
        if !list.is_empty() {
            let last = format!("[...document.getElementById('{list}').options].at(-1)");
            let option = window.script(&format!("return {last}.textContent"));
            window.choose(list, option.as_str().expect("a text"));
            at.push_str(&format!("?{list}="));
            window.until(&format!("(location.pathname + location.search).startsWith({at:?})"));
            window.expect(FOCUS, list);
        }
        window.has_no("Filter");
        window.has_no("Search");
        window.press("/");
        window.expect(FOCUS, "q");
        type_quickly(&window, "nothing");
        window.until("new URL(location).searchParams.get('q') === 'nothing'");
        window.until(&format!("{COUNT}.startsWith('0 ')"));
        window.expect(FOCUS, "q");
    }
    let histories = [QUEUES, &tab(id), "/routing/flow", &format!("/routing/flow/{crm}"), "/people"];
    for path in histories.map(|path| format!("{path}/history")) {
        window.go(&path);
        window.has_no("Filter");
        let first = "document.querySelector('[data-filters] input')";
        window.script(&format!("{first}.focus()"));
        window.press("Space");
        window.until("location.search.startsWith('?action=')");
        window.until(&format!("{COUNT}.includes(' match')"));
        window.until(&format!("document.activeElement === {first} && {first}.checked"));
    }
}
