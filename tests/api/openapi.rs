//! The document and the page about the API, and that both say what the routes do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use support::*;

use crate::client;

const TABLE: &str = include_str!("../../src/routes.rs");

/// The addresses of the API with their methods, read from the source of the route table.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let api = TABLE.split_once("pub fn api(").expect("a table of the API").1;
    let api = api.split_once("default_service").expect("its end").0;
    let row = |row: &str| {
        let (path, handlers) = row.split_once('"').expect("a path ends");
        let has = |method: &&str| handlers.contains(&format!(".{method}("));
        let methods = ["get", "post", "put", "patch", "delete"].into_iter().filter(has).map(str::to_owned);
        (path.to_owned(), methods.collect())
    };
    api.split("resource(\"").skip(1).map(row).collect()
}

fn document(app: &App) -> Value {
    let reply = Client::new(app, "").get("/api/openapi.json").expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.json
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[test]
fn the_document_has_each_route_with_its_methods_and_nothing_else() {
    let app = App::start(Backend::Sqlite);
    let document = document(&app);
    let described = members(&document["paths"])
        .map(|(path, item)| (path.clone(), members(item).map(|(method, _)| method.clone()).collect::<BTreeSet<_>>()));
    let mut table = table();
    assert_eq!(table.remove(""), Some(["get".to_owned()].into()), "the page for people is no part of it");
    assert_eq!(described.collect::<BTreeMap<_, _>>(), table);
}

#[test]
fn each_address_of_the_document_allows_its_methods() {
    let app = App::start(Backend::Sqlite);
    let (client, document) = (client(&app), document(&app));
    for (path, item) in members(&document["paths"]) {
        let address = format!("/api{}", path.replace("{queue}", "1").replace("{hook}", "1").replace("{schema}", "1"));
        let options = client.send("OPTIONS", &address, &[], "").expect(204);
        let allowed: BTreeSet<_> =
            options.header("allow").expect("a header").split(", ").map(str::to_lowercase).collect();
        let mut described: BTreeSet<_> = members(item).map(|(method, _)| method.clone()).collect();
        described.insert("options".into());
        if described.contains("get") {
            described.insert("head".into());
        }
        assert_eq!(allowed, described, "{path}");
        for (method, operation) in members(item) {
            let reply = client.send(&method.to_uppercase(), &address, &[], "");
            assert!(
                operation["responses"].get(reply.status.to_string()).is_some(),
                "{method} {path}: {}",
                reply.status
            );
            let nobody = Client::new(&app, "").send(&method.to_uppercase(), &address, &[], "").status;
            assert_eq!(nobody == 401, operation["security"].is_null(), "{method} {path}: {nobody}");
        }
    }
}

#[test]
fn each_operation_has_a_name_of_its_own_and_whatever_it_names_is_there() {
    let app = App::start(Backend::Sqlite);
    let document = document(&app);
    let operations = members(&document["paths"]).flat_map(|(_, item)| members(item));
    let mut all = BTreeSet::new();
    assert!(operations.map(|(_, operation)| operation["operationId"].to_string()).all(|name| all.insert(name)));
    let text = document.to_string();
    let named = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next());
    for path in named {
        assert!(document.pointer(path).is_some(), "{path}");
    }
}

#[test]
fn a_page_shows_each_operation_with_a_line_for_a_shell() {
    let app = App::start(Backend::Sqlite);
    let document = document(&app);
    let stranger = app.stranger();
    let page = stranger.get("/api").expect(200);
    assert!(page.header("content-security-policy").is_some_and(|policy| !policy.contains("unsafe-")));
    assert!(!page.body.contains("<script") && !page.body.contains("style="));
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            let section = format!("#{}", operation["operationId"].as_str().expect("a name"));
            let text = page.text(&section);
            assert!(page.has(&format!("nav a[href='{section}']")), "{section}");
            for told in [&format!("{} /api{path}", method.to_uppercase()), "curl", "Answers 200"] {
                assert!(text.contains(told), "{section} says {told}: {text}");
            }
        }
    }
}
