//! The worst that a text of a mebibyte may ask for: bounded in what is looked up, written and shown, whatever it says.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::Config;
use queue_hooks::flow::difference::difference;
use queue_hooks::flow::preview::{MAX_LOOK_UPS, MAX_WRITTEN, Requests, requests};
use queue_hooks::flow::program::{check, shown};
use queue_hooks::flow::text::MAX_TEXT;
use queue_hooks::flow::warnings::warnings;
use queue_hooks::model::event::Event;
use queue_hooks::model::flow_schemas::flow_schema::SchemaType;
use queue_hooks::model::queues::queue_type::QueueType;
use support::*;

/// The bytes that the page shows of requests.
fn bytes(requests: &Requests) -> usize {
    let of = requests.shown.iter().map(|shown| {
        let request = &shown.request;
        let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let told = shown.notes.iter().map(String::len).sum::<usize>() + shown.inside.as_ref().map_or(0, String::len);
        request.method.len() + request.url.len() + headers + request.body.as_ref().map_or(0, String::len) + told
    });
    of.sum()
}

/// What is done for a text, and what is shown of it, stays within its bounds.
fn assert_bounded(what: &str, text: &str) {
    assert!(text.len() <= MAX_TEXT, "{what}");
    let Ok(program) = check(text) else { panic!("{what}: {:?}", check(text).err()) };
    let requests = requests(&program, Event::Bridged, QueueType::Inbound);
    let used = requests.used;
    assert!(used.look_ups <= 2 * MAX_LOOK_UPS, "{what}: {used:?}");
    assert!(used.bytes <= 12 * MAX_WRITTEN, "{what}: {used:?}");
    // Each request may tell of twenty names and twenty headers, for each of five reasons.
    let told = requests.shown.len() * 6 * 20 * 300;
    assert!(bytes(&requests) <= MAX_WRITTEN + told, "{what}: {} bytes", bytes(&requests));
    let warnings = warnings(&program, Some(SchemaType::Service), &[(Event::Joined, QueueType::Inbound)]);
    assert!(warnings.len() <= 21, "{what}");
    assert!(warnings.iter().all(|warning| warning.sentence.len() < 500), "{what}");
    assert!(shown(text).len() <= MAX_TEXT, "{what}");
}

#[test]
fn the_worst_texts_are_accepted_and_bounded() {
    for (what, text) in worst() {
        assert!(text.len() > MAX_TEXT - 1200, "{what} fills a mebibyte: {}", text.len());
        assert_bounded(what, &text);
    }
}

/// A query is rebuilt where a path is filled in, and each “?” in it becomes three characters.
#[test]
fn a_query_that_is_rebuilt_makes_no_longer_address_than_any_other() {
    let (value, url) = ("?".repeat(700), "${a}".repeat(90));
    let text = format!(
        "[{{\"set\":{{\"a\":\"{value}\"}}}},{{\"httpRequest\":{{\"url\":\"http://x/{url}\",\"path\":{{\"b\":\"\"}}}}}}]"
    );
    assert_bounded("a rebuilt query", &text);
    let requests = requests(&check(&text).expect("a flow schema"), Event::Bridged, QueueType::Inbound);
    let [shown] = &requests.shown[..] else { panic!("{} requests", requests.shown.len()) };
    assert_eq!(shown.request.url.len(), 64 << 10);
    assert!(shown.notes.contains(&"It is too long to be shown whole.".into()), "{:?}", shown.notes);
}

#[test]
fn what_differs_between_the_worst_texts_is_bounded() {
    let lines = |line: &dyn Fn(usize) -> String| numbered("[{\"log\":[\n", |n| line(n) + "\n", "]}]", MAX_TEXT);
    let pairs = [
        (lines(&|n| format!("{n}")), lines(&|n| format!("{}", n * 7919 % 100_003))),
        (lines(&|n| (n % 2).to_string()), lines(&|n| (n % 3).to_string())),
        (filled("[{\"log\":[", "1", ",", "]}]"), filled("[{\"log\":[", "2", ",", "]}]")),
        (filled("[{\"log\":\"", "x", "", "\"}]"), filled("[{\"log\":\"", "y", "", "\"}]")),
        (filled("[{\"log\":1", "\n", "", "}]"), "[]".into()),
    ];
    for (before, after) in pairs {
        let difference = difference(&before, &after);
        let lines: Vec<_> = difference.parts.iter().flatten().collect();
        assert!((1..=2000).contains(&lines.len()), "{}", lines.len());
        assert!(lines.iter().map(|line| line.text.len()).sum::<usize>() < 300 << 10);
    }
}

#[test]
fn a_small_change_of_a_large_text_is_found_wherever_it_is() {
    let text = |odd: usize| {
        numbered("[{\"log\":[\n", |n| if n == odd { "\"odd\"\n".into() } else { format!("{n}\n") }, "]}]", MAX_TEXT / 2)
    };
    for odd in [0, 5, 30_000, 60_000] {
        let difference = difference(&text(usize::MAX), &text(odd));
        assert!(!difference.more);
        let [part] = &difference.parts[..] else { panic!("{} parts", difference.parts.len()) };
        let of = |is: &dyn Fn(&&queue_hooks::flow::difference::Line) -> bool| -> Vec<_> {
            part.iter().filter(is).map(|line| (line.before, line.after, line.text.trim().to_owned())).collect()
        };
        // The list begins on the third line of what is indented.
        assert_eq!(of(&|line| line.is_gone()), [(Some(odd + 4), None, format!("{odd},"))]);
        assert_eq!(of(&|line| line.is_new()), [(None, Some(odd + 4), "\"odd\",".into())]);
        assert!(part.len() <= 8, "{}", part.len());
    }
}

#[on_all]
fn others_get_their_page_while_the_worst_texts_are_looked_at(app: &App) {
    let worst = worst();
    // All tests share the line of those who wait, so there are few.
    let ids: Vec<_> = worst[..3].iter().map(|(what, text)| schema(what).text(text).create(app)).collect();
    std::thread::scope(|scope| {
        let work: Vec<_> = ids
            .iter()
            .map(|id| scope.spawn(move || app.browser().get(&format!("{}?event=joined", flow(*id))).status))
            .collect();
        let browser = app.browser();
        let mut pages = 0;
        while work.iter().any(|work| !work.is_finished()) {
            let start = Instant::now();
            browser.get("/contact-center/queues").expect(200);
            pages += 1;
            assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        }
        assert!(pages > 0);
        let answers: Vec<_> = work.into_iter().map(|work| work.join().expect("an answer")).collect();
        // Whoever waits too long is sent away.
        assert!(answers.contains(&200) && answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    });
}

#[on_all]
fn nothing_is_begun_for_clients_that_left(app: &App) {
    let worst = worst().into_iter().find(|(what, _)| *what == "names with escapes").expect("a text").1;
    let (slow, quick) = (schema("Slow").text(&worst).create(app), schema("Quick").create(app));
    let browser = app.browser();
    let timed = |id| {
        let start = Instant::now();
        browser.get(&format!("{}?event=joined", flow(id))).expect(200);
        start.elapsed()
    };
    let one = timed(slow);
    let (name, value) = SESSION;
    let head = format!("GET {}?event=joined HTTP/1.1\r\nHost: {}\r\n", flow(slow), app.address);
    let request = format!("{head}Cookie: {name}={value}\r\n\r\n");
    let left: Vec<_> = (0..40)
        .map(|_| {
            let mut client = TcpStream::connect(app.address).expect("the server listens");
            client.write_all(request.as_bytes()).expect("the server reads");
            client
        })
        .collect();
    drop(left);
    // Two at once, those forty take ten times as long as one, and more.
    let waited = timed(quick);
    assert!(waited < one * 5 + Duration::from_secs(1), "{waited:?}, where one takes {one:?}");
}

/// A program of values, requests and variables that refer to each other, some of them long.
fn adversarial() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec!["a", "b", "c", "state", "agent_name", "a.b", "\\n", "$", "{"]);
    let piece = prop_oneof![
        4 => (name.clone(), 1..2000_usize).prop_map(|(name, count)| format!("${{{name}}}").repeat(count)),
        1 => (1..20_000_usize, proptest::sample::select(vec!["x", "<", "é", "\\n", "\\\"", "?", "&", "a=b&", "}", "${"]))
            .prop_map(|(count, piece)| piece.repeat(count)),
    ];
    let value = proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
    let pairs = proptest::collection::btree_map(name, value.clone(), 0..4).prop_map(|pairs| {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!("{{{}}}", pairs.join(","))
    });
    let set = pairs.clone().prop_map(|pairs| format!("{{\"set\":{pairs}}}"));
    let request = (value.clone(), pairs.clone(), pairs.clone(), pairs.clone(), value).prop_map(
        |(url, path, headers, data, text)| {
            format!(
                "{{\"httpRequest\":{{\"url\":\"http://x/{url}\",\"path\":{path},\"headers\":{headers},\
                 \"data\":{{\"o\":{data},\"t\":\"{text}\"}}}}}}"
            )
        },
    );
    let application = prop_oneof![2 => set, 1 => request];
    proptest::collection::vec(application, 1..12).prop_map(|list| format!("[{}]", list.join(",")))
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 60, ..Config::default() })]

    #[test]
    fn whatever_a_text_says_it_is_bounded(text in adversarial()) {
        prop_assume!(text.len() <= MAX_TEXT);
        assert_bounded("random", &text);
    }
}
