//! `/sign-in`: who comes in, who does not, and what is said to whom.

use argon2::{Argon2, PasswordHasher};
use chrono::Duration;
use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::{people, people_journal, sign_in_failures};
use queue_hooks::web::site::Site;
use support::*;

const COOKIE: &str = "queue-hooks-session";

fn sign_in<'a>(browser: &'a Browser, name: &str, password: &str) -> Page<'a> {
    browser.post("/sign-in", &[("name", name), ("password", password)])
}

/// What the journal of people holds: action, person, author.
fn told(app: &App) -> Vec<(String, String, String)> {
    write(app, |conn| {
        let rows = people_journal::table.order(people_journal::id);
        rows.select((people_journal::action, people_journal::person, people_journal::author)).load(conn)
    })
}

fn owned(told: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    told.iter().map(|(a, b, c)| ((*a).into(), (*b).into(), (*c).into())).collect()
}

#[on_all]
fn a_name_and_its_password_lead_to_the_page_that_was_asked_for(app: &App) {
    let queue_id = queue().create(app);
    person("anna").create(app);
    let browser = app.stranger();
    let wanted = format!("/contact-center/queues/{queue_id}/hooks?event=joined&q=crm");
    let page = browser.get(&wanted).expect(200);
    assert_eq!(page.text("h1"), "Sign in");
    assert_eq!(page.text("title"), "Sign in – Queue Hooks");
    assert!(!page.has("nav"), "nobody sees a section");
    let page = page.press("Sign in", &[Fill::Field("name", "anna"), Fill::Field("password", PASSWORD)]).expect(200);
    assert_eq!(page.path, wanted);
    assert!(page.text(".account summary").contains("The anna"));
    assert_eq!(told(app), owned(&[("sign-in", "The anna (anna)", "The anna (anna)")]));
}

#[on_all]
fn a_name_is_taken_in_any_case_and_with_spaces_around_it(app: &App) {
    person("anna.p@crm").create(app);
    sign_in(&app.stranger(), "  Anna.P@CRM ", PASSWORD).expect(303);
}

#[on_all]
fn a_wrong_password_an_unknown_name_and_a_person_without_access_are_told_the_same(app: &App) {
    person("anna").create(app);
    person("boris").off().create(app);
    let mut bodies = Vec::new();
    for (name, password) in [("anna", "not the password"), ("nobody", PASSWORD), ("boris", PASSWORD), ("anna", "")] {
        let browser = app.stranger();
        let page = sign_in(&browser, name, password).expect(422);
        assert!(browser.cookie(COOKIE).is_none());
        assert_eq!(page.attr("#name", "value"), name, "what was typed stays typed");
        assert!(page.one("#password").attr("value").is_none(), "but for the password");
        bodies.push((page.text("main [role=alert]"), page.text("main h1")));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let failed = |person| ("failed-sign-in", person, "");
    let people = ["The anna (anna)", "", "The boris (boris)", "The anna (anna)"];
    assert_eq!(
        told(app),
        owned(&people.map(failed)),
        "what nobody is called is not written down: it may be a password"
    );
}

#[on_all]
fn a_session_is_made_anew_and_the_one_that_the_browser_had_ends(app: &App) {
    person("anna").create(app);
    let browser = app.stranger();
    for brought in ["", "0".repeat(32).as_str(), "ffffffffffffffffffffffffffffffff"] {
        browser.set_cookie(COOKIE, brought);
        assert_eq!(browser.request("GET", "/account", &[], b"").status, 303, "{brought:?} is nobody's");
        sign_in(&browser, "anna", PASSWORD).expect(303);
        assert_ne!(browser.cookie(COOKIE).as_deref(), Some(brought));
    }
    let (first, token) = (browser.cookie(COOKIE).expect("a session"), browser.token());
    sign_in(&browser, "anna", PASSWORD).expect(303);
    assert_ne!(browser.cookie(COOKIE), Some(first.clone()));
    assert_ne!(browser.token(), token, "a form from before belongs to somebody else");
    browser.post_raw("/sign-out", &[("token", &token)]).expect(403);
    let before = app.stranger();
    before.set_cookie(COOKIE, &first);
    assert_eq!(before.request("GET", "/account", &[], b"").status, 303, "the first session is over");
    browser.get("/account").expect(200);
}

#[on_all]
fn the_tenth_failure_of_a_name_is_the_last_and_the_name_rests_for_a_while(app: &App) {
    person("anna").create(app);
    person("boris").create(app);
    let browser = app.stranger();
    for attempt in 0..100 {
        let page = sign_in(&browser, "anna", "not the password");
        let expected = if attempt < 10 { 422 } else { 429 };
        let page = page.expect(expected);
        if expected == 429 {
            let seconds: i64 = page.header("retry-after").expect("when").parse().expect("seconds");
            assert!((1..=900).contains(&seconds));
            assert!(page.text("main").contains("Try again in"));
        }
        if attempt == 12 {
            sign_in(&browser, "anna", PASSWORD).expect(429);
            // Another name is another matter.
            sign_in(&app.stranger(), "boris", PASSWORD).expect(303);
        }
    }
    assert_eq!(told(app).iter().filter(|(action, ..)| action == "failed-sign-in").count(), 10);
    write(app, |conn| {
        let earlier = sign_in_failures::since.eq(queue_hooks::db::now() - Duration::minutes(16));
        diesel::update(sign_in_failures::table).set(earlier).execute(conn)
    });
    sign_in(&browser, "anna", PASSWORD).expect(303);
}

#[on_all]
fn an_address_may_fail_fifty_times_whatever_the_names(app: &App) {
    let browser = app.stranger();
    for attempt in 0..60 {
        sign_in(&browser, &format!("name-{attempt}"), "not the password").expect(if attempt < 50 { 422 } else { 429 });
    }
}

#[on_all]
fn an_address_that_may_not_try_any_more_locks_nobody_out(app: &App) {
    person("anna").create(app);
    for attempt in 0..70 {
        let name = if attempt < 50 { format!("name-{attempt}") } else { "anna".into() };
        sign_in(&app.stranger(), &name, "not the password");
    }
    let keys: i64 = write(app, |conn| sign_in_failures::table.count().get_result(conn));
    assert_eq!(keys, 101, "an address, and fifty names for it and for all");
}

#[on_all]
fn who_gets_in_starts_anew(app: &App) {
    person("anna").create(app);
    for _ in 0..3 {
        for _ in 0..9 {
            sign_in(&app.stranger(), "anna", "not the password").expect(422);
        }
        sign_in(&app.stranger(), "anna", PASSWORD).expect(303);
    }
}

#[on_all]
fn many_attempts_at_once_count_as_many(app: &App) {
    person("anna").create(app);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let attempts: Vec<_> =
            (0..30).map(|_| scope.spawn(|| sign_in(&app.stranger(), "anna", "not the password").status)).collect();
        attempts.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 20, "{statuses:?}");
}

#[on_all]
fn a_password_that_was_kept_in_an_older_form_is_kept_in_todays_after_signing_in(app: &App) {
    // One round and 8 MiB.
    let older = argon2_of_less();
    let id = person("anna").create(app);
    write(app, |conn| diesel::update(people::table.find(id)).set(people::password.eq(&older)).execute(conn));
    let stored = || write(app, |conn| people::table.find(id).select(people::password).first::<String>(conn));
    sign_in(&app.stranger(), "anna", "not the password").expect(422);
    assert_eq!(stored(), older);
    sign_in(&app.stranger(), "anna", PASSWORD).expect(303);
    assert!(stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored());
    sign_in(&app.stranger(), "anna", PASSWORD).expect(303);
}

#[on_all]
fn next_leads_nowhere_but_here(app: &App) {
    person("anna").create(app);
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\u{9}/evil.example",
        "/ /evil.example",
        "http:evil",
        "",
        "/\r\nSet-Cookie: a=b",
    ] {
        let browser = app.stranger();
        let fields = [("name", "anna"), ("password", PASSWORD), ("next", next)];
        let answer = browser.post("/sign-in", &fields).expect(303);
        assert_eq!(answer.header("location"), Some("/"), "{next:?}");
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let shown = app.stranger();
        assert_eq!(shown.get(&format!("/sign-in?{query}")).expect(200).attr("[name=next]", "value"), "/", "{next:?}");
        let there = browser.request("GET", &format!("/sign-in?{query}"), &[], b"").expect(303);
        assert_eq!(there.header("location"), Some("/"), "{next:?}");
    }
}

#[on_all]
fn whatever_is_typed_for_a_name_or_a_password_is_answered(app: &App) {
    for typed in
        ["\0", "anna\0", "аnna", "'; DROP TABLE people;--", "\u{202e}anna", "😀", &"x".repeat(60_000), "%", "__%"]
    {
        for (name, password) in [(typed, PASSWORD), ("anna", typed)] {
            let status = sign_in(&app.stranger(), name, password).status;
            assert!([422, 429].contains(&status), "{typed:?}: {status}");
        }
    }
}

#[on_all]
fn a_cookie_that_is_no_session_is_nobody(app: &App) {
    for value in [
        String::new(),
        "x".repeat(8192),
        "0123456789ABCDEF0123456789ABCDEF".into(),
        "0123456789abcdef0123456789abcde".into(),
        "0123456789abcdef0123456789abcdef0".into(),
        "%00%ff".into(),
        "' OR 1=1 --".into(),
        // What the database knows of the tests' session.
        "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9".into(),
    ] {
        let browser = app.stranger();
        browser.set_cookie(COOKIE, &value);
        let answer = browser.request("GET", "/contact-center/queues", &[], b"").expect(303);
        assert_eq!(answer.header("location"), Some("/sign-in?next=%2Fcontact-center%2Fqueues"), "{value}");
    }
}

#[on_all]
fn a_request_of_the_script_is_told_to_go_to_the_page_for_it(app: &App) {
    let headers =
        [("hx-request", "true"), ("hx-current-url", "http://localhost/contact-center/queues/1/hooks/new?page=2")];
    for (method, path) in [("GET", "/routing/flow/options?q=x"), ("POST", "/contact-center/queues/1/hooks")] {
        let answer = app.stranger();
        let answer = answer.request(method, path, &headers, b"").expect(401);
        let back = "/sign-in?next=%2Fcontact-center%2Fqueues%2F1%2Fhooks%2Fnew%3Fpage%3D2";
        assert_eq!(answer.header("hx-redirect"), Some(back));
        assert_eq!(answer.header("hx-push-url"), Some("false"), "the address bar stays");
    }
}

#[on_all]
fn a_change_without_a_session_leads_back_to_the_page_that_it_was_sent_from(app: &App) {
    let from = format!("http://{}/contact-center/queues/1/hooks?page=2", app.address);
    let browser = app.stranger();
    let answer =
        browser.request("POST", "/contact-center/queues/1/hooks/state", &[("referer", &from)], b"").expect(303);
    assert_eq!(answer.header("location"), Some("/sign-in?next=%2Fcontact-center%2Fqueues%2F1%2Fhooks%3Fpage%3D2"));
}

#[on_all]
fn a_session_ends_when_it_rests_too_long_and_when_it_is_too_old(app: &App) {
    use queue_hooks::db::schema::sessions;
    let id = person("anna").create(app);
    let limits = Site::default().limits;
    let status = |browser: &Browser| browser.request("GET", "/account", &[], b"").status;
    for (used, made, expected) in [
        (limits.idle - Duration::minutes(1), limits.idle, 200),
        (limits.idle + Duration::seconds(1), limits.idle * 2, 303),
        (Duration::zero(), limits.absolute - Duration::minutes(1), 200),
        (Duration::zero(), limits.absolute + Duration::seconds(1), 303),
    ] {
        let browser = app.browser_of(id);
        let now = queue_hooks::db::now();
        write(app, |conn| {
            let session = diesel::update(sessions::table.filter(sessions::person_id.eq(id)));
            session.set((sessions::used_at.eq(now - used), sessions::created_at.eq(now - made))).execute(conn)
        });
        assert_eq!(status(&browser), expected, "{used} {made}");
        if expected == 200 {
            // One use at a time is written down; whoever comes meanwhile leaves it to the next request.
            wait_for("the use to be written down", || {
                assert_eq!(status(&browser), expected);
                let used = sessions::table.filter(sessions::person_id.eq(id)).select(sessions::used_at);
                let used: chrono::NaiveDateTime = write(app, |conn| used.first(conn));
                (used >= now - Duration::minutes(1)).then_some(())
            });
        }
        // Whoever signs in next sweeps out what is over.
        app.browser_of(id);
        let left: i64 = write(app, |conn| sessions::table.filter(sessions::person_id.eq(id)).count().get_result(conn));
        assert_eq!(left, if expected == 200 { 2 } else { 1 });
        write(app, |conn| diesel::delete(sessions::table.filter(sessions::person_id.eq(id))).execute(conn));
    }
}

#[on_all]
fn the_rights_of_the_moment_count_not_those_at_signing_in(app: &App) {
    let id = person("anna").preset(Preset::Editor).create(app);
    let anna = app.browser_of(id);
    let center = center(app);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    assert!(anna.get(&tab).expect(200).has_control("Add hook"));
    write(app, |conn| diesel::update(people::table.find(id)).set(people::rights.eq("queues:read")).execute(conn));
    assert!(!anna.get(&tab).expect(200).has_control("Add hook"));
    anna.post(&format!("{tab}/removal"), &[("id", &center.hook.to_string())]).expect(403);
}

/// [`PASSWORD`] as it would have been kept with fewer rounds and less memory.
fn argon2_of_less() -> String {
    use argon2::password_hash::PasswordHasher;
    use argon2::{Algorithm, Argon2, Params, Version};
    let params = Params::new(8192, 1, 1, None).expect("valid parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"a salt of a test").expect("a hash").to_string()
}

#[test]
fn a_session_whose_use_is_to_be_written_down_does_not_wait_for_another_writer() {
    use queue_hooks::db::schema::sessions;
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").signed_in(&app);
    let earlier = queue_hooks::db::now() - Duration::minutes(10);
    write(&app, |conn| diesel::update(sessions::table).set(sessions::used_at.eq(earlier)).execute(conn));
    let mut other = diesel::SqliteConnection::establish(app.url.trim_start_matches("sqlite://")).expect("the file");
    diesel::connection::SimpleConnection::batch_execute(&mut other, "BEGIN IMMEDIATE").expect("a lock");
    let start = std::time::Instant::now();
    anna.get("/account").expect(200);
    assert!(start.elapsed() < std::time::Duration::from_secs(4), "{:?}", start.elapsed());

    // Hers still waits to be written, which keeps no other database from writing.
    let app = App::start(Backend::Sqlite);
    let ben = person("ben").signed_in(&app);
    write(&app, |conn| diesel::update(sessions::table).set(sessions::used_at.eq(earlier)).execute(conn));
    ben.get("/account").expect(200);
    wait_for("the use to be written down", || {
        let later = sessions::table.filter(sessions::used_at.gt(earlier)).count();
        let written: i64 = write(&app, |conn| later.get_result(conn));
        (written == 1).then_some(())
    });
}

// The same password from another keyboard.

fn status(app: &App, name: &str, password: &str) -> u16 {
    sign_in(&app.stranger(), name, password).status
}

#[on_all]
fn a_password_is_the_same_composed_or_not_and_with_any_spaces(app: &App) {
    let anna = person("anna").signed_in(app);
    let new = "Fünf große Wörter\u{a0}";
    anna.post("/account/password", &[("current", PASSWORD), ("password", new)]).expect(303);
    for typed in [new, "Fu\u{308}nf große Wo\u{308}rter ", "Fünf\u{3000}große\u{2003}Wo\u{308}rter "] {
        assert_eq!(status(app, "anna", typed), 303, "{typed}");
    }
    for typed in ["Fünf große Wörter", "Funf grosse Worter ", "FÜNF GROSSE WÖRTER "] {
        assert_eq!(status(app, "anna", typed), 422, "{typed}");
    }
    // Twelve characters, however many a keyboard makes of them.
    let fields = [("current", new), ("password", "u\u{308}u\u{308}u\u{308}u\u{308}o\u{308}o\u{308}")];
    assert!(anna.post("/account/password", &fields).expect(422).text("#password-error").contains("at least 12"));
}

/// A password as versions before this rule stored it.
fn stored_as_typed(password: &str) -> String {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), b"any salt will do")
        .expect("it is hashed")
        .to_string()
}

#[on_all]
fn a_password_that_was_stored_as_it_was_typed_opens_and_is_stored_anew(app: &App) {
    let id = person("anna").create(app);
    let stored = || -> String { write(app, |conn| people::table.find(id).select(people::password).first(conn)) };
    let before = stored_as_typed("Vier scho\u{308}ne Wo\u{308}rter");
    write(app, |conn| diesel::update(people::table.find(id)).set(people::password.eq(&before)).execute(conn));
    assert_eq!(status(app, "anna", "Vier schöne Wörter"), 422, "it was not stored so");
    assert_eq!(status(app, "anna", "Vier scho\u{308}ne Wo\u{308}rter"), 303);
    let anew = stored();
    assert_ne!(anew, before);
    assert_eq!(status(app, "anna", "Vier schöne Wörter"), 303);
    assert_eq!(stored(), anew);
}
