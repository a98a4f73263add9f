//! The public address and the proxies in front: which names are answered, which cookies are set, whose word
//! about an address counts.

use diesel::prelude::*;
use queue_hooks::db::schema::people_journal;
use queue_hooks::web::site::Site;
use support::*;

fn public(url: &str) -> Site {
    Site { public_url: Some(url.parse().expect("a URL")), is_open: true, ..Site::default() }
}

fn status(app: &App, host: &str) -> u16 {
    let request = format!("GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    app.wire(request.as_bytes()).expect("an answer").status
}

#[test]
fn behind_https_every_cookie_is_for_https_alone() {
    let app = App::start_at(Backend::Sqlite, public("https://hooks.example"));
    person("anna").create(&app);
    let browser = app.stranger();
    let page = browser.get("/sign-in").expect(200);
    let token = page.attr("[action='/sign-in'] [name=token]", "value");
    let fields = [("token", &*token), ("name", "anna"), ("password", PASSWORD)];
    let signed_in = browser.post_raw("/sign-in", &fields).expect(303);
    let account = browser.get("/account").expect(200);
    assert!(account.attr("body", "data-zone-cookie").contains("; Secure"), "the one that a script writes");
    let token = account.attr("[action='/sign-out'] [name=token]", "value");
    let signed_out = browser.post_raw("/sign-out", &[("token", &token)]).expect(303);
    let mut names = std::collections::BTreeSet::new();
    for answer in [page, signed_in, account, signed_out] {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("ASCII");
            for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            names.insert(cookie.split('=').next().expect("a name").to_owned());
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    assert_eq!(
        names,
        ["__Host-queue-hooks-browser", "__Host-queue-hooks-session", "__Host-queue-hooks-token", "queue-hooks-flash"]
    );
}

#[test]
fn only_the_public_name_and_those_of_this_machine_are_answered() {
    let app = App::start_at(Backend::Sqlite, public("https://hooks.example"));
    for host in ["hooks.example", "HOOKS.example", "hooks.example:443", "localhost", "127.0.0.1:8080"] {
        assert_eq!(status(&app, host), 200, "{host}");
    }
    for host in ["evil.example", "hooks.example:8080", "hooks.example.evil.example", "10.0.0.1", ""] {
        assert_eq!(status(&app, host), 421, "{host}");
    }
    let app = App::start_at(Backend::Sqlite, public("http://hooks.example:8080"));
    assert_eq!((status(&app, "hooks.example:8080"), status(&app, "hooks.example")), (200, 421));
}

#[test]
fn without_a_public_name_whoever_may_reach_the_application_may_name_it() {
    let app = App::start_at(Backend::Sqlite, Site { is_open: true, ..Site::default() });
    assert_eq!((status(&app, "10.0.0.1:8080"), status(&app, "hooks.lan")), (200, 200));
}

#[test]
fn a_change_from_the_public_origin_is_one_of_ours() {
    let app = App::start_at(Backend::Sqlite, public("https://hooks.example"));
    let post = |headers: &[(&str, &str)]| {
        let headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
        let answer = app.stranger();
        let answer = answer.request("POST", "/sign-in", &headers, b"");
        answer.text("main")
    };
    let elsewhere = "This change came from a page of another site, so it was not made.";
    assert!(!post(&[("origin", "https://hooks.example")]).contains(elsewhere));
    for origin in ["http://hooks.example", "https://evil.example", "https://hooks.example.evil.example", "null"] {
        assert!(post(&[("origin", origin)]).contains(elsewhere), "{origin}");
    }
}

/// The address that the journal has of somebody who failed to sign in with this header.
fn journalled(app: &App, forwarded: &[&str]) -> String {
    let browser = app.stranger();
    let name = queue_hooks::model::journal::Change::new_id();
    let body = format!("token={}&name={name}&password=y", browser.token());
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(forwarded.iter().map(|value| ("x-forwarded-for", *value)));
    browser.request("POST", "/sign-in", &headers, body.as_bytes()).expect(422);
    write(app, |conn| {
        people_journal::table.order(people_journal::id.desc()).select(people_journal::address).first(conn)
    })
}

#[test]
fn an_address_that_is_forwarded_counts_only_from_a_proxy_of_ours() {
    let app = App::start(Backend::Sqlite);
    assert_eq!(journalled(&app, &["192.0.2.1"]), "127.0.0.1");
    let proxies = ["127.0.0.0/8", "10.0.0.0/8", "::1/128"].map(|network| network.parse().expect("a network"));
    let app = App::start_at(Backend::Sqlite, Site { proxies: proxies.into(), ..Site::default() });
    for (forwarded, client) in [
        (&[][..], "127.0.0.1"),
        (&["192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        // What the client claims about itself comes first, and does not count.
        (&["203.0.113.9, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        (&["203.0.113.9", "192.0.2.1,10.0.0.1"], "192.0.2.1"),
        (&["192.0.2.1:4711"], "192.0.2.1"),
        (&["[2001:db8::1]:4711"], "2001:db8::1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        (&["nonsense"], "127.0.0.1"),
        (&["192.0.2.1, nonsense"], "127.0.0.1"),
        (&["10.0.0.2"], "10.0.0.2"),
        (&[""], "127.0.0.1"),
    ] {
        assert_eq!(journalled(&app, forwarded), client, "{forwarded:?}");
    }
}
