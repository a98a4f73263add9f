//! What those see who watch a server: probes, metrics, the log of requests.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use support::process::*;

/// A server with one more listener, for those who watch it, and a browser there.
fn watched(database: &Database, arguments: &[&str]) -> (Server, Browser) {
    let port = free_port();
    let metrics = format!("127.0.0.1:{port}");
    let arguments = [&["serve", "--listen", "127.0.0.1:0", "--metrics", &metrics], arguments].concat();
    let server = Program::new(&arguments).env("DATABASE_URL", &database.url).serve();
    (server, Browser::new(([127, 0, 0, 1], port).into()))
}

fn ready(watcher: &Browser) -> (u16, String) {
    let answer = watcher.request("GET", "/readyz", &[], b"");
    (answer.status, answer.body.trim_end().to_owned())
}

#[track_caller]
fn becomes(watcher: &Browser, status: u16, sentence: &str) {
    wait_for(sentence, || (ready(watcher) == (status, sentence.to_owned())).then_some(()));
}

#[on_both]
fn it_says_that_it_lives_and_is_ready_to_anybody_on_any_host_and_logs_none_of_it(database: &Database) {
    let arguments = ["--public-url", "https://hooks.example", "--log-format", "text"];
    let (server, watcher) = watched(database, &arguments);
    for browser in [&server.stranger(), &watcher] {
        for (path, says) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
            for host in ["evil.example", "10.1.2.3:8080", "localhost"] {
                let answer = browser.request("GET", path, &[("host", host)], b"").expect(200);
                assert_eq!(answer.body, says);
                assert_eq!(answer.header("cache-control"), Some("no-store"));
                assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
                assert!(!answer.headers.contains_key("set-cookie"));
            }
            assert_eq!(browser.request("HEAD", path, &[], b"").expect(200).body, "");
            browser.request("POST", path, &[("host", "evil.example")], b"").expect(405);
        }
    }
    for _ in 0..20 {
        server.stranger().request("GET", "/readyz", &[], b"").expect(200);
    }
    server.stranger().request("GET", "/metrics", &[("host", "hooks.example")], b"").expect(404);
    let (_, logged) = server.last_words();
    assert!(!logged.iter().any(|line| line.contains("healthz") || line.contains("readyz")), "{logged:?}");
    assert!(logged.iter().any(|line| line.contains("path=/metrics")), "requests are logged: {logged:?}");
}

#[test]
fn below_a_path_it_is_asked_at_the_root_and_there() {
    let database = Database::sqlite();
    let (server, _) = watched(&database, &["--public-url", "https://desk.example/hooks/"]);
    for path in ["/healthz", "/hooks/healthz", "/readyz", "/hooks/readyz"] {
        let asked = || (server.stranger().request("GET", path, &[], b"").status == 200).then_some(());
        wait_for(path, asked);
    }
}

#[test]
fn it_is_not_ready_while_the_file_of_its_database_is_away_and_says_so_once() {
    let database = Database::sqlite().with(CENTRE);
    let (server, watcher) = watched(&database, &[]);
    becomes(&watcher, 200, "ready");
    fs::rename(database.file(), database.beside("elsewhere")).expect("the file moves");
    becomes(&watcher, 503, "the database is away");
    for _ in 0..3 {
        let (answer, took) = timed(|| ready(&watcher));
        assert_eq!(answer.0, 503);
        assert!(took < std::time::Duration::from_secs(9), "{took:?}");
    }
    watcher.request("GET", "/healthz", &[], b"").expect(200);
    fs::rename(database.beside("elsewhere"), database.file()).expect("the file moves");
    becomes(&watcher, 200, "ready");
    let (_, logged) = server.last_words();
    let said = |words: &str| logged.iter().filter(|line| line.contains(words)).count();
    assert_eq!((said("not ready: the database is away"), said("ready again")), (1, 1), "{logged:?}");
}

#[test]
fn it_is_not_ready_while_its_database_server_is_away() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let (_server, watcher) = watched(&database, &[]);
    becomes(&watcher, 200, "ready");
    cluster.down();
    becomes(&watcher, 503, "the database is away");
    let metrics = watcher.request("GET", "/metrics", &[], b"").expect(200);
    assert!(!metrics.body.contains("\nqueue_hooks_sessions "), "nobody knows: {}", metrics.body);
    cluster.up();
    becomes(&watcher, 200, "ready");
}

#[on_both]
fn it_is_not_ready_while_migrations_are_pending(database: &Database) {
    let (_server, watcher) = watched(database, &[]);
    becomes(&watcher, 200, "ready");
    let mut session = database.session();
    session.execute("UPDATE __diesel_schema_migrations SET version = '99' || version WHERE version > '202611250001'");
    becomes(&watcher, 503, "the database is of an older version: run queue-hooks migrate");
    // A newer version has added to it: this one serves until it is replaced.
    session.execute("UPDATE __diesel_schema_migrations SET version = substr(version, 3) WHERE version LIKE '99%'");
    session.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')");
    becomes(&watcher, 200, "ready");
}

#[test]
fn it_is_not_ready_while_it_stops() {
    let database = Database::sqlite().with(CENTRE);
    let (mut server, watcher) = watched(&database, &[]);
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    holder.execute("BEGIN IMMEDIATE");
    std::thread::scope(|scope| {
        let id = server.process.id();
        scope.spawn(move || {
            wait_for("the change to wait", || {
                let metrics = watcher.request("GET", "/metrics", &[], b"").body;
                metrics.contains("queue_hooks_database_connections{kind=\"used\"} 1").then_some(())
            });
            signal("TERM", id);
            becomes(&watcher, 503, "the server is stopping");
            watcher.request("GET", "/healthz", &[], b"").expect(200);
            holder.execute("ROLLBACK");
        });
        let choice = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
        form.send("Save", &choice).expect(303);
    });
    assert_eq!(server.process.end(), Some(0));
}

/// The values of the metrics by their names and labels.
fn metrics(watcher: &Browser) -> BTreeMap<String, String> {
    let answer = watcher.request("GET", "/metrics", &[], b"").expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let lines = answer.body.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        assert!(value.parse::<f64>().is_ok(), "{line}");
        (name.to_owned(), value.to_owned())
    };
    lines.map(read).collect()
}

#[on_both]
fn metrics_tell_of_requests_the_database_sessions_and_the_process(database: &Database) {
    database.import(CENTRE).well();
    database.let_in("anna", "viewer");
    let (server, watcher) = watched(database, &[]);
    let browser = server.signed_in("anna");
    for path in [HOOKS, HOOKS, "/contact-center/queues/4711/hooks"] {
        browser.request("GET", path, &[], b"");
    }
    for invented in ["/invented", "/another"] {
        browser.request("GET", invented, &[], b"").expect(404);
    }
    assert_eq!(sign_in(&server.stranger(), "anna", "not the password"), 422);
    let values = metrics(&watcher);
    let value = |name: &str| values.get(name).cloned().unwrap_or_else(|| panic!("{name} in {values:#?}"));
    let number = |name: &str| value(name).parse::<f64>().expect("a number");
    let requests = |labels: &str| value(&format!("queue_hooks_http_requests_total{{{labels}}}"));
    let tab = "route=\"/contact-center/queues/{queue}/hooks\",method=\"GET\"";
    assert_eq!(requests(&format!("{tab},status=\"200\"")), "2");
    assert_eq!(requests(&format!("{tab},status=\"404\"")), "1");
    // What strangers invent is counted, but not by its name.
    assert!(number("queue_hooks_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"}") >= 2.0);
    assert!(!values.keys().any(|name| name.contains("invented")), "{values:#?}");
    assert_eq!(requests("route=\"/sign-in\",method=\"POST\",status=\"303\""), "1");
    let time = "queue_hooks_http_request_duration_seconds";
    assert_eq!(value(&format!("{time}_count{{{tab}}}")), "3");
    assert_eq!(value(&format!("{time}_bucket{{{tab},le=\"+Inf\"}}")), "3");
    assert!(number(&format!("{time}_sum{{{tab}}}")) > 0.0);
    assert_eq!(value("queue_hooks_sign_in_failures_total{kind=\"refused\"}"), "1");
    assert_eq!(value("queue_hooks_sign_in_failures_total{kind=\"too_many\"}"), "0");
    assert_eq!(value("queue_hooks_sessions"), "2", "anna's, and that of the tests");
    assert_eq!(value("queue_hooks_database_errors_total{kind=\"away\"}"), "0");
    assert_eq!(value("queue_hooks_database_waiting"), "0");
    assert!(number("queue_hooks_database_connections{kind=\"idle\"}") >= 1.0);
    assert!(number("queue_hooks_database_connections_max") >= 6.0);
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"] {
        assert!(number(name) > 0.0, "{name}");
    }
    database.session().execute("ALTER TABLE hooks RENAME TO elsewhere");
    browser.request("GET", HOOKS, &[], b"").expect(503);
    assert_eq!(metrics(&watcher)["queue_hooks_database_errors_total{kind=\"away\"}"], "1");
}

/// What a server logs of some requests, and the ids that their answers carry.
fn logged(arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let database = Database::sqlite().with(CENTRE);
    let (server, _) = watched(&database, arguments);
    let id = |answer: &Page| answer.header("x-request-id").expect("an id").to_owned();
    let browser = server.browser();
    let mut ids = vec![id(&browser.request("GET", &format!("{HOOKS}?q=needle"), &[], b"").expect(200))];
    ids.push(id(&server
        .stranger()
        .request("GET", "/sign-in?link=0123456789abcdef0123456789abcdef", &[], b"")
        .expect(403)));
    database.session().execute("CREATE UNIQUE INDEX once ON journal (author)");
    let fields = [("name", "A"), ("type", "1")];
    browser.post("/contact-center/queues", &fields).expect(303);
    let fault = browser.post("/contact-center/queues", &[("name", "B"), ("type", "1")]).expect(500);
    assert_eq!(fault.text("main code"), id(&fault), "the page shows the same id");
    ids.push(id(&fault));
    (server.last_words().1, ids)
}

#[test]
fn requests_are_logged_only_if_somebody_asks_for_a_format() {
    let (lines, ids) = logged(&[]);
    assert!(!lines.iter().any(|line| line.contains("queue_hooks::requests")), "{lines:?}");
    // A fault is logged in any case.
    assert!(lines.iter().any(|line| line.contains(&ids[2]) && line.contains("answered 500")), "{lines:?}");
}

#[test]
fn a_request_is_a_line_of_text() {
    let (lines, ids) = logged(&["--log-format", "text"]);
    let line = |id: &str| {
        let found: Vec<_> = lines.iter().filter(|line| line.contains("requests]") && line.contains(id)).collect();
        assert_eq!(found.len(), 1, "{id} in {lines:#?}");
        found[0].clone()
    };
    let shown = line(&ids[0]);
    assert!(shown.contains(&format!(" method=GET path={HOOKS} status=200 ms=")), "{shown}");
    assert!(shown.ends_with(" person=1"), "{shown}");
    assert!(line(&ids[1]).contains(" method=GET path=/sign-in status=403 "));
    assert!(line(&ids[2]).contains(" method=POST path=/contact-center/queues status=500 "));
    assert!(!lines.concat().contains("needle") && !lines.concat().contains("0123456789abcdef"), "{lines:#?}");
}

#[test]
fn a_request_is_an_object_and_so_is_every_other_line() {
    let (lines, ids) = logged(&["--log-format", "json"]);
    let objects: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert!(objects.iter().all(|line| line["time"].is_string() && line["level"].is_string()), "{lines:#?}");
    let line = |id: &str| objects.iter().find(|line| line["target"] == "queue_hooks::requests" && line["id"] == id);
    let shown = line(&ids[0]).expect("a line");
    assert_eq!((&shown["method"], &shown["path"]), (&"GET".into(), &HOOKS.into()));
    assert_eq!((&shown["status"], &shown["person"]), (&200.into(), &1.into()));
    assert!(shown["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{shown}");
    assert_eq!(line(&ids[1]).expect("a line")["person"], Value::Null);
    assert!(!lines.concat().contains("needle") && !lines.concat().contains("0123456789abcdef"), "{lines:#?}");
}

#[test]
fn the_id_of_a_request_comes_from_a_proxy_of_ours_and_from_nobody_else() {
    let database = Database::sqlite();
    let id = |server: &Server, sent: &str| {
        let answer = server.stranger();
        let answer = answer.request("GET", "/sign-in", &[("x-request-id", sent)], b"").expect(200);
        answer.header("x-request-id").expect("an id").to_owned()
    };
    let (server, _) = watched(&database, &["--trusted-proxy", "127.0.0.1"]);
    assert_eq!(id(&server, "4f1c-proxy_9.a"), "4f1c-proxy_9.a");
    for wrong in ["", "two words", "a=b", "\"", &"x".repeat(65)] {
        assert_ne!(id(&server, wrong), *wrong);
    }
    let (server, _) = watched(&database, &[]);
    assert_eq!(id(&server, "mine").len(), 12);
}

#[test]
fn a_format_or_an_address_that_is_none_is_refused() {
    let said = Program::new(&["--demo", "--log-format", "xml"]).run().failed();
    assert!(said.contains("text") && said.contains("json"), "{said}");
    let said = Program::new(&["--demo", "--listen", "127.0.0.1:0", "--metrics", "nonsense"]).run().sentence();
    assert!(said.contains("--metrics nonsense is not an address"), "{said}");
}
