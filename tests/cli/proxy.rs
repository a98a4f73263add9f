//! Behind a proxy that changes what people typed: the log says what was expected and what came, once in a while.

use support::process::*;

/// A server, and what it logs while somebody asks twenty times with these headers.
#[track_caller]
fn logged(arguments: &[&str], method: &str, headers: &[(&str, &str)], status: u16) -> Vec<String> {
    let server = Program::new(&[&["--demo", "--listen", "127.0.0.1:0"], arguments].concat()).serve();
    let browser = server.stranger();
    for _ in 0..20 {
        browser.request(method, "/sign-in", headers, b"").expect(status);
    }
    let (_, logged) = server.last_words();
    logged.into_iter().filter(|line| line.contains("was refused")).collect()
}

#[test]
fn a_host_that_is_not_ours_is_told_once() {
    let public = ["--public-url", "https://hooks.example"];
    let lines = logged(&public, "GET", &[("host", "desk.example")], 421);
    assert_eq!(lines.len(), 1, "{lines:?}");
    for word in ["WARN", "desk.example", "421", "hooks.example", "--public-url", "proxy_set_header Host"] {
        assert!(lines[0].contains(word), "{word} in {lines:?}");
    }
    let lines = logged(&[], "GET", &[("host", "desk.example:8080")], 421);
    assert!(lines[0].contains("desk.example:8080") && lines[0].contains("localhost"), "{lines:?}");
}

#[test]
fn a_change_whose_host_the_proxy_changed_is_told_once() {
    let lines = logged(&[], "POST", &[("origin", "http://hooks.lan"), ("host", "127.0.0.1:8080")], 403);
    assert_eq!(lines.len(), 1, "{lines:?}");
    for word in ["http://hooks.lan", "127.0.0.1:8080", "403", "--public-url http://hooks.lan", "proxy_set_header Host"]
    {
        assert!(lines[0].contains(word), "{word} in {lines:?}");
    }
    // With the public address it works, whatever the proxy says.
    let public = ["--public-url", "http://hooks.lan"];
    let server = Program::new(&[&["--demo", "--listen", "127.0.0.1:0"], &public[..]].concat()).serve();
    let door = server.stranger();
    let token = door.token();
    let headers = [
        ("origin", "http://hooks.lan"),
        ("host", "127.0.0.1:8080"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = format!("token={token}&name=anna&password=x");
    door.request("POST", "/sign-in", &headers, body.as_bytes()).expect(422);
    assert!(!server.logged().iter().any(|line| line.contains("was refused")));
}

#[test]
fn a_change_from_another_site_is_told_once_without_blaming_the_proxy() {
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let lines = logged(&[], "POST", &foreign, 403);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("https://evil.example") && !lines[0].contains("--public-url"), "{lines:?}");
}

#[test]
fn what_is_logged_of_a_stranger_is_short() {
    let host = format!("{}.example", "x".repeat(10_000));
    let lines = logged(&[], "GET", &[("host", &host)], 421);
    assert!(lines[0].len() < 800, "{lines:?}");
}
