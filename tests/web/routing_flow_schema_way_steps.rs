//! What each application does when a flow schema runs here, as in Webitel's flow manager.

use support::way::{Walk, notes, requests, set_to, trail, walk};

/// What a list of applications, one a line, sets `x` to.
fn x(applications: &str) -> String {
    let way = walk(&format!("[{applications}]"));
    assert_eq!(way.end, None, "{applications}");
    set_to(&way, "x").unwrap_or_else(|| panic!("{applications}: {:?}", notes(&way))).to_owned()
}

/// What is said of a single application.
fn note(application: &str) -> String {
    notes(&walk(&format!("[{application}]"))).join(" ")
}

// Variables.

#[test]
fn set_makes_all_its_values_before_it_sets_the_first() {
    let way = walk(r#"[{"set":{"a":"1","b":2.50,"c":true}},{"set":{"a":"2","x":"${a}${b}${c}${nobody}"}}]"#);
    assert_eq!(set_to(&way, "x"), Some("12.5true"));
    assert_eq!(set_to(&way, "a"), Some("2"));
}

#[test]
fn what_is_unset_is_empty() {
    assert_eq!(x(r#"{"set":{"a":"1","b":"2"}},{"unSet":["a"]},{"set":{"x":"(${a}${b})"}}"#), "(2)");
    assert_eq!(note(r#"{"unSet":"a"}"#), "It needs a list of names, so nothing happens.");
}

// Requests.

#[test]
fn a_request_is_built_with_the_values_at_its_step() {
    let way = Walk {
        variables: &[("who", "Ann")],
        ..Walk::new(r#"[{"httpRequest":{"url":"http://x/${who}"}},{"set":{"who":"Bo"}},{"httpRequest":{"url":"http://x/${who}","method":"get"}}]"#)
    }
    .way();
    assert_eq!(requests(&way), ["POST http://x/Ann", "GET http://x/Bo"]);
    assert_eq!(trail(&way), ["httpRequest 1", "set 1", "httpRequest 1"]);
}

#[test]
fn what_an_answer_sets_is_not_known_and_stays_as_it_is_written() {
    let text = r#"[{"set":{"code":"1"}},{"httpRequest":{"url":"http://x","responseCode":"code","exportVariables":{"name":"a.b"}}},
        {"httpRequest":{"url":"http://x/${code}/${name}"}},{"if":{"expression":"${code} == 200","then":[{"set":{"x":"yes"}}],"else":[{"set":{"x":"no"}}]}}]"#;
    let way = walk(text);
    assert_eq!(way.steps[1].set, [("code".to_owned(), None), ("name".to_owned(), None)]);
    assert_eq!(requests(&way)[1], "POST http://x/$%7Bcode%7D/$%7Bname%7D");
    assert_eq!(way.steps[2].notes, ["Only an answer could tell: code, name."]);
    assert_eq!(way.steps[3].notes, ["It goes into “else”.", "Only an answer could tell: code."]);

    let way = Walk { answers: &[("code", "200")], ..Walk::new(text) }.way();
    assert_eq!(way.steps[1].set, [("code".to_owned(), Some("200".to_owned())), ("name".to_owned(), None)]);
    assert_eq!(requests(&way)[1], "POST http://x/200/$%7Bname%7D");
    assert_eq!(set_to(&way, "x"), Some("yes"));
}

#[test]
fn a_request_without_an_address_is_said_to_send_nothing() {
    assert_eq!(note(r#"{"httpRequest":{"method":"GET"}}"#), "It has no url, so it sends nothing.");
}

// What only says something.

#[test]
fn log_dump_start_and_soft_sleep_change_nothing() {
    let way = walk(
        r#"[{"start":{}},{"set":{"a":"1"}},{"log":"a is ${a}"},{"dump":{}},{"softSleep":"50${a}"},{"log":{"a":1}}]"#,
    );
    assert_eq!(
        notes(&way),
        [
            "Webitel logs “a is 1”.",
            "Webitel logs all variables, 1 of them with a value.",
            "Webitel waits 501 ms here; this run does not.",
            "It needs a text, so nothing is logged.",
        ]
    );
    assert_eq!(trail(&way).len(), 6, "an error does not end the flow");
}

#[test]
fn an_application_that_nobody_knows_is_passed_over() {
    let way = walk(r#"[{"lgo":"a"},{"set":{"x":"1"}}]"#);
    assert_eq!(notes(&way), ["Webitel 26.6 knows no application “lgo”. It logs an error there and goes on."]);
    assert_eq!(set_to(&way, "x"), Some("1"));
}

#[test]
fn an_application_that_needs_webitel_stops_everything_before_it_begins() {
    for (application, arguments) in
        [("calendar", "{}"), ("sql", "{}"), ("cache", "{}"), ("sendEmail", "{}"), ("playback", "{}"), ("global", "{}")]
    {
        let inner = format!(
            r#"[{{"httpRequest":{{"url":"http://x"}}}},
            {{"if":{{"expression":"false","then":[{{"{application}":{arguments}}}]}}}}]"#
        );
        let way = walk(&inner);
        assert!(way.steps.is_empty());
        assert_eq!(way.end, Some(format!("Line 2: “{application}” needs what only Webitel has, so nothing was run.")));
    }
    let way = Walk { called: &[(7, "[\n{\"mq\":{}}]")], ..Walk::new(r#"[{"schema":{"id":7}}]"#) }.way();
    assert_eq!(way.end.as_deref(), Some("Line 2 of “Schema 7”: “mq” needs what only Webitel has, so nothing was run."));
}

// Which way it goes.

#[test]
fn if_takes_a_branch_and_goes_on_after_it() {
    let of = |expression: &str| {
        trail(&walk(&format!(
            "[{{\"if\":{{\"expression\":\"{expression}\",\n\"else\":[{{\"log\":\"a\"}}],\n\"then\":[{{\"log\":\"b\"}}]}}}},\n{{\"log\":\"c\"}}]"
        )))
    };
    assert_eq!(of("1 < 2"), ["if 1", "log 3", "log 4"]);
    assert_eq!(of("1 > 2"), ["if 1", "log 2", "log 4"]);
    for wrong in ["nobody.knows", "1 +", "", "throw 1"] {
        assert_eq!(of(wrong), ["if 1", "log 4"], "an error runs neither branch: {wrong}");
    }
    assert_eq!(
        note(r#"{"if":{"expression":"nobody"}}"#),
        "Its script failed: nobody is not defined. Neither branch is taken."
    );
}

#[test]
fn switch_takes_the_case_of_the_value_or_the_default() {
    let of = |value: &str| {
        let text = format!(
            r#"{{"set":{{"v":"{value}"}}}},{{"switch":{{"variable":"${{v}}","case":{{"a":[{{"set":{{"x":"A"}}}}],"default":[{{"set":{{"x":"D"}}}}]}}}}}}"#
        );
        x(&text)
    };
    assert_eq!((of("a"), of("b"), of("")), ("A".into(), "D".into(), "D".into()));
    assert_eq!(note(r#"{"switch":{"variable":"b","case":{"a":[]}}}"#), "There is no case for “b”.");
    assert_eq!(note(r#"{"switch":{"case":{}}}"#), "It needs a “variable” and a “case”, so nothing happens.");
}

#[test]
fn the_first_pass_of_while_asks_for_nothing() {
    assert_eq!(
        x(
            r#"{"set":{"x":"0"}},{"while":{"condition":"false","do":[{"math":{"fn":"max","data":["${x}",1],"setVar":"x"}}]}}"#
        ),
        "1"
    );
    let counting = r#"{"js":{"data":"return +${n} + 1","setVar":"n"}}"#;
    let way = walk(&format!(
        r#"[{{"set":{{"n":"0"}}}},{{"while":{{"condition":"${{n}} < 3","do":[{counting}]}}}},{{"set":{{"x":"${{n}}"}}}}]"#
    ));
    assert_eq!(set_to(&way, "x"), Some("3"));
    let passes: Vec<_> = notes(&way).into_iter().filter(|note| note.contains("ass") || note.contains("hold")).collect();
    assert_eq!(passes, ["Pass 1.", "Pass 2.", "Pass 3.", "Its condition does not hold, so it ends."]);
}

#[test]
fn max_steps_counts_only_as_a_string() {
    let of = |max: &str| {
        let way = walk(&format!(
            r#"[{{"while":{{"condition":"true","maxSteps":{max},"do":[{{"start":{{}}}}]}}}},{{"set":{{"x":"on"}}}}]"#
        ));
        assert_eq!((way.end.as_deref(), set_to(&way, "x")), (None, Some("on").filter(|_| way.more == 0)));
        way.steps.len() + way.more
    };
    // Each pass has two steps; the loop asks once more at the end.
    assert_eq!(of("\"3\""), 2 * 3 + 1 + 1);
    assert_eq!(of("\"0\""), 2);
    assert_eq!(of("3"), 2 * 1000 + 2, "a number is not looked at, and Webitel ends every loop after 1000 passes");
}

#[test]
fn break_ends_the_whole_flow() {
    assert_eq!(trail(&walk(r#"[{"break":true},{"log":"a"}]"#)), ["break 1"]);
    assert_eq!(trail(&walk(r#"[{"log":"a","break":true},{"log":"b"}]"#)), ["log 1"]);
    assert_eq!(trail(&walk(r#"[{"break":false},{"log":"b"}]"#)), ["break 1", "log 1"]);
    let text = r#"[{"function":{"name":"f","actions":[{"break":true}]}},{"execute":{"name":"f"}},{"log":"a"}]"#;
    assert_eq!(trail(&walk(text)), ["execute 1", "break 1"], "also from inside a function");
    let text = r#"[{"while":{"condition":"true","do":[{"break":true}]}},{"log":"a"}]"#;
    assert_eq!(trail(&walk(text)), ["while 1", "break 1"], "and not only a loop");
}

#[test]
fn goto_jumps_to_a_tag() {
    let way = walk("[{\"goto\":\"end\"},\n{\"log\":\"never\"},\n{\"log\":\"here\",\"tag\":\"end\"}]");
    assert_eq!(trail(&way), ["goto 1", "log 3"]);
    assert_eq!(note(r#"{"goto":"nowhere"}"#), "There is no tag “nowhere” here, so the flow goes on.");
    // Into a branch, and on after it.
    let text = "[{\"goto\":\"in\"},\n{\"log\":\"never\"},\n{\"if\":{\"expression\":\"0\",\"then\":[{\"log\":\"no\"},\n{\"log\":\"in\",\"tag\":\"in\"}]}},\n{\"log\":\"after\"}]";
    assert_eq!(trail(&walk(text)), ["goto 1", "log 4", "log 5"]);
}

#[test]
fn webitel_jumps_a_thousand_times_and_goes_on() {
    let way = walk(r#"[{"start":{},"tag":"a"},{"goto":"a"},{"set":{"x":"on"}}]"#);
    assert_eq!(way.end, None);
    assert_eq!(way.steps.len() + way.more, 2 * 1001 + 1);
}

#[test]
fn limit_jumps_to_its_failover_once_the_application_ran_often_enough() {
    let text = "[{\"log\":\"a\",\"tag\":\"again\",\"limit\":{\"max\":2,\"failover\":\"out\"}},\n{\"goto\":\"again\"},\n{\"log\":\"b\"},\n{\"log\":\"c\",\"tag\":\"out\"}]";
    assert_eq!(trail(&walk(text)), ["log 1", "goto 2", "log 1", "goto 2", "log 4"]);
    let text =
        "[{\"log\":\"a\",\"tag\":\"again\",\"limit\":{\"max\":1,\"failover\":\"nowhere\"}},\n{\"goto\":\"again\"}]";
    assert_eq!(trail(&walk(text)), ["log 1", "goto 2"], "without that tag the flow ends");
}

#[test]
fn a_function_is_known_everywhere_and_runs_when_it_is_executed() {
    let text = "[{\"execute\":{\"name\":\"f\"}},\n{\"log\":\"after\"},\n{\"function\":{\"name\":\"f\",\"actions\":[{\"set\":{\"x\":\"1\"}}]}}]";
    assert_eq!(trail(&walk(text)), ["execute 1", "set 3", "log 2"]);
    assert_eq!(note(r#"{"execute":{"name":"g"}}"#), "There is no function “g”.");
    // Its tags are its own.
    let text =
        r#"[{"function":{"name":"f","actions":[{"goto":"out"}]}},{"execute":{"name":"f"}},{"start":{},"tag":"out"}]"#;
    assert!(notes(&walk(text)).contains(&"There is no tag “out” here, so the flow goes on."));
    let text = r#"[{"function":{"name":"f","actions":[{"set":{"x":"1"}}]}},{"execute":{"name":"f","async":true}}]"#;
    assert_eq!(notes(&walk(text)), ["Webitel runs it beside what follows; here it runs first."]);
}

#[test]
fn another_flow_schema_runs_with_the_same_variables() {
    let other = "[\n{\"set\":{\"x\":\"${a}!\"}}]";
    let way =
        Walk { called: &[(7, other)], ..Walk::new(r#"[{"set":{"a":"hi"}},{"schema":{"id":7}},{"log":"${x}"}]"#) }.way();
    assert_eq!(trail(&way), ["set 1", "schema 1", "set 2", "log 1"]);
    assert_eq!(way.steps[2].schema.as_deref(), Some("Schema 7"));
    assert_eq!(notes(&way), ["It goes into the flow schema “Schema 7”.", "Webitel logs “hi!”."]);
    assert_eq!(note(r#"{"schema":{"id":8}}"#), "There is no flow schema 8 that can be read here.");
    assert_eq!(
        note(r#"{"schema":{"id":"${a}"}}"#),
        "Only flow schemas whose id is a number in the text are followed here."
    );
}

// What computes.

#[test]
fn string_has_functions_of_its_own_and_those_of_javascript() {
    for (function, args, value) in [
        ("reverse", "[]", "cbA"),
        ("charAt", "[1]", "b"),
        ("charAt", "[9]", ""),
        ("base64", "[\"encoder\"]", "QWJj"),
        ("length", "[]", "3"),
        ("MD5", "[]", "35593b7ce5020eae3ca68fd5b6f3e031"),
        ("SHA-256", "[]", "06d90109c8cce34ec0c776950465421e176f08b831a938b3c6e76cb7bee8790b"),
        ("toUpperCase", "[]", "ABC"),
        ("replace", "[\"/B/i\", \"-\"]", "A-c"),
        ("split", "[\"b\"]", "A,c"),
        ("substring", "[1, 2]", "b"),
    ] {
        let text = format!(r#"{{"string":{{"data":"Abc","fn":"{function}","args":{args},"setVar":"x"}}}}"#);
        assert_eq!(x(&text), value, "{function}");
    }
    assert_eq!(x(r#"{"string":{"data":"QWJj","fn":"base64","args":["decoder"],"setVar":"x"}}"#), "Abc");
    assert_eq!(x(r#"{"set":{"a":"é"}},{"string":{"data":"${a}","fn":"length","setVar":"x"}}"#), "2", "in bytes");
    let sha = x(r#"{"string":{"data":"Abc","fn":"SHA-512","setVar":"x"}}"#);
    assert!(sha.len() == 128 && sha.chars().all(|c| c.is_ascii_hexdigit()), "{sha}");
    assert_eq!(
        note(r#"{"string":{"data":"Abc","fn":"shout","setVar":"x"}}"#),
        "Its script failed: there is no function shout of a text."
    );
    assert_eq!(note(r#"{"string":{"data":"Abc"}}"#), "It needs “setVar” and “fn”, so nothing happens.");
}

#[test]
fn math_has_the_functions_of_javascript() {
    assert_eq!(x(r#"{"math":{"fn":"max","data":[1,"7",3],"setVar":"x"}}"#), "7");
    assert_eq!(x(r#"{"math":{"fn":"round","data":["2.6"],"setVar":"x"}}"#), "3");
    assert_eq!(x(r#"{"math":{"fn":"PI","setVar":"x"}}"#), "3.141592653589793");
    assert_eq!(x(r#"{"math":{"fn":"max","data":["a"],"setVar":"x"}}"#), "");
    assert_eq!(x(r#"{"set":{"a":"b\"c"}},{"math":{"data":["${a}","z"],"setVar":"x"}}"#), "b\"c", "one of them");
    assert_eq!(note(r#"{"math":{"fn":"eval","setVar":"x"}}"#), "Its script failed: there is no Math.eval.");
}

#[test]
fn timezone_says_what_clocks_show() {
    let hour = r#"{"js":{"data":"return LocalDate().getHours()","setVar":"x"}}"#;
    assert_eq!(x(hour), "12", "UTC unless it is said");
    assert_eq!(x(&format!(r#"{{"timezone":{{"name":"Asia/Tokyo"}}}},{hour}"#)), "21");
    assert_eq!(note(r#"{"timezone":{"name":"Moon/Base"}}"#), "There is no time zone “Moon/Base”.");
    assert!(note(r#"{"timezone":{"id":5}}"#).starts_with("Only Webitel knows"));
}
