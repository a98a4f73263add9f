//! What holds for the way of every flow schema, tried with some that nobody would write.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use queue_hooks::flow::preview;
use queue_hooks::flow::program::check;
use queue_hooks::flow::request::Request;
use queue_hooks::flow::run::given::samples;
use queue_hooks::model::event::Event;
use queue_hooks::model::queues::queue_type::QueueType;
use support::way::Walk;

/// Longer than anything here takes on a busy machine.
const A_HANG: Duration = Duration::from_secs(10);

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// Texts with variables in them, known, set, answered and unknown ones.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "${a}",
        "${b}",
        "${code}",
        "${state}",
        "${agent_name}",
        "${nobody}",
        "$${global}",
        "${a.uri()}",
        "${a.b}",
        "${",
        "}",
        "x",
        " ",
        "\"",
        "é",
        "\\",
        "/",
        "&",
        "1",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..5).prop_map(|pieces| pieces.concat())
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// An application without branches, whose effect the text alone tells.
fn plain() -> impl Strategy<Value = String> {
    prop_oneof![
        (text(), text()).prop_map(|(a, b)| format!(r#"{{"set":{{"a":{},"b":{}}}}}"#, json(&a), json(&b))),
        text().prop_map(|a| format!(r#"{{"log":{}}}"#, json(&a))),
        Just(r#"{"unSet":["a"]}"#.to_owned()),
        Just(r#"{"start":{}}"#.to_owned()),
        (text(), text(), text(), any::<bool>()).prop_map(|(url, header, body, is_form)| {
            let kind = if is_form { "application/x-www-form-urlencoded" } else { "application/json" };
            let (url, header, body) = (json(&format!("http://x/{url}")), json(&header), json(&body));
            format!(r#"{{"httpRequest":{{"url":{url},"headers":{{"content-type":"{kind}","x":{header}}},"data":{{"z":{body},"a":5}},"responseCode":"code","exportVariables":{{"b":"c"}}}}}}"#)
        }),
    ]
}

/// Anything, also inside each other.
fn any_application() -> impl Strategy<Value = String> {
    let expression = proptest::sample::select(vec![
        "1",
        "0",
        "${a} == 1",
        "nobody",
        "Array(4e9).reverse()",
        "&hour(1-20)",
        "while(1){}",
    ]);
    let leaf = prop_oneof![
        plain(),
        proptest::sample::select(vec![
            r#"{"goto":"t"}"#,
            r#"{"start":{},"tag":"t"}"#,
            r#"{"execute":{"name":"f"}}"#,
            r#"{"schema":{"id":1}}"#,
            r#"{"log":"","limit":{"max":2,"failover":"t"}}"#,
            r#"{"log":"","break":true}"#,
            r#"{"js":{"data":"return ${a} + ${a}","setVar":"a"}}"#,
            r#"{"string":{"fn":"concat","data":"${a}","args":["${a}"],"setVar":"a"}}"#,
            r#"{"math":{"fn":"max","data":["${a}",1],"setVar":"b"}}"#,
            r#"{"timezone":{"name":"Asia/Tokyo"}}"#,
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let list = proptest::collection::vec(inner, 0..4).prop_map(|list| list.join(","));
        (list, expression.clone(), 0..4_usize).prop_map(|(list, expression, kind)| match kind {
            0 => format!(r#"{{"if":{{"expression":"{expression}","then":[{list}],"else":[{{"goto":"t"}}]}}}}"#),
            1 => format!(r#"{{"while":{{"condition":"{expression}","do":[{list}]}}}}"#),
            2 => format!(r#"{{"function":{{"name":"f","actions":[{list}]}}}}"#),
            _ => format!(r#"{{"switch":{{"variable":"${{a}}","case":{{"1":[],"default":[{list}]}}}}}}"#),
        })
    })
}

fn bytes(request: &Request) -> (&str, &str, Vec<(&str, &str)>, Option<&str>) {
    let headers = request.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    (&request.method, &request.url, headers, request.body.as_deref())
}

#[test]
fn without_branches_the_requests_are_those_of_the_preview() {
    let programs = proptest::collection::vec(plain(), 0..8).prop_map(|list| format!("[{}]", list.join(",")));
    let events =
        proptest::sample::select(vec![(Event::Joined, QueueType::Inbound), (Event::Bridged, QueueType::ChatInbound)]);
    let same = |(text, (event, queue_type)): (String, (Event, QueueType))| {
        let program = check(&text).map_err(|problem| TestCaseError::fail(problem.sentence))?;
        let shown = preview::requests(&program, event, queue_type).shown;
        let given = samples(event, queue_type);
        let variables: Vec<(&str, &str)> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
        let way = Walk { variables: &variables, ..Walk::new(&text) }.way();
        let shown: Vec<_> = shown.iter().map(|shown| bytes(&shown.request)).collect();
        let sent: Vec<_> = way.steps.iter().filter_map(|step| step.request.as_ref().map(bytes)).collect();
        prop_assert_eq!(sent, shown, "{}", text);
        Ok(())
    };
    runner(300).run(&(programs, events), same).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn every_flow_schema_ends_within_its_limits() {
    let program = || {
        let list = proptest::collection::vec(any_application(), 0..6);
        list.prop_map(|list| format!("[{}]", list.join(",")))
    };
    let ends = |(first, other): (String, String)| {
        let start = Instant::now();
        let time = Duration::from_millis(20);
        let way = Walk { called: &[(1, &other)], variables: &[("a", "1")], time, ..Walk::new(&first) }.way();
        prop_assert!(start.elapsed() < A_HANG, "{:?}: {} {}", start.elapsed(), first, other);
        prop_assert!(way.steps.len() + way.more <= 10_000);
        prop_assert!(way.steps.iter().filter(|step| step.request.is_some()).count() <= 50);
        Ok(())
    };
    runner(60).run(&(program(), program()), ends).unwrap_or_else(|failure| panic!("{failure}"));
}
