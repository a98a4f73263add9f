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

/// Makes a token by keys.
fn make(window: &Window, name: &str) {
    window.tab_to("Name");
    window.write(name);
    window.press("Enter");
    window.until(&format!("document.querySelector('.made strong')?.textContent === '{name}'"));
}

#[test]
fn a_button_copies_the_token_and_says_so_once() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, TOKENS);
    make(&window, "Nightly");
    window.script(
        "window.said = [];
        const region = document.getElementById('status');
        new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true, subtree: true });",
    );
    window.tab_to("Copy");
    window.press("Enter");
    window.says("Copied");
    window.focus_is_on("Copy");
    window.expect("said", vec!["Copied"]);
    window.tab_to("Name");
    window.press("Control+v");
    window.expect("document.getElementById('name').value === document.getElementById('made').value", true);
    // The browser may refuse.
    window.script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))");
    window.click("Copy");
    window.says("The browser did not let it be copied. It is selected now: copy it with the keyboard.");
    window.expect("String(getSelection()).length", 35);
    // It may also have no clipboard, as on pages that came over plain HTTP.
    let without = "Object.defineProperty(navigator, 'clipboard', { value: undefined })";
    window.devtools("Page.addScriptToEvaluateOnNewDocument", &serde_json::json!({ "source": without }));
    window.go(TOKENS);
    make(&window, "Weekly");
    window.expect("document.querySelector('[data-copies]').checkVisibility()", false);
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
    window.expect("document.querySelector('[data-copies]').checkVisibility()", false);
    window.click("Remove Nightly export");
    window.says("Removed the token Nightly export");
    window.is_at(TOKENS);
}
