//! The whole story in a browser that runs no scripts.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

#[test]
fn the_list_is_filtered_sorted_and_paged() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::without_scripts(&app, "/");
    window.expect("document.body.dataset.hxBooted ?? typeof window.htmx", "undefined");
    window.click("Inbound support");
    window.is_at(&tab);
    window.click("Next page");
    window.shows("11–20 of 137");
    window.click("Flow schema");
    window.is_at(&format!("{tab}?sort=schema"));
    window.choose("enabled", "Enabled");
    window.click("Filter");
    window.shows("1–8 of 8");
    window.click("Clear filters");
    window.shows("1–10 of 137");
    window.click("Rows per page");
    window.press("Control+a");
    window.write("50");
    window.press("Enter");
    window.shows("1–50 of 137");
    window.reload();
    window.shows("1–50 of 137");
}

#[test]
fn a_hook_is_added_edited_switched_removed_and_brought_back() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    schema("Fraud check").create(&app);
    let window = Window::without_scripts(&app, &tab);
    window.click("Add hook");
    window.is_at(&format!("{tab}/new"));
    window.choose("event", "Leaving");
    window.click("Search flow schemas");
    window.write("fraud");
    window.press("Enter");
    window.expect("document.querySelector('dialog[open] .search p').textContent.startsWith('1 ')", true);
    window.choose("schema", "Fraud check");
    window.click("Save");
    window.says("Added Leaving → Fraud check");
    window.is_at(&tab);
    window.click("Edit Leaving → Fraud check");
    window.choose("event", "Processing");
    window.click("Save");
    window.says("Saved Processing → Fraud check");
    window.click("Enabled, Processing → Fraud check");
    window.says("Disabled Processing → Fraud check");
    window.click("Undo");
    window.says("Enabled Processing → Fraud check");
    window.click("Undo");
    window.says("Disabled Processing → Fraud check");
    window.is_at(&tab);
    window.click("Remove Processing → Fraud check");
    window.says("Removed Processing → Fraud check");
    window.shows("1–5 of 5");
    window.click("Undo");
    window.says("Restored Processing → Fraud check");
    window.expect("named('Enabled, Processing → Fraud check').ariaChecked", "false");
}

#[test]
fn a_taken_event_is_replaced() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, &five_hooks(&app));
    window.click("Add hook");
    window.choose("event", "Joined");
    window.choose("schema", "CRM");
    window.click("Save");
    window.has("Save disabled");
    window.click("Replace it");
    window.says("Added Joined → CRM");
}

#[test]
fn several_hooks_are_removed_and_brought_back() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, &five_hooks(&app));
    window.has_no("Remove selected hooks");
    window.click("Select Answered → CRM");
    window.click("Select Joined → CRM");
    window.click("Remove selected hooks");
    window.click("Remove 2 hooks");
    window.says("Removed 2 hooks");
    window.shows("1–3 of 3");
    window.click("Undo");
    window.says("Restored 2 hooks");
    window.shows("1–5 of 5");
}

#[test]
fn all_that_match_are_disabled_and_removed() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, &many(&app));
    window.choose("enabled", "Enabled");
    window.click("Filter");
    window.shows("1–8 of 8");
    window.click("Select all hooks on this page");
    window.click("Disable");
    window.says("Disabled 8 hooks");
    window.click("Clear filters");
    window.click("Select all hooks on this page");
    window.click("Select all 137 matching");
    window.click("Remove selected hooks");
    window.click("Remove 137 hooks");
    window.says("Removed 137 hooks");
    window.click("Undo");
    window.says("Restored 137 hooks");
    window.shows("1–10 of 137");
}

#[test]
fn a_selection_is_enabled() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    hook(queue, crm).event(Joined).off().create(&app);
    hook(queue, crm).event(Missed).off().create(&app);
    let window = Window::without_scripts(&app, &tab(queue));
    window.click("Select Joined → CRM");
    window.click("Select Missed → CRM");
    window.click("Enable");
    window.says("Enabled 2 hooks");
    window.expect("document.querySelectorAll('[role=switch][aria-checked=true]').length", 2);
}

#[test]
fn all_that_match_are_left_when_they_are_others_than_were_seen() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::without_scripts(&app, &tab);
    window.click("Select all hooks on this page");
    window.click("Select all 137 matching");
    let queue = tab.split('/').nth(3).and_then(|id| id.parse().ok()).expect("a queue");
    remove_hook(&app, ids(&app, queue)[0]);
    window.click("Remove selected hooks");
    window.until("document.querySelector('.error p')?.textContent.includes('now it is 136')");
    window.click("Go back");
    window.shows("1–10 of 136");
}

#[test]
fn what_only_scripts_can_do_is_not_offered() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::without_scripts(&app, &tab);
    window.has("Settings");
    window.has_no("Keyboard shortcuts");
    lose_journal(&app);
    window.click("Remove Joined → CRM");
    window.until("document.querySelector('.error code')");
    window.has("Go back");
    window.has_no("Try again");
}

#[test]
fn a_removed_hook_comes_back_from_the_history() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::without_scripts(&app, &tab);
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    window.click("History");
    window.click("Restore Joined → CRM");
    window.says("Restored Joined → CRM");
    window.is_at(&format!("{tab}/history"));
    window.click("Hooks");
    window.shows("1–5 of 5");
}

#[test]
fn a_hook_that_somebody_saved_meanwhile_is_compared_and_overwritten() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let (first, second) = (Window::without_scripts(&app, &tab), Window::without_scripts(&app, &tab));
    for (window, event) in [(&first, "Leaving"), (&second, "Processing")] {
        window.click("Edit Bridged → CRM");
        window.choose("event", event);
    }
    first.click("Save");
    first.says("Saved Leaving → CRM");
    second.click("Save");
    second.expect(
        "[...document.querySelectorAll('.conflict tbody td')].map((td) => td.textContent)",
        vec!["Leaving", "Processing", "CRM", "CRM"],
    );
    second.has("Take theirs");
    second.click("Overwrite");
    second.says("Saved Processing → CRM");
    second.is_at(&tab);
}

#[test]
fn somebody_signs_in_adds_a_person_and_signs_out() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::without_scripts(&app, "/static/favicon.svg");
    window.forgets_session();
    let view = format!("{tab}?page=2");
    window.go(&view);
    sign_in(&window, "tester", "not the password");
    window.until("document.querySelector('p[role=alert]')");
    window.focus_is_on("Password");
    window.write(PASSWORD);
    window.press("Enter");
    window.is_at(&view);
    window.shows("11–20 of 137");
    window.click("People");
    window.click("Add person");
    for (field, text) in [("Name", "boris"), ("Display name", "Boris"), ("Password", PASSWORD)] {
        window.click(field);
        window.write(text);
    }
    window.click("Own choice");
    window.click("Manage");
    window.click("Save");
    window.says("Added Boris (boris)");
    window.click("Boris");
    window.expect("document.querySelectorAll('[name=right]:checked').length", 3);
    window.click("Take access away");
    window.says("Boris (boris) may not come in any more");
    window.click("Access, Boris (boris)");
    window.says("Boris (boris) may come in");
    sign_out(&window, "Test Administrator");
    window.back();
    window.until("location.pathname === '/sign-in'");
    window.go("/sign-in");
    sign_in(&window, "boris", PASSWORD);
    window.is_at("/contact-center/queues");
}

#[test]
fn one_looks_after_ones_own_account() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    for _ in 0..2 {
        app.browser_of(anna);
    }
    let window = Window::without_scripts(&app, "/sign-in");
    window.becomes(&app.browser_of(anna).cookie(SESSION.0).expect("a session"));
    window.go("/account");
    window.expect("document.querySelectorAll('tbody tr').length", 3);
    window.click("End all other sessions");
    window.says("2 sessions are ended");
    for (field, text) in [("Current password", PASSWORD), ("New password", "another four words")] {
        window.click(field);
        window.write(text);
    }
    window.press("Enter");
    window.says("Your password is changed. Your other sessions are ended");
    sign_out(&window, "The anna");
    sign_in(&window, "anna", "another four words");
    window.is_at("/contact-center/queues");
}

#[test]
fn a_form_that_is_sent_after_the_session_ended_is_filled_in_again_after_signing_in() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::without_scripts(&app, &format!("{tab}/new?enabled=true"));
    window.choose("event", "Leaving");
    window.choose("schema", "CRM");
    window.forgets_session();
    window.click("Save");
    sign_in(&window, "tester", PASSWORD);
    window.expect("document.querySelector('dialog[open] h2').textContent", "Add hook");
    window.expect("document.querySelector('#event').value", "leaving");
    window.until("document.activeElement.matches('dialog .conflict')");
    assert_eq!(ids(&app, 1).len(), 5);
    window.click("Save");
    window.says("Added Leaving → CRM");
    window.is_at(&format!("{tab}?enabled=true"));
}

#[test]
fn a_text_that_was_typed_before_another_sign_in_is_shown_again() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, "/routing/flow/new");
    window.click("Name");
    window.write("Typed");
    window.click("Schema");
    window.press("Control+a");
    window.write("[{\"log\":\"typed\"}]");
    window.gets_cookie("queue-hooks-token", &"a1".repeat(16));
    window.click("Save");
    window.until("document.querySelector('main .conflict').innerText.includes('Test Administrator (tester)')");
    window.expect("document.querySelector('#text').value", "[{\"log\":\"typed\"}]");
    window.click("Save");
    window.says("Added Typed");
}

#[test]
fn what_failed_and_was_not_held_is_sent_again_by_reloading() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, &five_hooks(&app));
    lose_journal(&app);
    window.click("Enabled, Joined → CRM");
    window.until("document.body.innerText.includes('reload this page to send it again')");
    find_journal(&app);
    window.reload();
    window.says("Disabled Joined → CRM");
}
