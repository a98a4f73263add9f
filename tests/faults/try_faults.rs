//! What answers badly, or not at all: each ends in time and memory, with a sentence.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use queue_hooks::flow::run::watch::{Stop, Watch};
use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::Destinations;
use queue_hooks::outbound::names::Names;
use support::receiver::{Part, Receiver, Reply, json, raw, redirect, reply};
use support::way::*;
use support::way_out;

use crate::trying::*;

/// A run that sends one request.
fn sent_to(url: &str) -> queue_hooks::flow::run::way::Way {
    tried(&get(url))
}

fn get(url: &str) -> String {
    format!(r#"[{{"httpRequest": {{"method": "GET", "url": "{url}", "responseCode": "code"}}}}]"#)
}

/// The same, within a time.
fn hurried(url: &str, time: Duration) -> queue_hooks::flow::run::way::Way {
    let text = get(url);
    Walk { time, ..Walk::new(&text) }.over(way_out().line(), &Watch::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("it is compressed")
}

const HEAD: &str = "HTTP/1.1 200 OK\r\n";

#[test]
fn what_does_not_answer_has_a_sentence() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    assert_eq!(
        failure(&sent_to(&format!("http://{closed}/"))),
        format!("Nothing listens at {closed}: it refused the connection.")
    );
    let case = |reply: Reply| {
        let receiver = Receiver::start(move |_| reply.clone());
        let way = sent_to(&receiver.url("/"));
        assert_eq!(set_to(&way, "code"), None);
        failure(&way).replace(&receiver.address.to_string(), "it")
    };
    assert_eq!(case(vec![Part::Reset]), "it closed the connection before an answer came.");
    assert_eq!(case(vec![]), "it closed the connection without an answer.");
    assert_eq!(case(raw("HTTP/1.1 20")), "it closed the connection without an answer.");
    assert_eq!(case(raw("220 mail.example ESMTP\r\n")), "What came from it is no answer of HTTP.");
    assert_eq!(case(raw("HTTP/7.1 200 OK\r\n\r\n")), "What came from it is no answer of HTTP.");
    let header = format!("X-Long: {}\r\n", "y".repeat(5000));
    assert_eq!(
        case(vec![Part::Bytes(HEAD.into()), Part::Endless(header.into())]),
        "The answer has more than 64 KiB of headers, so it was given up."
    );
    let line = format!("X-Long: {}", "y".repeat(1 << 20));
    assert_eq!(
        case(vec![Part::Bytes(HEAD.into()), Part::Endless(line.into())]),
        "The answer has more than 64 KiB of headers, so it was given up."
    );
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    assert_eq!(
        case(vec![Part::Endless(interim.into())]),
        "The answer has more than 64 KiB of headers, so it was given up."
    );
}

#[test]
fn an_answer_that_breaks_off_is_seen_as_far_as_it_came() {
    let case = |reply: Reply| {
        let receiver = Receiver::start(move |_| reply.clone());
        let url = receiver.url("/");
        let way = tried(&format!(
            r#"[{{"httpRequest": {{"url": "{url}", "responseCode": "code", "exportVariables": {{"a": "a"}}}}}}]"#
        ));
        // Webitel knows the status by then.
        assert_eq!((set_to(&way, "code"), set_to(&way, "a")), (Some("200"), None));
        assert!(answer(&way).is_cut);
        assert_eq!(notes(&way)[1], "The answer is not whole, so exportVariables sets nothing.");
        (answer(&way).body.clone(), notes(&way)[0].replace(&receiver.address.to_string(), "it"))
    };
    let head = format!("{HEAD}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"a\": ");
    let closed = "it closed the connection before the answer was whole.";
    assert_eq!(case(raw(&head)), ("{\"a\": ".into(), closed.into()));
    let pause = Part::Wait(Duration::from_millis(100));
    assert_eq!(case(vec![Part::Bytes(head.into()), pause, Part::Reset]), ("{\"a\": ".into(), closed.into()));
    let mut damaged = gzip(&[b'x'; 5000]);
    damaged[20..30].fill(0xff);
    let json = ("Content-Type", "application/json");
    let damaged = reply(200, &[json, ("Content-Encoding", "gzip")], damaged);
    assert_eq!(case(damaged).1, "The body of the answer cannot be decompressed.");
}

#[test]
fn an_endless_answer_is_read_up_to_a_limit() {
    let json_head = format!("{HEAD}Content-Type: application/json\r\n\r\n[");
    let receiver = Receiver::start(move |_| {
        vec![Part::Bytes(json_head.clone().into()), Part::Endless("1, ".repeat(1 << 14).into())]
    });
    let url = receiver.url("/");
    let way = tried(&format!(r#"[{{"httpRequest": {{"url": "{url}", "exportVariables": {{"a": "0"}}}}}}]"#));
    let seen = answer(&way);
    assert_eq!((seen.read, seen.is_cut, seen.body.len()), (1 << 20, true, 16 << 10));
    assert_eq!(notes(&way), ["Webitel reads all of the answer; here it is read up to 1 MiB."]);
    assert_eq!(way.steps[0].set, [("a".to_owned(), None)]);

    let bomb = gzip(&vec![b'x'; 200 << 20]);
    let receiver = Receiver::start(move |_| reply(200, &[("Content-Encoding", "gzip")], &bomb));
    let way = sent_to(&receiver.url("/"));
    assert_eq!((answer(&way).read, answer(&way).is_cut), (1 << 20, true));
    assert_eq!(set_to(&way, "code"), Some("200"));
}

#[test]
fn what_is_compressed_or_no_text_is_read() {
    let packed = gzip(br#"{"a": "b"}"#);
    let receiver = Receiver::start(move |got| {
        let json = ("Content-Type", "application/json");
        match &*got.target {
            "/gzip" => reply(200, &[json, ("Content-Encoding", "gzip")], &packed),
            "/foreign" => reply(200, &[json, ("Content-Encoding", "br")], b"\x0b\x02\x80"),
            _ => reply(200, &[json], b"{\"a\": \"\xff\xfe\"}"),
        }
    });
    let value = |path: &str| {
        let url = receiver.url(path);
        let way = tried(&format!(r#"[{{"httpRequest": {{"url": "{url}", "exportVariables": {{"a": "a"}}}}}}]"#));
        (set_to(&way, "a").map(str::to_owned), answer(&way).body.clone())
    };
    assert_eq!(value("/gzip"), (Some("b".into()), r#"{"a": "b"}"#.into()));
    assert_eq!(value("/text"), (Some("\u{fffd}\u{fffd}".into()), "{\"a\": \"\u{fffd}\u{fffd}\"}".into()));
    assert_eq!(value("/foreign").0, Some(String::new()));
}

#[test]
fn whoever_is_slow_is_waited_for_until_the_time_is_over() {
    let slow = Part::Trickle(format!("{HEAD}X-Slow: {}", "y".repeat(10_000)).into(), Duration::from_millis(10));
    let trickling = Receiver::start(move |_| vec![slow.clone()]);
    let hanging = Receiver::start(|_| vec![Part::Hang]);
    for receiver in [trickling, hanging] {
        let since = Instant::now();
        let way = hurried(&receiver.url("/"), Duration::from_millis(300));
        assert!(since.elapsed() < Duration::from_secs(5));
        assert_eq!(failure(&way), "There was no whole answer before the time of the run was over.");
    }
}

#[test]
fn a_body_of_one_byte_a_second_is_seen_as_far_as_it_came() {
    let head = format!("{HEAD}Content-Length: 1000\r\n\r\n");
    let drip = Part::Trickle("x".repeat(1000).into(), Duration::from_secs(1));
    let receiver = Receiver::start(move |_| vec![Part::Bytes(head.clone().into()), drip.clone()]);
    let since = Instant::now();
    let way = hurried(&receiver.url("/"), Duration::from_millis(1500));
    assert!(since.elapsed() < Duration::from_secs(8), "each byte gives no more time: {:?}", since.elapsed());
    assert_eq!((answer(&way).status, &*answer(&way).body, answer(&way).is_cut), (200, "x", true));
    assert_eq!(notes(&way), ["There was no whole answer before the time of the run was over."]);
}

#[test]
fn a_run_that_is_stopped_ends_in_the_middle_of_a_request() {
    let receiver = Receiver::start(|_| vec![Part::Hang]);
    let text = get(&receiver.url("/"));
    let watch = Arc::new(Watch::default());
    let stopping = std::thread::spawn({
        let watch = Arc::clone(&watch);
        move || {
            while watch.requests() == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(50));
            watch.stop(Stop::Asked);
            Instant::now()
        }
    });
    let way = Walk { time: Duration::from_secs(30), ..Walk::new(&text) }.over(way_out().line(), &watch);
    let ended = Instant::now();
    assert_eq!(failure(&way), "Somebody stopped it.");
    let took = ended - stopping.join().expect("it was stopped");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_name_that_is_looked_up_for_ever_ends_with_the_run() {
    let names = Names::resolved_by(|_| {
        std::thread::sleep(Duration::from_mins(1));
        Ok(Vec::new())
    });
    let outbound = Outbound::resolving(Destinations::default(), false, names);
    let text = get("http://slow.example/");
    let since = Instant::now();
    let way = Walk { time: Duration::from_millis(100), ..Walk::new(&text) }.over(outbound.line(), &Watch::default());
    assert!(since.elapsed() < Duration::from_secs(5));
    assert_eq!(failure(&way), "There was no whole answer before the time of the run was over.");
    let none = Outbound::resolving(Destinations::default(), false, Names::resolved_by(|_| Ok(Vec::new())));
    assert_eq!(
        failure(&tried_by(&none, &get("http://nowhere.example/"))),
        "There is no address for the name nowhere.example."
    );
}

#[test]
fn webitel_gives_up_earlier_and_then_sets_nothing() {
    let receiver = Receiver::start(|got| {
        let late = vec![Part::Wait(Duration::from_millis(150))];
        let body = format!("{HEAD}Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{{\"a\": ");
        match &*got.target {
            "/head" => [late, json(r#"{"a":1}"#)].concat(),
            "/second" => [vec![Part::Wait(Duration::from_millis(1100))], json(r#"{"a":1}"#)].concat(),
            "/body" => [raw(&body), late, raw("1}")].concat(),
            _ => json(r#"{"a":1}"#),
        }
    });
    let way = |path: &str, timeout: &str| {
        let url = receiver.url(path);
        tried(&format!(
            r#"[{{"httpRequest": {{"url": "{url}", "responseCode": "code", "exportVariables": {{"a": "a"}}{timeout}}}}}]"#
        ))
    };
    let late = way("/head", r#", "timeout": 50"#);
    assert_eq!(notes(&late), ["Webitel gave up after 50 ms, before this answer began, so nothing is set."]);
    assert_eq!((answer(&late).status, late.steps[0].set.len()), (200, 0));
    let half = way("/body", r#", "timeout": "100""#);
    assert_eq!(
        notes(&half),
        ["Webitel gave up after 100 ms, before this answer was whole, so exportVariables sets nothing."]
    );
    assert_eq!((set_to(&half, "code"), set_to(&half, "a")), (Some("200"), None));
    // Whoever says nothing, or nothing that Webitel reads, is waited for one second.
    for default in ["", r#", "timeout": "1.5 s""#] {
        let late = way("/second", default);
        assert_eq!(notes(&late), ["Webitel gave up after 1000 ms, before this answer began, so nothing is set."]);
        assert_eq!((answer(&late).status, late.steps[0].set.len()), (200, 0));
    }
    for patient in ["", r#", "timeout": 0"#, r#", "timeout": -5"#, r#", "timeout": "50 ms""#, r#", "timeout": 2000.9"#]
    {
        let way = way("/head", patient);
        assert_eq!(set_to(&way, "a"), Some("1"), "{patient}: {:?}", notes(&way));
    }
}

#[test]
fn redirects_are_followed_as_in_webitel() {
    let other = Receiver::start(|_| reply(200, &[], "there"));
    let away = format!("http://localhost:{}/there", other.address.port());
    let receiver = Receiver::start(move |got| match &*got.target {
        "/moved" => redirect(302, "/here?a=b"),
        "/kept" => redirect(307, "here"),
        "/loop" => redirect(301, "/loop"),
        "/away" => redirect(308, &away),
        "/file" => redirect(301, "file:///etc/passwd"),
        "/gopher" => redirect(301, "gopher://127.0.0.1:6379/_x"),
        "/metadata" => redirect(302, "http://169.254.169.254/latest/meta-data/"),
        "/broken" => redirect(302, "http://[::1"),
        "/nowhere" => reply(302, &[], ""),
        _ => reply(200, &[], "here"),
    });
    let way = |path: &str| {
        let url = receiver.url(path);
        let headers = r#"{"Authorization": "Bearer secret", "X-Own": "kept", "Content-Type": "text/plain"}"#;
        tried(&format!(
            r#"[{{"httpRequest": {{"url": "{url}", "data": "text", "headers": {headers}, "responseCode": "code"}}}}]"#
        ))
    };
    let last = || receiver.got().pop().expect("a request");
    let moved = way("/moved");
    assert_eq!((hops(&moved).len(), &*answer(&moved).body), (2, "here"));
    let got = last();
    assert_eq!((&*got.method, &*got.target, got.body.len()), ("GET", "/here?a=b", 0));
    assert_eq!(got.header("referer"), Some(&*receiver.url("/moved")));
    let seen =
        (got.header("authorization"), got.header("x-own"), got.header("content-type"), got.header("content-length"));
    assert_eq!(seen, (Some("Bearer secret"), Some("kept"), None, None));

    way("/kept");
    let got = last();
    assert_eq!(
        (&*got.method, &*got.target, &*got.body, got.header("content-type")),
        ("POST", "/here", &b"text"[..], Some("text/plain"))
    );
    way("/away");
    let got = other.got().pop().expect("a request");
    assert_eq!((&*got.method, got.header("authorization"), got.header("x-own")), ("POST", None, Some("kept")));

    let looped = way("/loop");
    assert_eq!((hops(&looped).len(), set_to(&looped, "code")), (10, None));
    assert_eq!(notes(&looped), ["It was redirected 10 times, and Webitel goes no further."]);
    for (path, said) in [
        ("/file", "It was redirected to file:, but only http:// and https:// can be sent."),
        ("/gopher", "It was redirected to gopher:, but only http:// and https:// can be sent."),
        ("/broken", "It was redirected to an address that nobody can read."),
    ] {
        let way = way(path);
        assert_eq!((notes(&way), hops(&way).len(), set_to(&way, "code")), (vec![said], 1, None));
    }
    let metadata = way("/metadata");
    assert_eq!(hops(&metadata).len(), 2);
    assert!(failure(&metadata).starts_with("169.254.169.254 is an address where machines tell about themselves"));
    assert_eq!(set_to(&way("/nowhere"), "code"), Some("302"));
}
