//! Servers that die and return, databases that are away or slow: a message with a way to try again, nothing
//! half-swapped, nothing done twice.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use support::window::*;
use support::*;

/// Somebody else who keeps the database from being written, until this is dropped.
fn lock(app: &App) -> SqliteConnection {
    let mut holder = SqliteConnection::establish(file(app)).expect("the database opens");
    holder.batch_execute("BEGIN IMMEDIATE").expect("nobody else writes");
    holder
}

fn file(app: &App) -> &str {
    app.url.strip_prefix("sqlite://").expect("a file")
}

/// The page is as it was, says that something failed, and its controls can be used.
#[track_caller]
fn stands_as_it_was(window: &Window, tab: &str, says: &str) {
    window.has("Try again");
    window.until(&format!("document.querySelector('#alert').textContent.includes('{says}')"));
    window.shows("1–5 of 5");
    window.is_at(tab);
    window
        .until("document.querySelectorAll('#page').length === 1 && document.querySelectorAll('tbody tr').length === 5");
    window.until("[...document.querySelectorAll('button')].every((button) => !button.disabled)");
    window.press("j");
    window.until("document.activeElement.matches('tr')");
    window.press_all(&["x", "x"]);
    window.selects(0);
}

fn queue_of(tab: &str) -> i64 {
    tab.split('/').nth(3).and_then(|id| id.parse().ok()).expect("the path of a tab")
}

#[test]
fn a_server_that_was_away_does_once_what_is_tried_again() {
    let mut app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.may_be_offline.set(true);
    app.die();
    window.click("Remove Joined → CRM");
    stands_as_it_was(&window, &tab, "did not answer");
    app.restart();
    window.click("Try again");
    window.says("Removed Joined → CRM");
    window.has_no("Try again");
    window.shows("1–4 of 4");
    window.is_at(&tab);
    assert_eq!(journal(&app, queue_of(&tab)).len(), 1);
}

#[test]
fn a_server_that_dies_in_the_middle_of_a_click_does_it_once() {
    let mut app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.may_be_offline.set(true);
    let mut holder = lock(&app);
    window.click("Remove Joined → CRM");
    window.until("named('Remove Joined → CRM').disabled");
    std::thread::scope(|scope| {
        // It ends when the change that waits for the lock has ended.
        let death = scope.spawn(|| app.die());
        stands_as_it_was(&window, &tab, "did not answer");
        holder.batch_execute("ROLLBACK").expect("the lock is let go");
        death.join().expect("the server ends");
    });
    app.restart();
    window.click("Try again");
    window.until(
        "/^(Removed Joined → CRM|That was removed already.)$/.test(document.querySelector('#status p')?.textContent)",
    );
    window.shows("1–4 of 4");
    window.is_at(&tab);
    assert_eq!(journal(&app, queue_of(&tab)).len(), 1);
}

#[test]
fn a_database_that_is_away_is_a_message_and_trying_again_helps_when_it_is_back() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    let away = format!("{}-away", file(&app));
    std::fs::rename(file(&app), &away).expect("the file is moved");
    for control in ["Enabled, Joined → CRM", "Remove Joined → CRM"] {
        window.click(control);
        stands_as_it_was(&window, &tab, "The database is away");
    }
    window.expect("named('Enabled, Joined → CRM').ariaChecked", "true");
    std::fs::rename(&away, file(&app)).expect("the file is moved back");
    window.click("Try again");
    window.says("Removed Joined → CRM");
    window.has_no("Try again");
    window.shows("1–4 of 4");
    window.is_at(&tab);
    assert_eq!(journal(&app, queue_of(&tab)).len(), 1);
}

#[test]
fn a_page_that_was_loaded_while_the_database_was_away_is_loaded_again_by_trying_again() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    let away = format!("{}-away", file(&app));
    std::fs::rename(file(&app), &away).expect("the file is moved");
    window.reload();
    window.expect("document.querySelector('main h1').textContent", "The database is away");
    window.click("Try again");
    window.until("document.readyState === 'complete'");
    window.expect("document.querySelector('main h1').textContent", "The database is away");
    // A swap that fails as well is tried again where it says so, above the page.
    window.click("Go back");
    window.until("document.querySelector('#alert [data-retry]')");
    std::fs::rename(&away, file(&app)).expect("the file is moved back");
    window.script("document.querySelector('main [data-retry]').click()");
    window.shows("1–5 of 5");
    window.is_at(&tab);
    window.has_no("Try again");
}

#[test]
fn an_answer_that_takes_too_long_is_a_message_and_nothing_is_done_twice() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.may_be_offline.set(true);
    window.expect("htmx.config.defaultTimeout", 15_000);
    window.script("htmx.config.defaultTimeout = 300");
    let mut holder = lock(&app);
    window.click("Remove Joined → CRM");
    stands_as_it_was(&window, &tab, "check whether it was done");
    window.script("htmx.config.defaultTimeout = 15000");
    holder.batch_execute("ROLLBACK").expect("the lock is let go");
    window.click("Try again");
    // Whichever of the two comes first has removed it.
    window.until(
        "/^(Removed Joined → CRM|That was removed already.)$/.test(document.querySelector('#status p')?.textContent)",
    );
    window.shows("1–4 of 4");
    assert_eq!(journal(&app, queue_of(&tab)).len(), 1);
}

#[test]
fn all_that_match_are_not_removed_when_they_are_others_than_were_seen() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let view = format!("{tab}?page=2");
    let window = Window::open(&app, &view);
    window.click("Select all hooks on this page");
    window.click("Select all 137 matching");
    let queue = queue_of(&tab);
    remove_hook(&app, ids(&app, queue)[0]);
    window.click("Remove 137 hooks");
    window.expect(
        "document.querySelector('.error p').textContent",
        "137 hooks matched when you selected them, now it is 136. Nothing was changed.",
    );
    window.until("document.activeElement.matches('.error')");
    window.is_at(&view);
    window.click("Go back");
    window.shows("11–20 of 136");
    // Meanwhile there is the question too.
    window.click("Select all hooks on this page");
    window.click("Select all 136 matching");
    window.click("Remove 136 hooks");
    window.focus_is_on("Cancel");
    let question = window.path();
    remove_hook(&app, ids(&app, queue)[0]);
    window.click("Remove 136 hooks");
    window.until("document.querySelector('.error p')?.textContent.includes('now it is 135')");
    window.is_at(&question);
    assert_eq!(ids(&app, queue).len(), 135);
    assert!(journal(&app, queue).is_empty());
}

#[test]
fn a_selection_of_nothing_is_refused_and_never_means_all() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.press("#");
    window.selects(0);
    // The tools for a selection are not there without one, so this is what a broken page would send.
    window.script("document.getElementById('selection').requestSubmit()");
    window.until("document.querySelector('.error p')?.textContent === 'Select at least one hook first.'");
    window.is_at(&tab);
    window.click("Go back");
    window.shows("1–5 of 5");
    assert_eq!(ids(&app, queue_of(&tab)).len(), 5);
}

#[test]
fn a_double_click_asks_once() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    let queue = queue_of(&tab);
    let held_double_click = |name: &str| {
        window.hold();
        window.click_with(None, name, 2);
        window.let_go(1);
    };
    held_double_click("Enabled, Joined → CRM");
    window.says("Disabled Joined → CRM");
    window.expect("named('Enabled, Joined → CRM').ariaChecked", "false");
    assert_eq!(journal(&app, queue).len(), 1);
    window.press_all(&["j", "Control+a", "#"]);
    window.focus_is_on("Cancel");
    held_double_click("Remove 5 hooks");
    window.says("Removed 5 hooks");
    assert_eq!(journal(&app, queue).len(), 6);
    held_double_click("Undo");
    window.says("Restored 5 hooks");
    window.shows("1–5 of 5");
    assert_eq!(journal(&app, queue).len(), 11);
}

/// The browser gives up what takes too long, but not what is only large.
#[test]
fn a_large_text_on_a_slow_line_may_take_its_time() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.script("htmx.config.defaultTimeout = 500");
    window.uploads(60_000);
    window.click("Name");
    window.write("Large");
    window.script(
        "const text = document.querySelector('[data-code]');
        text.value = `[{\"log\":\"${'x'.repeat(90_000)}\"}]`;
        text.dispatchEvent(new Event('input', { bubbles: true }));",
    );
    window.click("Save");
    window.says("Added Large");
}
