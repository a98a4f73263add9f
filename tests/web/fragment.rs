//! Page or fragment: what htmx gets, and that everybody else gets the page.

use support::*;

const HTMX: (&str, &str) = ("hx-request", "true");

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn at(url: &str) -> (&str, &str) {
    ("hx-current-url", url)
}

#[test]
fn htmx_gets_the_part_that_changes_and_everybody_else_the_page() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let page = browser.get("/contact-center/queues").expect(200);
    assert!(page.body.starts_with("<!doctype html>"), "{}", page.body);
    let fragment = browser.request("GET", "/contact-center/queues", &[HTMX], b"").expect(200);
    assert!(fragment.body.starts_with("<title>"), "{}", fragment.body);
    assert_eq!(fragment.text("#page h1"), page.text("#page h1"));
    let restored =
        browser.request("GET", "/contact-center/queues", &[HTMX, ("hx-history-restore-request", "true")], b"");
    assert!(restored.body.starts_with("<!doctype html>"), "going back starts from nothing");
    for answer in [page, fragment, restored] {
        let vary: Vec<_> = answer.headers.get_all("vary").into_iter().collect();
        assert!(vary.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(b"hx-request")), "{vary:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn the_address_moves_to_where_a_get_leads_and_nowhere_else() {
    let app = App::start(Backend::Sqlite);
    let tab = tab(queue().create(&app));
    let browser = app.browser();
    let here = format!("http://127.0.0.1{tab}");
    let moved = browser.request("GET", &format!("{tab}?sort=-event"), &[HTMX, at(&here)], b"").expect(200);
    assert_eq!(moved.header("hx-push-url"), None, "htmx pushes by itself");
    let stayed = browser.request("GET", &tab, &[HTMX, at(&here)], b"").expect(200);
    assert_eq!(stayed.header("hx-push-url"), Some("false"));
    let form = format!("token={}&event=joined", browser.token());
    let headers = [HTMX, at(&here), ("content-type", "application/x-www-form-urlencoded")];
    let refused = browser.request("POST", &tab, &headers, form.as_bytes()).expect(422);
    assert_eq!(refused.header("hx-push-url"), Some("false"));
    assert!(refused.has("dialog[open]"));
}

#[test]
fn an_answer_says_whether_it_takes_the_place_of_what_was_there() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let (token, huge) = (browser.token(), "x".repeat(100_000));
    let add = |fields: &[(&str, &str)]| browser.post_raw("/contact-center/queues", fields);
    let get = |path| browser.request("GET", path, &[HTMX], b"");
    for (kind, status, answer) in [
        ("answer", 200, get("/contact-center/queues")),
        ("answer", 200, get("/routing/flow/options")),
        ("answer", 422, add(&[("token", &token)])),
        ("failure", 404, get("/contact-center/queues/4711")),
        ("failure", 413, add(&[("token", &token), ("name", &huge)])),
        ("failure", 401, app.stranger().request("GET", "/contact-center/queues", &[HTMX], b"")),
        ("fault", 403, browser.request("POST", "/contact-center/queues", &[HTMX, FORM], b"name=Orders")),
    ] {
        let answer = answer.expect(status);
        assert_eq!(answer.header("queue-hooks"), Some(kind), "{status}");
    }
    lose_journal(&app);
    let fault = add(&[("token", &token), ("name", "Orders"), ("type", "1")]).expect(503);
    assert_eq!(fault.header("queue-hooks"), Some("fault"));
}
