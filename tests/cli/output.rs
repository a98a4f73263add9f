//! Standard output and standard error that are closed, full, or read no further.

use support::process::*;
use support::wait_for;

/// A pipe that nobody reads any more.
fn unread(stream: u8) -> String {
    format!("mkfifo \"$FIFO\"; exec {stream}<>\"$FIFO\"; exec 9<\"$FIFO\"; exec {stream}>\"$FIFO\"; exec 9<&-")
}

/// What a command does behind this.
#[track_caller]
fn behind(database: &Database, setup: &str, arguments: &[&str], input: &str) -> Ended {
    let fifo = database.beside("fifo").display().to_string();
    let _ = std::fs::remove_file(&fifo);
    let ended =
        Program::behind(setup, arguments).env("DATABASE_URL", &database.url).env("FIFO", &fifo).input(input).run();
    assert!(!ended.errors.contains("panicked"), "{setup}: {ended:?}");
    ended
}

#[test]
fn who_writes_for_nobody_ends_silently_and_without_success() {
    let database = Database::sqlite().with(DEMONSTRATION);
    database.let_in("anna", "viewer");
    // The shell waits for the program, and for the end of a reader that reads nothing.
    for arguments in ["export", "person list"] {
        let command = format!("({} {arguments}; echo $? >&2) | true", binary().display());
        let ended = Program::behind(&format!("{command}; exit 0"), &[]).env("DATABASE_URL", &database.url).run().well();
        assert_eq!(ended.errors, "1\n", "{arguments}");
    }
}

#[test]
fn output_that_does_not_fit_is_told() {
    let database = Database::sqlite().with(DEMONSTRATION);
    database.let_in("anna", "viewer");
    for arguments in [&["export"][..], &["person", "list"]] {
        let said = behind(&database, "exec >/dev/full", arguments, "").sentence();
        assert!(said.contains("No space left"), "{said}");
    }
}

#[test]
fn commands_work_whatever_became_of_their_output() {
    let database = Database::sqlite().with(CENTRE);
    database.let_in("anna", "administrator");
    let line = |id: i64| format!(r#"{{"queue":{{"id":"{id}","name":"x","type":1,"enabled":true}}}}"#);
    let setups = ["exec >&-", "exec 2>&-", "exec 2>/dev/full", "exec >&- 2>&-", "exec >/dev/full 2>/dev/full"];
    for (id, setup) in (10..).zip(setups) {
        for (arguments, input) in [
            (&["migrate"][..], String::new()),
            (&["import", "-"], line(id)),
            (&["person", "set-password", "anna", "--password-stdin"], format!("{PASSWORD}\n")),
            (&["--help"], String::new()),
        ] {
            let ended = behind(&database, setup, arguments, &input);
            assert_eq!(ended.code, Some(0), "{setup} {arguments:?}: {ended:?}");
        }
        let ended = behind(&database, setup, &["person", "disable", "nobody"], "");
        assert_eq!(ended.code, Some(1), "{setup}: {ended:?}");
    }
    assert_eq!(database.number("SELECT count(*) AS number FROM queues"), 1 + setups.len() as i64);
}

/// A server that cannot say where it listens goes on.
#[track_caller]
fn expect_to_serve(setup: &str) {
    let database = Database::sqlite().with(CENTRE);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let mut server = Program::behind(setup, &["serve", "--listen", &free.to_string()])
        .env("DATABASE_URL", &database.url)
        .env("FIFO", &database.beside("fifo").display().to_string())
        .start();
    let browser = wait_for("the server to listen", || {
        let stream = std::net::TcpStream::connect(free).ok();
        stream.map(|_| support::Browser::admitted(free))
    });
    browser.get(HOOKS).expect(200);
    // A fault is logged.
    database.session().execute("ALTER TABLE hooks RENAME TO elsewhere");
    browser.get(HOOKS).expect(503);
    database.session().execute("ALTER TABLE elsewhere RENAME TO hooks");
    browser.get(HOOKS).expect(200);
    signal("TERM", server.id());
    assert_eq!(server.end(), Some(0), "{setup}");
}

#[test]
fn a_server_goes_on_whatever_became_of_its_output() {
    for setup in
        ["exec >&-", "exec >/dev/full", "exec 2>&-", "exec 2>/dev/full", "exec >&- 2>&-", &unread(1), &unread(2)]
    {
        expect_to_serve(setup);
    }
}
