//! What is kept of a run, and shown later, has no secrets in it.

use std::time::{Duration, Instant};

use queue_hooks::flow::run::masked::mask;
use queue_hooks::flow::run::secrets::MASK;
use queue_hooks::flow::run::secrets::names::is_secret;
use queue_hooks::flow::run::way::Way;
use support::receiver::{Receiver, reply};
use support::way::{Walk, notes};

use crate::trying::*;

/// Everything that a way says.
fn all(way: &Way) -> String {
    let mut all = format!("{:?}", way.end);
    for step in &way.steps {
        all += &format!("{:?} {:?}\n", step.set, step.notes);
        if let Some(request) = &step.request {
            all += &format!("{} {:?} {:?} {:?}\n", request.url, request.headers, request.body, request.notes);
        }
        for hop in step.exchange.iter().flat_map(|exchange| &exchange.hops) {
            let answer = hop.answer.as_ref().map(|answer| format!("{:?} {}", answer.headers, answer.body));
            all += &format!("{} {:?} {answer:?}\n", hop.url, hop.headers);
        }
    }
    all
}

#[test]
fn secrets_are_masked_wherever_they_stand() {
    let receiver = Receiver::start(|got| {
        let cookie = ("Set-Cookie", "sid=cookie-7f3a9; Path=/; HttpOnly");
        if got.target == "/moved" {
            return reply(302, &[cookie, ("Location", "/there?session_token=located-55&page=2")], "");
        }
        let body = r#"{"access_token": "given-\"8812", "echo": "bearer-1234567", "key": "visible"}"#;
        reply(200, &[("Content-Type", "application/json"), ("X-Request-Key", "answered-99")], body)
    });
    let address = receiver.address;
    let text = format!(
        r#"[{{"httpRequest": {{
            "url": "http://me:pass-word%2F1@{address}/moved", "exportCookie": "kept", "exportVariables": {{"t": "access_token", "echo": "echo"}},
            "headers": {{"Authorization": "Bearer bearer-1234567", "X-Api-Key": "keyed-4711", "cookie": "a=crumb-1; b=crumb-22", "X-Plain": "seen"}},
            "data": {{"accessToken": "bodied-31", "name": "seen-too", "again": "keyed-4711 and pass-word/1"}}}}}},
          {{"set": {{"apiToken": "setted-1", "other": "it is bearer-1234567", "short": "ok"}}}},
          {{"log": "keyed-4711 was sent, ${{t}} came"}},
          {{"httpRequest": {{"url": "http://{address}/x?api_key=queried-2&sig=ab&q=setted-1", "headers": {{"content-type": "application/x-www-form-urlencoded"}},
            "data": {{"password": "form med", "who": "form med"}}}}}}]"#
    );
    let mut way = tried(&text);
    let before = all(&way);
    let secret = "pass-word bearer-1234567 keyed-4711 crumb-1 crumb-22 bodied-31 cookie-7f3a9 located-55 8812 answered-99 setted-1 queried-2 sig=ab form+med";
    for secret in secret.split_whitespace() {
        assert!(before.contains(secret), "{secret} is there before: {before}");
    }
    mask(&mut way, &[]);
    let after = all(&way);
    for secret in secret.split_whitespace() {
        assert!(!after.contains(secret), "{secret} is still there: {after}");
    }
    for seen in [
        "seen",
        "seen-too",
        "visible",
        "page=2",
        "it is •••",
        "\"short\", Some(\"ok\")",
        "api_key=•••&sig=•••&q=•••",
        "//•••@",
    ] {
        assert!(after.contains(seen), "{seen} is gone: {after}");
    }
    assert!(notes(&way).contains(&"Webitel logs “••• was sent, ••• came”."), "{:?}", notes(&way));
}

#[test]
fn names_are_known_by_their_last_words() {
    let secret = "authorization Proxy-Authorization X-Api-Key apiKey APIKEY x_access_token accessToken client-secret Password userPassword \
        signature X-Hub-Signature sig PHPSESSTOKEN token2 password1 api_key_2 X-Token-V2 tokenV2 userPIN dbPWD PHPSESSID JSESSIONID \
        sessionid session session_id sessionId passphrase passcode otp bearer tokens passwords X-Amz-Credential credentials secretkey \
        privatekey access_key_id AWSAccessKeyId csrf _csrf csrfmiddlewaretoken password_confirmation newPassword tokens[0] user[token] \
        APIKeyV2 pw SECRET_KEYS";
    for name in secret.split_whitespace() {
        assert!(is_secret(name), "{name}");
    }
    let plain = "state monkey monkeys X-Keyboard keyword keywords keyboard tokens_left keyName author authors passage design content-type \
        description session_count queue_id tokenized_at passenger compass bypass spin hotspot laptop side assigned key_name v2 2 confirm \
        password_length has_passed pinned secretary cookies_enabled authority";
    for name in plain.split_whitespace().chain([""]) {
        assert!(!is_secret(name), "{name}");
    }
    for variable in queue_hooks::model::variable::VARIABLES {
        assert!(!is_secret(variable.name), "{}", variable.name);
    }
}

#[test]
fn what_was_cut_or_has_too_many_secrets_shows_none() {
    let long = "0123456789abcdef".repeat(80);
    let mut way = tried(&format!(r#"[{{"set": {{"token": "{long}", "copy": "see {long}"}}}}]"#));
    mask(&mut way, &[]);
    let copy = way.steps[0].set.iter().find(|(name, _)| name == "copy").and_then(|(_, value)| value.as_deref());
    assert_eq!(copy, Some(&*format!("see {MASK}…")));
    let many: Vec<_> = (0..1100).map(|n| format!(r#"{{"set": {{"token": "many-{n:04}"}}}}, "#)).collect();
    let many = many.concat();
    let mut way = tried(&format!(r#"[{many}{{"set": {{"copy": "many-1099"}}}}]"#));
    mask(&mut way, &[]);
    assert!(!all(&way).contains("many-"), "{}", all(&way));
}

/// Texts with a secret of the variables that the run begins with, as this program and others write it.
#[test]
fn a_secret_among_the_variables_is_known_however_it_is_written() {
    let secret = "a/b+c d&<é>\"~1";
    let variables = [("apiToken", secret), ("given", r#"{"pass": "inside-77", "pin": 123456, "n": 5}"#)];
    let text = r#"[{"httpRequest": {"url": "http://x/?q=${apiToken.uri()}&r=${apiToken}", "data": {"a": "${apiToken}", "b": "inside-77, 123456"}}},
        {"httpRequest": {"url": "http://x/", "headers": {"content-type": "application/x-www-form-urlencoded"}, "data": {"a": "${apiToken}"}}},
        {"httpRequest": {"url": "http://x/?q=1#access_token=fragment-5&state=6"}},
        {"js": {"data": "return encodeURIComponent(${apiToken}).toLowerCase()", "setVar": "lower"}},
        {"js": {"data": "return JSON.stringify(${apiToken}).replace('/', '\\/')", "setVar": "slashed"}},
        {"set": {"json": "{\"pin\" : 987654, \"other\": 987}", "copy": "987654 ${given}"}}]"#;
    let mut way = Walk { variables: &variables, ..Walk::new(text) }.way();
    let before = all(&way);
    mask(&mut way, &variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let after = all(&way);
    for part in [
        "a/b",
        "a%2F",
        "a%2f",
        "c d",
        "c+d",
        "%C3%A9",
        "%c3%a9",
        "é",
        "u003c",
        "inside-77",
        "123456",
        "fragment-5",
        "987654",
    ] {
        assert!(before.contains(part), "{part} is there before: {before}");
        assert!(!after.contains(part), "{part} is still there: {after}");
    }
    for part in ["state=6", r#""other\": 987}"#, "q=•••&r=•••", r#"\"n\": 5"#] {
        assert!(after.contains(part), "{part} is gone: {after}");
    }
}

#[test]
fn only_what_was_cut_may_end_with_the_beginning_of_a_secret() {
    let set = |copy: &str| format!(r#"[{{"set": {{"token": "abababX-abcdef", "copy": "{copy}"}}}}]"#);
    for (copy, is) in [("see ababab", "see ababab"), ("see abababab…", "see ab•••…"), ("see ababa…", "see ababa…")]
    {
        let mut way = tried(&set(copy));
        mask(&mut way, &[]);
        assert_eq!(support::way::set_to(&way, "copy"), Some(is));
    }
    let receiver = Receiver::start(|_| reply(200, &[], "x".repeat((16 << 10) - 10) + "long-secret-1234567890"));
    let url = receiver.url("/");
    let mut way = tried(&format!(
        r#"[{{"httpRequest": {{"url": "{url}", "headers": {{"X-Token": "long-secret-1234567890"}}}}}}]"#
    ));
    mask(&mut way, &[]);
    assert!(answer(&way).body.ends_with("x•••"), "{}", &answer(&way).body[16_000..]);
}

#[test]
fn masking_takes_no_longer_than_it_must() {
    let since = Instant::now();
    let pairs = "token=a&".repeat(60_000);
    let mut way = tried(&format!(
        r#"[{{"httpRequest": {{"url": "x", "headers": {{"content-type": "application/x-www-form-urlencoded"}}, "data": "{pairs}"}}}}]"#
    ));
    mask(&mut way, &[]);
    let long = [("token".to_owned(), "a".repeat(1 << 20))];
    let mut way = tried(&format!(r#"[{{"set": {{"copy": "{}"}}}}]"#, "a".repeat(2000)));
    mask(&mut way, &long);
    assert_eq!(support::way::set_to(&way, "copy"), Some(MASK));
    // A thousand secrets that begin alike, in texts that begin like them again and again.
    let many: Vec<_> = (0..900).map(|n| ("token".to_owned(), "a".repeat(50) + &format!("-{n:03}"))).collect();
    let text = ("a".repeat(49) + "…").repeat(1000) + &many[899].1;
    let mut way = tried(&format!(r#"[{{"httpRequest": {{"url": "x", "data": "{text}"}}}}]"#));
    mask(&mut way, &many);
    let body = way.steps[0].request.as_ref().and_then(|request| request.body.as_deref());
    assert_eq!(body, Some(&*(format!("{MASK}…").repeat(1000) + MASK)));
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}
