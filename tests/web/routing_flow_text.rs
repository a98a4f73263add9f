//! What is said of the text of a flow schema that is not one: where it is wrong and why, with nothing lost.

use proptest::prelude::*;
use proptest::test_runner::Config;
use queue_hooks::flow::program::check;
use queue_hooks::flow::text::{MAX_TEXT, format};
use support::*;

/// A text, the line and the column of what is wrong, and a part of what is said of it.
type Case = (&'static str, usize, usize, &'static str);

const BAD: &[Case] = &[
    // Nothing, or nothing like it.
    ("", 1, 1, "There is nothing here. An empty list of applications is []."),
    (" \n\t ", 1, 1, "There is nothing here"),
    ("hello", 1, 1, "A text needs double quotes"),
    ("<xml/>", 1, 1, "Something else is expected here"),
    ("# x", 1, 1, "Something else is expected here"),
    // Commas.
    ("[\n  {\"log\": \"x\"},\n]", 2, 15, "JSON allows no comma before a closing bracket"),
    ("[{\"log\": \"x\",}]", 1, 13, "JSON allows no comma before a closing bracket"),
    ("[{\"log\": \"x\"} {\"log\": \"y\"}]", 1, 14, "A comma is missing here"),
    ("[{\"log\": \"x\"\n \"tag\": \"t\"}]", 1, 13, "A comma is missing here"),
    ("[{\"log\": 1},, {\"log\": 2}]", 1, 13, "A value is missing here, before the comma"),
    ("[,]", 1, 2, "A value is missing here, before the comma"),
    // Comments.
    ("[{\"log\": \"x\"}]\n// done", 2, 1, "JSON has no comments"),
    ("[/* c */]", 1, 2, "JSON has no comments"),
    ("[/* c ", 1, 2, "JSON has no comments"),
    // Names and words.
    ("[{'log': \"x\"}]", 1, 3, "A text needs double quotes"),
    ("[{\"log\": 'x'}]", 1, 10, "A text needs double quotes"),
    ("[{log: 1}]", 1, 3, "A name in double quotes is expected here"),
    ("[{\"log\" \"x\"}]", 1, 9, "A colon is missing here"),
    // As word processors and chats write it.
    ("[{“log”: 1}]", 1, 3, "These are typographic quotes. Write straight ones"),
    ("[{\"log\": “x”}]", 1, 10, "These are typographic quotes. Write straight ones"),
    ("[{\"log\": „x”}]", 1, 10, "These are typographic quotes. Write straight ones"),
    ("[{‘log’: 1}]", 1, 3, "These are typographic quotes. Write straight ones"),
    ("[{\"log\": 1}\u{200b}]", 1, 12, "There is an invisible character here (U+200B). Remove it."),
    ("[\u{200b}{\"log\": 1}]", 1, 2, "There is an invisible character here (U+200B). Remove it."),
    ("[{\"log\":\u{2060} 1}]", 1, 9, "There is an invisible character here (U+2060). Remove it."),
    // Numbers.
    ("[{\"log\": -Infinity}]", 1, 10, "JSON has no NaN and no Infinity"),
    ("[{\"log\": 0x1F}]", 1, 10, "This is not a number as JSON writes it"),
    ("[{\"log\": +1}]", 1, 10, "This is not a number as JSON writes it"),
    ("[{\"log\": .5}]", 1, 10, "This is not a number as JSON writes it"),
    ("[{\"log\": 1.}]", 1, 10, "This is not a number as JSON writes it"),
    ("[{\"log\": -}]", 1, 11, "This is not a number as JSON writes it"),
    ("[{\"log\": 1e}]", 1, 12, "This is not a number as JSON writes it"),
    ("[{\"log\": NaN}]", 1, 10, "JSON has no NaN and no Infinity"),
    ("[{\"log\": Infinity}]", 1, 10, "JSON has no NaN and no Infinity"),
    ("[NaN]", 1, 2, "JSON has no NaN and no Infinity"),
    ("[{\"log\": tru}]", 1, 10, "A text needs double quotes; other words are true, false and null"),
    ("[{\"log\": 012}]", 1, 10, "This is not a number as JSON writes it"),
    ("[{\"log\": 1e999}]", 1, 10, "This number is too large"),
    ("[{\"log\": {\"deep\": [-1e310]}}]", 1, 20, "This number is too large"),
    ("[{\"log\":}]", 1, 9, "A value is missing here, after the colon"),
    // What is not closed, and what was never opened.
    ("[\n", 1, 1, "This list is not closed. A ] is missing."),
    ("[\n{\"log\": \"x\"}", 1, 1, "This list is not closed. A ] is missing."),
    ("[\n {\"log\": \"x\"", 2, 2, "This object is not closed. A } is missing."),
    ("[{\"log\": \"x}]", 1, 10, "This text is not closed. A \" is missing."),
    ("{\"log\":", 1, 8, "A value is missing here, after the colon"),
    ("]", 1, 1, "This bracket closes nothing that is open"),
    ("[}", 1, 2, "This bracket closes nothing that is open"),
    // Escapes, and characters that nobody sees.
    ("[{\"log\": \"a\\qb\"}]", 1, 12, "There is no such escape"),
    ("[{\"log\": \"a\\'b\"}]", 1, 12, "There is no such escape"),
    ("[{\"log\": \"\\ud800\"}]", 1, 11, "This escape stands for no character"),
    ("[{\"log\": \"\\ud800\\u0041\"}]", 1, 11, "This escape stands for no character"),
    ("[{\"log\": \"\\udc00\"}]", 1, 11, "This escape stands for no character"),
    ("[{\"log\": \"\\u12\"}]", 1, 11, "This escape stands for no character"),
    ("[{\"log\": \"a\\u0000b\"}]", 1, 12, "The character \\u0000 cannot be stored"),
    ("[{\"log\": \"\\\\\\u0000\"}]", 1, 13, "The character \\u0000 cannot be stored"),
    ("[{\"log\": \"\\\\u0000 then \\u0000\"}]", 1, 24, "The character \\u0000 cannot be stored"),
    ("[{\"log\": \"x\ty\"}]", 1, 12, "A line break or a tab in a text is written as"),
    ("[{\"log\": \"x\ny\"}]", 1, 12, "A line break or a tab in a text is written as"),
    ("[{\"lo\tg\": 1}]", 1, 6, "A line break or a tab in a text is written as"),
    ("[\u{c}]", 1, 2, "This space is not one that JSON knows"),
    ("[{\"log\": \"a\u{fffd}\"}]", 1, 12, "Something here is not text in UTF-8"),
    ("[\u{a0}{\"log\": \"x\"}]", 1, 2, "This space is not one that JSON knows"),
    ("[{\"log\":\u{a0}\"x\"}]", 1, 9, "This space is not one that JSON knows"),
    ("[]\n\u{3000}", 2, 1, "This space is not one that JSON knows"),
    // JSON, but no list of applications.
    ("{}", 1, 1, "A flow schema is a list of applications. Begin it with [ and end it with ]."),
    ("\n\"x\"", 2, 1, "A flow schema is a list of applications"),
    ("12", 1, 1, "A flow schema is a list of applications"),
    ("null", 1, 1, "A flow schema is a list of applications"),
    ("[1]", 1, 2, "An application is an object"),
    ("[[]]", 1, 2, "An application is an object"),
    ("[null]", 1, 2, "An application is an object"),
    ("[{\"log\":\"x\"},\n \"y\"]", 2, 2, "An application is an object"),
    ("[{}]", 1, 2, "This object names no application"),
    ("[{\"tag\":\"t\"}]", 1, 2, "This object names no application"),
    ("[{\"log\":\"x\",\"set\":{}}]", 1, 13, "This object names two applications, “log” and “set”"),
    ("[{\"log\":\"x\",\n\"log\":\"y\"}]", 2, 1, "“log” is in this object twice"),
    ("[{\"httpRequest\":{\"data\":{\"a\":[{\"b\":1,\"\\u0062\":2}]}}}]", 1, 38, "“b” is in this object twice"),
    ("[{\"if\":{\"then\":[{}]}}]", 1, 17, "This object names no application"),
    ("[{\"if\":{\"else\":[1]}}]", 1, 17, "An application is an object"),
    ("[{\"while\":{\"do\":[{\"log\":1,\"set\":2}]}}]", 1, 27, "This object names two applications"),
    ("[{\"switch\":{\"case\":{\"1\":[2]}}}]", 1, 26, "An application is an object"),
    ("[{\"function\":{\"actions\":[{}]}}]", 1, 26, "This object names no application"),
    ("[{\"trigger\":{\"commands\":{\"a\":[3]}}}]", 1, 31, "An application is an object"),
    ("[]\n[]", 2, 1, "The list ended before this"),
    ("[] x", 1, 4, "The list ended before this"),
    ("[],", 1, 3, "The list ended before this"),
    // A column is a place among characters, whatever bytes they take.
    ("[{\"log\": \"Рахунки 😀\", }]", 1, 21, "JSON allows no comma before a closing bracket"),
    ("[{\"Ґ\": \"é\", \"日本\": 1}]", 1, 13, "This object names two applications, “Ґ” and “日本”"),
    ("[{\"😀\":\u{a0}1}]", 1, 7, "This space is not one that JSON knows"),
    // What a field for text may do to a text, and does not.
    ("\n\n[}", 3, 2, "This bracket closes nothing that is open"),
    ("</textarea><script>", 1, 1, "Something else is expected here"),
    ("&lt;&amp;", 1, 1, "Something else is expected here"),
];

/// A character of a text by its line and column, from 1; nothing at the end of a line.
fn character(text: &str, line: usize, column: usize) -> String {
    let line = text.split('\n').nth(line - 1).unwrap_or_default();
    line.chars().nth(column - 1).map(String::from).unwrap_or_default()
}

/// The page that came back tells that, and has the text to the byte.
#[track_caller]
fn assert_told(page: &Page, (text, line, column, part): (&str, usize, usize, &str)) {
    let shown: String = text.chars().take(60).collect();
    assert_eq!(page.status, 422, "{shown}");
    let told = page.text("#text-error p");
    assert!(told.starts_with(&format!("Line {line}, column {column}: ")) && told.contains(part), "{shown}: {told}");
    let mark: String = page.one("#text-error code mark").text().collect();
    assert_eq!(mark, character(text, line, column), "{shown}");
    let excerpt: String = page.one("#text-error code").text().collect();
    assert!(excerpt.chars().count() <= 83, "{shown}: a long line is cut");
    let whole = text.split('\n').nth(line - 1).unwrap_or_default();
    assert!(whole.contains(excerpt.trim_matches('…')), "{shown}: {excerpt}");
    assert!(page.typed_text() == text, "{shown}: the text is not what was typed");
    assert_eq!(page.attr("#text", "aria-invalid"), "true");
    assert_eq!(page.attr("#text", "aria-describedby"), "text-hint text-error");
    assert_eq!(page.attr("#text", "data-line"), line.to_string());
    assert_eq!(page.attr("#text", "data-column"), column.to_string());
    assert!(page.has("#text[autofocus]"), "the focus is where the mistake is");
    assert_eq!((page.typed("name"), page.chosen("#type")), ("Typed".into(), "chat".into()));
}

/// The form with this text, as a browser would send it.
fn fields(text: &str) -> [(&str, &str); 3] {
    [("name", "Typed"), ("type", "chat"), ("text", text)]
}

#[on_all]
fn bad_text_is_told_of_and_kept_when_a_flow_schema_is_added(app: &App) {
    let browser = app.browser();
    let before = contents(app);
    for case in BAD {
        assert_told(&browser.post(FLOW, &fields(case.0)), *case);
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn bad_text_is_told_of_and_kept_when_a_flow_schema_is_changed(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let before = contents(app);
    for case in BAD {
        assert_told(&browser.post(&flow(id), &fields(case.0)), *case);
        for button in ["format", "preview"] {
            let page = browser.post(&flow(id), &[&fields(case.0)[..], &[(button, "yes")]].concat());
            assert_eq!((page.status, page.typed_text().as_str()), (422, case.0), "{button}");
            assert!(page.text("#text-error p").contains(case.3), "{button}");
            assert!(!page.has("[aria-label=Preview]"));
        }
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn bytes_that_are_no_text_are_told_of(app: &App) {
    let browser = app.browser();
    let token = browser.token();
    let fields = [&[("token", &*token)], &fields("[]")[..]].concat();
    for (bytes, line, column) in [
        (&b"[\n{\"log\": \"caf\xe9\"}]"[..], 2, 13),
        (b"\xff\xfe[\0]\0", 1, 1),
        (b"[{\"log\": \"\xf0\x9f\x98\"}]", 1, 11),
        (b"[{\"log\": \"a\0\"}]", 1, 12),
    ] {
        for button in [&[][..], &[("load", "yes")]] {
            let page = browser.post_parts(FLOW, &[&fields, button].concat(), Some(("latin.json", bytes))).expect(422);
            let told = page.text("#text-error p");
            assert!(
                told.starts_with(&format!("Line {line}, column {column}: Something here is not text in UTF-8.")),
                "{told}"
            );
            let mark: String = page.one("#text-error mark").text().collect();
            assert_eq!(mark, "\u{fffd}");
        }
    }
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn text_that_is_nested_without_end_is_told_of(app: &App) {
    let browser = app.browser();
    let brackets = "[".repeat(100_000);
    assert_told(&browser.post(FLOW, &fields(&brackets)), (&brackets, 1, 513, "This is nested too deeply."));
    let objects = "[".to_owned() + &"{\"a\":".repeat(100_000);
    let page = browser.post(FLOW, &fields(&objects)).expect(422);
    assert!(page.text("#text-error p").ends_with("This is nested too deeply.") && page.typed_text() == objects);
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_told(&browser.post(FLOW, &fields(&closed)), (&closed, 1, 513, "This is nested too deeply."));
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn a_mebibyte_of_brackets_is_told_of(app: &App) {
    let brackets = "[".repeat(MAX_TEXT);
    let browser = app.browser();
    assert_told(&browser.post(FLOW, &fields(&brackets)), (&brackets, 1, 513, "This is nested too deeply."));
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn a_mebibyte_is_not_too_long_and_a_byte_more_is(app: &App) {
    let browser = app.browser();
    let of = |bytes: usize| format!("[{{\"log\":\"{}\"}}]", "x".repeat(bytes - 12));
    let (full, over) = (of(MAX_TEXT), of(MAX_TEXT + 1));
    assert_eq!((full.len(), over.len()), (1 << 20, (1 << 20) + 1));
    browser.post(FLOW, &fields(&full)).expect(303);
    assert!(stored_text(app, 1) == full);
    let path = flow(1);
    for path in [FLOW, &path] {
        assert_told(
            &browser.post(path, &fields(&over)),
            (&over, 1, MAX_TEXT + 1, "at most 1 MiB, and this has 1.0 MiB."),
        );
    }
    let token = browser.token();
    let page = browser.post_parts(
        FLOW,
        &[("token", &*token), ("type", "chat"), ("load", "yes")],
        Some(("Typed.json", over.as_bytes())),
    );
    assert_told(&page, (&over, 1, MAX_TEXT + 1, "at most 1 MiB"));
    assert!(stored_text(app, 1) == full);
    assert_eq!(schema_names(app).len(), 1);
    browser.get(&flow(1)).expect(200);
}

#[on_all]
fn what_is_far_too_long_is_refused_before_it_is_read(app: &App) {
    let browser = app.browser();
    let token = browser.token();
    let far = "x".repeat(5 << 20);
    let page =
        browser.post_parts(FLOW, &[("token", &*token), ("name", "X")], Some(("x.json", far.as_bytes()))).expect(413);
    assert_eq!(page.text("h1"), "That is too much at once");
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn the_deepest_text_that_is_accepted_is_shown_indented_and_previewed_like_any_other(app: &App) {
    let browser = app.browser();
    let lists =
        format!("[{{\"httpRequest\":{{\"url\":\"http://x.test\",\"data\":{}1{}}}}}]", "[".repeat(500), "]".repeat(500));
    let ifs = format!("[{}{}]", "{\"if\":{\"then\":[".repeat(100), "]}}".repeat(100));
    for (id, text) in (1..).zip([lists, ifs]) {
        let name = format!("Deep {id}");
        let fields = [("name", &*name), ("type", "service"), ("text", &text)];
        browser.post(FLOW, &fields).expect(303);
        browser.post(FLOW, &[&fields[..], &[("format", "yes")]].concat()).expect(200);
        browser.get(&format!("{}?event=joined", flow(id))).expect(200);
        browser.post(&flow(id), &[("name", &*name), ("type", "service"), ("text", "[]")]).expect(303);
        let history = browser.get(&format!("{}/history", flow(id))).expect(200);
        browser.get(&history.attr("tbody tr:first-child a", "href")).expect(200);
    }
}

#[on_all]
fn odd_text_that_is_a_program_is_accepted(app: &App) {
    let browser = app.browser();
    let good = [
        "[]",
        " \n\t[ ]\n",
        "[{\"break\":true}]",
        "[{\"log\":\"x\",\"tag\":\"t\",\"break\":true}]",
        "[{\"_id\":\"a\",\"async\":true,\"limit\":{},\"trace\":1,\"log\":\"x\"}]",
        "[{\"if\":{\"expression\":\"1\",\"then\":[{\"while\":{\"condition\":\"1\",\"do\":[{\"switch\":{\"variable\":\"a\",\"case\":{\"1\":[{\"function\":{\"name\":\"f\",\"actions\":[{\"break\":true}]}}],\"2\":[]}}}]}}],\"else\":[]}}]",
        "[{\"trigger\":{\"disconnected\":[{\"log\":\"x\"}],\"commands\":{\"a\":[{\"log\":\"y\"}]}}}]",
        "[{\"robot\":null}]",
        "[{\"log\":\"\\u0041\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\\"}]",
        "[{\"log\":\"a\\\\u0000b\"}]",
        "[{\"log\":\"\u{a0}\u{2028}\u{200b}\u{feff}\"}]",
        "[{\"log\":[1,-0,1.50,1E5,1e-7,12345678901234567890,true,false,null]}]",
        "[{\"\":1}]",
    ];
    for (index, text) in good.into_iter().enumerate() {
        let name = format!("Schema {index}");
        let page = browser.post(FLOW, &[("name", &name), ("type", "default"), ("text", text)]).expect(303);
        let id = index as i64 + 1;
        assert_eq!(page.header("location"), Some(&*flow(id)));
        assert_eq!(stored_text(app, id), text, "to the byte");
        browser.get(&flow(id)).expect(200);
    }
}

/// The pieces that JSON is made of, whole and broken.
fn token() -> impl Strategy<Value = String> {
    let ours = proptest::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\\",
        "'",
        "/",
        "//",
        "/*",
        "*/",
        "true",
        "false",
        "null",
        "NaN",
        "0",
        "-",
        "+",
        ".",
        "e",
        "12",
        "-0.5",
        "1e3",
        "0x1f",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{a0}",
        "\u{feff}",
        "\u{fffd}",
        "\\u0000",
        "\\ud800",
        "\\u0041",
        "\\n",
        "\"log\"",
        "\"if\"",
        "\"then\"",
        "\"a\":",
        "{\"log\":1}",
        "[{\"log\":\"x\"}]",
        "é",
        "😀",
        "${x}",
    ]);
    prop_oneof![8 => ours.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

fn tokens() -> impl Strategy<Value = String> {
    proptest::collection::vec(token(), 0..40).prop_map(|tokens| tokens.concat())
}

/// A JSON value as somebody may have written it, with spaces anywhere.
fn value() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
    ];
    let text = any::<String>()
        .prop_map(|text| text.replace(['\0', '\u{fffd}'], ""))
        .prop_map(|text| serde_json::to_string(&text).expect("a string is JSON"));
    let simple = prop_oneof![Just("true".into()), Just("null".into()), number, text];
    simple.prop_recursive(6, 60, 6, |inner| {
        let list = (proptest::collection::vec(inner.clone(), 0..6), space())
            .prop_map(|(values, space)| format!("[{space}{}{space}]", values.join(&format!("{space},"))));
        let object = (proptest::collection::vec(inner, 0..6), space()).prop_map(|(values, space)| {
            let pairs = values.iter().enumerate().map(|(index, value)| format!("\"n{index}\"{space}:{space}{value}"));
            format!("{{{space}{}{space}}}", pairs.collect::<Vec<_>>().join(&format!(",{space}")))
        });
        prop_oneof![list, object]
    })
}

fn space() -> impl Strategy<Value = String> {
    "[ \n\t\r]{0,3}"
}

/// The text of a flow schema.
fn program() -> impl Strategy<Value = String> {
    let application = (proptest::sample::select(vec!["log", "set", "httpRequest", "robot"]), value(), space())
        .prop_map(|(name, value, space)| format!("{{{space}\"{name}\":{value}{space}}}"));
    (proptest::collection::vec(application, 0..5), space())
        .prop_map(|(list, space)| format!("{space}[{}]{space}", list.join(&format!("{space},{space}"))))
}

/// A program with a piece cut out or put in.
fn broken_program() -> impl Strategy<Value = String> {
    (program(), any::<proptest::sample::Index>(), token(), 0..3_usize).prop_map(|(text, index, token, cut)| {
        let characters: Vec<char> = text.chars().collect();
        let at = index.index(characters.len() + 1);
        let rest = characters.len().min(at + cut);
        let before: String = characters[..at].iter().collect();
        before + &token + &characters[rest..].iter().collect::<String>()
    })
}

/// Whether a number has an exponent of more than two digits: there are programs that read none so large.
fn has_large_exponent(text: &str) -> bool {
    text.split(['e', 'E']).skip(1).any(|rest| {
        let digits = rest.trim_start_matches(['+', '-']);
        digits.bytes().take_while(u8::is_ascii_digit).count() > 2
    })
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 2000, ..Config::default() })]

    #[test]
    fn what_is_accepted_every_other_program_reads_too(text in prop_oneof![tokens(), broken_program(), any::<String>()]) {
        prop_assume!(!has_large_exponent(&text));
        match check(&text) {
            Ok(program) => {
                let value: Result<serde_json::Value, _> = serde_json::from_str(&text);
                prop_assert!(value.is_ok_and(|value| value.is_array()), "{text:?}");
                prop_assert!(program.applications().all(|application| application.line <= text.len() + 1));
            }
            Err(problem) => {
                let lines: Vec<_> = text.split('\n').collect();
                prop_assert!((1..=lines.len()).contains(&problem.line), "{text:?}: {problem:?}");
                let characters = lines[problem.line - 1].chars().count();
                prop_assert!((1..=characters + 1).contains(&problem.column), "{text:?}: {problem:?}");
                prop_assert!(!problem.sentence.is_empty());
            }
        }
    }

    #[test]
    fn a_list_of_applications_is_accepted_however_it_is_written(text in program()) {
        let checked = check(&text);
        prop_assert!(checked.is_ok(), "{text:?}: {:?}", checked.err());
    }

    #[test]
    fn indenting_keeps_every_value_and_is_done_once(text in program()) {
        let formatted = format(&text);
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        prop_assert_eq!(read(&formatted), read(&text));
        prop_assert_eq!(format(&formatted), &*formatted);
        prop_assert!(formatted.lines().all(|line| line.trim_end() == line || line.contains('"')));
    }

    #[test]
    fn indenting_leaves_alone_what_is_no_json(text in prop_oneof![tokens(), broken_program(), any::<String>()]) {
        prop_assume!(!has_large_exponent(&text));
        let formatted = format(&text);
        prop_assert_eq!(format(&formatted), &*formatted);
        if serde_json::from_str::<serde_json::Value>(&text).is_err() {
            prop_assert_eq!(formatted, text);
        }
    }
}
