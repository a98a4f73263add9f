//! What is kept of a run, and shown later, has no secrets in it.

use queue_hooks::flow::run::masked::{MASK, is_secret, mask};
use queue_hooks::flow::run::way::Way;
use support::receiver::{Receiver, reply};
use support::way::notes;

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
    mask(&mut way);
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
fn names_are_known_by_their_last_word() {
    let secret = "authorization Proxy-Authorization X-Api-Key apiKey APIKEY x_access_token accessToken client-secret Password userPassword \
        signature X-Hub-Signature sig PHPSESSTOKEN";
    for name in secret.split_whitespace() {
        assert!(is_secret(name), "{name}");
    }
    for name in
        ["", "state", "monkey", "X-Keyboard", "tokens_left", "keyName", "author", "passage", "design", "content-type"]
    {
        assert!(!is_secret(name), "{name}");
    }
}

#[test]
fn what_was_cut_or_has_too_many_secrets_shows_none() {
    let long = "0123456789abcdef".repeat(80);
    let mut way = tried(&format!(r#"[{{"set": {{"token": "{long}", "copy": "see {long}"}}}}]"#));
    mask(&mut way);
    let copy = way.steps[0].set.iter().find(|(name, _)| name == "copy").and_then(|(_, value)| value.as_deref());
    assert_eq!(copy, Some(&*format!("see {MASK}…")));
    let many: Vec<_> = (0..150).map(|n| format!(r#"{{"set": {{"token": "many-{n:03}"}}}}, "#)).collect();
    let many = many.concat();
    let mut way = tried(&format!(r#"[{many}{{"set": {{"copy": "many-149"}}}}]"#));
    mask(&mut way);
    assert!(!all(&way).contains("many-"), "{}", all(&way));
}
