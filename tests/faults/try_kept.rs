//! How much is kept of what went over the line, whatever a server answers.

use queue_hooks::flow::run::exchange::Hop;
use queue_hooks::outbound::kept::MAX_KEPT;
use support::receiver::{Receiver, json, redirect, reply};
use support::way::notes;

use crate::trying::*;

fn bytes(hop: &Hop) -> usize {
    let of = |headers: &[(String, String)]| headers.iter().map(|(a, b)| a.len() + b.len() + 64).sum::<usize>();
    let answer = hop.answer.as_ref().map_or_else(String::len, |answer| of(&answer.headers) + answer.body.len());
    hop.method.len() + hop.url.len() + of(&hop.headers) + answer
}

#[test]
fn redirects_with_many_headers_fill_no_memory() {
    let receiver = Receiver::start(|_| {
        let mut headers = vec![("a", "b"); 4900];
        headers.push(("Location", "/"));
        reply(302, &headers, "")
    });
    let request = format!(r#"{{"httpRequest":{{"method":"GET","url":"{}"}}}}"#, receiver.url("/"));
    let way = tried(&format!("[{}]", vec![request; 50].join(",")));
    assert_eq!(way.end, None);
    let hops: Vec<_> = way.steps.iter().filter_map(|step| step.exchange.as_ref()).flat_map(|all| &all.hops).collect();
    assert_eq!(hops.len(), 500);
    let kept: usize = hops.iter().map(|hop| bytes(hop)).sum();
    assert!(kept > MAX_KEPT / 2 && kept <= MAX_KEPT + 500 * 100, "{kept}");
    assert!(hops.iter().all(|hop| hop.answer.as_ref().is_ok_and(|answer| answer.status == 302)));
    let said = |note: &str| notes(&way).into_iter().filter(|said| *said == note).count();
    assert!(said("The answer has 4902 headers, of which 200 are kept.") > 0, "{:?}", notes(&way));
    assert_eq!(said("This run got more than 4 MiB, so no headers and bodies are kept from here on."), 1);
}

#[test]
fn an_address_has_an_end() {
    let receiver = Receiver::start(|_| redirect(302, &format!("/{}", "é".repeat(12_000))));
    let way = tried(&format!(r#"[{{"httpRequest":{{"method":"GET","url":"{}"}}}}]"#, receiver.url("/")));
    assert_eq!(hops(&way).len(), 1);
    assert_eq!(notes(&way), ["It was redirected to an address of more than 64 KiB, so nothing was sent there."]);
}

#[test]
fn many_variables_from_one_answer_end_the_run_before_they_fill_the_memory() {
    let body = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000_000));
    let receiver = Receiver::start(move |_| json(&body));
    let variables = (0..5000).map(|n| format!(r#""v{n}":"a""#)).collect::<Vec<_>>().join(",");
    let way = tried(&format!(
        r#"[{{"httpRequest":{{"url":"{}","exportVariables":{{{variables}}}}}}},{{"log":"on"}}]"#,
        receiver.url("/")
    ));
    assert_eq!(way.end.as_deref(), Some("Its variables have more than 4 MiB, so it was stopped."));
    let [step] = &way.steps[..] else { panic!("{} steps", way.steps.len()) };
    assert!(step.set.len() + step.notes.len() < 10, "{} {:?}", step.set.len(), step.notes);
}
