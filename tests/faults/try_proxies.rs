//! Proxies on the way out: only if an option says so, and only to addresses that were checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;

use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::Destinations;
use queue_hooks::outbound::names::Names;
use support::certificates::self_signed;
use support::receiver::{Receiver, raw, reply};

use crate::trying::*;

/// The environment belongs to the whole process, so this runs itself in another one.
#[test]
fn proxies_of_the_environment_count_only_if_asked_for() {
    const NAME: &str = "try_proxies::proxies_of_the_environment_count_only_if_asked_for";
    const PROXY: &str = "http_proxy";
    const AGAIN: &str = "TRY_PROXIES_AGAIN";
    if std::env::var_os(AGAIN).is_none() {
        let proxy = Receiver::start(|_| reply(403, &[], "no"));
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["--exact", NAME, "--nocapture"]).env(AGAIN, "").env(PROXY, format!("http://{}", proxy.address));
        let ended = again.env_remove("no_proxy").env_remove("NO_PROXY").output().expect("it runs again");
        let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.contains("1 passed"), "{said}");
        let asked: Vec<_> = proxy.got().into_iter().map(|got| format!("{} {}", got.method, got.target)).collect();
        assert_eq!(asked, ["CONNECT 127.0.0.1:7"]);
        return;
    }
    let way = |uses_proxies: bool, host: &str| {
        let opened = vec!["127.0.0.1".parse().expect("an address")];
        let names = Names::resolved_by(|name| {
            Ok(vec![if name == "crm.example" { [127, 0, 0, 1].into() } else { [10, 0, 0, 1].into() }])
        });
        let outbound = Outbound::resolving(Destinations::new(opened), uses_proxies, names);
        tried_by(&outbound, &format!(r#"[{{"httpRequest": {{"method": "GET", "url": "http://{host}:7/"}}}}]"#))
    };
    assert_eq!(failure(&way(false, "crm.example")), "Nothing listens at 127.0.0.1:7: it refused the connection.");
    assert_eq!(failure(&way(true, "crm.example")), "The proxy that the variables name refused to lead to 127.0.0.1:7.");
    assert!(failure(&way(true, "inside.example")).starts_with("inside.example is at 10.0.0.1, not a public address"));
}

/// A proxy that leads wherever it is asked to, as long as the test runs.
fn tunnel() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || lead(client));
        }
    });
    address
}

fn lead(mut client: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    assert!(head.contains("Proxy-Authorization: Basic "), "{head}");
    let mut target = TcpStream::connect(head.split(' ').nth(1).unwrap_or_default())?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\nX-Proxy: here\r\n\r\n")?;
    let (mut from, mut to) = (client.try_clone()?, target.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut target, &mut client)?;
    client.shutdown(std::net::Shutdown::Both)
}

/// The environment belongs to the whole process, so this runs itself in another one.
#[test]
fn what_a_proxy_says_and_is_told_is_not_of_the_target() {
    const NAME: &str = "try_proxies::what_a_proxy_says_and_is_told_is_not_of_the_target";
    const AGAIN: &str = "TRY_PROXIES_TUNNEL";
    if std::env::var_os(AGAIN).is_none() {
        let proxy = format!("http://me:pass-1234@{}", tunnel());
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["--exact", NAME, "--nocapture"]).env(AGAIN, "").env("http_proxy", &proxy).env("https_proxy", proxy);
        let ended = again.env_remove("no_proxy").env_remove("NO_PROXY").output().expect("it runs again");
        let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let way = |url: &str, method: &str| {
        let opened = vec!["127.0.0.1".parse().expect("an address")];
        let names = Names::resolved_by(|_| Ok(vec![[127, 0, 0, 1].into()]));
        let outbound = Outbound::resolving(Destinations::new(opened), true, names);
        tried_by(&outbound, &format!(r#"[{{"httpRequest": {{"method": "{method}", "url": "{url}"}}}}]"#))
    };
    let headers = ["Host", "User-Agent", "content-type", "Accept-Encoding"];
    let sent = |way: &_| only_hop(way).headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();

    let answers = Receiver::start(|_| reply(404, &[("X-Target", "there")], "no"));
    for method in ["GET", "HEAD"] {
        let way = way(&answers.url("/"), method);
        let names: Vec<_> = answer(&way).headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((answer(&way).status, names), (404, vec!["Content-Length", "X-Target"]), "{method}");
        assert_eq!(sent(&way), headers[..if method == "HEAD" { 3 } else { 4 }], "{method}");
    }
    let silent = Receiver::start(|_| raw(""));
    let without = way(&silent.url("/"), "GET");
    assert!(failure(&without).contains("closed the connection"), "{}", failure(&without));
    assert_eq!(sent(&without), headers);
    let untrusted = Receiver::start_with_tls(self_signed("localhost"), |_| reply(200, &[], ""));
    let refused = way(&format!("https://localhost:{}/", untrusted.address.port()), "GET");
    assert!(failure(&refused).starts_with("The certificate of localhost is signed by itself."));
    assert_eq!(sent(&refused), headers);
}
