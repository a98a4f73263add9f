//! Everything that can be typed into an address or a form: the statuses of the contract, nothing changed, and
//! never a fault of ours.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use queue_hooks::db::schema::{flow_schemas, hooks, journal, people, queues, sign_in_failures};
use support::*;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The statuses of a request whose head is too large; beyond the server's buffer it knows no more than that.
const TOO_LARGE: [u16; 3] = [400, 414, 431];

/// What is no id of anything.
const NO_IDS: [&str; 14] = [
    "0",
    "-1",
    "4711",
    "99999999999999999999",
    "-99999999999999999999",
    "9223372036854775807",
    "abc",
    "1e3",
    "1.0",
    "%201",
    "%00",
    "%ff",
    "%ED%A0%80",
    "%F0%9F%92%A9",
];

#[on_both("names and types of queues are changed in Webitel")]
fn an_id_of_nothing_is_not_found(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let token = browser.token();
    let before = contents(app);
    for no_id in NO_IDS {
        for route in routes().iter().filter(|route| route.takes("GET") && !route.path.starts_with("/static")) {
            for part in ["{queue}", "{hook}", "{schema}"] {
                if route.path.contains(part) {
                    let path = center.fill(&route.path.replace(part, no_id));
                    let asks = ["/removal", "/addition", "/successor", "/plan"].iter().any(|end| path.ends_with(end));
                    let query = if asks { "?id=1" } else { "" };
                    browser.request("GET", &format!("{path}{query}"), &[], b"").expect(404);
                }
            }
        }
        for form in center.forms().into_iter().filter(|form| form.route.contains("{queue}")) {
            let send = |path: &str| browser.request("POST", path, &[FORM], form.body(&token).as_bytes());
            let path = form.path.replace(&format!("/queues/{}", center.queue), &format!("/queues/{no_id}"));
            // A question is asked at an address of its own.
            if form.only_asks() { browser.follow(send(&path)) } else { send(&path) }.expect(404);
            if form.route.contains("{hook}") {
                let path = form.path.replace(&format!("/hooks/{}", center.hook), &format!("/hooks/{no_id}"));
                let answer = send(&path);
                // The switch of a hook that was removed meanwhile says so on the tab.
                let told = form.route.ends_with("/state") && answer.status == 303;
                assert!(told || answer.status == 404, "{path}: {}", answer.status);
            }
        }
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_hook_of_another_queue_is_not_found(app: &App) {
    let browser = app.browser();
    let (center, other) = (center(app), queue().name("Another").create(app));
    let token = browser.token();
    let before = contents(app);
    let elsewhere = |path: &str| path.replace(&format!("/queues/{}", center.queue), &format!("/queues/{other}"));
    let edit = center.fill("/contact-center/queues/{queue}/hooks/{hook}");
    browser.request("GET", &elsewhere(&edit), &[], b"").expect(404);
    for form in center.forms().iter().filter(|form| form.route.contains("{queue}/hooks/")) {
        let answer = browser.request("POST", &elsewhere(&form.path), &[FORM], form.body(&token).as_bytes());
        assert!([303, 404, 409, 422].contains(&answer.status), "{}: {}", form.path, answer.status);
    }
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_selection_that_is_too_large_is_refused(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let token = browser.token();
    let removal = center.fill("/contact-center/queues/{queue}/hooks/removal");
    let ids = |count: i64| (0..count).map(|id| format!("id={}", center.hook + id)).collect::<Vec<_>>().join("&");
    let shown = |count: i64| (0..count).map(|id| (center.hook + id).to_string()).collect::<Vec<_>>().join(".");
    let before = contents(app);
    for (body, on_get, on_post) in [
        (ids(1001), &[422][..], 422),
        (format!("all=page&shown={}", shown(1001)), &[422], 422),
        (ids(100_000), &TOO_LARGE, 413),
        (format!("all=page&shown={}", shown(100_000)), &TOO_LARGE, 413),
    ] {
        let asked = app.wire_get(&format!("{removal}?{body}"), "");
        assert!(asked.is_none_or(|answer| on_get.contains(&answer.status)));
        browser.request("POST", &removal, &[FORM], format!("token={token}&{body}").as_bytes()).expect(on_post);
    }
    assert_eq!(contents(app), before);
    let page = browser.request("GET", &format!("{removal}?{}", ids(1000)), &[], b"").expect(200);
    assert!(page.text("main").contains("999 of the selection are gone already"));
}

/// What can be typed into a field, encoded as a browser never would.
fn typed() -> Vec<String> {
    let short = [
        "",
        "+",
        "%00",
        "joined%00",
        "%ff%fe",
        "%ED%A0%80",
        "%",
        "%zz",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%3Cscript%3E",
        "'%3B+DROP+TABLE+hooks%3B--",
        "-1",
        "0",
        "1.5",
        "99999999999999999999",
        "-9223372036854775808",
        "true",
        "yes",
        "matching",
        "joined",
        "%3Fq=%2525%26page=99999999999%26event=x%26size=0",
        "?q=%00%ff&sort=-schema",
    ];
    let long = ["_", "%F0%9F%98%80", "1."].map(|part| part.repeat(60_000 / part.len()));
    short.into_iter().map(str::to_owned).chain(long).collect()
}

/// Empties the tables, so that a test does not become slower with every change that it makes.
fn forget(app: &App) {
    write(app, |conn| {
        diesel::delete(hooks::table).execute(conn)?;
        diesel::delete(queues::table).execute(conn)?;
        diesel::delete(flow_schemas::table).execute(conn)?;
        diesel::delete(journal::table).execute(conn)?;
        diesel::delete(sign_in_failures::table).execute(conn)?;
        // So that the next form about one's own password has the right one, and one's session lasts.
        diesel::delete(people::table.filter(people::name.ne("tester"))).execute(conn)?;
        diesel::update(people::table)
            .set((people::password.eq(STORED_PASSWORD), people::enabled.eq(true)))
            .execute(conn)
    });
}

/// Names and values, encoded.
type Fields = Vec<(String, String)>;

const ANSWERS: [u16; 7] = [200, 303, 404, 409, 413, 422, 429];

#[on_both("queues are added in Webitel")]
fn whatever_is_typed_into_a_field_is_answered_and_a_refusal_changes_nothing(app: &App) {
    let browser = app.browser();
    let token = browser.token();
    let mut center = center(app);
    let forms = center.forms();
    let mut before = contents(app);
    let mut send = |index: usize, edit: &dyn Fn(&mut Fields)| {
        let form = center.forms().swap_remove(index);
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let mut fields: Fields =
            form.fields().into_iter().map(|(name, value)| (name.to_owned(), encode(value))).collect();
        edit(&mut fields);
        let body = fields.iter().map(|(name, value)| format!("&{name}={value}")).collect::<Vec<_>>().concat();
        let body = format!("token={token}{body}");
        let answer = browser.request("POST", &form.path, &[FORM], body.as_bytes());
        let sent = &body[..body.len().min(300)];
        assert!(ANSWERS.contains(&answer.status), "{} {sent}: {}: {}", form.path, answer.status, answer.body);
        if answer.status == 303 {
            forget(app);
            center = support::center(app);
            before = contents(app);
        } else {
            assert!(contents(app) == before, "{} {sent} was refused with {}", form.path, answer.status);
        }
    };
    let mut views = BTreeSet::new();
    // What a database makes of a text is the same for each field: on the second one each gets a third, in turn.
    let part = if app.backend == Backend::Postgres { 3 } else { 1 };
    for (index, form) in forms.iter().enumerate() {
        for field in 0..form.fields.len() {
            // All forms of a list read its view in the same way.
            let list = if form.route.contains("/hooks") { "hooks" } else { form.route.split('/').nth(1).unwrap_or("") };
            if form.fields[field].0 == "view" && !views.insert(list) {
                continue;
            }
            for typed in typed().into_iter().skip((index + field) % part).step_by(part) {
                send(index, &|fields| fields[field].1.clone_from(&typed));
            }
            send(index, &|fields| drop(fields.remove(field)));
            send(index, &|fields| fields.push((fields[field].0.clone(), "x".into())));
            send(index, &|fields| fields.insert(0, (fields[field].0.clone(), "x".into())));
        }
        for more in ["search", "overwrite", "seen_event", "seen_schema", "all", "count", "shown", "id", "%00", ""] {
            send(index, &|fields| fields.push((more.into(), "yes".into())));
        }
        send(index, &|fields| fields.extend((0..5000).map(|_| ("id".to_owned(), "1".to_owned()))));
    }
}

#[on_all]
fn whatever_is_typed_into_a_search_is_answered(app: &App) {
    let browser = app.browser();
    let center = center(app);
    for path in [
        "/contact-center/queues",
        "/routing/flow",
        "/routing/flow/options",
        &center.fill("/contact-center/queues/{queue}/hooks"),
    ] {
        for typed in typed() {
            let typed = &typed[..typed.len().min(39_000) / 12 * 12];
            let page = browser.get(&format!("{path}?q={typed}"));
            assert_eq!(page.status, 200, "{path}?q={}: {}", &typed[..typed.len().min(100)], page.body);
        }
    }
}

#[test]
fn a_body_of_10_megabytes_is_too_much() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    let token = browser.token();
    let before = contents(&app);
    let secret = browser.cookie("queue-hooks-token").expect("a cookie");
    let session = format!("{}={}", SESSION.0, SESSION.1);
    let padding = "x".repeat(10_000_000);
    for form in center.forms() {
        let body = format!("{}&padding={padding}", form.body(&token));
        let (path, address, length) = (&form.path, app.address, body.len());
        for framing in
            [format!("Content-Length: {length}\r\n\r\n"), format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n")]
        {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: queue-hooks-token={secret}; {session}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n{framing}"
            );
            let request = format!("{head}{body}\r\n0\r\n\r\n");
            let answer = app.wire_and_leave(request.as_bytes()).expect("an answer");
            assert_eq!(answer.status, 413, "{path}");
        }
    }
    assert_eq!(contents(&app), before);
}

#[test]
fn an_address_or_a_header_that_is_too_long_is_refused() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    for page in center.pages() {
        let query = "x".repeat(50_000);
        browser.request("GET", &format!("{page}?{query}"), &[], b"").expect(414);
        let answer = app.wire_get(&format!("{page}?{query}{query}"), "");
        assert!(answer.is_some_and(|answer| TOO_LARGE.contains(&answer.status)), "{page}");
    }
    for path in ["9".repeat(30_000), "a/".repeat(15_000), "%2f".repeat(10_000), "../".repeat(10_000)] {
        browser.request("GET", &format!("/contact-center/queues/{path}"), &[], b"").expect(404);
    }
    for headers in [
        format!("X-Long: {}\r\n", "x".repeat(70_000)),
        format!("X-Long: {}\r\n", "x".repeat(1_000_000)),
        format!("Cookie: queue-hooks-flash={}\r\n", "x".repeat(70_000)),
        (0..80).map(|number| format!("X-{number}: {}\r\n", "x".repeat(1000))).collect::<Vec<_>>().concat(),
        (0..10_000).map(|number| format!("X-{number}: x\r\n")).collect::<Vec<_>>().concat(),
    ] {
        let answer = app.wire_get("/contact-center/queues", &headers);
        assert!(answer.is_none_or(|answer| TOO_LARGE.contains(&answer.status)), "{}", &headers[..60]);
    }
    browser.get("/contact-center/queues").expect(200);
}

#[test]
fn what_is_not_http_is_refused_and_others_are_served_on() {
    let app = App::start(Backend::Sqlite);
    let host = format!("Host: {}\r\n", app.address);
    let tls = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03".repeat(20);
    let requests: Vec<Vec<u8>> = vec![
        b"NONSENSE\r\n\r\n".into(),
        b"GET\r\n\r\n".into(),
        b"GET / HTTP/9.9\r\n\r\n".into(),
        b"\0\0\0\0\r\n\r\n".into(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
        tls,
        format!("GET /\u{ff} HTTP/1.1\r\n{host}\r\n\r\n").into_bytes(),
        format!("GET /a b HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}Content-Length: abc\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n").into_bytes(),
        format!("POST / HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd").into_bytes(),
        format!("POST / HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}Bad Header: x\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}X: \0\r\n\r\n").into_bytes(),
    ];
    for request in requests {
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        let answer = app.wire_and_end(&request);
        assert!(answer.is_none_or(|answer| (400..500).contains(&answer.status)), "{shown:?}");
        app.browser().get("/contact-center/queues").expect(200);
    }
}

#[test]
fn bytes_that_are_no_text_in_an_address_are_answered() {
    let app = App::start(Backend::Sqlite);
    for path in ["/contact-center/queues?q=\u{e9}", "/contact-center/queues/\u{1f600}", "/contact-center/queues?q=\""] {
        let answer = app.wire_get(path, "").expect("an answer");
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
    let mut request =
        format!("GET /contact-center/queues?q=x HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", app.address)
            .into_bytes();
    let at = request.iter().position(|byte| *byte == b'x').expect("the search");
    for byte in [0x80, 0xc3, 0xff] {
        request[at] = byte;
        assert!(app.wire(&request).is_some_and(|answer| answer.status < 500), "{byte:x}");
    }
}

#[test]
fn half_a_request_changes_nothing_and_others_are_served_on() {
    let app = App::start(Backend::Sqlite);
    let center = center(&app);
    let browser = app.browser();
    let token = browser.token();
    let secret = browser.cookie("queue-hooks-token").expect("a cookie");
    let session = format!("{}={}", SESSION.0, SESSION.1);
    let before = contents(&app);
    for form in center.forms() {
        let body = form.body(&token);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: queue-hooks-token={secret}; {session}\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            form.path,
            app.address,
            body.len() + 1
        );
        for part in [&head[..20], &head[..head.len() - 2], &head, &format!("{head}{body}")] {
            let answer = app.wire_and_end(part.as_bytes());
            assert!(answer.is_none_or(|answer| (400..500).contains(&answer.status)), "{part}");
        }
    }
    assert_eq!(contents(&app), before);
    browser.get("/contact-center/queues").expect(200);
}

/// The slow one: it waits until the server's patience ends.
#[test]
fn a_body_that_does_not_come_is_answered_after_ten_seconds() {
    let app = App::start(Backend::Sqlite);
    let center = center(&app);
    let before = contents(&app);
    let start = Instant::now();
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}={}\r\nContent-Length: 100\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=",
        center.fill("/contact-center/queues/{queue}/hooks"),
        app.address,
        SESSION.0,
        SESSION.1
    );
    let waiting = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| app.wire(request.as_bytes()));
        // Others do not wait for it.
        app.browser().get("/contact-center/queues").expect(200);
        assert!(!waiting.is_finished());
        waiting.join().expect("no panic")
    });
    let answer = waiting.expect("an answer");
    assert_eq!((answer.status, answer.header("queue-hooks")), (408, Some("fault")));
    assert!(String::from_utf8_lossy(&answer.body).contains("<h1>That took too long</h1>"));
    let waited = start.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(19)).contains(&waited), "{waited:?}");
    assert_eq!(contents(&app), before);
}
