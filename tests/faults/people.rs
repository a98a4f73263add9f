//! What people send, and the page that they get when the database is away.

use support::process::*;

/// What somebody chose in the modal.
pub const CHOICE: [Fill; 2] = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];

/// The page of a failure that is not the person's: what happened, that nothing was changed, and a way back;
/// what the database said is in the log alone.
#[track_caller]
pub fn expect_away(page: Page, server: &Server) {
    expect_503(page, server, "The database is away", "Nothing was changed. Wait a moment and try again.");
}

/// The page of a database that is there but cannot do its work, in words of its own.
#[track_caller]
pub fn expect_told(page: Page, server: &Server, heading: &str) {
    let sentence = page.text("main h1 + p");
    assert!(sentence.starts_with("Nothing was changed"), "{sentence}");
    expect_503(page, server, heading, &sentence);
}

/// The page of a request that the database left without an answer: nobody knows what became of it.
#[track_caller]
pub fn expect_unanswered(page: Page, server: &Server) {
    let sentence = "If you were changing something, it is not certain that it was done. Look before you try again.";
    expect_503(page, server, "The database does not answer", sentence);
}

#[track_caller]
fn expect_503(page: Page, server: &Server, heading: &str, sentence: &str) {
    let page = page.expect(503);
    assert_eq!(page.header("retry-after").and_then(|seconds| seconds.parse().ok()), Some(5));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.text("title"), format!("{heading} – Queue Hooks"));
    assert_eq!(page.text("main h1"), heading);
    assert_eq!(page.text("main h1 + p"), sentence);
    assert_eq!(page.control("Go back").attr("href"), Some("/"));
    let shown = page.text("main").to_lowercase();
    for word in ["sql", "lock", "fatal", "i/o", "malformed", "timeout", "terminat", "clients", ".db", "device"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
    let id = page.text("main code");
    let cause = wait_for("the cause in the log", || server.logged().into_iter().find(|line| line.contains(&id)));
    assert!(cause.contains("answered 503"), "{cause}");
}

/// The path and the fields that add a hook; the same change twice adds one.
pub fn add<'a>(browser: &'a Browser, change: &str) -> Result<Page<'a>, ureq::Error> {
    let fields = [("event", "joined"), ("schema", "1"), ("if_taken", "disable"), ("change", change)];
    post(browser, HOOKS, &fields)
}

/// Sends a form; there may be no answer.
pub fn post<'a>(browser: &'a Browser, path: &str, fields: &[(&str, &str)]) -> Result<Page<'a>, ureq::Error> {
    let token = browser.token();
    let body =
        form_urlencoded::Serializer::new(String::new()).append_pair("token", &token).extend_pairs(fields).finish();
    browser.try_request("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
}

/// Many people look at once, so that the server holds many connections to the database.
pub fn crowd(server: &Server) {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let browser = server.browser();
                for _ in 0..5 {
                    browser.get(HOOKS).expect(200);
                }
            });
        }
    });
}

/// After a fault that is over, at most one of the next people is told of it.
#[track_caller]
pub fn expect_recovered(server: &Server) {
    let browser = server.browser();
    let statuses: Vec<u16> = (0..20).map(|_| browser.get(HOOKS).status).collect();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 503).count() <= 1, "{statuses:?}");
}
