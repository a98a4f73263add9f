//! One's own tokens, by keys, without scripts, and in a narrow window.

use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

const TOKENS: &str = "/account/tokens";

#[test]
fn a_token_is_made_copied_and_removed_by_keys_alone() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, TOKENS);
    is_accessible(&window);
    window.tab_to("Name");
    window.write("Nightly export");
    window.press("Enter");
    window.until("document.getElementById('made')");
    // It is selected, so that it can be copied at once.
    window.expect("document.activeElement.id", "made");
    window.expect("String(getSelection()).startsWith('qh_') && String(getSelection()).length", 35);
    is_accessible(&window);
    window.narrow();
    window.expect("document.documentElement.scrollWidth <= innerWidth", true);
    window.prefers("prefers-color-scheme", "dark");
    is_accessible(&window);
    window.wide();
    window.tab_to("Remove Nightly export");
    window.press("Enter");
    window.says("Removed the token Nightly export");
    window.expect("document.getElementById('made')", serde_json::Value::Null);
    // What is wrong gets the focus, and what was typed stays.
    window.tab_to("Days until it ends");
    window.press("Control+a");
    window.write("30");
    window.tab_to("Name");
    window.write(" \u{200b}");
    window.press("Enter");
    window.until("document.getElementById('name-error')");
    window.focus_is_on("Name");
    window.expect("document.getElementById('days').value", "30");
    is_accessible(&window);
}

#[test]
fn a_token_is_made_and_removed_without_scripts() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, "/account");
    window.click("Tokens");
    window.is_at(TOKENS);
    window.click("Name");
    window.write("Nightly export");
    window.click("Add token");
    window.expect("document.getElementById('made').value.length", 35);
    window.click("Remove Nightly export");
    window.says("Removed the token Nightly export");
    window.is_at(TOKENS);
}
