//! `queue-hooks backup` and `queue-hooks restore`, and a database in whose place somebody put a copy.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use diesel::prelude::*;
use support::process::*;

use crate::people;

fn add(server: &Server, event: &str) {
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    form.press("Save", &[Fill::Field("event", event), Fill::Field("schema", "1")]).expect(200);
}

fn hooks(database: &Database) -> usize {
    database.export().matches("{\"hook\":").count()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The names in the folder of a database.
fn names(database: &Database) -> Vec<String> {
    let folder = fs::read_dir(database.beside("")).expect("the folder");
    let mut names: Vec<_> = folder.flatten().map(|file| file.file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn a_copy_of_a_running_server_is_whole_and_can_be_restored() {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    add(&server, "joined");
    // A name that is no part of a URL.
    let copy = database.beside("copy 100%?#.db");
    let said = database.run(&["backup", text(&copy)]).well().errors;
    assert_eq!(said, format!("Wrote {}.\n", copy.display()));
    assert_eq!(fs::metadata(&copy).expect("the copy").permissions().mode() & 0o777, 0o600);
    let before = fs::read(&copy).expect("the copy");
    let said = database.run(&["backup", text(&copy)]).sentence();
    assert!(said.contains("is there already"), "{said}");

    add(&server, "missed");
    let exported = database.export();
    let said = database.run(&["restore", text(&copy)]).sentence();
    assert!(said.contains("stop the server first"), "{said}");
    assert_eq!(database.export(), exported);

    // Whether it was killed or ended well.
    server.process.kill();
    assert!(database.beside("test.db-wal").exists());
    database.run(&["restore", text(&copy)]).well();
    assert_eq!(names(&database), ["copy 100%?#.db", "test.db"]);
    assert_eq!(fs::metadata(database.file()).expect("the database").permissions().mode() & 0o777, 0o600);
    assert_eq!(hooks(&database), 1);
    let server = database.serve();
    add(&server, "active");
    server.stop();
    database.expect_sound();
    database.run(&["restore", text(&copy)]).well();
    assert_eq!(hooks(&database), 1);
    assert!(fs::read(&copy).expect("the copy") == before, "it stays as it is");
    database.expect_sound();
}

#[test]
fn a_copy_makes_a_database_where_there_is_none_and_in_the_place_of_a_damaged_one() {
    let (database, other) = (Database::sqlite().with(DEMONSTRATION), Database::sqlite());
    let copy = database.beside("copy.db");
    database.run(&["backup", text(&copy)]).well();
    other.run(&["restore", text(&copy)]).well();
    assert!(other.export() == DEMONSTRATION);
    fs::write(other.file(), "Dear database,\n".repeat(500)).expect("a file");
    other.run(&["restore", text(&copy)]).well();
    assert!(other.export() == DEMONSTRATION);
    // A link stays one.
    let link = other.beside("link.db");
    std::os::unix::fs::symlink(other.file(), &link).expect("a link");
    let url = format!("sqlite://{}", link.display());
    Program::new(&["restore", text(&copy)]).env("DATABASE_URL", &url).run().well();
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    other.expect_sound();
}

#[test]
fn what_is_no_whole_copy_is_refused_and_nothing_is_touched() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let copy = database.beside("copy.db");
    database.run(&["backup", text(&copy)]).well();
    let whole = fs::read(&copy).expect("the copy");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 20_000].fill(0xA5);
    let theirs = Database::sqlite();
    theirs.session().execute("CREATE TABLE queues (name TEXT)");
    let newer = Database::sqlite().with(CENTRE);
    newer.session().execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')");
    let before = fs::read(database.file()).expect("the database");
    for (bytes, word) in [
        (whole[..whole.len() / 2].to_vec(), "cannot be restored: "),
        (damaged, "cannot be restored: "),
        (Vec::new(), "no tables of Queue Hooks"),
        (b"Dear database,\n".repeat(500), "not a database"),
        (fs::read(theirs.file()).expect("a file"), "no tables of Queue Hooks"),
        (fs::read(newer.file()).expect("a file"), "newer version"),
    ] {
        fs::write(&copy, bytes).expect("a file");
        let said = database.run(&["restore", text(&copy)]).sentence();
        assert!(said.contains(word) && said.contains("copy.db"), "{said}");
        assert!(fs::read(database.file()).expect("the database") == before);
        assert_eq!(names(&database), ["copy.db", "test.db"]);
    }
    let said = database.run(&["restore", text(&database.file())]).sentence();
    assert!(said.contains("the database itself"), "{said}");
    let said = database.run(&["restore", "/no/such/copy.db"]).sentence();
    assert!(said.contains("No such file"), "{said}");
}

#[test]
fn a_copy_that_does_not_fit_leaves_nothing() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let copy = database.beside("copy.db");
    let said = Program::behind("trap '' XFSZ; ulimit -f 100", &["backup", text(&copy)])
        .env("DATABASE_URL", &database.url)
        .run()
        .sentence();
    assert!(said.contains("cannot be written"), "{said}");
    assert_eq!(names(&database), ["test.db"]);
    let said = database.run(&["backup", "/no/such/folder/copy.db"]).sentence();
    assert!(said.contains("No such file"), "{said}");
    let other = Database::sqlite();
    let said = other.run(&["backup", text(&copy)]).sentence();
    assert!(said.contains("There is no database"), "{said}");
    assert!(!other.file().exists() && !copy.exists());
}

#[test]
fn an_older_database_is_copied_as_it_is() {
    let database = Database::sqlite().with(CENTRE);
    let older = "DELETE FROM __diesel_schema_migrations WHERE version LIKE '202611250005%'; DROP TABLE marks";
    database.session().execute(older);
    let copy = database.beside("copy.db");
    database.run(&["backup", text(&copy)]).well();
    database.migrate();
    database.run(&["restore", text(&copy)]).well();
    assert_eq!(database.number("SELECT count(*) AS number FROM sqlite_schema WHERE name = 'marks'"), 0);
    assert_eq!(database.export(), CENTRE);
}

#[test]
fn on_postgresql_its_own_programs_are_named() {
    let database = Database::postgres().with(CENTRE);
    for (command, program) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let said = database.run(&[command, "copy.db"]).sentence();
        assert!(said.contains(program) && said.contains("docs/backup.md"), "{said}");
    }
}

/// Ways to make a copy of a database in use.
fn copies(database: &Database) -> Vec<(&'static str, PathBuf)> {
    let copy = |name| database.beside(name);
    database.run(&["backup", text(&copy("ours.db"))]).well();
    // What `sqlite3 FILE ".backup COPY"` makes: the pages as they are, those of the log too.
    for (from, to) in [("test.db", "pages.db"), ("test.db-wal", "pages.db-wal")] {
        fs::copy(copy(from), copy(to)).expect("a copy");
    }
    let mut pages = Session::Sqlite(SqliteConnection::establish(text(&copy("pages.db"))).expect("the copy opens"));
    pages.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    database.session().execute(&format!("VACUUM INTO '{}'", copy("vacuum.db").display()));
    vec![("ours", copy("ours.db")), ("pages", copy("pages.db")), ("vacuum", copy("vacuum.db"))]
}

#[test]
fn a_log_that_is_not_of_a_copy_in_the_place_of_the_database_is_told() {
    let database = Database::sqlite().with(CENTRE);
    let mut server = database.serve();
    add(&server, "joined");
    let copies = copies(&database);
    add(&server, "missed");
    add(&server, "active");
    server.process.kill();
    let (file, log) = (database.file(), database.beside("test.db-wal"));
    let (own, own_log) = (fs::read(&file).expect("the file"), fs::read(&log).expect("the log"));
    for (name, copy) in &copies {
        fs::copy(copy, &file).expect("a copy");
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["export"], &["migrate"], &["backup", "x.db"]] {
            let said = database.run(arguments).sentence();
            assert!(said.contains("test.db-wal holds changes of another state"), "{name}: {said}");
            assert!(said.contains("queue-hooks restore"), "{name}: {said}");
        }
        assert!(fs::read(&log).expect("the log") == own_log, "{name}: nothing is touched");
        assert!(fs::read(&file).expect("the file") == fs::read(copy).expect("the copy"), "{name}");
        // What it says to do.
        database.run(&["restore", text(copy)]).well();
        assert_eq!(hooks(&database), 1, "{name}");
        for (path, bytes) in [(&file, &own), (&log, &own_log)] {
            fs::write(path, bytes).expect("a file");
        }
    }
    // The database that it belongs to is recovered as ever.
    assert_eq!(hooks(&database), 3);
    database.expect_sound();
}

#[test]
fn a_copy_that_was_made_while_no_server_ran_is_told_too() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    add(&server, "joined");
    server.stop();
    let copy = database.beside("copy.db");
    fs::copy(database.file(), &copy).expect("a copy");
    let mut server = database.serve();
    add(&server, "missed");
    server.process.kill();
    fs::copy(&copy, database.file()).expect("a copy");
    let said = database.run(&["serve", "--listen", "127.0.0.1:0"]).sentence();
    assert!(said.contains("test.db-wal holds changes of another state"), "{said}");
    database.run(&["restore", text(&copy)]).well();
    assert_eq!(hooks(&database), 1);
    database.expect_sound();
}

#[test]
fn what_an_interrupted_copy_left_goes_with_the_next_one() {
    let database = Database::sqlite().with(CENTRE);
    let (old, new) = (database.beside(".queue-hooks-abc123.part"), database.beside(".queue-hooks-def456.part"));
    for file in [&old, &new] {
        fs::write(file, "half of a database").expect("a file");
    }
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(3);
    fs::File::options().write(true).open(&old).and_then(|file| file.set_modified(hours_ago)).expect("an old file");
    database.run(&["backup", text(&database.beside("copy.db"))]).well();
    assert!(!old.exists() && new.exists(), "one that may be in the making stays");
}

#[test]
fn a_copy_in_the_place_of_a_running_servers_database_is_told_too() {
    let database = Database::sqlite().with(CENTRE);
    let copy = database.beside("copy.db");
    database.run(&["backup", text(&copy)]).well();
    let server = database.serve();
    add(&server, "joined");
    let log = fs::read(database.beside("test.db-wal")).expect("the log");
    fs::rename(&copy, database.file()).expect("the file moves");
    let browser = server.browser();
    support::wait_for("the server to tell", || {
        fs::write(database.beside("test.db-wal"), &log).ok()?;
        browser.get(HOOKS);
        server.logged().concat().contains("holds changes of another state").then_some(())
    });
    for name in ["test.db-wal", "test.db-shm"] {
        let _ = fs::remove_file(database.beside(name));
    }
    support::wait_for("the pages", || (browser.get(HOOKS).status != 503).then_some(()));
    assert_eq!(hooks(&database), 0);
}

#[test]
fn a_killed_server_is_recovered_wherever_it_was() {
    let database = Database::sqlite().with(CENTRE);
    // Long enough for the log to be emptied now and then.
    let mut last = 0;
    for round in 0..10 {
        let mut server = database.serve();
        let made = &AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let browser = server.browser();
                scope.spawn(move || {
                    let change = |number: usize| format!("{:032x}", (round * 10 + writer) * 10_000 + number);
                    let made_one = |number| people::add(&browser, &change(number)).map(|_| made.fetch_add(1, Relaxed));
                    (0..).map_while(|number| made_one(number).ok()).count()
                });
            }
            wait_for("the first changes", || (made.load(Relaxed) > 0).then_some(()));
            std::thread::sleep(Duration::from_millis(400 + 80 * round as u64));
            server.process.kill();
        });
        let now = hooks(&database);
        assert!(now > last, "{now} hooks after {last}");
        last = now;
    }
    database.expect_sound();
}

#[test]
fn nothing_is_left_of_a_log_that_was_emptied_while_nobody_waits_to_write() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let (browser, log) = (server.browser(), database.beside("test.db-wal"));
    let is_cut = (0..1000).any(|number| {
        people::add(&browser, &format!("{number:032x}")).expect("a hook is added");
        fs::metadata(&log).is_ok_and(|log| log.len() == 0)
    });
    assert!(is_cut);
}
