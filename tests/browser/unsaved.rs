//! Nothing that was typed is lost, whatever happens between typing and saving.

use diesel::RunQueryDsl;
use queue_hooks::db::schema::sign_in_failures;
use support::window::*;
use support::*;

const TEXT: &str = "document.querySelector('#text').value";
const NAME: &str = "document.querySelector('#name').value";
const LEAVE: &str = "Leave without saving your changes?";

/// Another page of the browser signed in anew, so that this one has an old token.
fn signs_in_elsewhere(window: &Window, token: &str) {
    window.gets_cookie("queue-hooks-token", &token.repeat(16));
}

#[track_caller]
fn signs_in_beside(window: &Window, name: &str) {
    window.until("document.querySelector('[data-alert] h1')?.textContent === 'You are signed out'");
    sign_in(window, name, PASSWORD);
    window.until("document.querySelector('[data-alert] h1')?.textContent.startsWith('You are signed in as ')");
}

#[test]
fn back_and_forward_ask_before_a_form_with_changes_is_left() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let window = Window::open(&app, "/routing/flow");
    for (open, path) in [("CRM", format!("/routing/flow/{id}")), ("Add flow schema", "/routing/flow/new".into())] {
        window.click(open);
        window.is_at(&path);
        window.click("Name");
        window.write("typed");
        let typed = window.script(&format!("return {NAME}"));
        for _ in 0..2 {
            window.script("history.back()");
            window.answer(LEAVE, false);
            window.is_at(&path);
            window.expect(NAME, typed.clone());
        }
        window.script("history.back()");
        window.answer(LEAVE, true);
        window.is_at("/routing/flow");
        window.has("Add flow schema");
    }
    window.script("history.forward()");
    window.is_at("/routing/flow/new");
    window.focus_is_on("Name");
    window.expect(NAME, "");
    window.click("Cancel");
    window.has("Add flow schema");
    window.script("history.back()");
    window.is_at("/routing/flow/new");
    window.click("Name");
    window.write("typed");
    window.script("history.forward()");
    window.answer(LEAVE, false);
    window.is_at("/routing/flow/new");
    window.expect(NAME, "typed");
    window.click("Cancel");
    window.answer(LEAVE, true);
    window.is_at("/routing/flow");
}

#[test]
fn back_out_of_a_changed_modal_asks() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    let modal = window.path();
    window.choose("event", "Leaving");
    window.script("history.back()");
    window.answer(LEAVE, false);
    window.modal_is("Edit hook");
    window.is_at(&modal);
    window.click("Save");
    window.says("Saved Leaving → CRM");
}

#[test]
fn a_form_about_a_person_asks_and_so_do_the_other_forms_of_its_page() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let window = Window::open(&app, "/people/new");
    window.focus_is_on("Name");
    window.write("boris");
    window.click("People");
    window.answer(LEAVE, false);
    window.expect(NAME, "boris");
    window.click("People");
    window.answer(LEAVE, true);
    window.is_at("/people");
    window.click("The anna");
    window.is_at(&format!("/people/{anna}"));
    window.click("Administrator everything, people included");
    for button in ["Take access away", "End all sessions"] {
        window.click(button);
        window.answer(LEAVE, false);
    }
    window.click("Settings");
    window.click("Keep");
    window.answer(LEAVE, false);
    window.expect("document.querySelector('[name=preset]:checked').value", "administrator");
    window.click("Save");
    window.says("Saved The anna (anna)");
}

#[test]
fn who_saves_after_the_session_ended_signs_in_beside_the_form_and_saves() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let window = Window::open(&app, &format!("/routing/flow/{id}"));
    window.click("Schema");
    window.press("Control+a");
    window.write("[{\"log\":\"typed\"}]");
    end_sessions(&app);
    window.press("Control+Enter");
    signs_in_beside(&window, "tester");
    window.expect(TEXT, "[{\"log\":\"typed\"}]");
    window.click("Save");
    window.says("Saved CRM");
    window.expect(&format!("{TEXT}.includes('typed')"), true);
    // The drop-down asks too, and in the modal that is where the message is.
    window.go(&format!("{}/new", tab(queue().create(&app))));
    window.modal_is("Add hook");
    window.choose("event", "Leaving");
    end_sessions(&app);
    window.click("Flow schema");
    signs_in_beside(&window, "tester");
    window.click("Try again");
    window.click("CRM");
    window.click("Save");
    window.says("Added Leaving → CRM");
}

#[test]
fn a_new_person_and_their_password_wait_until_somebody_signed_in_again() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people/new");
    for (field, text) in [("Name", "boris"), ("Display name", "Boris"), ("Password", PASSWORD)] {
        window.click(field);
        window.write(text);
    }
    end_sessions(&app);
    window.click("Save");
    window.until("document.querySelector('[data-alert] h1')?.textContent === 'You are signed out'");
    // A wrong password is told in the same place.
    sign_in(&window, "tester", "not the password");
    window.until("document.querySelector('[data-alert] p[role=alert]')");
    window.write(PASSWORD);
    window.press("Enter");
    window.click("Try again");
    window.says("Added Boris (boris)");
}

#[test]
fn a_form_that_was_made_before_another_sign_in_is_saved_at_the_second_try() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, "/contact-center/queues/new");
    window.focus_is_on("Name");
    window.write("Orders");
    window.choose("type", "Inbound");
    signs_in_elsewhere(&window, "a1");
    window.click("Save");
    window
        .until("document.querySelector('[data-alert]').innerText.includes('signed in as Test Administrator (tester)')");
    window.expect(NAME, "Orders");
    window.click("Save");
    window.says("Added Orders");
    // A page without a form is not taken away either.
    window.go(&tab);
    window.shows("1–5 of 5");
    signs_in_elsewhere(&window, "b2");
    window.click("Remove Joined → CRM");
    window.click("Try again");
    window.says("Removed Joined → CRM");
}

#[test]
fn a_form_stays_while_the_database_is_away_and_when_it_is_too_large() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.focus_is_on("Name");
    window.write("Typed");
    let file = app.url.strip_prefix("sqlite://").expect("a file");
    let away = format!("{file}-away");
    std::fs::rename(file, &away).expect("the file is moved");
    window.click("Save");
    window.until("document.querySelector('[data-alert] h1')?.textContent === 'The database is away'");
    window.expect(NAME, "Typed");
    std::fs::rename(&away, file).expect("the file is moved back");
    window.script("document.querySelector('#text').value = ' '.repeat(5 << 20)");
    window.click("Save");
    window.until("document.querySelector('[data-alert]').innerText.includes('too much')");
    window.expect(&format!("{TEXT}.length"), 5 << 20);
    window.script("document.querySelector('#text').value = '[]'");
    window.click("Save");
    window.says("Added Typed");
}

#[test]
fn the_forms_of_the_door_and_of_the_account_stay_while_nobody_answers() {
    let app = App::start(Backend::Sqlite);
    let window = Window::of_nobody(&app, "/people");
    let offline_then = |password: &str, button: &str| {
        window.offline(true);
        window.press("Enter");
        window.has("Try again");
        window.expect("document.getElementById('password').value", password);
        window.offline(false);
        window.click(button);
    };
    window.focus_is_on("Name");
    window.write("tester");
    window.press("Tab");
    window.write(PASSWORD);
    offline_then(PASSWORD, "Sign in");
    window.is_at("/people");
    window.has("Signed in as Test Administrator");
    window.go("/account");
    for (field, text) in [("Current password", PASSWORD), ("New password", "another four words")] {
        window.click(field);
        window.write(text);
    }
    offline_then("another four words", "Try again");
    window.says("Your password is changed. Your other sessions are ended");
    let window = crate::sign_in::set_up(&app);
    window.focus_is_on("Name");
    window.write("anna");
    window.press("Tab");
    window.write("Anna");
    window.click("Queue Hooks");
    window.answer(LEAVE, false);
    window.click("Password");
    window.write(PASSWORD);
    window.gets_cookie("queue-hooks-token", &"a1".repeat(16));
    window.press("Enter");
    window.click("Try again");
    window.has("Signed in as Anna");
}

#[test]
fn trying_again_asks_as_a_link_does_before_it_leads_away_from_what_was_typed() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let window = Window::open(&app, "/routing/flow");
    window.click("CRM");
    let path = format!("/routing/flow/{id}");
    window.is_at(&path);
    for leave in ["link", "back"] {
        window.click("Name");
        window.write("typed");
        if leave == "link" {
            end_sessions(&app);
            window.script("document.querySelector('.crumbs a[href=\"/routing/flow\"]').click()");
            window.answer(LEAVE, true);
            signs_in_beside(&window, "tester");
        } else {
            window.offline(true);
            window.script("history.back()");
            window.answer(LEAVE, true);
            window.has("Try again");
            window.offline(false);
        }
        window.click("Name");
        window.press("End");
        window.write(" more");
        let typed = window.script(&format!("return {NAME}"));
        window.click("Try again");
        window.answer(LEAVE, false);
        window.is_at(&path);
        window.expect(NAME, typed);
        window.click("Try again");
        window.answer(LEAVE, true);
        window.is_at("/routing/flow");
        window.has_no("Try again");
        window.click("CRM");
        window.is_at(&path);
        window.expect(NAME, "CRM");
    }
}

#[test]
fn passwords_stay_when_there_were_too_many_attempts_and_when_another_field_is_refused() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/account");
    let value = |id: &str| format!("document.getElementById('{id}').value");
    for (field, text) in [("Current password", PASSWORD), ("New password", "short")] {
        window.click(field);
        window.write(text);
    }
    window.click("Change password");
    window.until("document.getElementById('password').ariaInvalid");
    window.expect(&value("password"), "");
    window.expect(&value("current"), PASSWORD);
    window.write("another four words");
    let guess = [("current", "not the password"), ("password", "another four words")];
    let statuses: Vec<u16> = (0..11).map(|_| app.browser().post("/account/password", &guess).status).collect();
    assert_eq!(statuses.last(), Some(&429));
    window.click("Change password");
    window.until("document.getElementById('current-error')?.textContent.includes('Try again in ')");
    window.expect(&value("current"), PASSWORD);
    window.expect(&value("password"), "another four words");
    write(&app, |conn| diesel::delete(sign_in_failures::table).execute(conn));
    window.click("Change password");
    window.says("Your password is changed. Your other sessions are ended");
}

/// `a_body_that_does_not_come_is_answered_after_ten_seconds` in `tests/web` has the answer; Chromium asks for it twice.
#[test]
fn a_form_stays_when_it_took_too_long() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.click("Name");
    window.write("Typed");
    window.script(
        "const { fetch } = window;
        window.fetch = () => {
            window.fetch = fetch;
            const headers = { 'Content-Type': 'text/html', 'Queue-Hooks': 'fault', 'HX-Push-Url': 'false' };
            const page = '<title>That took too long</title><div id=page><section class=error><h1>That took too long</h1>';
            return Promise.resolve(new Response(page, { status: 408, headers }));
        }",
    );
    window.click("Save");
    window.until("document.querySelector('[data-alert] h1')?.textContent === 'That took too long'");
    window.expect(NAME, "Typed");
    window.focus_is_on("Save");
    window.click("Save");
    window.says("Added Typed");
}
