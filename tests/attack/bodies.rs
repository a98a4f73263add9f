//! Forms that come slowly: on a poor line they may take as long as they move, and whoever lets them trickle is closed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use support::process::*;

use crate::tries::a_try_is_stopped_after_a_minute_and_a_request_after_ten_seconds;

/// A form of a flow schema with so many bytes, and a connection that has sent its head.
fn begin(server: &Server, name: &str, bytes: usize) -> (TcpStream, Vec<u8>) {
    begin_by(&server.browser(), server, name, bytes)
}

fn begin_by(browser: &Browser, server: &Server, name: &str, bytes: usize) -> (TcpStream, Vec<u8>) {
    let (token, padding) = (browser.token(), "x".repeat(bytes));
    let body = format!("token={token}&name={name}&type=service&text=%5B%7B%22log%22:%22{padding}%22%7D%5D");
    let cookie = |name| browser.cookie(name).map(|value| format!("{name}={value}; ")).unwrap_or_default();
    let head = format!(
        "POST /routing/flow HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}{}x=y\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        server.address,
        cookie("queue-hooks-token"),
        cookie("queue-hooks-session"),
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time limit");
    stream.write_all(head.as_bytes()).expect("the server reads");
    (stream, body.into_bytes())
}

/// All that the server answered before it closed the connection.
fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the answer, if the server gave one before it closed the connection.
fn status(stream: TcpStream) -> Option<u16> {
    answer(stream).split(' ').nth(1)?.parse().ok()
}

/// They only wait, so they do it side by side.
#[test]
fn what_comes_slowly_is_read_as_long_as_it_moves_and_keeps_nobody_else_out() {
    std::thread::scope(|scope| {
        scope.spawn(a_try_is_stopped_after_a_minute_and_a_request_after_ten_seconds);
        scope.spawn(a_form_may_take_as_long_as_it_moves_and_no_longer);
        scope.spawn(what_a_program_sends_too_slowly_is_told_as_json);
        scope.spawn(a_large_form_that_comes_slowly_after_the_session_ended_is_held_unless_others_wait);
    });
}

fn a_form_may_take_as_long_as_it_moves_and_no_longer() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let (mut stream, body) = begin(&server, "Slow", 390_000);
            for piece in body.chunks(16_000) {
                stream.write_all(piece).expect("the server reads on");
                std::thread::sleep(Duration::from_millis(500));
            }
            assert_eq!(status(stream), Some(303));
            assert!(begun.elapsed() > Duration::from_secs(12), "longer than any of its pieces may take");
        });
        // What came at once at the beginning is no credit for later.
        for at_once in [0, 100_000] {
            let server = &server;
            scope.spawn(move || {
                let (mut stream, body) = begin(server, "Trickle", 200_000);
                stream.write_all(&body[..at_once]).expect("the server reads");
                for piece in body[at_once..].chunks(500).take(35) {
                    if stream.write_all(piece).is_err() {
                        break;
                    }
                    std::thread::sleep(Duration::from_secs(1));
                }
                assert!(matches!(status(stream), Some(408) | None), "{at_once} bytes at once");
            });
        }
        slow.join().expect("the slow one");
    });
    assert_eq!(database.number("SELECT count(*) AS number FROM flow_schemas WHERE name = 'Slow'"), 1);
    assert_eq!(database.number("SELECT count(*) AS number FROM flow_schemas WHERE name = 'Trickle'"), 0);
}

fn what_a_program_sends_too_slowly_is_told_as_json() {
    let database = Database::sqlite().with(CENTRE);
    let token = database.run(&["token", "add", "tester", "--name", "Slow"]).well().output;
    let server = database.serve();
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time limit");
    let head = format!(
        "POST /api/call_center/queues/1/hooks HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-Webitel-Access: {}\r\n\
         Content-Length: 100\r\n\r\n{{",
        server.address,
        token.trim()
    );
    stream.write_all(head.as_bytes()).expect("the server reads");
    let told = answer(stream);
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(told.contains("\"detail\":\"The body came too slowly. Try again.\",\"code\":408}"), "{told}");
}

/// Nobody knows who sends it, so only two do at once.
fn a_large_form_that_comes_slowly_after_the_session_ended_is_held_unless_others_wait() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let slow = |name, later| {
        std::thread::sleep(Duration::from_millis(later));
        let (mut stream, body) = begin_by(&server.stranger(), &server, name, 1_000_000);
        stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a time limit");
        for piece in body.chunks(20_000) {
            stream.write_all(piece).expect("the server reads on");
            // Until the next piece, or an answer.
            if stream.peek(&mut [0]).is_ok() {
                break;
            }
        }
        stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time limit");
        answer(stream)
    };
    let text = "x".repeat(500_000);
    let browser = server.stranger();
    let send = |text: &str| browser.post_parts("/routing/flow", &[("name", "Typed"), ("text", text)], None);
    std::thread::scope(|scope| {
        let both = [("One", 0), ("Two", 400)].map(|(name, later)| scope.spawn(move || slow(name, later)));
        std::thread::sleep(Duration::from_secs(1));
        send("[]").expect(401);
        let told = send(&text).expect(503);
        assert_eq!(told.text("main h1"), "You are signed out");
        assert!(told.body.contains("sign in in another tab, then reload this page: that sends it again"));
        assert_eq!(told.attr("main a[target=_blank]", "href"), "/sign-in");
        // Those two still move, and nobody waits. Now somebody does, and one of them has had enough.
        std::thread::sleep(Duration::from_secs(10));
        assert!(both.iter().all(|one| !one.is_finished()));
        assert!(send(&text).expect(401).value("[name=text]") == text);
        let [one, two] = both.map(|one| one.join().expect("no panic"));
        let (held, told) = if one.contains(" 401 ") { (one, two) } else { (two, one) };
        assert!(held.starts_with("HTTP/1.1 401 ") && held.contains(&"x".repeat(1_000_000)), "{held:.200}");
        assert!(told.starts_with("HTTP/1.1 408 ") && told.contains("came so slowly"), "{told:.2000}");
    });
}
