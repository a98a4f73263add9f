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

/// Pages about people, oneself among them.
const OF_PEOPLE: [&str; 4] = ["/account", "/account/tokens", "/people", "/people/1"];

/// A centre whose administrator has a token, and the token.
fn with_token(database: Database) -> (Database, String) {
    let database = database.with(CENTRE);
    let token = database.run(&["token", "add", "tester", "--name", "Nightly"]).well().output;
    let server = database.serve();
    let browser = server.browser();
    for path in OF_PEOPLE {
        assert!(browser.get(path).expect(200).has("main form[method=post]"), "{path}");
    }
    assert!(browser.get("/people").has_control("Add person"));
    server.stop();
    (database, token.trim().to_owned())
}

/// What a server says of a database that it cannot change: at its start, on the pages, and to programs. Reading goes
/// on.
#[track_caller]
fn expect_read_only(server: Server, token: &str) {
    let browser = server.browser();
    // Nobody is offered what would be refused, nor led to a form.
    let page = browser.get(HOOKS).expect(200);
    assert!(page.text("main").contains("The database is read-only at the moment"), "{}", page.text("main"));
    for control in ["Add hook", "Refresh"] {
        assert_eq!(page.has_control(control), control == "Refresh", "{control}");
    }
    let refused = browser.get(&format!("{HOOKS}/new")).expect(503);
    assert_eq!(refused.text("h1"), "The database is read-only");
    browser.get("/contact-center/queues").expect(200);
    for path in OF_PEOPLE {
        let page = browser.get(path).expect(200);
        assert!(page.text("main").contains("The database is read-only at the moment"), "{path}");
        assert!(!page.has("main form[method=post]"), "{path}");
    }
    assert!(!browser.get("/people").has_control("Add person"));
    browser.get("/people/new").expect(503);
    let tokens = browser.get("/account/tokens").expect(200);
    assert!(tokens.text("tbody").starts_with("Nightly Administrator"), "{}", tokens.text("tbody"));
    assert_eq!(tokens.texts("thead th"), ["Name", "Rights", "Ends", "Last used"]);
    for (path, fields) in [
        (HOOKS, [("event", "joined"), ("schema", "1")]),
        ("/sign-in", [("name", "a"), ("password", "b")]),
        ("/account/tokens", [("name", "Another"), ("days", "1")]),
        ("/account/tokens/removal", [("id", "1"), ("", "")]),
        ("/account/password", [("current", "a"), ("password", "b")]),
        ("/people", [("name", "a"), ("password", "b")]),
    ] {
        let page = browser.post(path, &fields).expect(503);
        assert_eq!(page.text("h1"), "The database is read-only", "{path}");
    }
    browser.get(HOOKS).expect(200);
    let (program, of_token) = (server.stranger(), ("X-Webitel-Access", token));
    for path in ["/api/call_center/queues/1/hooks", "/api/changes?after=0"] {
        assert!(program.request("GET", path, &[of_token], b"").expect(200).body.contains("\"items\":["), "{path}");
    }
    let body = br#"{"event": "joined", "schema": {"id": 1}}"#;
    let json = ("Content-Type", "application/json");
    let refused = program.request("POST", "/api/call_center/queues/1/hooks", &[of_token, json], body).expect(503);
    assert!(refused.body.contains("\"detail\":\"The database is read-only."), "{}", refused.body);
    let (_, logged) = server.last_words();
    assert!(logged.iter().any(|line| line.contains("is read-only: whoever is signed in can read")), "{logged:?}");
}

#[test]
fn a_server_that_may_only_read_says_so_at_the_start_and_on_the_page() {
    let (database, token) = with_token(Database::postgres());
    let name = database.url.rsplit_once('/').expect("a database").1;
    database.session().execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    expect_read_only(database.serve(), &token);
}

#[test]
fn a_file_that_may_only_be_read_is_told_at_the_start_and_on_the_page() {
    let (database, token) = with_token(Database::sqlite());
    // Somebody else's connection keeps the files beside it.
    let mut holder = database.session();
    holder.execute("PRAGMA journal_mode = WAL; CREATE TABLE other (id)");
    let file = database.file();
    let folder = file.parent().expect("a folder");
    // The administrator of the machine may write everything, so the server is somebody else.
    let program = folder.join("queue-hooks");
    fs::copy(binary(), &program).expect("a copy");
    for path in [folder, &file, &database.beside("test.db-wal"), &database.beside("test.db-shm")] {
        let mode = if path == folder { 0o755 } else { 0o666 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the owner's file");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("the owner's file");
    let is_administrator = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").expect("a process")) == 0;
    let other = if is_administrator { "setpriv --reuid 65534 --regid 65534 --clear-groups" } else { "" };
    let other = format!("exec {other} {} serve --listen 127.0.0.1:0", program.display());
    expect_read_only(Program::behind(&other, &[]).env("DATABASE_URL", &database.url).serve(), &token);
}
