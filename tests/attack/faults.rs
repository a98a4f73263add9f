//! Files that others may read, files that are taken away, and writers that wait for somebody else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use support::process::*;
use support::{Fill, Page, wait_for};

const FILES: [&str; 3] = ["test.db", "test.db-wal", "test.db-shm"];

fn rights(database: &Database) -> Vec<u32> {
    let mode = |name| fs::metadata(database.beside(name)).expect("a file of the database").permissions().mode();
    FILES.map(|name| mode(name) & 0o7777).to_vec()
}

fn add(form: &Page, event: &str) -> u16 {
    form.send("Save", &[Fill::Field("event", event), Fill::Field("schema", "1")]).status
}

#[test]
fn only_the_owner_can_open_the_database_whatever_the_umask() {
    for umask in ["000", "022", "777"] {
        let database = Database::sqlite();
        let server = Program::behind(&format!("umask {umask}"), &["serve", "--listen", "127.0.0.1:0"])
            .env("DATABASE_URL", &database.url)
            .serve();
        server.stranger().get("/sign-in").expect(200);
        assert_eq!(rights(&database), [0o600; 3], "umask {umask}");
        server.stop();
    }
}

#[test]
fn a_database_that_others_could_open_is_closed_to_them_and_that_is_logged() {
    let database = Database::sqlite().with(CENTRE);
    let _holder = database.session();
    fs::set_permissions(database.file(), fs::Permissions::from_mode(0o664)).expect("the owner's file");
    let server = database.serve();
    server.browser().get(HOOKS).expect(200);
    assert_eq!(rights(&database), [0o600; 3]);
    let (_, logged) = server.last_words();
    assert!(logged.iter().any(|line| line.contains("was open to others on this machine (0664)")), "{logged:?}");
}

#[test]
fn the_rights_of_a_file_that_is_not_ours_stay() {
    let database = Database::sqlite();
    fs::write(database.file(), "Dear database,\n".repeat(500)).expect("a file");
    fs::set_permissions(database.file(), fs::Permissions::from_mode(0o644)).expect("the owner's file");
    database.run(&["migrate"]).sentence();
    assert_eq!(fs::metadata(database.file()).expect("a file").permissions().mode() & 0o777, 0o644);
}

/// Removes files beside the database; what was acknowledged before and after must survive a kill.
#[track_caller]
fn expect_nothing_lost_without(files: &[&str]) {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    assert_eq!(add(&form, "joined"), 303);
    for name in files {
        fs::remove_file(database.beside(name)).expect("a file of the database");
    }
    assert_eq!(add(&form, "answered"), 503, "without {files:?}");
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    assert_eq!(add(&form, "answered"), 303, "without {files:?}");
    assert!(server.logged().concat().contains("was removed or replaced while it was in use"));
    server.process.kill();
    let server = database.serve();
    let browser = server.browser();
    let page = browser.get(HOOKS).expect(200);
    assert_eq!(page.all("tbody tr").len(), 2, "without {files:?}");
    database.expect_sound();
}

#[test]
fn a_removed_log_of_changes_is_told_and_loses_nothing() {
    expect_nothing_lost_without(&["test.db-wal"]);
}

#[test]
fn a_removed_memory_of_the_log_is_told_and_loses_nothing() {
    expect_nothing_lost_without(&["test.db-shm"]);
    expect_nothing_lost_without(&["test.db-wal", "test.db-shm"]);
}

/// While something holds up twenty people who write, others read.
#[track_caller]
fn expect_pages_while_writers_wait(database: &Database, lock: &str) {
    database.import(CENTRE).well();
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    holder.execute(lock);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..20)
            .map(|_| {
                let writer = server.browser();
                scope.spawn(move || {
                    let form = [("event", "joined"), ("schema", "1")];
                    writer.post(HOOKS, &form).status
                })
            })
            .collect();
        // They come in while nobody can write.
        let deadline = Instant::now() + Duration::from_secs(4);
        let mut times = Vec::new();
        while Instant::now() < deadline {
            let (page, took) = timed(|| browser.get(HOOKS));
            page.expect(200);
            times.push(took);
            std::thread::sleep(Duration::from_millis(50));
        }
        times.sort();
        // A busy machine may hold up one of them.
        let (half, all) = (times[times.len() / 2], times[times.len() - 1]);
        assert!(half < Duration::from_millis(500) && all < Duration::from_secs(2), "{half:?}, {all:?}");
        holder.execute("ROLLBACK");
        for writer in writers {
            let status = writer.join().expect("a writer");
            assert!(matches!(status, 303 | 422 | 503), "{status}");
        }
    });
    wait_for("the next change", || matches!(add(&form, "answered"), 303).then_some(()));
    database.expect_sound();
}

#[test]
fn pages_are_read_while_twenty_write_to_a_locked_file() {
    expect_pages_while_writers_wait(&Database::sqlite(), "BEGIN IMMEDIATE");
}

#[test]
fn pages_are_read_while_twenty_write_to_a_locked_queue() {
    expect_pages_while_writers_wait(&Database::postgres(), "BEGIN; SELECT id AS number FROM queues FOR UPDATE");
}
