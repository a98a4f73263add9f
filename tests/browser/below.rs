//! The application below a path of somebody else's host, behind a real nginx.

use std::collections::BTreeSet;

use support::process::*;
use support::window::*;

/// The demonstration below `/hooks/`, and what else is on that host.
fn below() -> (Server, Nginx) {
    let port = free_port();
    let public = format!("http://127.0.0.1:{port}/hooks/");
    let server = Program::new(&["serve", "--demo", "--listen", "127.0.0.1:0", "--public-url", &public]).serve();
    let nginx = Nginx::of_documents(port, "location /hooks/ {", server.address);
    (server, nginx)
}

#[test]
fn hooks_are_kept_beside_another_application() {
    let (server, nginx) = below();
    let link = server.link();
    assert!(link.starts_with("/hooks/sign-in?link="), "{link}");
    let window = Window::at(nginx.address, &link);
    window.click("Sign in");
    window.is_at("/hooks/contact-center/queues");
    window.click("Inbound support");
    window.expect("location.pathname.startsWith('/hooks/contact-center/queues/')", true);
    window.until("document.body.dataset.hxBooted ?? typeof window.htmx === 'object'");
    window.click("Remove Active → WFM: score lead");
    window.says("Removed Active → WFM: score lead");
    window.click("Undo");
    window.says("Restored Active → WFM: score lead");
    window.click("Flow schema");
    window.expect("location.search", "?sort=schema");
    window.press("n");
    window.until("document.querySelector('dialog[open] form')");
    window.press("Escape");
    window.click("Flow schemas");
    window.is_at("/hooks/routing/flow");
    window.back();
    window.expect("location.search", "?sort=schema");
    window.click("Settings");
    window.click("Dark");
    window.click("Keep");
    window.expect("document.documentElement.dataset.theme", "dark");
    window.expect("location.search", "?sort=schema");
    // Nothing of it reaches what else is there.
    window.expect("document.cookie", "");
    window.click("Signed in as Demonstration");
    window.click("Sign out");
    window.is_at("/hooks/sign-in");
}

#[test]
fn every_address_and_cookie_is_below_the_path() {
    let (server, nginx) = below();
    let browser = Browser::new(nginx.address);
    browser.get(&server.link()).expect(200).press("Sign in", &[]).expect(200);
    let mut seen = BTreeSet::new();
    let mut next = vec!["/hooks/".to_owned()];
    // A page of each kind, whatever its ids and its view.
    let mut kinds = BTreeSet::new();
    while let Some(path) = next.pop() {
        let kind: String = path.split('?').next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
        if !kinds.insert(kind) {
            continue;
        }
        let page = browser.get(&path);
        // Hooks run the flow schema that is asked about.
        assert!(page.status == 200 || path.contains("/removal?") && page.status == 409, "{path}: {}", page.status);
        for cookie in page.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("ASCII");
            assert!(cookie.contains("; Path=/hooks/"), "{path}: {cookie}");
        }
        for name in ["href", "src", "action", "formaction", "data-hx-get", "data-hx-post", "data-href"] {
            for element in page.all(&format!("[{name}]")) {
                let address = element.value().attr(name).unwrap_or_default().split('#').next().unwrap_or_default();
                let is_relative = address.is_empty() || address.starts_with('?');
                assert!(is_relative || address.starts_with("/hooks/"), "{path}: {name}={address}");
                if name == "href" && !is_relative && seen.insert(address.to_owned()) {
                    next.push(address.to_owned());
                }
            }
        }
    }
    assert!(kinds.len() > 20, "{kinds:?}");
}

#[test]
fn what_is_not_below_the_path_is_not_there() {
    let (server, nginx) = below();
    let stranger = server.stranger();
    for path in ["/", "/sign-in", "/contact-center/queues", "/hookset/sign-in"] {
        let page = stranger.get(path).expect(404);
        assert_eq!(page.attr(".brand", "href"), "/hooks/", "{path}");
    }
    for (path, page, status) in [
        ("/hooks", "/hooks/", 308),
        ("/hooks/events/?a=b", "/hooks/events?a=b", 308),
        ("/hooks/settings", "/hooks/", 303),
        ("/hooks/account/password", "/hooks/account", 303),
    ] {
        let answer = stranger.request("GET", path, &[], b"").expect(status);
        assert_eq!(answer.header("location"), Some(page));
    }
    // Nor does signing in lead to what else is on the host.
    let browser = Browser::new(nginx.address);
    for next in [
        "/",
        "/elsewhere",
        "/hookset",
        "https://evil.example/",
        "//evil.example/hooks/",
        "/hooks/../admin",
        "/hooks/a/%2E%2e/%2e./admin",
        "/hooks/.",
    ] {
        let next = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        let page = browser.get(&format!("/hooks/sign-in?next={next}")).expect(200);
        assert_eq!(page.attr("main form [name=next]", "value"), "/hooks/", "{next}");
    }
}
