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

/// The page of a form that was refused has the address of that form.
#[on_all]
fn on_the_page_of_a_refused_form_the_person_stays_by_its_form(app: &App) {
    let person = person("anna").create(app);
    let browser = app.browser();
    for (path, form) in [
        ("/account/password", "/account".to_owned()),
        (&*format!("/people/{person}/password"), format!("/people/{person}")),
    ] {
        let refused = browser.post(path, &[("current", PASSWORD), ("password", "short")]).expect(422);
        let kept = refused.press("Keep", &[Fill::Tick("theme", "dark")]).expect(200);
        assert_eq!((&*kept.path, &*kept.said()), (&*form, "The settings are kept"));
        // And after signing in again from there.
        let referer = format!("http://{}{path}", app.address);
        let stranger = app.stranger();
        let content = [("referer", &*referer), ("content-type", "application/x-www-form-urlencoded")];
        let door = stranger.follow(stranger.request("POST", path, &content, b"password=x"));
        let fill = [Fill::Field("name", "tester"), Fill::Field("password", PASSWORD)];
        assert_eq!(door.press("Sign in", &fill).expect(200).path, form);
    }
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
