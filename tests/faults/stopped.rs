//! A server that is told to stop.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use support::process::*;

/// A request that began and waits for the rest of what it sends.
struct Slow {
    stream: TcpStream,
    body: String,
}

impl Slow {
    /// Sends all of a form that adds a hook but its fields, and waits until the server asks for them.
    fn begin(server: &Server) -> Self {
        let browser = server.browser();
        let body = format!("token={}&event=joined&schema=1", browser.token());
        let cookie = |name| format!("{name}={}", browser.cookie(name).expect("a cookie"));
        let cookies = format!("{}; {}", cookie("queue-hooks-token"), cookie("queue-hooks-session"));
        let mut stream = TcpStream::connect(server.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        let head = format!(
            "POST {HOOKS} HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            server.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("the server reads");
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).expect("the server asks for the body");
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// The status line of the answer.
    fn end(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).expect("the server reads");
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while !answer.windows(2).any(|end| end == b"\r\n") {
            let read = self.stream.read(&mut buffer).expect("an answer");
            assert!(read > 0, "the connection was closed without an answer");
            answer.extend(&buffer[..read]);
        }
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    }
}

fn wait_until_closed(server: &Server) {
    wait_for("new connections to be refused", || TcpStream::connect(server.address).is_err().then_some(()));
}

#[track_caller]
fn expect_a_farewell(name: &str) {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    let slow = Slow::begin(&server);
    signal(name, server.process.id());
    wait_until_closed(&server);
    assert!(!server.process.has_ended(), "it waits for the request");
    assert_eq!(slow.end(), "HTTP/1.1 303 See Other");
    let (code, took) = timed(|| server.process.end());
    assert_eq!(code, Some(0), "{:?}", server.logged());
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 1);
    database.expect_sound();
}

#[test]
fn sigterm_lets_a_running_request_finish_and_takes_no_new_ones() {
    expect_a_farewell("TERM");
}

#[test]
fn ctrl_c_lets_a_running_request_finish_and_takes_no_new_ones() {
    expect_a_farewell("INT");
}

#[test]
fn a_change_that_waits_for_the_database_is_finished_too() {
    let database = Database::postgres().with(CENTRE);
    let mut server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    holder.execute("BEGIN; LOCK TABLE hooks IN ACCESS EXCLUSIVE MODE");
    std::thread::scope(|scope| {
        let (database, id) = (&database, server.process.id());
        let address = server.address;
        scope.spawn(move || {
            let waiting = "SELECT count(*) AS number FROM pg_stat_activity \
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            wait_for("the change to wait", || (database.number(waiting) == 1).then_some(()));
            signal("TERM", id);
            wait_for("new connections to be refused", || TcpStream::connect(address).is_err().then_some(()));
            holder.execute("ROLLBACK");
        });
        let answer = form.send("Save", &[Fill::Field("event", "joined"), Fill::Field("schema", "1")]);
        assert_eq!(answer.status, 303, "{}", answer.body);
    });
    assert_eq!(server.process.end(), Some(0));
    database.expect_sound();
}

#[test]
fn a_connection_that_is_kept_but_asks_nothing_does_not_hold_up_the_end() {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    let browser = server.browser();
    browser.get(HOOKS).expect(200);
    let silent = TcpStream::connect(server.address).expect("the server listens");
    signal("TERM", server.process.id());
    let (code, took) = timed(|| server.process.end());
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(15), "{took:?}");
    drop((silent, browser));
}

#[test]
fn a_second_ctrl_c_does_not_wait() {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    let _slow = Slow::begin(&server);
    signal("INT", server.process.id());
    wait_until_closed(&server);
    signal("INT", server.process.id());
    let (code, took) = timed(|| server.process.end());
    assert_eq!(code, Some(130));
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 0);
}

#[test]
fn whoever_waits_for_changes_is_answered_at_once() {
    let database = Database::sqlite().with(CENTRE);
    database.let_in("anna", "viewer");
    let token = database.run(&["token", "add", "anna", "--name", "Mirror"]).well().output;
    let mut server = database.serve();
    std::thread::scope(|scope| {
        let (program, headers) = (server.stranger(), [("X-Webitel-Access", token.trim())]);
        let waiting =
            scope.spawn(move || program.request("GET", "/api/changes?after=now&wait=30", &headers, b"").status);
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!waiting.is_finished(), "nothing happens");
        signal("TERM", server.process.id());
        let (code, took) = timed(|| server.process.end());
        assert_eq!((code, waiting.join().expect("it is answered")), (Some(0), 200));
        assert!(took < Duration::from_secs(10), "{took:?}");
    });
}
