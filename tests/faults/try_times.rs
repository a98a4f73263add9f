//! How long each part of a request took.

use std::net::{IpAddr, TcpListener};
use std::thread::sleep;
use std::time::{Duration, Instant};

use queue_hooks::flow::run::exchange::Times;
use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::Destinations;
use queue_hooks::outbound::names::Names;
use support::receiver::{Part, Receiver, raw, redirect, reply};

use crate::trying::*;

const WAIT: Duration = Duration::from_millis(300);

/// A way out on which every name but one takes its time, and leads to this machine.
fn slowly_resolving() -> Outbound {
    let names = Names::resolved_by(|name| {
        sleep(WAIT);
        Ok(if name == "nowhere.example" { Vec::new() } else { vec![IpAddr::from([127, 0, 0, 1])] })
    });
    Outbound::resolving(Destinations::new(vec!["127.0.0.0/8".parse().expect("a destination")]), false, names)
}

fn times(outbound: &Outbound, url: &str) -> Vec<Times> {
    let way = tried_by(outbound, &format!(r#"[{{"httpRequest": {{"method": "GET", "url": "{url}"}}}}]"#));
    hops(&way).iter().map(|hop| hop.times).collect()
}

#[test]
fn each_time_is_counted_from_the_beginning_of_its_request() {
    let receiver = Receiver::start(|got| match &*got.target {
        "/moved" => redirect(302, "/slow"),
        "/slow" => {
            let head = raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
            // The second one has room for whoever reads the first byte late.
            [vec![Part::Wait(WAIT)], head, vec![Part::Wait(3 * WAIT)], raw("y")].concat()
        }
        _ => reply(200, &[], ""),
    });
    let outbound = slowly_resolving();
    let since = Instant::now();
    let all = times(&outbound, &format!("http://crm.example:{}/moved", receiver.address.port()));
    let took = since.elapsed();
    let [moved, slow] = all[..] else { panic!("{} hops", all.len()) };
    // Each hop looks its name up and connects, and has times of its own.
    for times in [moved, slow] {
        let (name, connection) = (times.name.expect("a name"), times.connection.expect("a connection"));
        let first_byte = times.first_byte.expect("an answer");
        assert!(WAIT <= name && name <= connection && connection <= first_byte && first_byte <= times.whole);
    }
    let (connection, first_byte) = (slow.connection.expect("one"), slow.first_byte.expect("one"));
    assert!(connection + WAIT <= first_byte, "{connection:?} {first_byte:?}");
    assert!(first_byte + WAIT <= slow.whole && 5 * WAIT <= slow.whole, "{first_byte:?} {:?}", slow.whole);
    assert!(moved.whole + slow.whole <= took, "{:?} {:?} {took:?}", moved.whole, slow.whole);
    // An address needs no name.
    let [times] = times(&outbound, &receiver.url("/"))[..] else { panic!("one hop") };
    assert_eq!(times.name, None);
    assert!(times.connection.is_some() && times.connection <= times.first_byte, "{:?}", times.connection);
}

#[test]
fn what_was_not_reached_has_no_time() {
    let silent = Receiver::start(|_| [vec![Part::Wait(WAIT)], raw("")].concat());
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let outbound = slowly_resolving();
    let reached = |url: &str| {
        let [times] = times(&outbound, url)[..] else { panic!("one hop") };
        assert!(times.whole >= WAIT, "{url}: {:?}", times.whole);
        [times.name.is_some(), times.connection.is_some(), times.first_byte.is_some()]
    };
    assert_eq!(reached("http://nowhere.example/"), [true, false, false]);
    assert_eq!(reached(&format!("http://crm.example:{}/", closed.port())), [true, false, false]);
    assert_eq!(reached(&silent.url("/")), [false, true, false]);
}
