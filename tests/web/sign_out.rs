//! `/sign-out`.

use support::*;

#[on_all]
fn who_signs_out_is_nobody_from_then_on(app: &App) {
    let id = person("anna").create(app);
    let (browser, other) = (app.browser_of(id), app.browser_of(id));
    let (cookie, token) = (browser.cookie(SESSION.0).expect("a session"), browser.token());
    let page = browser.get("/account").expect(200).press("Sign out", &[]).expect(200);
    assert_eq!((page.path.as_str(), page.said().as_str()), ("/sign-in", "You are signed out"));
    assert!(browser.cookie(SESSION.0).is_none());
    assert_ne!(browser.token(), token);
    let thief = app.stranger();
    thief.set_cookie(SESSION.0, &cookie);
    assert_eq!(thief.request("GET", "/account", &[], b"").status, 303, "the session itself is over");
    other.get("/account").expect(200);
}

#[on_all]
fn it_takes_a_form_of_ours(app: &App) {
    let browser = app.browser();
    browser.post_raw("/sign-out", &[]).expect(403);
    browser.request("GET", "/sign-out", &[], b"").expect(303);
    browser.get("/account").expect(200);
}
