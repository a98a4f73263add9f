//! `/settings`: light or dark, and single-letter shortcuts.

use support::*;

#[test]
fn the_colours_are_kept_and_the_person_is_back_on_the_page() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let page = browser.get("/contact-center/queues?sort=-name");
    assert!(!page.has("html[data-theme]"), "the system decides");
    let page = page.press("Keep", &[Fill::Tick("theme", "dark")]);
    assert_eq!(page.path, "/contact-center/queues?sort=-name");
    assert_eq!(page.attr("html", "data-theme"), "dark");
    assert_eq!(browser.get("/routing/flow").attr("html", "data-theme"), "dark");
}

#[test]
fn single_letters_can_be_switched_off() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    assert!(!browser.get("/routing/flow").has("body[data-letters]"));
    let page = browser.get("/routing/flow").press("Keep", &[Fill::Tick("letters", "off")]);
    assert_eq!(page.attr("body", "data-letters"), "off");
}

#[test]
fn what_cannot_be_understood_is_the_default_and_leads_nowhere_else() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    for back in ["//elsewhere.example/", "https://elsewhere.example/", "/\\\\elsewhere.example", "x", "/\r\nx: y"] {
        let answer = browser.post("/settings", &[("theme", "neon"), ("letters", "?"), ("back", back)]).expect(303);
        assert_eq!(answer.header("location"), Some("/"), "{back}");
    }
    let page = browser.get("/routing/flow");
    assert!(!page.has("html[data-theme]") && !page.has("body[data-letters]"));
    browser.set_cookie("queue-hooks-settings", "theme=%22%3E%3Cscript%3E&letters=%00");
    assert!(!browser.get("/routing/flow").expect(200).has("html[data-theme]"));
}
