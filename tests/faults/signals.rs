//! SIGTERM and Ctrl+C, also for the first process of a container, which has no default for them: whatever the program
//! waits for, it ends soon.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use support::process::*;
use support::wait_for;

/// A second, and what a busy machine may add.
const SOON: Duration = Duration::from_secs(3);

/// The program as the first process of its own.
struct First {
    /// The one that stands around it.
    outer: Child,
}

impl First {
    fn start(database_url: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new("unshare");
        let is_administrator =
            std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("Linux")) == 0;
        command.args(if is_administrator { &[][..] } else { &["--map-root-user"] });
        command.args(["--pid", "--fork", "--kill-child"]).arg(binary()).args(arguments);
        command.env("DATABASE_URL", database_url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { outer: command.spawn().expect("unshare runs") }
    }

    /// Its id, as seen from outside, once it is the program.
    fn id(&self) -> u32 {
        let outer = self.outer.id();
        wait_for("the program", || {
            let children = std::fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).ok()?;
            let id: u32 = children.trim().parse().ok()?;
            let program = std::fs::read_link(format!("/proc/{id}/exe")).ok()?;
            (program == binary()).then_some(id)
        })
    }

    /// It ends soon after the signal, with the code that shells give it.
    #[track_caller]
    fn expect_to_end(mut self, name: &str) {
        let id = self.id();
        wait_for("the handlers", || {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t"))?;
            let caught = u64::from_str_radix(caught, 16).ok()?;
            (caught & (1 << 14) != 0 && caught & (1 << 1) != 0).then_some(())
        });
        signal(name, id);
        let (status, took) = timed(|| self.outer.wait().expect("it ends"));
        let code = if name == "TERM" { 143 } else { 130 };
        let mut said = String::new();
        let _ = self.outer.stderr.take().expect("a pipe").read_to_string(&mut said);
        assert_eq!(status.code(), Some(code), "{said}");
        assert!(took < SOON, "{took:?}");
    }
}

impl Drop for First {
    fn drop(&mut self) {
        let _ = self.outer.kill();
        let _ = self.outer.wait();
    }
}

#[on_both]
fn in_the_middle_of_an_import_and_nothing_of_it_stays(database: &Database) {
    database.import(CENTRE).well();
    for name in ["TERM", "INT"] {
        let mut import = First::start(&database.url, &["import", "-"]);
        let line = r#"{"queue":{"id":"9","name":"x","type":1,"enabled":true}}"#;
        let stdin = import.outer.stdin.as_mut().expect("a pipe");
        stdin.write_all(line.as_bytes()).expect("it reads");
        import.expect_to_end(name);
    }
    assert_eq!(database.export(), CENTRE);
    database.expect_sound();
}

#[on_both]
fn in_a_wait_for_a_lock(database: &Database) {
    database.import(CENTRE).well();
    database.let_in("anna", "administrator");
    let lock = match database.backend {
        support::Backend::Sqlite => "BEGIN IMMEDIATE",
        support::Backend::Postgres | support::Backend::Attached => "BEGIN; LOCK TABLE people",
    };
    let mut holder = database.session();
    holder.execute(lock);
    First::start(&database.url, &["person", "disable", "anna"]).expect_to_end("TERM");
}

#[test]
fn in_a_migration_that_waits() {
    let database = Database::postgres();
    let mut holder = database.session();
    holder.execute("BEGIN; SELECT pg_advisory_xact_lock(7163041)");
    let migrate = First::start(&database.url, &["migrate"]);
    wait_for("the migration to wait", || {
        let waiting = "SELECT count(*) AS number FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        (database.number(waiting) >= 1).then_some(())
    });
    migrate.expect_to_end("TERM");
}

#[test]
fn while_the_database_server_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("postgres://somebody@{}/x", silent.local_addr().expect("an address"));
    for arguments in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        First::start(&url, arguments).expect_to_end("INT");
    }
}

#[test]
fn a_server_whose_database_is_away_ends_soon() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let mut server = database.serve();
    server.browser().get(HOOKS).expect(200);
    cluster.down();
    signal("TERM", server.process.id());
    let (code, took) = timed(|| server.process.end());
    assert_eq!(code, Some(0));
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_server_that_is_the_first_process_ends_well() {
    let database = Database::sqlite().with(CENTRE);
    let mut server = First::start(&database.url, &["serve", "--listen", "127.0.0.1:0"]);
    let mut announced = [0; 12];
    server.outer.stdout.as_mut().expect("a pipe").read_exact(&mut announced).expect("it says where it listens");
    // Before that a signal ends it at once.
    std::thread::sleep(Duration::from_millis(300));
    signal("TERM", server.id());
    let (status, took) = timed(|| server.outer.wait().expect("it ends"));
    assert_eq!(status.code(), Some(0));
    assert!(took < SOON, "{took:?}");
}
