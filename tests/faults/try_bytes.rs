//! What the preview shows is what goes over the line, and no path into an answer does harm.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};
use queue_hooks::flow::preview;
use queue_hooks::flow::program::check;
use queue_hooks::flow::request::Request;
use queue_hooks::flow::run::exchange::Hop;
use queue_hooks::flow::run::given::samples;
use queue_hooks::flow::run::paths::{Document, Found};
use queue_hooks::flow::run::watch::Watch;
use queue_hooks::flow::run::way::Step;
use queue_hooks::model::event::Event;
use queue_hooks::model::queues::queue_type::QueueType;
use serde_json::{Value, json};
use support::receiver::{Got, Receiver, reply};
use support::way::Walk;
use support::way_out;

/// What Go's client adds, whatever is typed.
const ADDED: [&str; 4] = ["Host", "User-Agent", "Content-Length", "Accept-Encoding"];

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Text with variables in it, and with what has a meaning somewhere.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "Z9",
        " ",
        "ü",
        "\"",
        "\\",
        "<",
        "&",
        "=",
        "+",
        "%20",
        "/",
        ".",
        "..",
        ":",
        ";",
        ",",
        "'",
        "$",
        "{",
        "}",
        "~",
        "${state}",
        "${queue_id}",
        "${destination.uri()}",
        "${none}",
        "${own}",
        "$${global}",
        "|",
        "*",
        "(",
        "@",
        "!",
        "日本",
        "\u{1f600}",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!(true))
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let named = prop::collection::btree_map(text(), inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            named.prop_map(|named| Value::Object(named.into_iter().collect()))
        ]
    })
}

fn arguments() -> impl Strategy<Value = Value> {
    let method = prop::sample::select(vec!["GET", "POST", "put", "Patch", "DELETE", "OPTIONS", "PURGE"]);
    let name = prop::sample::select(vec![
        "X-Own",
        "x-lower",
        "ACCEPT",
        "Accept",
        "User-Agent",
        "Cookie",
        "Referer",
        "Expect-CT",
        "Content-TYPE",
    ]);
    let headers = prop::collection::btree_map(name, text(), 0..4);
    let kinds = ["application/json", "text/xml", "application/x-www-form-urlencoded", "text/plain"];
    let kind = prop::option::of(prop::sample::select(kinds.to_vec()));
    let paths = prop::collection::btree_map("[a-c]", text(), 0..2);
    (method, text(), text(), headers, kind, prop::option::of(data()), prop::option::of(paths)).prop_map(
        |(method, path, query, headers, kind, data, paths)| {
            let mut arguments = json!({"url": format!("http://RECEIVER/{path}?q={query}"), "method": method});
            let mut headers: serde_json::Map<_, _> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            headers.extend(kind.map(|kind| ("content-type".to_owned(), kind.into())));
            arguments["headers"] = Value::Object(headers);
            if let Some(data) = data {
                arguments["data"] = data;
            }
            if let Some(paths) = paths {
                arguments["path"] = json!(paths);
            }
            arguments
        },
    )
}

/// One step after the other: requests, and what sets the variables of those below. No answer sets any.
fn steps() -> impl Strategy<Value = Value> {
    let name = || prop::sample::select(vec!["state", "queue_id", "none", "own"]);
    let set = prop::collection::btree_map(name(), text(), 1..3).prop_map(|values| json!({"set": values}));
    let unset = name().prop_map(|name| json!({"unSet": [name]}));
    let log = text().prop_map(|text| json!({"log": text}));
    let request = arguments().prop_map(|arguments| json!({"httpRequest": arguments}));
    prop::collection::vec(prop_oneof![3 => request, 2 => set, 1 => unset, 1 => log], 1..6).prop_map(Value::from)
}

/// Those of the headers that the flow schema wrote.
fn typed(headers: &[(String, String)], own: &[String]) -> Vec<(String, String)> {
    let is_added = |name: &String| ADDED.contains(&&**name) && !own.contains(name);
    let mut typed: Vec<_> = headers.iter().filter(|(name, _)| !is_added(name)).cloned().collect();
    typed.sort();
    typed
}

#[test]
fn what_the_preview_shows_is_what_is_sent() {
    let receiver = Receiver::start(|_| reply(200, &[], ""));
    let outbound = way_out();
    let (event, queue_type) = (Event::Joined, QueueType::Inbound);
    let variables = samples(event, queue_type);
    let variables: Vec<_> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    let address = receiver.address.to_string();
    let runner = &mut proptest::test_runner::TestRunner::new(config(150));
    let most = AtomicUsize::new(0);
    let result = runner.run(&steps(), |steps| {
        let text = steps.to_string().replace("RECEIVER", &address);
        let program = check(&text).map_err(|problem| TestCaseError::fail(format!("{problem:?}")))?;
        let shown = preview::requests(&program, event, queue_type).shown;
        let before = receiver.got().len();
        let walk = Walk { variables: &variables, time: Duration::from_secs(20), ..Walk::new(&text) };
        let way = walk.over(outbound.line(), &Watch::default());
        let got = receiver.got().split_off(before);
        most.fetch_max(got.len(), Ordering::Relaxed);
        let mut got = got.iter();
        let ran: Vec<&Step> = way.steps.iter().filter(|step| step.request.is_some()).collect();
        prop_assert_eq!(ran.len(), shown.len(), "{}", text);
        for (step, shown) in ran.into_iter().zip(shown) {
            prop_assert_eq!(step.line, shown.line);
            let Some(exchange) = &step.exchange else {
                // What cannot be sent says why, and was not sent to anybody else.
                prop_assert!(!step.notes.is_empty(), "{}", text);
                continue;
            };
            is_as_shown(&address, &shown.request, &exchange.hops[0], got.next().expect("it was sent"))?;
        }
        prop_assert!(got.next().is_none(), "{}", text);
        Ok(())
    });
    result.unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(receiver.got().len() > 150, "only {} were sent", receiver.got().len());
    assert!(most.into_inner() > 1, "never more than one of a program");
}

/// Compares what the preview shows with what was sent and with what came.
fn is_as_shown(address: &str, shown: &Request, sent: &Hop, got: &Got) -> Result<(), TestCaseError> {
    prop_assert_eq!(&got.method, &shown.method);
    let url = shown.url.split('#').next().unwrap_or_default();
    prop_assert_eq!(format!("http://{address}{}", got.target), url);
    prop_assert_eq!(&*got.body, shown.body.as_deref().unwrap_or_default().as_bytes());
    let own: Vec<_> = shown.headers.keys().cloned().collect();
    let written: Vec<_> =
        shown.headers.iter().map(|(name, value)| (name.clone(), value.trim_matches(' ').to_owned())).collect();
    prop_assert_eq!(typed(&got.headers, &own), typed(&written, &own));
    prop_assert_eq!((&sent.headers, &sent.url), (&got.headers, &url.to_owned()));
    Ok(())
}

#[test]
fn no_path_into_any_body_panics_or_takes_long() {
    let pieces = vec![
        ".",
        "|",
        "#",
        "*",
        "?",
        "\\",
        "@",
        "@reverse",
        "@flatten:{\"deep\":true}",
        "@join",
        "@ugly",
        "@valid",
        "@this",
        "@pretty",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "#(",
        ")#",
        "=",
        "==",
        "!=",
        "%",
        "!%",
        "<",
        ">=",
        "~true",
        "\"",
        ",",
        ":",
        "a",
        "b",
        "0",
        "1",
        "-1",
        "é",
        "日",
        "\\u",
        "\\u00e9",
        " ",
        "..",
        "null",
        "18446744073709551616",
        "\u{0}",
        "\n",
    ];
    let path = prop::collection::vec(prop::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat());
    let leaf = prop_oneof![
        prop::sample::select(vec!["a", "", "é\"\\", "日本\n", "*a*b", "\u{1f600}"]).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null)
    ];
    let body = leaf.prop_recursive(4, 24, 5, |inner| {
        let name = prop::sample::select(vec!["a", "b", "é", "", "0", "a.b", "\\", "\"", "日"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.prop_map(str::to_owned), inner, 0..5)
                .prop_map(|named| Value::Object(named.into_iter().collect()))
        ]
    });
    // Some are cut, and so no JSON.
    let body = (body, prop::option::weighted(0.2, 0_usize..40), any::<bool>()).prop_map(|(body, cut, pretty)| {
        let mut text = if pretty { serde_json::to_string_pretty(&body).expect("JSON") } else { body.to_string() };
        if let Some(cut) = cut.filter(|cut| text.is_char_boundary(*cut)) {
            text.truncate(cut);
        }
        text
    });
    proptest!(config(4000), |(path in path, body in body)| {
        if let Found::Text(text) = Document::of(&body).find(&path) {
            prop_assert!(std::str::from_utf8(text.as_bytes()).is_ok());
        }
    });
}

#[test]
fn paths_that_would_explode_are_not_followed() {
    let large = format!("[{}1]", "[1,{\"aaaa\":\"bbbb\"}],".repeat(40_000));
    let deep = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
    let long = format!(r#"{{"{}": 1}}"#, "a".repeat(900_000));
    let doubling = vec!["[@this,@this]"; 40].join("|");
    let stars = "*a".repeat(20) + "*b";
    let short = format!(r#"[{{"a":"{}"}}]"#, "a".repeat(60));
    let escaped = format!(r#"#(a%"{}b")"#, r"\u002aa".repeat(20));
    let chained = vec!["@this"; 100];
    let since = Instant::now();
    for (body, path) in [
        (&large, &*doubling),
        (&large, "@pretty:{\"indent\":\"                    \"}"),
        (&deep, "@flatten:{\"deep\":true}"),
        (&deep, "0.0.0"),
        (&long, &*stars),
        (&long, "*a*b"),
        (&large, &*"#.".repeat(1000)),
        (&short, &*escaped),
        (&short, r#"#(a%"\u002A\u002a*b")"#),
        (&short, r#"#(a="\u0061")"#),
        (&large, &*chained.join("|")),
        (&large, &*chained.join(".")),
        (&large, &*format!("@this{}", "|0".repeat(8))),
    ] {
        assert!(matches!(Document::of(body).find(path), Found::TooMuch), "{path:.40}");
    }
    for (body, path) in [
        (&large, "#.#(aaaa=\"bbbb\")#"),
        (&large, "#.1.aaaa"),
        (&long, "*b"),
        (&large, "#(#(#(1)#)#)#"),
        (&deep, "a"),
        (&large, "@this|@reverse|@this|@ugly|0"),
    ] {
        let _ = Document::of(body).find(path);
    }
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
}
