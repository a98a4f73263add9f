//! Proxies on the way out: only if an option says so, and only to addresses that were checked.

use std::process::Command;

use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::Destinations;
use queue_hooks::outbound::names::Names;
use support::receiver::{Receiver, reply};

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
