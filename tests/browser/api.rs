//! The page about the API, for people who write programs.

use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

#[test]
fn the_page_about_the_api_is_accessible_also_for_somebody_who_is_not_signed_in() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/account/tokens");
    window.script("document.querySelector('a[href=\"/api\"]').click()");
    window.is_at("/api");
    is_accessible(&window);
    window.expect("document.querySelectorAll('script').length", 0);
}
