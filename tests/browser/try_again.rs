//! What failed is tried again, exactly as it was asked for; and what is no answer of ours never takes the page's place.

use support::window::*;
use support::*;

const MESSAGE: &str = "document.querySelector('#alert').textContent";
const OPTIONS: &str = "[...document.querySelectorAll('[role=option]')].map((e) => e.textContent)";

/// Does something while the server is away, and then tries again.
#[track_caller]
fn fails_and_is_tried_again(window: &Window, act: impl Fn()) {
    window.offline(true);
    act();
    for _ in 0..2 {
        window.has("Try again");
        window.expect("document.querySelectorAll('[data-alert] [data-retry]').length", 1);
        window.click("Try again");
    }
    window.has("Try again");
    window.offline(false);
    window.click("Try again");
}

#[test]
fn every_way_through_a_list_is_tried_again() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    fails_and_is_tried_again(&window, || {
        window.click("Rows per page");
        window.press("Control+a");
        window.write("20");
        window.press("Tab");
    });
    window.shows("1–20 of 137");
    window.is_at(&format!("{tab}?size=20"));
    window.has_no("Try again");
    fails_and_is_tried_again(&window, || window.click("Next page"));
    window.shows("21–40 of 137");
    fails_and_is_tried_again(&window, || {
        window.press("/");
        window.write("cr");
        window.press("Enter");
    });
    window.is_at(&format!("{tab}?q=cr&size=20"));
    window.has("Remove the filter Flow schema: cr");
    fails_and_is_tried_again(&window, || window.back());
    window.shows("21–40 of 137");
    window.is_at(&format!("{tab}?page=2&size=20"));
    fails_and_is_tried_again(&window, || window.press_all(&["j", "t"]));
    window.has("Replace it");
    window.press_all(&["j", "x", "j", "x"]);
    fails_and_is_tried_again(&window, || window.click("Remove 2 hooks"));
    window.focus_is_on("Cancel");
    fails_and_is_tried_again(&window, || window.click("Remove 2 hooks"));
    window.says("Removed 2 hooks");
    fails_and_is_tried_again(&window, || window.click("Undo"));
    window.says("Restored 2 hooks");
    window.shows("21–40 of 137");
}

#[test]
fn in_the_modal_the_message_is_in_the_modal_and_nothing_is_offered_that_was_found_before() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    schema("Fraud check").create(&app);
    let window = Window::open(&app, &format!("{tab}/new"));
    window.modal_is("Add hook");
    window.choose("event", "Leaving");
    window.click("Flow schema");
    window.write("c");
    window.expect(OPTIONS, vec!["CRM", "Fraud check"]);
    fails_and_is_tried_again(&window, || {
        window.write("heck");
        window.until("document.querySelector('dialog:modal [data-retry]')");
        window.expect(OPTIONS, Vec::<String>::new());
        window.expect("document.querySelector('#schema-count').textContent", "");
    });
    window.expect(OPTIONS, vec!["Fraud check"]);
    window.has_no("Try again");
    window.click("Fraud check");
    fails_and_is_tried_again(&window, || window.press("Control+Enter"));
    window.says("Added Leaving → Fraud check");
    window.click("Edit Leaving → Fraud check");
    window.modal_is("Edit hook");
    fails_and_is_tried_again(&window, || window.click("Close"));
    window.has_no_modal();
    window.is_at(&tab);
}

/// Whatever is asked next is answered like this, and not by the server.
fn is_answered_by(window: &Window, answer: &str) {
    window.script(&format!(
        "const fetch = window.fetch;
        window.fetch = () => {{ window.fetch = fetch; return Promise.resolve({answer}); }}"
    ));
}

#[test]
fn an_answer_that_is_no_page_of_ours_is_told_and_the_page_stays_whole() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    let html = "headers: { 'Content-Type': 'text/html' }";
    for (status, answer) in [
        ("414", format!("new Response('<html><body><h1>414</h1></body></html>', {{ status: 414, {html} }})")),
        ("502", format!("new Response('<html><body>Bad Gateway</body></html>', {{ status: 502, {html} }})")),
        ("504", "new Response(null, { status: 504 })".into()),
        ("200", format!("new Response('<html><body>Pay for the network</body></html>', {{ {html} }})")),
        ("200", "Response.json({ error: 'no' })".into()),
    ] {
        is_answered_by(&window, &answer);
        window.click("Next page");
        window.until(&format!("{MESSAGE}.includes('Something else answered')"));
        window.expect(&format!("{MESSAGE}.includes('status {status}')"), true);
        window.shows("1–10 of 137");
        window.is_at(&tab);
        window.expect("document.title", "Hooks – Inbound support – Queue Hooks, page 1 of 14");
    }
    window.press_all(&["j", "x", "x"]);
    window.click("Try again");
    window.shows("11–20 of 137");
    window.has_no("Try again");
    is_answered_by(&window, "Response.json({})");
    window.back();
    window.until(&format!("{MESSAGE}.includes('Something else answered')"));
    window.click("Try again");
    window.shows("1–10 of 137");
    window.click("Add hook");
    window.modal_is("Add hook");
    is_answered_by(&window, "Response.json([])");
    window.click("Flow schema");
    window.until("document.querySelector('dialog:modal [data-alert]').textContent.includes('status 200')");
    window.click("Try again");
    window.expect("document.querySelectorAll('[role=option]').length", 1);
}
