//! However a secret is written in a text, what is kept of a run is without it.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use queue_hooks::flow::run::masked::{mask, without_secrets};
use queue_hooks::flow::run::secrets::{MASK, Secrets};
use queue_hooks::flow::run::way::Way;
use support::receiver::{Receiver, json};
use support::way::{notes, set_to};

use crate::trying::*;

fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    Secrets::default().mask_text(&mut masked);
    masked
}

#[test]
fn short_secrets_too_are_masked_wherever_their_names_stand() {
    for (text, is) in [
        // XML.
        ("<a><password>x</password><n>5</n></a>", "<a><password>•••</password><n>5</n></a>"),
        (r#"<a id="1" token="x">5</a>"#, r#"<a id="1" token="•••">5</a>"#),
        ("<s:Token t='1'><![CDATA[x]]></s:Token><n/>", "<s:Token t='1'>•••</s:Token><n/>"),
        ("<token/><n>5</n><pin>1", "<token/><n>5</n><pin>•••"),
        (r#"<param name="password" value="x"/>"#, r#"<param name="password" value="•••"/>"#),
        (
            r#"<add key="apiKey" value="x"/><add key="n" value="5"/>"#,
            r#"<add key="apiKey" value="•••"/><add key="n" value="5"/>"#,
        ),
        (r#"<param name="password">x</param>"#, r#"<param name="password">•••</param>"#),
        // JSON.
        (r#"{"token":["x","y"],"n":[5]}"#, r#"{"token":[•••],"n":[5]}"#),
        (r#"{"password":{"value":"x]","a":[{}]},"n":5}"#, r#"{"password":{•••},"n":5}"#),
        (r#"{"pin":12,"token":null,"otp" : true,"key":"k"}"#, r#"{"pin":•••,"token":null,"otp" : true,"key":"k"}"#),
        (r#"{"payload":"{\"token\":\"x\",\"n\":5}"}"#, r#"{"payload":"{\"token\":\"•••\",\"n\":5}"}"#),
        (r#"{"p":"{\"q\":\"{\\\"pin\\\":1,\\\"n\\\":5}\"}"}"#, r#"{"p":"{\"q\":\"{\\\"pin\\\":•••,\\\"n\\\":5}\"}"}"#),
        (r#"{"p":"\u003cpassword\u003ex\u003c/password\u003e"}"#, r#"{"p":"<password>•••</password>"}"#),
        (r#"{"u":"https:\/\/me:pw@host\/a"}"#, r#"{"u":"https://•••@host/a"}"#),
        (
            r#"[{"name":"token","value":"x"},{"name":"n","value":"5"}]"#,
            r#"[{"name":"token","value":"•••"},{"name":"n","value":"5"}]"#,
        ),
        (r#"{"token":"x\"y","n":5}"#, r#"{"token":"•••","n":5}"#),
        (r#"{"n":5,"token":"x"#, r#"{"n":5,"token":"•••"#),
        (r#"{"p":"{\"n\":5,\"token\":\"x"#, r#"{"p":"{\"n\":5,\"token\":\"•••"#),
        ("{token: 'x', n: 5}", "{token: '•••', n: 5}"),
        ("['token' => 'x', 'n' => 5]", "['token' => '•••', 'n' => 5]"),
        // Forms and addresses.
        ("a=1&payload=%7B%22token%22%3A%22x%22%7D&b=2", "a=1&payload=%7B%22token%22%3A%22•••%22%7D&b=2"),
        ("a=1&user%5Btoken%5D=x&b=2", "a=1&user%5Btoken%5D=•••&b=2"),
        ("token=a b,c;d&b=2", "token=•••&b=2"),
        ("https://me:pw@host/a?token=x&b=2#pin=1", "https://•••@host/a?token=•••&b=2#pin=•••"),
        (
            "https://host/go?next=https%3A%2F%2Fother%2F%3Ftoken%3Dx",
            "https://host/go?next=https%3A%2F%2Fother%2F%3Ftoken%3D•••",
        ),
        ("https://host/a;jsessionid=x", "https://host/a;jsessionid=•••"),
        ("see //host/a@b?b=2", "see //host/a@b?b=2"),
        (
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nx y\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n•••\r\n--b--",
        ),
        // Sentences and headers.
        ("Webitel logs “password=x y”.", "Webitel logs “password=••• y”."),
        ("Webitel logs “token: x”.", "Webitel logs “token: •••”."),
        ("authorization=Bearer x y", "authorization=•••"),
        ("a, authorization=Bearer x y\nstatus: 5", "a, authorization=••• y\nstatus: 5"),
        ("it sent Bearer abc.def, then", "it sent Bearer •••, then"),
        ("n=5; token=x", "n=5; token=•••"),
        // No secrets.
        ("keyword=x&monkey=y", "keyword=x&monkey=y"),
        (r#"{"description":"my token","queue_id":5}"#, r#"{"description":"my token","queue_id":5}"#),
        ("a 50% off + é", "a 50% off + é"),
        (r#"{"a":"\"b\" \u00e9"}"#, r#"{"a":"\"b\" \u00e9"}"#),
    ] {
        assert_eq!(masked(text), is, "{text}");
        // Once more, nothing is left to mask.
        assert_eq!(masked(is), is);
    }
}

#[test]
fn a_long_secret_that_a_step_makes_is_masked_to_its_end() {
    let receiver = Receiver::start(|_| json("{}"));
    let address = receiver.address;
    let steps = format!(
        r#"{{"js": {{"data": "return 'eyJ' + new Array(300).join('aB3-_.') + 'end-of-it'", "setVar": "token"}}}},
          {{"js": {{"data": "return 'before ' + ${{token}}.slice(0, 1200)", "setVar": "part"}}}},
          {{"set": {{"reply": "{{\"n\": \"{pad}\", \"access_token\": \"hidden-behind-much\"}}", "alias": "hidden-behind-much"}}}},
          {{"httpRequest": {{"url": "http://{address}/a/${{token}}/b", "data": {{"a": "${{token}}", "b": "hidden-behind-much"}}}}}},
          {{"log": "{pad} ${{token}}"}}, {{"softSleep": "${{token}}"}}, {{"unSet": ["${{token}}"]}}"#,
        pad = "n".repeat(1000)
    );
    let before = tried(&format!("[{steps}]"));
    let hop = only_hop(&before);
    assert!(hop.url.ends_with("end-of-it/b") && hop.url.len() > 1800, "{}", hop.url);
    // Neither does it matter whether the step that set it is kept, or the variable one of those that are shown.
    let others: Vec<_> = (0..120).map(|n| format!(r#""a{n}": "5""#)).collect();
    let many = format!(r#"{{"set": {{{}, "zz_token": "beyond-hundred"}}}}"#, others.join(", "));
    let ticks = r#"{"set": {"n": "5"}}, "#.repeat(500);
    let late = format!(r#"[{many}, {ticks}{{"set": {{"password": "not-kept-step"}}}}, {steps}]"#)
        .replace(r#""b": "hidden"#, r#""c": "beyond-hundred not-kept-step", "b": "hidden"#);
    for text in [format!("[{steps}]"), late] {
        let mut way = tried(&text);
        mask(&mut way, &[]);
        let kept = serde_json::to_string(&way).expect("JSON");
        for secret in ["eyJ", "aB3", "end-of-it", "hidden-behind", "beyond-hundred", "not-kept-step"] {
            assert!(!kept.contains(secret), "{secret} is still there: {kept}");
        }
        assert_eq!(only_hop(&way).url, format!("http://{address}/a/•••/b"));
        assert_eq!(answer(&way).status, 200);
    }
    let mut way = before;
    mask(&mut way, &[]);
    assert_eq!((set_to(&way, "alias"), set_to(&way, "part")), (Some(MASK), Some("before •••…")));
    assert!(notes(&way).iter().any(|note| note.starts_with("Webitel waits •••… ms here")), "{:?}", notes(&way));
}

#[test]
fn what_an_answer_sets_by_the_name_of_a_secret_is_one_under_any_name() {
    let receiver = Receiver::start(|_| {
        let body = format!(
            r#"{{"n": "{}", "data": {{"access_token": "far-behind-all", "pin": 12, "id": 77}}}}"#,
            "n".repeat(20_000)
        );
        support::receiver::reply(
            200,
            &[("Content-Type", "application/json"), ("Set-Cookie", "c=cr; Domain=example.com; Path=/")],
            body,
        )
    });
    let url = receiver.url("/");
    let text = format!(
        r#"[{{"httpRequest": {{"url": "{url}", "exportCookie": "jar", "exportVariables": {{"t": "data.access_token", "p": "data.pin", "i": "data.id"}}}}}},
          {{"httpRequest": {{"url": "{url}?a=${{t}}&d=example.com"}}}}, {{"log": "${{t}} with ${{i}}"}}]"#
    );
    let mut way = tried(&text);
    assert_eq!((set_to(&way, "t"), set_to(&way, "p")), (Some("far-behind-all"), Some("12")));
    mask(&mut way, &[]);
    for (name, value) in [("t", MASK), ("p", MASK), ("jar", MASK), ("i", "77")] {
        assert_eq!(set_to(&way, name), Some(value), "{name}");
    }
    let kept = serde_json::to_string(&way).expect("JSON");
    assert!(!kept.contains("far-behind") && kept.contains("?a=•••&d=example.com"), "{kept:.3000}");
    assert!(notes(&way).contains(&"Webitel logs “••• with 77”."), "{:?}", notes(&way));
}

#[test]
fn a_secret_that_goes_on_where_an_answer_is_cut_is_masked_to_its_end() {
    let receiver = Receiver::start(|_| {
        let body = format!(
            r#"{{"n": "{}", "data": {{"token": "cut-off-{}-end-of-it"}}}}"#,
            "n".repeat(16_330),
            "t".repeat(90)
        );
        json(&body)
    });
    let url = receiver.url("/");
    let mut way = tried(&format!(
        r#"[{{"httpRequest": {{"url": "{url}", "exportVariables": {{"x": "data.*"}}}}}}, {{"log": "after ${{x}}"}}]"#
    ));
    assert!(answer(&way).body.contains("cut-off-tttt") && !answer(&way).body.contains("end-of-it"));
    assert!(set_to(&way, "x").is_some_and(|x| x.ends_with("-end-of-it")), "{:?}", set_to(&way, "x"));
    mask(&mut way, &[]);
    let kept = serde_json::to_string(&way).expect("JSON");
    assert!(!kept.contains("cut-off") && !kept.contains("tttt") && !kept.contains("end-of-it"), "{kept:.3000}");
    assert_eq!((set_to(&way, "x"), notes(&way)[0]), (Some(MASK), "Webitel logs “after •••"));
}

#[test]
fn headers_bodies_and_notes_of_any_kind_are_masked_in_a_way() {
    let receiver = Receiver::start(|_| {
        let headers = [("Content-Type", "text/xml"), ("X-Data", "n=5; token=x1"), ("X-Json", r#"{"pin": "x2"}"#)];
        support::receiver::reply(200, &headers, "<r><password>x3</password><n>5</n></r>")
    });
    let url = receiver.url("/");
    let text = format!(
        r#"[{{"httpRequest": {{"url": "{url}", "headers": {{"content-type": "text/xml", "X-Data": "token=x4"}}, "data": "<a id=\"1\" token=\"x5\">a</a>"}}}},
          {{"log": "password=x6 was sent"}}, {{"set": {{"url": "https://me:x7@host/?token=x8"}}}}]"#
    );
    let mut way = tried(&text);
    mask(&mut way, &[]);
    let kept = serde_json::to_string(&way).expect("JSON");
    for n in 1..=8 {
        assert!(!kept.contains(&format!("x{n}")), "x{n} is still there: {kept}");
    }
    assert_eq!(answer(&way).body, "<r><password>•••</password><n>5</n></r>");
    assert_eq!(set_to(&way, "url"), Some("https://•••@host/?token=•••"));
    assert!(notes(&way).contains(&"Webitel logs “password=••• was sent”."), "{:?}", notes(&way));
}

#[test]
fn what_has_a_secret_in_it_is_not_kept() {
    let typed = [
        ("callback", "https://me:pw@host/?n=1"),
        ("hook", "https://host/?token=x"),
        ("plain", "https://host/?n=1"),
        ("api_token", "abcdef-1"),
        ("again", "it is abcdef-1"),
        ("body", r#"{"password":"x"}"#),
        ("empty", ""),
    ];
    let kept: Vec<_> = without_secrets(&typed).into_iter().map(|(name, _)| name).collect();
    assert_eq!(kept, ["plain", "empty"]);
}

/// Long texts, each made to be read again and again.
#[test]
fn reading_takes_time_in_proportion_to_the_text() {
    let pieces = [
        "token=a&",
        "<token ",
        "<token/>",
        "<token>",
        "\"token\":{",
        "\"token\":[\"",
        "name=\"",
        "name=\\\"",
        "\\\"",
        "\\",
        "\"\\\\",
        "//",
        "//a@",
        "=",
        ":",
        "token:",
        "token=",
        "%22",
        "%",
        "+%",
        "a.",
        "Bearer ",
        "earer ",
        "'\"`",
        "…",
        "aaaaaa…",
        "{\"a\":\"",
        "key=\"token\" ",
        " ",
        "\n",
        "é",
        "\u{301}=",
    ];
    for piece in pieces {
        let text = piece.repeat((1 << 18) / piece.len());
        let since = Instant::now();
        let mut masked = text;
        Secrets::default().mask_cut(&mut masked);
        assert!(since.elapsed() < Duration::from_secs(5), "{piece:?}: {:?}", since.elapsed());
    }
}

/// What is written in texts with secrets, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "token",
        "key",
        "name",
        "value",
        "=",
        ":",
        " ",
        "\"",
        "\\",
        "\\\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "</",
        "/>",
        "//",
        "@",
        "&",
        "#",
        "?",
        "%",
        "%22",
        "%C3",
        "+",
        "é",
        "日",
        "…",
        "•••",
        "\u{fffd}",
        "\r\n\r\n",
        "\n",
        "-",
        ",",
        ";",
        "Bearer ",
        "abcdefgh",
        "\\u00e9",
        "\\u",
        "1",
        "<![CDATA[",
        "”",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(mut text in pieces(), other in pieces(), is_cut: bool) {
        without_secrets(&[("a", &text), ("token", &other)]);
        let mut secrets = Secrets::default();
        secrets.see("token", &other);
        if is_cut { secrets.mask_cut(&mut text) } else { secrets.mask_text(&mut text) }
        let mut way = Way::ended(other + &text);
        way.secrets = secrets;
        mask(&mut way, &[]);
    }
}
