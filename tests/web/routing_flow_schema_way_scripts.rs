//! The JavaScript of a flow schema: what it can do here, what it cannot, and that nothing in it runs on.

use std::time::{Duration, Instant};

use support::way::{Walk, notes, set_to, walk};

/// Longer than anything here takes on a busy machine.
const A_HANG: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(3);

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// What a `js` comes to, or what is said of it.
fn js(body: &str) -> Result<String, String> {
    let text = format!(r#"[{{"js":{{"data":{},"setVar":"x"}}}}]"#, quoted(body));
    let way = Walk { variables: &[("n", "7"), ("name", "O\"Neil")], ..Walk::new(&text) }.way();
    set_to(&way, "x").map(str::to_owned).ok_or_else(|| notes(&way).join(" "))
}

fn value(body: &str) -> String {
    js(body).unwrap_or_else(|note| panic!("{body}: {note}"))
}

/// Whether an expression holds, if it can be told.
fn holds(expression: &str) -> Option<bool> {
    let branch = |value: &str| format!(r#"[{{"set":{{"x":"{value}"}}}}]"#);
    let (expression, yes, no) = (quoted(expression), branch("yes"), branch("no"));
    let text = format!(r#"[{{"if":{{"expression":{expression},"then":{yes},"else":{no}}}}}]"#);
    let way = Walk { variables: &[("n", "7"), ("v", "vip")], ..Walk::new(&text) }.way();
    set_to(&way, "x").map(|x| x == "yes")
}

#[test]
fn a_js_is_the_body_of_a_function() {
    assert_eq!(value("return 1 + 2"), "3");
    assert_eq!(value("var a = []; for (var i = 0; i < 3; i++) a.push(i); return a"), "0,1,2");
    assert_eq!(value("1 + 2"), "undefined", "it needs return");
    assert_eq!(value("return ${n} + 1"), "71", "variables are texts");
    assert_eq!(value("return ${name}"), "O\"Neil", "and are not read as code");
    assert_eq!(value("return JSON.stringify({b: [1, null], a: 'x'})"), r#"{"b":[1,null],"a":"x"}"#);
    assert_eq!(js("return nobody").unwrap_err(), "Its script failed: nobody is not defined.");
    assert_eq!(js("throw 'no'").unwrap_err(), "Its script failed: no.");
    assert_eq!(js("return (").unwrap_err().split(':').next(), Some("Its script failed"));
}

#[test]
fn scripts_of_a_run_see_what_others_left() {
    let way = walk(r#"[{"js":{"data":"kept = 5; return 1","setVar":"a"}},{"js":{"data":"return kept","setVar":"x"}}]"#);
    assert_eq!(set_to(&way, "x"), Some("5"));
}

#[test]
fn an_expression_has_variables_and_no_words_of_programs() {
    assert_eq!(holds("${n} > 5 && ${v} === 'vip'"), Some(true));
    assert_eq!(holds("${n} > 10"), Some(false));
    assert_eq!(holds("${nobody} == ''"), Some(true));
    assert_eq!(holds("/^v/.test(${v})"), Some(true));
    assert_eq!(holds("sys.getVariable('n') == 7"), Some(true));
    assert_eq!(holds("new Date().getTime() > 0"), None, "Webitel takes “new” out, so this is an error there too");
    assert_eq!(holds("(function () { return true })()"), None);
}

#[test]
fn expressions_ask_for_the_time() {
    for (expression, is) in [
        ("&hour(9-17)", true),
        ("&hour(13-17, 1)", false),
        ("&hour(1, 12)", true),
        ("&minute(5)", true),
        ("&year(2026)", true),
        ("&mon(11)", true),
        ("&mday(20-30)", true),
        ("&wday(5)", true),
        ("&wday(1)", false),
        ("&yday(330)", true),
        ("&week(48)", true),
        ("&minute_of_day(725)", true),
        ("&time_of_day(12:00-12:30)", true),
        ("&time_of_day(13:00-14:00,09:00-10:00)", false),
        ("&date_time(2026-11-26 12:00~2026-11-26 12:30)", true),
        ("&date_time(2026-11-27 12:00~2026-11-28 12:30)", false),
        ("&hour() == 12", true),
        ("&time_of_day() == '12:05'", true),
        ("&date_time() == '2026-11-26 12:05:09'", true),
        ("&hour(nine)", false),
    ] {
        assert_eq!(holds(expression), Some(is), "{expression}");
    }
}

#[test]
fn arrays_and_texts_do_what_they_do_everywhere() {
    for (script, is) in [
        ("[3,1,2,undefined,10].sort()", "1,10,2,3,"),
        ("[3,1,2,10].sort(function (a, b) { return b - a })", "10,3,2,1"),
        ("[1,2,3,4].splice(1,2,9,9,9)", "2,3"),
        ("(function (a) { a.splice(1,2,9); return a })([1,2,3,4])", "1,9,4"),
        ("(function (a) { a.splice(1,0,7,8); return a })([1,2,3,4])", "1,7,8,2,3,4"),
        ("[1,2,3].reverse()", "3,2,1"),
        ("[1,2,3].slice(-2)", "2,3"),
        ("[1,2,3].slice(1, -1)", "2"),
        ("[1].concat([2,[3]],4).length", "4"),
        ("(function (a) { a.unshift(0,5); a.shift(); return a.join('-') })([1,2])", "5-1-2"),
        ("[[1,[2]],null].toString()", "1,2,"),
        ("'a-b-c'.split('-').length", "3"),
        ("'abc'.split(/b/)", "a,c"),
        ("'abc'.split()", "abc"),
        ("'abcb'.lastIndexOf('b') + 'abcb'.indexOf('b', 2)", "6"),
        ("'abc'.replace(/b/g, 'x').replace('a', function (m) { return m + m })", "aaxc"),
        ("'a1b22'.match(/[0-9]+/g)", "1,22"),
        ("'abc'.match('z')", "null"),
        ("'abc'.search('c')", "2"),
        ("JSON.stringify({a: 1, b: 2}, ['b'])", "{\"b\":2}"),
        ("'a' < 'b' ? 'a'.localeCompare('b') : 0", "-1"),
        ("new RegExp('^a+$').test('aaa')", "true"),
    ] {
        assert_eq!(value(&format!("return {script}")), is, "{script}");
    }
}

#[test]
fn nothing_leads_out_of_a_script() {
    for name in [
        "require",
        "process",
        "fetch",
        "setTimeout",
        "console",
        "eval",
        "Function",
        "Proxy",
        "Reflect",
        "Symbol",
        "Atomics",
    ] {
        assert_eq!(value(&format!("return typeof {name}")), "undefined", "{name}");
    }
    assert_eq!(
        value(
            "return [function () {}, function* () {}, async function () {}].every(function (f) { return f.constructor === Object })"
        ),
        "true"
    );
    assert_eq!(
        value("return typeof [].values + typeof [].constructor.from + typeof ''.constructor.raw"),
        "undefinedundefinedundefined"
    );
}

/// Loops of `QuickJS` itself, which it does not interrupt, and everything else that could take long.
const ENDLESS: &[&str] = &[
    "while (true) {}",
    "try { while (true) {} } catch (e) { while (true) {} } finally { while (true) {} }",
    "return /(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
    "return new Array(1 << 28).join('x')",
    "return Array(4e9).reverse().length",
    "return Array.prototype.sort.call({length: 9e15})",
    "return [1].concat(Array(4e9))",
    "return Array(4e9).shift()",
    "return Array(4e9).indexOf(1)",
    "return String(Array(4e9))",
    "function g() { try { g() } catch (e) { g() } } g()",
    "var o = {toString: function () { while (true) {} }}; return o",
];
const LARGE: &[&str] = &[
    "var s = 'x'; while (true) s += s",
    "var a = []; while (true) a.push('some text ' + a.length)",
    "return Array(1e7).concat([1]).map(function () { return {} })",
    "return JSON.stringify(Array(1e8))",
    "function f() { return f() + 1 } return f()",
    "var s = Array(2e4).join('a'); return s.split('').join(s)",
    "var s = Array(2e5).join('ab'); return (s + s + s).indexOf(s + 'c')",
    "return new RegExp(Array(2e4).join('(a)'))",
    "return Array(1e5).join('(').match(Array(2e4).join('('))",
];

#[test]
fn no_script_runs_on() {
    for script in ENDLESS {
        let text = format!(r#"[{{"js":{{"data":{},"setVar":"x"}}}},{{"set":{{"y":"on"}}}}]"#, quoted(script));
        let start = Instant::now();
        let way = Walk { time: Duration::from_millis(60), ..Walk::new(&text) }.way();
        assert!(start.elapsed() < A_HANG, "{script}: {:?}", start.elapsed());
        assert_eq!(way.end.as_deref(), Some("It took too long, so it was stopped."), "{script}: {:?}", notes(&way));
        assert_eq!(notes(&way), ["It ran too long, so it was stopped."], "{script}");
    }
}

/// What `QuickJS` does in one turn of a loop takes as long as its text.
#[test]
fn no_script_runs_on_over_long_texts() {
    let turns = [
        "s.toLowerCase()",
        "s.trim()",
        "s.indexOf('z')",
        "s.lastIndexOf('z')",
        "s.localeCompare(s + 'a')",
        "s.split('z')",
        "s.replace('z', '')",
        "s.match('z')",
        "/z/.test(s)",
        "escape(s)",
        "encodeURIComponent(s)",
        "parseFloat(s)",
        "isNaN(s)",
        "JSON.parse('\"' + s + '\"')",
        "JSON.stringify(s)",
        "try { s.trim() } catch (e) {}",
    ];
    for turn in turns {
        let script = format!("var s = ' Ω'; while (s.length < 1e6) s += s; while (true) {turn}");
        let text = format!(r#"[{{"js":{{"data":{},"setVar":"x"}}}},{{"set":{{"y":"on"}}}}]"#, quoted(&script));
        let start = Instant::now();
        let way = Walk { time: Duration::from_millis(60), ..Walk::new(&text) }.way();
        assert!(start.elapsed() < SOON, "{turn}: {:?}", start.elapsed());
        assert_eq!(notes(&way), ["It ran too long, so it was stopped."], "{turn}");
    }
}

#[test]
fn no_script_takes_much_memory() {
    for script in LARGE {
        let text = format!(r#"[{{"js":{{"data":{},"setVar":"x"}}}}]"#, quoted(script));
        let start = Instant::now();
        let way = Walk { time: Duration::from_millis(200), ..Walk::new(&text) }.way();
        assert!(start.elapsed() < A_HANG, "{script}: {:?}", start.elapsed());
        let note = notes(&way).concat();
        let ends = ["It needs more than 16 MiB", "It ran too long", "Its script failed: "];
        assert!(ends.iter().any(|end| note.starts_with(end)), "{script}: {note}");
    }
}

#[test]
fn numbers_without_bounds_and_long_scripts_are_refused() {
    for script in ["return 2n ** 100000n", "return 0xFFn + ''", "return 1_000n"] {
        assert!(js(script).unwrap_err().contains("which Webitel does not know"), "{script}");
    }
    assert_eq!(value("return '3min' + 10"), "3min10");
    let long = format!("return '{}'", "x".repeat(64 << 10));
    assert_eq!(js(&long).unwrap_err(), "Its script has more than 64 KiB, which is too long to be run here.");
}
