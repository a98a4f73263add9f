//! Strangers who hold connections open: heads that never end, answers that nobody reads, more connections than there
//! are descriptors.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use support::process::*;
use support::wait_for;

/// What the server promises, and a little for a busy machine.
const BOUND: Duration = Duration::from_secs(35);

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).expect("the server listens");
    stream.set_read_timeout(Some(BOUND)).expect("a time limit");
    stream
}

fn ask(server: &Server, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).into_bytes()
}

/// How many connections the server holds: those at its port that are not just waiting to be forgotten.
fn connections(server: &Server) -> usize {
    let table = std::fs::read_to_string(format!("/proc/{}/net/tcp", server.process.id())).expect("a process of ours");
    let port = format!(":{:04X}", server.address.port());
    let is_held = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        columns[1].ends_with(&port) && columns[3] != "0A" && columns[9] != "0"
    };
    table.lines().skip(1).filter(|line| is_held(line)).count()
}

/// Reads an answer without a body that matters.
fn read_some(stream: &mut TcpStream) {
    let mut answer = vec![0; 65536];
    assert!(stream.read(&mut answer).expect("an answer") > 0);
    assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
}

/// Reads until the server closes; a reset is a way to close.
fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(cause) => !matches!(cause.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
    }
}

#[test]
fn a_later_head_that_never_ends_is_closed_and_so_is_an_answer_that_nobody_reads() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let server = database.serve();
    let first = ask(&server, "/sign-in");
    // What comes with a whole request, and what comes after its answer.
    let ways: [(&[u8], &[u8]); 4] =
        [(b"", b"GET /sign-in HT"), (b"GET /sign-in HT", b""), (b"", b"\r\n\r\n"), (b"\r\nG", b"")];
    let mut heads = Vec::new();
    for (early, late) in ways.iter().cycle().take(40) {
        let mut stream = connect(&server);
        stream.write_all(&[&first, *early].concat()).expect("the server reads");
        read_some(&mut stream);
        stream.write_all(late).expect("the server reads");
        heads.push(stream);
    }
    // One that sends a byte a second.
    let mut drip = connect(&server);
    drip.write_all(&first).expect("the server reads");
    read_some(&mut drip);
    // More than the buffers on the way hold.
    let path = queue_hooks::web::assets::url("app.css");
    let unread: Vec<_> = (0..10)
        .map(|_| {
            let mut stream = connect(&server);
            stream.set_nonblocking(true).expect("a socket");
            let many = ask(&server, path).repeat(2000);
            // It stops reading when its answers are not taken.
            let _ = stream.write(&many);
            stream
        })
        .collect();
    let begun = Instant::now();
    wait_for("all of them to be open", || (connections(&server) == 51).then_some(()));
    let browser = server.browser();
    // The browser's own connection is no attack.
    while connections(&server) > 1 {
        assert!(begun.elapsed() < BOUND, "{} connections are still open", connections(&server));
        let (page, took) = timed(|| browser.get(HOOKS));
        page.expect(200);
        assert!(took < Duration::from_secs(2), "others get their pages: {took:?}");
        let _ = drip.write(b"x");
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(heads.iter_mut().all(is_closed));
    drop(unread);
    println!("closed after {:?}", begun.elapsed());
}

/// Opens more connections than a server with 256 descriptors can have, and asks for a page beside them.
fn page_beside(limit: &str, silent: usize) -> Duration {
    let database = Database::sqlite().with(CENTRE);
    let server =
        Program::behind(limit, &["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &database.url).serve();
    let silent: Vec<_> = (0..silent).map(|_| connect(&server)).collect();
    let ((), took) = timed(|| {
        server.browser().get(HOOKS).expect(200);
    });
    let logged = server.logged();
    assert!(!logged.iter().any(|line| line.contains("ERROR") || line.contains("os error")), "{logged:?}");
    drop(silent);
    took
}

#[test]
fn more_connections_than_descriptors_are_kept_waiting_and_not_turned_away() {
    let took = page_beside("ulimit -Sn 256; ulimit -Hn 256", 200);
    assert!(took < BOUND, "{took:?}");
    println!("waited {took:?}");
}

#[test]
fn as_many_descriptors_are_used_as_are_allowed() {
    let took = page_beside("ulimit -Sn 256", 300);
    assert!(took < Duration::from_secs(5), "nobody waits: {took:?}");
}
