//! What goes wrong in a window without a word on the page fails the test.

use support::window::Window;
use support::{App, Backend};

#[test]
#[should_panic(expected = "Content Security Policy")]
fn a_violated_policy_is_noticed() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/");
    window.script("document.body.setAttribute('onclick', 'alert()'); document.body.click()");
}

#[test]
#[should_panic(expected = "a mistake")]
fn an_error_in_a_script_is_noticed() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/");
    window.script("setTimeout(() => { throw new Error('a mistake') })");
    window.until("document.title");
}
