//! Coming in and going out: the sign-in page, a session that ends, the set-up page.

use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::{people, people_journal, sessions};
use support::window::*;
use support::*;

/// Lets a person come in or not, past the application.
fn let_in(app: &App, person: i64, enabled: bool) {
    write(app, |conn| diesel::update(people::table.find(person)).set(people::enabled.eq(enabled)).execute(conn));
}

#[track_caller]
fn is_asked_to_sign_in(window: &Window, next: &str) {
    window.until("location.pathname === '/sign-in'");
    window.expect("new URLSearchParams(location.search).get('next')", next);
    window.expect("document.querySelector('h1').textContent", "Sign in");
}

#[test]
fn a_bookmark_leads_to_signing_in_and_then_to_that_very_view() {
    let app = App::start(Backend::Sqlite);
    let view = format!("{}?enabled=false&sort=schema&page=2", many(&app));
    let window = Window::of_nobody(&app, &view);
    is_asked_to_sign_in(&window, &view);
    sign_in(&window, "tester", PASSWORD);
    window.is_at(&view);
    window.shows("11–20 of 129");
    window.expect("document.querySelector('[aria-sort]').textContent", "Flow schema");
}

#[test]
fn a_bookmark_of_the_modal_leads_back_into_it() {
    let app = App::start(Backend::Sqlite);
    let view = format!("{}/new?page=3", many(&app));
    let window = Window::of_nobody(&app, &view);
    is_asked_to_sign_in(&window, &view);
    sign_in(&window, "tester", PASSWORD);
    window.modal_is("Add hook");
    window.is_at(&view);
    window.press("Escape");
    window.shows("21–30 of 137");
}

#[test]
fn a_wrong_password_is_told_once_and_the_name_stays() {
    let app = App::start(Backend::Sqlite);
    let view = format!("{}?page=2", many(&app));
    let window = Window::of_nobody(&app, &view);
    for (name, password) in [("tester", "not the password"), ("", "nor this one")] {
        if name.is_empty() {
            window.write(password);
            window.press("Enter");
        } else {
            sign_in(&window, name, password);
        }
        is_asked_to_sign_in(&window, &view);
        window.expect(
            "[...document.querySelectorAll('[role=alert]')].map((e) => e.textContent.trim()).filter(Boolean)",
            vec!["That name and password do not open Queue Hooks. Check both, or ask somebody who manages people."],
        );
        window.focus_is_on("Password");
        window.expect("document.activeElement.value", "");
        window.expect("document.getElementById('name').value", "tester");
        window.until(
            "document.activeElement.getAttribute('aria-describedby') === document.querySelector('p[role=alert]').id",
        );
    }
    window.write(PASSWORD);
    window.press("Enter");
    window.is_at(&view);
}

#[test]
fn an_unknown_name_and_a_wrong_password_look_the_same() {
    let app = App::start(Backend::Sqlite);
    person("anna").off().create(&app);
    let window = Window::of_nobody(&app, "/");
    let mut seen = Vec::new();
    for name in ["tester", "nobody", "anna"] {
        window.go("/sign-in");
        sign_in(&window, name, "not the password");
        window.until("document.querySelector('p[role=alert]')");
        // But for the token of the form, and the moment.
        let html = window.script(
            "return document.body.outerHTML.replace(/name=\"token\" value=\"[^\"]*\"|data-now=\"[^\"]*\"/g, '')",
        );
        seen.push(html.as_str().expect("a page").replace(name, "NAME"));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn who_signed_out_cannot_use_what_back_shows() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    window.click("Next page");
    window.shows("11–20 of 137");
    sign_out(&window, "Test Administrator");
    window.is_at("/sign-in");
    window.back();
    is_asked_to_sign_in(&window, &format!("{tab}?page=2"));
    window.expect("document.querySelector('main table')", serde_json::Value::Null);
    window.go(&tab);
    is_asked_to_sign_in(&window, &tab);
    sign_in(&window, "tester", PASSWORD);
    window.shows("1–10 of 137");
}

/// Somebody left a window open and signed out in another one of the same browser: all that the first can do
/// leads to the sign-in page.
#[test]
fn a_page_that_was_left_open_leads_to_signing_in_whatever_is_pressed() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let left = format!("{tab}?page=2");
    let window = Window::open(&app, &left);
    let before = ids(&app, 1);
    for keys in [&["]"][..], &["r"], &["c"], &["j", "t"], &["j", "e"], &["j", "#"], &["j", "x", "#"]] {
        window.shows("11–20 of 137");
        end_sessions(&app);
        window.press_all(keys);
        is_asked_to_sign_in(&window, &left);
        sign_in(&window, "tester", PASSWORD);
        window.is_at(&left);
    }
    assert_eq!(ids(&app, 1), before);
}

#[test]
fn who_opens_the_drop_down_list_after_the_session_ended_signs_in_and_is_back_in_the_modal() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    let modal = window.path();
    end_sessions(&app);
    window.click("Flow schema");
    is_asked_to_sign_in(&window, &modal);
    sign_in(&window, "tester", PASSWORD);
    window.modal_is("Edit hook");
    window.is_at(&modal);
}

#[test]
fn who_is_disabled_while_typing_is_out_until_let_in_again() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let anna = person("anna").preset(Preset::Editor).create(&app);
    let window = Window::of(&app, anna, &tab);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    let_in(&app, anna, false);
    window.press("Control+Enter");
    sign_in(&window, "anna", PASSWORD);
    window.until("document.querySelector('p[role=alert]')");
    let_in(&app, anna, true);
    window.focus_is_on("Password");
    window.write(PASSWORD);
    window.press("Enter");
    window.click("Try again");
    window.says("Saved Leaving → CRM");
}

#[test]
fn the_set_up_page_makes_the_first_administrator_by_keyboard_and_only_one() {
    let app = App::start(Backend::Sqlite);
    let window = set_up(&app);
    let link = window.path();
    window.focus_is_on("Name");
    window.write("anna");
    window.press("Tab");
    window.write("Anna Antonova");
    window.press("Tab");
    window.focus_is_on("Password");
    window.write("too short");
    window.press("Enter");
    window.focus_is_on("Password");
    window.expect("document.getElementById('password-error').textContent", "A password has at least 12 characters.");
    window.expect("document.getElementById('display_name').value", "Anna Antonova");
    window.write(PASSWORD);
    window.press("Enter");
    window.is_at("/contact-center/queues");
    window.has("Signed in as Anna Antonova");
    window.click("People");
    window.shows("1–1 of 1");
    window.go(&link);
    window.expect("document.querySelector('h1').textContent", "That was refused");
    sign_out(&window, "Anna Antonova");
    sign_in(&window, "anna", PASSWORD);
    window.is_at("/contact-center/queues");
}

/// The page of the set-up link of an application that nobody may use yet.
pub fn set_up(app: &App) -> Window {
    write(app, |conn| {
        diesel::delete(sessions::table).execute(conn)?;
        diesel::delete(people_journal::table).execute(conn)?;
        diesel::delete(people::table).execute(conn)
    });
    let link = queue_hooks::access::links::make_set_up(&app.db).expect("a link is made").expect("nobody is there");
    Window::of_nobody(app, &format!("/set-up?link={}", link.reveal()))
}
