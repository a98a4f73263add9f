//! `/static/{file}`: the files that pages link to.

use std::collections::BTreeSet;

use queue_hooks::secret::Hex;
use rust_embed::Embed;
use sha2::{Digest, Sha256};
use support::*;

#[derive(Embed)]
#[folder = "static/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct Files;

/// The first hexadecimal digits of a content's hash, as its address has them.
fn hash(content: &str) -> String {
    Hex(&Sha256::digest(content)[..6]).to_string()
}

/// The files that the pages ask for.
fn linked(page: &Page) -> BTreeSet<String> {
    let linked = [("link[href]", "href"), ("script[src]", "src"), ("img[src]", "src"), ("use[href]", "href")];
    let attributes = linked.iter().flat_map(|(selector, name)| {
        page.all(selector).into_iter().filter_map(|element| element.attr(name)).collect::<Vec<_>>()
    });
    attributes.map(|url| url.split('#').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_file_is_served_under_the_hash_of_its_content_for_ever() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let alone = Files::iter().filter(|name| !name.contains('/')).map(|name| name.to_string());
    for name in alone.chain(["app.css".into(), "app.js".into()]) {
        let url = queue_hooks::web::assets::url(&name);
        let (stem, extension) = name.rsplit_once('.').expect("an extension");
        let file = browser.request("GET", url, &[], b"").expect(200);
        assert_eq!(url, format!("/static/{stem}.{}.{extension}", hash(&file.body)));
        if let Some(source) = Files::get(&name) {
            assert_eq!(file.body.as_bytes(), &*source.data);
        }
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let content_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => panic!("{name} is of no known type"),
        };
        assert_eq!(file.header("content-type"), Some(content_type));
        assert!(!file.headers.contains_key("set-cookie"), "a file that proxies keep sets no cookie");
    }
}

#[test]
fn another_name_is_not_found_and_not_kept() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let url = queue_hooks::web::assets::url("app.css");
    let wrong = format!("/static/app.{}.css", "0".repeat(12));
    assert_eq!(wrong.len(), url.len());
    let paths = [
        &*wrong,
        "/static/app.css",
        "/static/script/swap.js",
        "/static/",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/Cargo.toml",
    ];
    for path in paths.into_iter().chain(["/static/VENDORED.md", "/static/icons.LICENSE.txt"]) {
        let page = browser.request("GET", path, &[], b"").expect(404);
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn pages_ask_for_nothing_but_files_that_exist_here() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    let mut all = BTreeSet::new();
    for path in center.pages().iter().map(String::as_str).chain(["/nothing"]) {
        all.extend(linked(&browser.get(path)));
    }
    assert!(all.contains(queue_hooks::web::assets::url("app.css")));
    for url in all {
        browser.request("GET", &url, &[], b"").expect(200);
    }
}

#[test]
fn every_icon_that_the_style_sheet_draws_is_served_beside_it_for_ever() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let style = browser.get(queue_hooks::web::assets::url("app.css")).body;
    let names: Vec<_> = style.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        let icon = browser.get(&format!("/static/{name}")).expect(200);
        assert!(name.contains(&hash(&icon.body)), "{name} has the hash of its content");
        assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
        assert!(icon.body.starts_with("<svg xmlns=") && icon.has("svg > path"), "{}", icon.body);
    }
}

#[test]
fn every_icon_that_a_page_uses_is_drawn() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    let icons = browser.get(queue_hooks::web::assets::url("icons.svg"));
    for path in center.pages().iter().map(String::as_str).chain(["/nothing"]) {
        for icon in browser.get(path).all("use") {
            let (_, id) = icon.attr("href").and_then(|href| href.split_once('#')).expect("an icon's name");
            assert!(icons.has(&format!("[id={id:?}]")), "{path} uses the icon {id}");
        }
    }
}

#[test]
fn a_browser_that_takes_zstd_gets_the_file_as_small_as_that_can_be() {
    let app = App::start(Backend::Sqlite);
    let address = queue_hooks::web::assets::url("app.js");
    let whole = app.stranger().get(address).expect(200).body;
    let ask = |accepted: &str| {
        let request = format!(
            "GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
        );
        app.wire(request.as_bytes()).expect("an answer")
    };
    let compressed = ask("gzip, deflate, br, zstd");
    assert_eq!(compressed.header("content-encoding"), Some("zstd"));
    assert_eq!(compressed.header("vary"), Some("accept-encoding"));
    assert_eq!(zstd::bulk::decompress(&compressed.body, 1 << 20).expect("zstd"), whole.as_bytes());
    let page = zstd::bulk::compress(whole.as_bytes(), 3).expect("memory");
    assert!(compressed.body.len() < page.len(), "smaller than a page would be: {}", compressed.body.len());
    // Others get it in another way.
    assert_eq!(ask("gzip").header("content-encoding"), Some("gzip"));
    assert_eq!(ask("gzip, zstd;q=0").header("content-encoding"), Some("gzip"));
    assert_eq!(ask("identity").header("content-encoding"), None);
}
