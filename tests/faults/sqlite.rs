//! Faults of the database file.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::people::*;
use support::process::*;

/// The longest that a person waits for the page that says no.
const BOUND: Duration = Duration::from_secs(9);

#[test]
fn while_somebody_else_has_the_database_locked_reads_go_on_and_a_change_is_told() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);

    let mut holder = database.session();
    holder.execute("BEGIN EXCLUSIVE");
    let (answer, took) = timed(|| form.send("Save", &CHOICE));
    expect_told(answer, &server, "The database is busy");
    assert!(took < BOUND, "{took:?}");
    assert!(!browser.get(HOOKS).expect(200).has("tbody tr"), "nothing was changed");

    holder.execute("ROLLBACK");
    assert_eq!(form.press("Save", &CHOICE).expect(200).all("tbody tr").len(), 1);
    database.expect_sound();
}

#[test]
fn a_change_waits_for_a_lock_that_is_short() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    holder.execute("BEGIN EXCLUSIVE");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            holder.execute("ROLLBACK");
        });
        assert_eq!(form.send("Save", &CHOICE).status, 303);
    });
}

/// Bytes that the server's files may still grow to.
fn let_files_grow_to(server: &Server, bytes: &str) {
    let (pid, limit) = (server.process.id().to_string(), format!("--fsize={bytes}:unlimited"));
    let set = Command::new("prlimit").args(["--pid", &pid, &limit]).status().expect("prlimit");
    assert!(set.success());
}

#[test]
fn without_room_on_the_disk_reads_go_on_and_a_change_is_told_and_leaves_nothing_half() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let before = database.export();
    // A file that may not grow is a full disk to the database; the signal that comes with it is ignored.
    let server = Program::behind("trap '' XFSZ", &["serve", "--listen", "127.0.0.1:0"])
        .env("DATABASE_URL", &database.url)
        .serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/removal?all=matching&count=137")).expect(200);
    let log = || fs::metadata(database.beside("test.db-wal")).map_or(0, |log| log.len());
    // None at all, and room for a part of the change.
    for room in [0, log() + 10_000] {
        let_files_grow_to(&server, &room.to_string());
        expect_told(form.send("Remove 137 hooks", &[]), &server, "The database cannot use its disk");
        assert!(browser.get(HOOKS).expect(200).text("nav.pages p").ends_with("of 137"));
        let_files_grow_to(&server, "unlimited");
        assert!(database.export() == before, "nothing was changed");
        database.expect_sound();
    }
    let page = form.press("Remove 137 hooks", &[]).expect(200);
    assert_eq!(page.text(".empty h2"), "There are no records yet");
    database.expect_sound();
}

/// The database on a disk of its own, with this much room.
fn on_a_disk_of(kilobytes: u32, database: &Database) -> Program {
    let disk = database.beside("disk");
    fs::create_dir(&disk).expect("a folder");
    let (file, disk) = (database.file(), disk.display());
    let mount = format!("mount -t tmpfs -o size={kilobytes}k tmpfs {disk} && cp {} {disk}/test.db", file.display());
    let program = Program::behind(&in_mounts_of_its_own(&mount), &["serve", "--listen", "127.0.0.1:0"]);
    program.env("DATABASE_URL", &format!("sqlite://{disk}/test.db"))
}

#[test]
fn a_full_disk_is_told_by_its_name_and_reads_go_on() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let size = fs::metadata(database.file()).expect("the file").len() / 1024;
    let server = on_a_disk_of(size as u32 + 200, &database).serve();
    let browser = server.browser();
    let add = |text: &str| {
        let form = browser.get("/routing/flow/new").expect(200);
        let fill = [Fill::Field("name", "Large"), Fill::Field("type", "service"), Fill::Field("text", text)];
        form.send("Save", &fill)
    };
    let large = format!("[{{\"log\":\"{}\"}}]", "x".repeat(900_000));
    for _ in 0..2 {
        expect_told(add(&large), &server, "The disk is full");
        browser.get(HOOKS).expect(200);
    }
    add("[]").expect(303);
}

#[test]
fn a_database_file_that_is_moved_away_is_told_until_it_is_back() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let choice = [Fill::Field("event", "active"), Fill::Field("schema", "1")];
    form.send("Save", &choice);
    crowd(&server);
    let hooks = database.number("SELECT count(*) AS number FROM hooks");

    fs::rename(database.file(), database.beside("elsewhere")).expect("the file moves");
    for _ in 0..3 {
        let (page, took) = timed(|| browser.get(HOOKS));
        expect_away(page, &server);
        assert!(took < BOUND, "{took:?}");
    }
    expect_away(form.send("Save", &choice), &server);
    assert!(!database.file().exists(), "it does not begin a new one");

    fs::rename(database.beside("elsewhere"), database.file()).expect("the file moves");
    expect_recovered(&server);
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), hooks);
    database.expect_sound();
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    let again = browser.get(&format!("{HOOKS}/new")).send("Save", &fill);
    assert!(matches!(again.status, 303 | 422), "{}", again.status);
}

#[test]
fn a_backup_in_the_place_of_a_deleted_database_is_served() {
    let (database, backup) = (Database::sqlite().with(DEMONSTRATION), Database::sqlite().with(CENTRE));
    let server = database.serve();
    crowd(&server);
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
        fs::remove_file(database.beside(name)).expect("a file of the database");
    }
    let browser = server.browser();
    expect_away(browser.get(HOOKS), &server);
    fs::copy(backup.file(), database.beside("new")).expect("a copy");
    fs::rename(database.beside("new"), database.file()).expect("the file moves");
    expect_recovered(&server);
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    assert_eq!(form.press("Save", &CHOICE).expect(200).all("tbody tr").len(), 1);
    server.stop();
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 1, "it was written into the new file");
    database.expect_sound();
}

#[test]
fn a_damaged_file_is_told_and_stops_nothing() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let whole = fs::read(database.file()).expect("the file");
    let server = database.serve();
    let browser = server.browser();
    browser.get(HOOKS).expect(200);
    // All but the first page, which says what the file is.
    let mut damaged = whole.clone();
    damaged[4096..].fill(0xA5);
    fs::write(database.file(), damaged).expect("the file");
    expect_told(browser.get("/routing/flow/150"), &server, "The database is damaged");
    browser.get("/static/none").expect(404);
    fs::write(database.beside("whole"), whole).expect("a file");
    fs::rename(database.beside("whole"), database.file()).expect("the file moves");
    expect_recovered(&server);
    browser.get("/routing/flow/150").expect(200);
    database.expect_sound();
}
