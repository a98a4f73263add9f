//! Tries whose receivers never come to an end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use support::process::*;
use support::receiver::{Part, Receiver};

/// The page without script waits for all of it. It takes a minute, so others who wait do it side by side with this one.
pub fn a_try_is_stopped_after_a_minute_and_a_request_after_ten_seconds() {
    let receiver = Receiver::start(|got| match &*got.target {
        "/drip" => {
            let head = Part::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".into());
            vec![head, Part::Trickle("x".repeat(1000).into(), Duration::from_secs(1))]
        }
        _ => vec![Part::Hang],
    });
    let database = Database::sqlite().with(CENTRE);
    let server = Program::new(&["serve", "--listen", "127.0.0.1:0", "--destinations", "127.0.0.1"])
        .env("DATABASE_URL", &database.url)
        .serve();
    let browser = server.browser();
    let requests = ["/drip", "/1", "/2", "/3", "/4", "/5", "/6", "/7"]
        .map(|path| format!(r#"{{"httpRequest":{{"url":"{}"}}}}"#, receiver.url(path)));
    let text = format!("[{}]", requests.join(","));
    browser.post("/routing/flow", &[("name", "Endless"), ("type", "service"), ("text", &text)]).expect(303);
    let id = database.number("SELECT max(id) AS number FROM flow_schemas");
    let body = format!("token={}", browser.token());
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(90))).expect("a time limit");
    let head = format!(
        "POST /routing/flow/{id}/try HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        server.address,
        browser.cookies(),
        body.len()
    );
    let since = Instant::now();
    stream.write_all(head.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the page comes");
    let took = since.elapsed();
    assert!((60..75).contains(&took.as_secs()), "{took:?}");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer:.200}");
    // One after the other, and the last one that began has what is left of the time.
    let said = |sentence: &str| answer.matches(sentence).count();
    assert_eq!(said("There was no whole answer within 10 seconds."), 5);
    assert_eq!(said("There was no whole answer before the time of the run was over."), 1);
    assert!(answer.contains("It took too long, so it was stopped."));
    // A byte each second, as far as they came.
    assert!(answer.contains("<code>xxxxx"), "{answer}");
    assert_eq!(receiver.got().len(), 6);
    let logged = database.lines("SELECT outcome || ': ' || sentence AS line FROM tries");
    assert_eq!(logged, ["stopped: It took too long, so it was stopped."]);
}
