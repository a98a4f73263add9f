//! Where a request of a run may go, and what it may consist of.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use queue_hooks::flow::run::way::Way;
use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::{Destinations, Opened, Refused};
use queue_hooks::outbound::names::Names;
use support::receiver::{Receiver, json, redirect, reply};
use support::way::{notes, requests};

use crate::trying::*;

fn opened(opened: &[&str]) -> Destinations {
    Destinations::new(opened.iter().map(|opened| opened.parse().expect("a destination")).collect())
}

fn get(outbound: &Outbound, url: &str) -> Way {
    tried_by(outbound, &format!(r#"[{{"httpRequest": {{"method": "GET", "url": "{url}"}}}}]"#))
}

const ADVICE: &str = "so nothing was sent. Whoever runs this server can open it with --destinations.";

#[test]
fn only_public_addresses_are_open() {
    let check = |address: &str| Destinations::default().check("crm.example", address.parse().expect("an address"));
    for public in ["1.1.1.1", "9.255.255.255", "172.32.0.1", "192.0.1.1", "100.128.0.1", "223.255.255.255", "2a00::1"] {
        assert_eq!(check(public), Ok(()), "{public}");
    }
    // NAT64, 6to4 and Teredo lead to 8.8.8.8.
    for carrying in ["64:ff9b::808:808", "2002:808:808::1", "2001:0:808:808::f7f7:f7f7", "::ffff:8.8.8.8"] {
        assert_eq!(check(carrying), Ok(()), "{carrying}");
    }
    let private = "10.0.0.1 127.0.0.1 127.255.255.254 100.64.0.1 172.16.0.1 172.31.255.255 192.168.1.1 192.0.0.1 192.0.2.1 \
        192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 240.0.0.1 ::1 fc00::1 fd12::1 2001:db8::1 3fff::1 \
        2001:2::1 2001:10::1 100::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1::1 \
        2002:c0a8:101::1 2001:0:808:808::80ff:fffe 64:ff9b:1::a00:1 ::127.0.0.1 fec0::1 4000::1";
    for address in private.split_whitespace() {
        assert_eq!(check(address), Err(Refused::Private), "{address}");
    }
    let never = "0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 100.100.100.200 192.0.0.192 168.63.129.16 224.0.0.1 \
        255.255.255.255 :: fe80::1 febf::1 ff02::1 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 ::ffff:169.254.169.254 \
        64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe ::ffff:0:a9fe:a9fe \
        2002:a9fe:a9fe::1 2001:0:808:808::5601:5601 ::169.254.169.254 ::ffff:0.0.0.0";
    let all = opened(&["0.0.0.0/0", "::/0", "crm.example"]);
    for address in never.split_whitespace() {
        assert_eq!(check(address), Err(Refused::Never), "{address}");
        assert_eq!(all.check("crm.example", address.parse().expect("an address")), Err(Refused::Never), "{address}");
    }
    for address in private.split_whitespace() {
        assert_eq!(all.check("other.example", address.parse().expect("an address")), Ok(()), "{address}");
    }
}

#[test]
fn an_operator_opens_networks_addresses_and_names() {
    let some = opened(&["10.0.0.0/8", "192.168.1.7", "CRM.internal."]);
    let check = |name: &str, address: &str| some.check(name, address.parse().expect("an address")).is_ok();
    assert!(check("any.example", "10.200.0.1") && check("any.example", "::ffff:10.200.0.1"));
    assert!(check("any.example", "64:ff9b::a00:1"), "it leads to 10.0.0.1");
    assert!(check("any.example", "192.168.1.7") && !check("any.example", "192.168.1.8"));
    assert!(check("crm.internal", "172.16.0.1") && check("crm.INTERNAL.", "127.0.0.1"));
    assert!(!check("a.crm.internal", "172.16.0.1") && !check("xcrm.internal", "172.16.0.1"));
    for wrong in
        ["", "10.0.0.0/33", "10.0.0", "crm internal", "https://crm.internal", "crm.internal:80", "*.internal", "0x7f.1"]
    {
        assert!(wrong.parse::<Opened>().is_err(), "{wrong}");
    }
}

#[test]
fn no_spelling_of_an_address_leads_inside() {
    let receiver = Receiver::start(|_| json("{}"));
    let port = receiver.address.port();
    let outbound = Outbound::new(Destinations::default(), false);
    for host in [
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "user@127.0.0.1",
        "example.com@127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
    ] {
        let way = get(&outbound, &format!("http://{host}:{port}/"));
        let said = failure(&way);
        assert!(said.contains("not a public address") && said.ends_with(ADVICE), "{host}: {said}");
    }
    for (host, said) in [("0.0.0.0", "0.0.0.0 is"), ("[::]", ":: is"), ("169.254.169.254", "169.254.169.254 is")] {
        let way = get(&outbound, &format!("http://{host}:{port}/"));
        assert!(failure(&way).starts_with(said) && failure(&way).ends_with("--destinations does not open it."));
    }
    for broken in [
        "",
        ":80",
        "a b",
        "[::1",
        "exa[mple",
        "it's.example",
        "a;b",
        "127.0.0.1:99999",
        "127.0.0.1:0",
        "127.0.0.1:+80",
        "a:b:c",
        "[fe80::1%25lo]",
    ] {
        let way = get(&outbound, &format!("http://{broken}/"));
        assert!(way.steps[0].exchange.is_none() && notes(&way).len() == 1, "{broken}: {:?}", notes(&way));
    }
    assert!(receiver.got().is_empty());
}

#[test]
fn a_name_is_looked_up_for_each_connection_and_only_addresses_that_are_open_are_used() {
    let receiver = Receiver::start(|_| redirect(302, "/again"));
    let port = receiver.address.port();
    let asked = AtomicUsize::new(0);
    // The second answer leads to another machine of the network.
    let changing = Names::resolved_by(move |_| {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(vec![if first { [127, 0, 0, 1].into() } else { IpAddr::from([10, 0, 0, 1]) }])
    });
    let outbound = Outbound::resolving(opened(&["127.0.0.1"]), false, changing);
    let way = get(&outbound, &format!("http://crm.example:{port}/"));
    assert_eq!(hops(&way).len(), 2);
    assert_eq!(failure(&way), format!("crm.example is at 10.0.0.1, not a public address, {ADVICE}"));
    assert_eq!(receiver.got().len(), 1);

    let receiver = Receiver::start(|_| reply(200, &[], "here"));
    let port = receiver.address.port();
    let mixed =
        Names::resolved_by(|_| Ok(vec![[10, 0, 0, 1].into(), [127, 0, 0, 1].into(), [169, 254, 169, 254].into()]));
    let outbound = Outbound::resolving(opened(&["127.0.0.1"]), false, mixed);
    let way = get(&outbound, &format!("http://crm.example:{port}/"));
    assert_eq!(answer(&way).body, "here");
    assert_eq!(receiver.got()[0].header("host"), Some(&*format!("crm.example:{port}")));
    // Nobody listens at the first one.
    let two = Names::resolved_by(|_| Ok(vec![[127, 0, 0, 2].into(), [127, 0, 0, 1].into()]));
    let outbound = Outbound::resolving(opened(&["crm.example"]), false, two);
    assert_eq!(answer(&get(&outbound, &format!("http://crm.example:{port}/"))).body, "here");
}

#[test]
fn headers_and_methods_that_go_refuses_send_nothing() {
    let receiver = Receiver::start(|_| reply(200, &[], ""));
    let url = receiver.url("/");
    let sent = |rest: &str| tried(&format!(r#"[{{"httpRequest": {{"url": "{url}", {rest}}}}}]"#));
    for (rest, said) in [
        (
            r#""headers": {"X-A": "1\r\nX-B: 2"}"#,
            "The value of the header X-A has a line break or another control character",
        ),
        (r#""headers": {"X-A": "1\u0001"}"#, "The value of the header X-A has a line break"),
        (r#""headers": {"X-A: 1\r\nX-B": "2"}"#, "“X-A: 1\\r\\nX-B” cannot be the name of a header"),
        (r#""headers": {"X A": "2"}"#, "“X A” cannot be the name of a header"),
        (r#""headers": {"": "2"}"#, "“” cannot be the name of a header"),
        (r#""headers": {"Ä": "2"}"#, "“Ä” cannot be the name of a header"),
        (r#""method": "GET / HTTP/1.1\r\nX: y""#, "“GET / HTTP/1.1\\r\\nX: Y” is no method that can be sent."),
        (r#""method": "CONNECT""#, "“CONNECT” is no method that can be sent."),
    ] {
        let way = sent(rest);
        assert!(way.steps[0].exchange.is_none(), "{rest}");
        assert!(notes(&way)[0].starts_with(said), "{rest}: {:?}", notes(&way));
    }
    assert!(receiver.got().is_empty());
    let way = sent(
        r#""method": "", "headers": {"host": "other", "Content-Length": "7", "Transfer-Encoding": "chunked", "X-Empty": "", "X-Spaces": "  a  "}"#,
    );
    assert_eq!(notes(&way).len(), 3);
    assert_eq!(requests(&way), [format!(" {url}")]);
    let got = receiver.got().pop().expect("a request");
    assert_eq!((&*got.method, got.header("host")), ("GET", Some(&*receiver.address.to_string())));
    assert_eq!((got.header("x-empty"), got.header("x-spaces")), (Some(""), Some("a")));
    assert_eq!((got.header("content-length"), got.header("transfer-encoding")), (None, None));
    let by_user = url.replace("http://", "http://me:p%40ss@");
    tried(&format!(r#"[{{"httpRequest": {{"url": "{by_user}", "method": "HEAD", "data": "x"}}}}]"#));
    let got = receiver.got().pop().expect("a request");
    assert_eq!(
        (&*got.method, got.header("authorization"), &*got.body),
        ("HEAD", Some("Basic bWU6cEBzcw=="), &b"x"[..])
    );
}
