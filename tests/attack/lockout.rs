//! Strangers who fail again and again with somebody's name, to keep that person out.

use diesel::prelude::*;
use queue_hooks::db::schema::sign_in_failures;
use queue_hooks::web::site::Site;
use support::*;

/// What a browser has that signed in before.
const MARK: &str = "queue-hooks-browser";

/// A server behind a proxy, with two people.
fn behind_a_proxy(backend: Backend) -> App {
    let proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let app = App::start_at(backend, Site { proxies, ..Site::default() });
    person("anna").create(&app);
    person("boris").create(&app);
    app
}

/// Somebody at an address signs in.
fn sign_in(browser: &Browser, address: &str, name: &str, password: &str) -> u16 {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", &*browser.token()), ("name", name), ("password", password)])
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", address)];
    browser.request("POST", "/sign-in", &headers, body.as_bytes()).status
}

/// A browser with nothing but the mark that another one has.
fn marked(app: &App, mark: &str) -> Browser {
    let browser = app.stranger();
    browser.set_cookie(MARK, mark);
    browser
}

struct Both(App);

impl OnBoth for Both {
    fn on(backend: Backend) -> Self {
        Self(behind_a_proxy(backend))
    }
}

#[on_both]
fn a_browser_that_signed_in_before_and_another_address_still_can(Both(app): &Both) {
    let known = app.stranger();
    assert_eq!(sign_in(&known, "192.0.2.1", "anna", PASSWORD), 303);
    let known = marked(app, &known.cookie(MARK).expect("a mark"));
    let wrong = |address: &str| sign_in(&app.stranger(), address, "anna", "not the password");
    assert_eq!((0..12).map(|_| wrong("203.0.113.9")).collect::<Vec<_>>(), [[422; 10].as_slice(), &[429; 2]].concat());
    assert_eq!(sign_in(&app.stranger(), "203.0.113.9", "anna", PASSWORD), 429, "not from there");
    assert_eq!(sign_in(&app.stranger(), "192.0.2.1", "anna", PASSWORD), 303, "from another address");
    assert_eq!(sign_in(&known, "203.0.113.9", "anna", PASSWORD), 303, "whatever its address may not do");
}

#[on_both]
fn a_hundred_failures_of_all_strangers_are_the_last_for_a_name_but_for_its_own_browser(Both(app): &Both) {
    let known = app.stranger();
    assert_eq!(sign_in(&known, "192.0.2.1", "anna", PASSWORD), 303);
    let fail = |address: &str| sign_in(&app.stranger(), address, "anna", "not the password");
    for address in 0..10 {
        assert_eq!(fail(&format!("198.51.100.{address}")), 422);
    }
    // The rest of the hundred, without hashing as often.
    write(app, |conn| {
        let name = sign_in_failures::table.filter(sign_in_failures::failures.eq(10));
        diesel::update(name).set(sign_in_failures::failures.eq(100)).execute(conn)
    });
    assert_eq!(sign_in(&app.stranger(), "198.51.100.200", "anna", PASSWORD), 429);
    assert_eq!(sign_in(&app.stranger(), "198.51.100.200", "boris", PASSWORD), 303, "another name is another matter");
    assert_eq!(sign_in(&known, "198.51.100.200", "anna", PASSWORD), 303);
}

#[on_both]
fn a_mark_that_we_did_not_make_for_this_name_is_none(Both(app): &Both) {
    let (anna, boris) = (app.stranger(), app.stranger());
    assert_eq!(sign_in(&anna, "192.0.2.1", "anna", PASSWORD), 303);
    assert_eq!(sign_in(&boris, "192.0.2.2", "boris", PASSWORD), 303);
    let own = anna.cookie(MARK).expect("a mark");
    let (id, signature) = own.split_once('.').expect("digits and a signature");
    let foreign = boris.cookie(MARK).expect("a mark");
    for _ in 0..10 {
        assert_eq!(sign_in(&app.stranger(), "203.0.113.9", "anna", "not the password"), 422);
    }
    for mark in [
        "",
        ".",
        id,
        &foreign,
        &format!("{id}."),
        &format!("{}.{signature}", "0".repeat(32)),
        &format!("{id}.{}", "0".repeat(64)),
        &format!("{id}.{signature}0"),
        &format!("{id} anna.{signature}"),
        &"é".repeat(40),
    ] {
        let browser = marked(app, mark);
        assert_eq!(sign_in(&browser, "203.0.113.9", "anna", PASSWORD), 429, "{mark}");
    }
    assert_eq!(sign_in(&marked(app, &own), "203.0.113.9", "anna", PASSWORD), 303);
}

#[on_both]
fn a_browser_that_is_known_may_fail_ten_times_however_often_it_signs_in(Both(app): &Both) {
    let known = app.stranger();
    assert_eq!(sign_in(&known, "192.0.2.1", "anna", PASSWORD), 303);
    let mark = known.cookie(MARK).expect("a mark");
    assert_eq!(sign_in(&known, "192.0.2.1", "anna", PASSWORD), 303);
    assert_eq!(known.cookie(MARK).as_deref(), Some(&*mark), "no new account to fail on");
    let copy = || marked(app, &mark);
    for attempt in 0..12 {
        let expected = if attempt < 10 { 422 } else { 429 };
        assert_eq!(sign_in(&copy(), "203.0.113.9", "anna", "not the password"), expected);
    }
    assert_eq!(sign_in(&app.stranger(), "192.0.2.1", "anna", PASSWORD), 303, "others fail on theirs");
}

#[on_both]
fn a_visitors_ipv6_network_fails_as_one(Both(app): &Both) {
    let fail = |address: &str, name: &str| sign_in(&app.stranger(), address, name, "not the password");
    for attempt in 0..10 {
        assert_eq!(fail(&format!("2001:db8:1:2:{attempt}::{attempt}"), "anna"), 422);
    }
    assert_eq!(fail("2001:db8:1:2:ffff:ffff:ffff:ffff", "anna"), 429);
    assert_eq!(fail("2001:db8:1:3::1", "anna"), 422, "the next network is somebody else");
}

#[on_both]
fn guessing_from_an_account_that_was_left_open_keeps_nobody_out(Both(app): &Both) {
    let id = person("clara").create(app);
    let open = app.browser_of(id);
    let guess = [("current", "a guess"), ("password", "quite another one")];
    for attempt in 0..12 {
        open.post("/account/password", &guess).expect(if attempt < 10 { 422 } else { 429 });
    }
    assert_eq!(sign_in(&app.stranger(), "127.0.0.1", "clara", PASSWORD), 303);
    for attempt in 0..12 {
        let expected = if attempt < 10 { 422 } else { 429 };
        assert_eq!(sign_in(&app.stranger(), "127.0.0.1", "clara", "not the password"), expected);
    }
    let clara = app.browser_of(id);
    clara.post("/account/password", &guess).expect(429);
}

#[on_both]
fn whoever_knows_the_password_signs_in_a_hundred_times_and_then_waits(Both(app): &Both) {
    let browser = app.stranger();
    assert_eq!(sign_in(&browser, "192.0.2.1", "anna", PASSWORD), 303);
    // What is left of this is how often it worked.
    write(app, |conn| {
        let entries = sign_in_failures::table.filter(sign_in_failures::failures.eq(1));
        diesel::update(entries).set(sign_in_failures::failures.eq(99)).execute(conn)
    });
    assert_eq!(sign_in(&browser, "192.0.2.1", "anna", PASSWORD), 303);
    for (browser, address) in [(&browser, "192.0.2.1"), (&app.stranger(), "192.0.2.3")] {
        assert_eq!(sign_in(browser, address, "anna", PASSWORD), 429);
    }
    assert_eq!(sign_in(&browser, "192.0.2.1", "boris", PASSWORD), 303);
}
