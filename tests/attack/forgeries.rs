//! Requests of strangers who pretend: sessions, tokens, hosts, origins and methods that nobody gave them. Each is
//! refused, and all of them together change nothing. `web/security.rs` tries each rule by itself; here hundreds come
//! over the wire to the program, on every route.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use support::process::*;
use support::routes;

const SESSION: &str = "queue-hooks-session";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A database with something behind every address, and all that could change in it.
fn furnished() -> (Database, Server) {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    assert_eq!(server.browser().post(HOOKS, &[("event", "joined"), ("schema", "1")]).status, 303);
    (database, server)
}

fn everything(database: &Database) -> String {
    let others = "SELECT id || name || display_name || password || enabled || rights AS line FROM people \
                  UNION ALL SELECT hash || person_id FROM sessions UNION ALL SELECT id || change FROM journal \
                  UNION ALL SELECT id || action FROM people_journal";
    database.export() + &database.lines(others).join("\n")
}

/// The paths that take a form, with ids that exist in them; without those that anybody may send.
fn doors() -> Vec<String> {
    let open = ["/set-up", "/settings", "/sign-in", "/sign-out"];
    let forms = routes().into_iter().filter(|route| route.takes("POST") && !open.contains(&&*route.path));
    let fill = |path: String| {
        let pieces = path.split('/').map(|piece| if piece.starts_with('{') { "1" } else { piece });
        pieces.collect::<Vec<_>>().join("/")
    };
    forms.map(|route| fill(route.path)).collect()
}

/// A form that many routes would take.
fn fields(token: &str) -> Vec<(&str, &str)> {
    vec![
        ("token", token),
        ("id", "1"),
        ("selected", "1"),
        ("enabled", "false"),
        ("event", "answered"),
        ("schema", "1"),
        ("name", "forged"),
        ("type", "1"),
    ]
}

/// Each text with one of its characters changed.
fn mutated(text: &str) -> Vec<String> {
    (0..text.len())
        .map(|at| {
            let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
            format!("{}{other}{}", &text[..at], &text[at + 1..])
        })
        .collect()
}

/// The status of a request that is written byte for byte; none is an answer too.
fn wire(server: &Server, request: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(15))).expect("a time limit");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).ok()?;
    std::str::from_utf8(&answer[9..]).ok()?.parse().ok()
}

#[test]
fn no_forged_session_opens_a_door() {
    let (database, server) = furnished();
    let real = server.browser().cookie(SESSION).expect("a session");
    let kept = database.lines("SELECT hash AS line FROM sessions");
    let mut forged = vec![String::new(), "1".into(), "' OR 1=1 --".into(), format!("{real}0"), real[1..].to_owned()];
    forged.extend(["f".repeat(32), "0".repeat(32), "é".repeat(16), format!("{real}{real}"), "x".repeat(4000)]);
    // What the database knows of a session opens nothing.
    forged.extend(kept.iter().flat_map(|hash| [hash.clone(), hash[..32].to_owned()]));
    forged.extend(mutated(&real));
    let before = everything(&database);
    let doors = doors();
    assert!(doors.len() > 10, "{doors:?}");
    // Every door with a few, and one of them with all.
    for (number, session) in forged.iter().enumerate() {
        let some = doors.iter().filter(|_| number < 12).chain(doors.iter().skip(number % doors.len()).take(3));
        let browser = server.stranger();
        let token = browser.token();
        browser.set_cookie(SESSION, session);
        for door in some {
            let page = browser.request("POST", door, &[FORM], encoded(&fields(&token)).as_bytes());
            // Where something can be typed, the sign-in page comes at once.
            let leads_to_the_door = page.status == 401
                || page.status == 303 && page.header("location").is_some_and(|to| to.starts_with("/sign-in"));
            assert!(leads_to_the_door || page.status == 403, "{session:?} at {door}: {}", page.status);
        }
    }
    assert_eq!(everything(&database), before);
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[test]
fn no_forged_token_origin_or_method_changes_anything_for_who_is_signed_in() {
    let (database, server) = furnished();
    let browser = server.browser();
    let token = browser.token();
    let before = everything(&database);
    let doors = doors();
    let door = |number: usize| &doors[number % doors.len()];
    for (number, forged) in mutated(&token).iter().enumerate() {
        let page = browser.request("POST", door(number), &[FORM], encoded(&fields(forged)).as_bytes());
        assert_eq!(page.status, 403, "token {forged} at {}", door(number));
    }
    let real = encoded(&fields(&token));
    let own = server.address.to_string();
    let (host, port) = own.split_once(':').expect("a port");
    let mut origins: Vec<String> =
        ["null", "", "file://", "https://evil.example", "http://localhost.evil.example"].map(Into::into).into();
    // The scheme may be another one: a proxy may speak TLS.
    origins.extend([format!("http://{host}"), format!("http://{own}.evil.example")]);
    origins.extend([
        format!("http://evil.example:{port}"),
        format!("http://{own}@evil.example"),
        format!("HTTP://x/{own}"),
    ]);
    origins.extend((1..60).map(|other| format!("http://{host}:{other}")));
    for (number, origin) in origins.iter().enumerate() {
        let page = browser.request("POST", door(number), &[FORM, ("origin", origin)], real.as_bytes());
        assert_eq!(page.status, 403, "origin {origin:?} at {}", door(number));
    }
    for door in &doors {
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "post", "POSTS"] {
            let cookies = format!("{SESSION}={}", browser.cookie(SESSION).expect("a session"));
            let request = format!(
                "{method} {door} HTTP/1.1\r\nHost: {own}\r\nCookie: {cookies}\r\nConnection: close\r\n\
                 X-HTTP-Method-Override: POST\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{real}",
                FORM.1,
                real.len()
            );
            let status = wire(&server, &request);
            assert!(
                status.is_none_or(|status| (400..=501).contains(&status) && status != 500),
                "{method} {door}: {status:?}"
            );
        }
    }
    assert_eq!(everything(&database), before);
}

#[test]
fn no_forged_host_is_answered() {
    let (database, server) = furnished();
    let own = server.address.to_string();
    let port = server.address.port();
    let session = server.browser().cookie(SESSION).expect("a session");
    let mut hosts: Vec<String> =
        ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2.nip.io", "0"]
            .map(Into::into)
            .into();
    hosts.extend(
        ["evil.example", "localhost@evil.example", "127.0.0.1,evil.example"].map(|name| format!("{name}:{port}")),
    );
    hosts.extend((0..100).map(|number| format!("h{number}.evil.example:{port}")));
    let before = everything(&database);
    for host in &hosts {
        for more in ["", &format!("X-Forwarded-Host: {own}\r\n"), &format!("Forwarded: host={own}\r\n")] {
            let head = format!(
                "GET {HOOKS} HTTP/1.1\r\nHost: {host}\r\nCookie: {SESSION}={session}\r\n{more}Connection: close\r\n\r\n"
            );
            let status = wire(&server, &head);
            assert!(status.is_none_or(|status| (400..500).contains(&status)), "host {host:?} {more:?}: {status:?}");
        }
    }
    let head =
        format!("GET {HOOKS} HTTP/1.1\r\nHost: {own}\r\nCookie: {SESSION}={session}\r\nConnection: close\r\n\r\n");
    assert_eq!(wire(&server, &head), Some(200), "the right one is answered");
    assert_eq!(everything(&database), before);
}
