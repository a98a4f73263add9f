//! Where a run ends, whatever a flow schema says: each limit, and texts that ask for more.

use std::time::{Duration, Instant};

use queue_hooks::flow::run::values::Values;
use queue_hooks::flow::text::MAX_TEXT;
use queue_hooks::flow::variables::Variables;
use support::way::{Walk, notes, requests, set_to, trail, walk};

/// Longer than anything here takes on a busy machine.
const A_HANG: Duration = Duration::from_secs(10);

/// Why the run of these applications ended early.
fn end(applications: &str) -> Option<String> {
    let start = Instant::now();
    let way = walk(&format!("[{applications}]"));
    assert!(start.elapsed() < A_HANG, "{applications:.200}: {:?}", start.elapsed());
    way.end
}

#[test]
fn a_run_has_ten_thousand_steps() {
    let body = vec![r#"{"start":{}}"#; 20].join(",");
    let end = end(&format!(r#"{{"while":{{"condition":"true","do":[{body}]}}}}"#));
    assert_eq!(end.as_deref(), Some("It was stopped after 10,000 steps."));
}

#[test]
fn a_loop_has_a_thousand_passes_though_more_are_asked_for() {
    let text = r#"{"while":{"condition":"true","maxSteps":"100000","do":[{"start":{}}]}}"#;
    assert_eq!(end(text).as_deref(), Some("The loop in line 1 was stopped after 1,000 passes."));
}

#[test]
fn a_run_has_fifty_requests() {
    let of = |count: usize| format!("[{}]", vec![r#"{"httpRequest":{"url":"http://x"}}"#; count].join(","));
    let way = walk(&of(50));
    assert_eq!((requests(&way).len(), way.end), (50, None));
    let way = walk(&of(51));
    assert_eq!((requests(&way).len(), way.end.as_deref()), (50, Some("It was stopped at more than 50 requests.")));
    let text = r#"[{"while":{"condition":"true","do":[{"httpRequest":{"url":"http://x"}}]}}]"#;
    assert_eq!(requests(&walk(text)).len(), 50);
}

#[test]
fn flow_schemas_are_ten_deep() {
    let calls = |id: i64| format!(r#"[{{"schema":{{"id":{id}}}}}]"#);
    let texts: Vec<String> = (1..=12).map(|id| calls(id + 1)).collect();
    let all: Vec<(i64, &str)> = (1..).zip(texts.iter().map(String::as_str)).collect();
    // Nine others in the first one, and no tenth.
    let way = Walk { called: &all[..9], ..Walk::new(&calls(1)) }.way();
    assert_eq!((way.end, way.steps.len()), (None, 10));
    let way = Walk { called: &all, ..Walk::new(&calls(1)) }.way();
    let end = "Flow schemas call each other more than 10 deep, so it was stopped.";
    assert_eq!((way.end.as_deref(), way.steps.len()), (Some(end), 10));
    let itself = calls(1);
    let way = Walk { called: &[(1, &itself)], ..Walk::new(&itself) }.way();
    assert_eq!(way.end.as_deref(), Some(end));
}

#[test]
fn functions_that_execute_each_other_end() {
    let f = r#"{"function":{"name":"f","actions":[{"execute":{"name":"g"}},{"start":{}}]}}"#;
    let g = r#"{"function":{"name":"g","actions":[{"execute":{"name":"f"}}]}}"#;
    assert_eq!(
        end(&format!(r#"{f},{g},{{"execute":{{"name":"f"}}}}"#)).as_deref(),
        Some("It was stopped after 10,000 steps.")
    );
}

#[test]
fn variables_have_four_mebibytes() {
    let too_large = Some("Its variables have more than 4 MiB, so it was stopped.");
    let doubling = [r#"{"set":{"a":"${a}${a}"}}"#; 40].join(",");
    assert_eq!(end(&format!(r#"{{"set":{{"a":"xx"}}}},{doubling}"#)).as_deref(), too_large);
    // The same bytes under many names.
    let grow = r#"{"js":{"data":"return 'k' + (+${n} + 1)","setVar":"k"}},{"set":{"n":"1${n}"}}"#;
    let many = (0..30).map(|n| format!(r#"{{"set":{{"v{n}":"${{a}}"}}}}"#)).collect::<Vec<_>>().join(",");
    let a = "y".repeat(200_000);
    assert_eq!(end(&format!(r#"{{"set":{{"a":"{a}"}}}},{grow},{many}"#)).as_deref(), too_large);
    // A script that makes a text of 4 MiB, and one that makes a text of 128 MiB.
    let long = |doublings: usize| {
        let script = format!("var s = 'x'; for (var i = 0; i < {doublings}; i++) s += s; return s");
        walk(&format!(r#"[{{"js":{{"data":"{script}","setVar":"x"}}}}]"#))
    };
    let (large, huge) = (long(22), long(27));
    assert_eq!((large.end.as_deref(), notes(&large).len()), (too_large, 0), "{:?}", notes(&large));
    assert_eq!(notes(&huge), ["It needs more than 16 MiB of memory, so it was stopped."]);
    assert_eq!((huge.end.as_deref(), set_to(&huge, "x")), (None, None));
}

#[test]
fn what_is_written_into_requests_has_a_mebibyte() {
    let body = format!(r#"{{"httpRequest":{{"url":"http://x","data":"{}"}}}}"#, "${a}".repeat(2000));
    let text = format!(r#"{{"set":{{"a":"{}"}}}},{body},{body}"#, "y".repeat(2000));
    assert_eq!(end(&text).as_deref(), Some("Its requests have more than 1 MiB together, so it was stopped."));
}

#[test]
fn a_run_takes_no_longer_than_it_may() {
    // Each step copies a long value.
    let text = format!(
        r#"[{{"set":{{"a":"{}"}}}},{{"set":{{"b":"${{a}}${{a}}"}},"tag":"t"}},{{"goto":"t"}}]"#,
        "y".repeat(900_000)
    );
    let start = Instant::now();
    let way = Walk { time: Duration::from_millis(50), ..Walk::new(&text) }.way();
    assert_eq!(way.end.as_deref(), Some("It took too long, so it was stopped."));
    assert!(start.elapsed() < A_HANG, "{:?}", start.elapsed());
}

#[test]
fn what_is_kept_of_a_long_run_is_little() {
    let a = "y".repeat(100_000);
    let text =
        format!(r#"[{{"set":{{"a":"{a}"}}}},{{"set":{{"b":"${{a}}"}},"tag":"t"}},{{"log":"${{a}}"}},{{"goto":"t"}}]"#);
    let way = walk(&text);
    assert!(way.steps.len() <= 550 && way.more > 2000, "{} {}", way.steps.len(), way.more);
    let bytes = |step: &queue_hooks::flow::run::way::Step| {
        step.notes.iter().map(String::len).sum::<usize>()
            + step.set.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, String::len)).sum::<usize>()
    };
    assert!(way.steps.iter().all(|step| bytes(step) < 1200));
}

#[test]
fn a_script_may_ask_for_any_number_of_names_that_only_an_answer_could_tell() {
    let mut values = Values::default();
    values.set("x", None);
    for n in 0..100 {
        assert_eq!(values.get(&format!("x.{n}{}", "é".repeat(500_000))), None);
    }
    assert_eq!(values.unknown.len(), 20);
    assert!(values.unknown.iter().all(|name| name.len() <= 200), "{:?}", values.unknown);
    let script = "var s = 'y'; while (s.length < 1e6) s += s; for (var n = 0; n < 300; n++) ${x.} + _getChannelVar('x.' + n + s); return 1";
    let way = walk(&format!(
        r#"[{{"httpRequest":{{"url":"http://x","exportVariables":{{"x":"x"}}}}}},{{"js":{{"data":"{script}","setVar":"n"}}}}]"#
    ));
    let note = notes(&way).into_iter().find(|note| note.starts_with("Only an answer could tell: x., x.0yyy"));
    assert!(note.is_some_and(|note| note.len() <= 1100), "{:?}", notes(&way));
}

/// Texts of a mebibyte that are as bad as they can be.
#[test]
fn a_mebibyte_of_anything_ends() {
    let list = |element: &str| format!("[{}]", vec![element; (MAX_TEXT - 2) / (element.len() + 1)].join(","));
    let nested = |open: &str, close: &str| format!("[{}{}]", open.repeat(150), close.repeat(150));
    // Each argument is a variable of a mebibyte.
    let doubled = format!(r#"{{"set":{{"a":"{}"}}}}{}"#, "y".repeat(1 << 15), r#",{"set":{"a":"${a}${a}"}}"#.repeat(5));
    let many = r#""${a}","#.repeat(130_000);
    let names = |count: usize| (0..count).map(|n| format!("\"k{n}\":\"${{a}}\"")).collect::<Vec<_>>().join(",");
    for text in [
        list(r#"{"start":{}}"#),
        list(r#"{"goto":"a","tag":"a"}"#),
        list(r#"{"function":{"name":"f","actions":[{"execute":{"name":"f"}}]}}"#),
        list(r#"{"if":{"expression":"1","then":[{"start":{}}]}}"#),
        nested(r#"{"if":{"expression":"1","then":["#, "]}}"),
        nested(r#"{"while":{"condition":"1","do":["#, "]}}"),
        nested(r#"{"function":{"name":"f","actions":["#, r#"]}},{"execute":{"name":"f"}}"#),
        format!(r#"[{{"set":{{{}}},"tag":"t"}},{{"goto":"t"}}]"#, names(50_000)),
        format!(r#"[{{"while":{{"condition":"{}","do":[]}}}}]"#, "1+".repeat(30_000)),
        format!(
            r#"[{{"string":{{"data":"{}","fn":"replace","args":["/(a|a)*b/","x"],"setVar":"x"}}}}]"#,
            "a".repeat(100_000)
        ),
        format!(r#"[{{"switch":{{"variable":"x","case":{{{}}}}}}}]"#, names(50_000)),
        format!(r#"[{{"string":{{"fn":"concat","data":"a","args":[{}1],"setVar":"x"}}}}]"#, "1,".repeat(100_000)),
        format!("[{doubled},{{\"string\":{{\"fn\":\"concat\",\"data\":\"a\",\"args\":[{many}1],\"setVar\":\"x\"}}}}]"),
        format!("[{doubled},{{\"math\":{{\"fn\":\"max\",\"data\":[{many}1],\"setVar\":\"x\"}}}}]"),
    ] {
        let start = Instant::now();
        let way = Walk { time: Duration::from_millis(100), ..Walk::new(&text) }.way();
        assert!(start.elapsed() < A_HANG, "{text:.100}: {:?}", start.elapsed());
        assert!(way.steps.len() + way.more <= 10_000);
    }
}

#[test]
fn the_arguments_of_a_step_have_four_mebibytes_together() {
    let a = "y".repeat(900_000);
    let args = |count: usize| vec![r#""${a}""#; count].join(",");
    let text = |count| {
        format!(
            r#"[{{"set":{{"a":"{a}"}}}},{{"string":{{"fn":"length","data":"","args":[{}],"setVar":"x"}}}}]"#,
            args(count)
        )
    };
    assert_eq!(walk(&text(4)).end, None);
    let way = walk(&text(5));
    assert_eq!(notes(&way), ["Its list has more than 4 MiB."]);
    let quotes = text(5).replace(&a, &"\\u0001".repeat(150_000));
    assert_eq!(notes(&walk(&quotes)), ["Its list has more than 4 MiB."], "as they are written");
}

#[test]
fn arguments_of_any_kind_are_survived() {
    let names = [
        "httpRequest",
        "log",
        "dump",
        "start",
        "set",
        "unSet",
        "if",
        "switch",
        "while",
        "break",
        "goto",
        "function",
        "execute",
        "schema",
        "softSleep",
        "string",
        "math",
        "js",
        "timezone",
        "trigger",
    ];
    for name in names {
        for arguments in [
            "null",
            "true",
            "-1e9",
            "\"\"",
            "\"${a}\"",
            "[]",
            "[null]",
            "{}",
            r#"{"name":5,"fn":[],"data":{},"do":1,"then":"x","case":[],"setVar":null,"id":1.5,"url":[],"args":"a"}"#,
        ] {
            let way = walk(&format!(r#"[{{"{name}":{arguments}}},{{"set":{{"x":"on"}}}}]"#));
            assert!(way.end.is_none(), "{name} {arguments}: {:?}", way.end);
            let ends = name == "break" && arguments == "true";
            assert_eq!(set_to(&way, "x"), (!ends).then_some("on"), "{name} {arguments}: {:?}", trail(&way));
        }
    }
    assert_eq!(notes(&walk(r#"[{"set":{"":"a"}},{"js":{"data":"return 1"}}]"#)), Vec::<&str>::new());
}
