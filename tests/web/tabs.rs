//! Several tabs of one browser: somebody signs in or out in one, and goes on in another. And what a form is told that
//! lacks its token: each case has words of its own.

use support::*;

const ANNA: [Fill; 2] = [Fill::Field("name", "anna"), Fill::Field("password", PASSWORD)];
const BORIS: [Fill; 2] = [Fill::Field("name", "boris"), Fill::Field("password", PASSWORD)];

fn start(backend: Backend) -> App {
    let app = App::start(backend);
    person("anna").create(&app);
    person("boris").create(&app);
    app
}

/// Who is signed in.
fn name(browser: &Browser) -> String {
    browser.get("/account").expect(200).texts("dl dd")[0].clone()
}

#[test]
fn who_signed_in_in_another_tab_comes_in_here_as_well() {
    let app = start(Backend::Sqlite);
    let browser = app.stranger();
    let [one, other] = ["/sign-in", "/sign-in?next=/routing/flow"].map(|path| browser.get(path).expect(200));
    one.send("Sign in", &ANNA).expect(303);
    let (session, token) = (browser.cookie(SESSION.0), browser.cookie("queue-hooks-token"));
    let entered = other.send("Sign in", &ANNA).expect(303);
    assert_eq!(entered.header("location"), Some("/routing/flow"));
    // Nothing that the first tab knows is made stale.
    assert_eq!((browser.cookie(SESSION.0), browser.cookie("queue-hooks-token")), (session, token));
}

#[on_all]
fn who_signs_in_as_somebody_else_in_another_tab_is_somebody_else(app: &App) {
    person("anna").create(app);
    person("boris").create(app);
    let browser = app.stranger();
    let [one, other] = [(); 2].map(|()| browser.get("/sign-in").expect(200));
    one.send("Sign in", &ANNA).expect(303);
    assert_eq!(name(&browser), "anna");
    other.send("Sign in", &[Fill::Field("name", "boris"), Fill::Field("password", "not the password")]).expect(422);
    assert_eq!(name(&browser), "anna");
    other.send("Sign in", &BORIS).expect(303);
    assert_eq!(name(&browser), "boris");
}

#[test]
fn a_tab_whose_token_another_tab_renewed_signs_in() {
    let app = start(Backend::Sqlite);
    let (first, second) = (app.stranger(), app.stranger());
    // Both tabs load at the same moment, without a cookie; the browser keeps that of the second.
    let tab = first.get("/sign-in").expect(200);
    second.get("/sign-in").expect(200);
    first.set_cookie("queue-hooks-token", &second.cookie("queue-hooks-token").expect("a cookie"));
    tab.send("Sign in", &ANNA).expect(303);
    assert_eq!(name(&first), "anna");
}

#[test]
fn no_other_site_signs_anybody_in_or_out() {
    let app = start(Backend::Sqlite);
    let browser = app.browser();
    let token = browser.token();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for lie in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        for (path, fields) in [("/sign-in", "&name=anna&password=another+four+words"), ("/sign-out", "")] {
            // Their own token has the same form.
            for token in [&token, &"0".repeat(token.len())] {
                let body = format!("token={token}{fields}");
                let page = browser.request("POST", path, &[form, lie], body.as_bytes()).expect(403);
                assert!(page.text("main").contains("came from a page of another site"), "{}", page.text("main"));
            }
        }
    }
    browser.get("/account").expect(200);
}

#[test]
fn without_cookies_on_a_stale_page_and_with_a_form_of_others_it_says_what_is_wrong() {
    let app = start(Backend::Sqlite);
    let said = |page: &Page| (page.text("main h1"), page.text("main h1 + p"));
    let browser = app.stranger();
    let token = browser.token();
    let fields = [("token", &*token), ("theme", "dark")];
    // It keeps no cookies.
    let (title, sentence) = said(&app.stranger().post_raw("/settings", &fields).expect(403));
    assert_eq!(title, "Your browser sent no cookie");
    assert!(sentence.contains("Allow them for this address"), "{sentence}");
    let stranger = app.stranger();
    let page = stranger.post_raw("/sign-in", &[("token", &token), ("name", "anna")]).expect(403);
    assert!(page.text("main [role=alert]").contains("Allow them for this address"), "{}", page.text("main"));
    // The page is older than the cookie.
    let (title, sentence) = said(&browser.post_raw("/settings", &[("token", &"0".repeat(token.len()))]).expect(403));
    assert_eq!(title, "That was refused");
    assert!(sentence.contains("since this page was made, somebody signed in or out"), "{sentence}");
    // The form has no token at all.
    let (_, sentence) = said(&browser.post_raw("/settings", &[]).expect(403));
    assert!(sentence.contains("does not come from a page of Queue Hooks"), "{sentence}");
    browser.post_raw("/settings", &fields).expect(303);
}
