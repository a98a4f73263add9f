//! Several instances on one PostgreSQL database are one to people. Several installations on one host are not.

use support::process::*;

/// Two instances of a centre into which `anna` may come, and the tests' administrator.
fn two() -> (Database, [Server; 2]) {
    let database = Database::postgres().with(CENTRE);
    database.let_in("anna", "viewer");
    let servers = [database.serve(), database.serve()];
    (database, servers)
}

/// The same browser at another instance: it has the same cookies.
fn at(server: &Server, browser: &Browser) -> Browser {
    let other = server.stranger();
    for name in ["queue-hooks-session", "queue-hooks-token"] {
        other.set_cookie(name, &browser.cookie(name).expect("somebody is signed in"));
    }
    other
}

/// Whether a page is shown, or the way to sign in instead.
#[track_caller]
fn is_in(browser: &Browser) -> bool {
    let answer = browser.request("GET", HOOKS, &[], b"");
    assert!(matches!(answer.status, 200 | 303), "{}: {}", answer.status, answer.body);
    answer.status == 200
}

#[test]
fn who_signs_in_at_one_is_in_and_out_at_both() {
    let (_database, [one, other]) = two();
    let browsers = [one.signed_in("anna"), other.signed_in("anna")];
    let (away, stays) = (at(&other, &browsers[0]), at(&one, &browsers[1]));
    assert!(is_in(&away) && is_in(&stays));
    away.post("/sign-out", &[]).expect(303);
    assert!(!is_in(&browsers[0]), "the first session ended at the other instance");
    assert!(is_in(&stays) && is_in(&browsers[1]), "the second did not");
}

#[test]
fn who_is_disabled_at_one_is_out_of_both_at_the_next_request() {
    let (database, [one, other]) = two();
    let browsers = [one.signed_in("anna"), other.signed_in("anna")];
    assert!(browsers.iter().all(is_in));
    let anna = database.number("SELECT id AS number FROM people WHERE name = 'anna'");
    one.browser().post(&format!("/people/{anna}/access"), &[("enabled", "false")]).expect(303);
    assert!(!browsers.iter().any(is_in));
    for server in [&one, &other] {
        assert_eq!(sign_in(&server.stranger(), "anna", PASSWORD), 422);
    }
}

#[test]
fn ten_failures_spread_over_both_close_the_name_at_both() {
    let (database, [one, other]) = two();
    database.let_in("boris", "viewer");
    for failure in 0..10 {
        let server = [&one, &other][failure % 2];
        assert_eq!(sign_in(&server.stranger(), "anna", "not the password"), 422, "{failure}");
    }
    for server in [&one, &other] {
        let browser = server.stranger();
        let refused = browser.post("/sign-in", &[("name", "Anna"), ("password", PASSWORD)]).expect(429);
        let seconds = refused.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| (1..=900).contains(&seconds)), "{seconds:?}");
        assert!(refused.text("#sign-in-error").starts_with("Too many attempts failed."), "{}", refused.body);
        assert_eq!(browser.cookie("queue-hooks-session"), None);
        server.signed_in("boris");
    }
}

#[test]
fn fifty_failures_spread_over_both_close_both_to_the_address() {
    let (_database, [one, other]) = two();
    for failure in 0..50 {
        let server = [&one, &other][failure % 2];
        assert_eq!(sign_in(&server.stranger(), &format!("name-{failure}"), "not the password"), 422, "{failure}");
    }
    for server in [&one, &other] {
        assert_eq!(sign_in(&server.stranger(), "anna", PASSWORD), 429);
    }
}

#[test]
fn of_two_who_use_the_set_up_link_at_the_same_moment_one_becomes_the_administrator() {
    let database = Database::postgres();
    let one = database.serve();
    let link = one.link();
    let other = database.serve();
    let become_first = |server: &Server, name: &str| {
        let browser = server.stranger();
        let link = link.split_once('=').expect("a secret").1;
        let fields = [("link", link), ("name", name), ("display_name", name), ("password", PASSWORD)];
        browser.post("/set-up", &fields).status
    };
    let statuses = std::thread::scope(|scope| {
        let first = scope.spawn(|| become_first(&one, "anna"));
        [become_first(&other, "boris"), first.join().expect("an answer")]
    });
    assert!(matches!(statuses, [303, 403] | [403, 303]), "{statuses:?}");
    assert_eq!(database.number("SELECT count(*) AS number FROM people"), 1);
}

/// Signs in at one and at the other, in the same browser, and goes back and forth.
#[track_caller]
fn expect_to_be_in_at_both(one: &Server, other: &Server, enter: impl Fn(&Server, &Browser)) {
    let mut browser = one.stranger();
    for server in [one, other] {
        browser = browser.at(server.address);
        enter(server, &browser);
    }
    for server in [one, other, one] {
        browser = browser.at(server.address);
        assert!(is_in(&browser), "{}", server.announced);
    }
    // What one says about a change is not shown by the other.
    let fill = [Fill::Field("name", "A new queue"), Fill::Field("type", "1")];
    browser.get("/contact-center/queues/new").expect(200).send("Save", &fill).expect(303);
    browser = browser.at(other.address);
    assert_eq!(browser.get(HOOKS).expect(200).text("#status"), "");
    browser.get(HOOKS).send("Sign out", &[]).expect(303);
    assert!(!is_in(&browser));
    browser = browser.at(one.address);
    assert!(browser.get(HOOKS).expect(200).said().starts_with("Added"));
}

fn enter_as_anna(_: &Server, browser: &Browser) {
    let fill = [Fill::Field("name", "anna"), Fill::Field("password", PASSWORD)];
    browser.get("/sign-in").expect(200).send("Sign in", &fill).expect(303);
}

#[on_both]
fn two_installations_on_one_host_do_not_sign_each_other_out(database: &Database) {
    let other = Database::sqlite().with(CENTRE);
    database.import(CENTRE).well();
    for database in [database, &other] {
        database.let_in("anna", "administrator");
    }
    let (one, other) = (database.serve(), other.serve());
    expect_to_be_in_at_both(&one, &other, enter_as_anna);
    // After a restart on another port it is the same installation.
    let browser = one.signed_in("anna");
    one.stop();
    let again = database.serve();
    assert!(is_in(&browser.at(again.address)));
}

#[test]
fn two_demonstrations_on_one_host_do_not_sign_each_other_out() {
    let start = || Program::new(&["--demo", "--listen", "127.0.0.1:0"]).serve();
    let (one, other) = (start(), start());
    expect_to_be_in_at_both(&one, &other, |server, browser| {
        browser.get(&server.link()).expect(200).press("Sign in", &[]).expect(200);
    });
}

#[on_both]
fn who_signed_in_with_an_earlier_version_stays_signed_in(database: &Database) {
    database.import(CENTRE).well();
    database.let_in("anna", "viewer");
    let server = database.serve();
    let session = server.signed_in("anna").cookie("queue-hooks-session").expect("a session");
    // Earlier versions did not know marks.
    let browser = server.stranger();
    browser.set_cookie("queue-hooks-session", &session);
    assert!(is_in(&browser));
    browser.post("/sign-out", &[]).expect(303);
    assert!(!is_in(&browser));
}
