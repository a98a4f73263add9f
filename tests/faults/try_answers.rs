//! What comes of the answer to a request: what is shown of it, and the variables that it sets.

use support::receiver::{Receiver, json, reply};
use support::way::*;

use crate::trying::*;

#[test]
fn an_answer_is_seen_and_sets_its_variables() {
    let receiver = Receiver::start(|_| json(r#"{"id": 17, "tags": ["a", {"b" : 1}], "name": "é \" x"}"#));
    let way = tried(&format!(
        r#"[{{"httpRequest": {{"url": "{}", "responseCode": "code", "data": {{"a": "${{state}}"}},
              "exportVariables": {{"id": "id", "tags": "tags", "second": "tags.1.b", "name": "name", "none": "x.y"}}}}}}]"#,
        receiver.url("/hook?x=1")
    ));
    let values: Vec<_> = ["code", "id", "tags", "second", "name", "none"].map(|name| set_to(&way, name)).into();
    assert_eq!(values, ["200", "17", r#"["a",{"b":1}]"#, "1", "é \" x", ""].map(Some), "{:?}", notes(&way));
    assert_eq!(notes(&way), ["The path “x.y” finds nothing, so none becomes empty."]);
    let (got, hop) = (&receiver.got()[0], only_hop(&way));
    assert_eq!((&*got.method, &*got.target), ("POST", "/hook?x=1"));
    assert_eq!(got.body, br#"{"a":""}"#);
    assert_eq!(got.headers, hop.headers);
    let names: Vec<_> = got.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Host", "User-Agent", "content-type", "Accept-Encoding", "Content-Length"]);
}

#[test]
fn only_what_webitel_reads_sets_variables() {
    let receiver = Receiver::start(|got| {
        let json = ("Content-Type", "application/json; charset=utf-8");
        let body = r#"{"a": 1.50, "b": -0.0, "c": 12345678901234567890, "d": null, "e": "", "f": 1e3, "g": true}"#;
        match &*got.target {
            "/cookies" => reply(200, &[("Set-Cookie", "a=1; Path=/"), ("set-cookie", "b=2")], ""),
            "/xml" => reply(200, &[("Content-Type", "text/xml")], "<a>1</a>"),
            "/plain" => reply(200, &[("Content-Type", "text/plain")], body),
            "/untyped" => reply(500, &[], body),
            "/broken" => reply(200, &[json], "<html>"),
            "/empty" => reply(200, &[json], ""),
            _ => reply(200, &[json], body),
        }
    });
    let way = |path: &str, more: &str| {
        let url = receiver.url(path);
        tried(&format!(
            r#"[{{"httpRequest": {{"url": "{url}", "responseCode": "code", "data": {{"set": "no", "x": {{"set": {{"no": 1}}}}}}{more}}}}}]"#
        ))
    };
    let set = |path: &str, more: &str| way(path, more).steps.remove(0).set;
    let code = |code: &str| ("code".to_owned(), Some(code.to_owned()));
    let paths = r#", "exportVariables": {"x": "a"}"#;
    let x = |value: Option<&str>| ("x".to_owned(), value.map(str::to_owned));
    // What is named “set” in the data is of others.
    assert_eq!(set("/plain", ""), [code("200")]);
    assert_eq!(set("/cookies", r#", "exportCookie": "x""#), [code("200"), x(Some("a=1; Path=/;b=2"))]);
    assert_eq!(set("/plain", r#", "exportCookie": "x""#), [code("200")]);
    assert_eq!(set("/xml", paths), [code("200"), x(None)]);
    assert_eq!(set("/broken", paths), [code("200"), x(Some(""))]);
    assert_eq!(
        notes(&way("/broken", paths))[0],
        "The body is no JSON. Webitel takes from it what it can, which is mostly nothing."
    );
    assert_eq!(
        set("/plain", r#", "parser": "application/json", "exportVariables": {"x": "a"}"#),
        [code("200"), x(Some("1.5"))]
    );
    for (path, status, said) in [
        (
            "/plain",
            "200",
            "The answer is text/plain; Webitel reads application/json and text/xml alone, so exportVariables sets nothing.",
        ),
        (
            "/untyped",
            "500",
            "The answer has no content-type; Webitel reads application/json and text/xml alone, so exportVariables sets nothing.",
        ),
        ("/empty", "200", "The answer has no body, so exportVariables sets nothing."),
    ] {
        assert_eq!(set(path, paths), [code(status)], "{path}");
        assert_eq!(notes(&way(path, paths)), [said]);
    }
    let values = [
        ("b", "-0"),
        ("c", "12345678901234567890"),
        ("d", ""),
        ("e", ""),
        ("f", "1000"),
        ("g", "true"),
        ("@this.g", "true"),
    ];
    for (path, value) in values {
        assert_eq!(set("/", &format!(r#", "exportVariables": {{"x": "{path}"}}"#))[1], x(Some(value)), "{path}");
    }
}
