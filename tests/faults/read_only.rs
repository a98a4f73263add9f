//! SQLite files where nothing can be written: the file itself, its folder, or everything but the data.

use std::fs;
use std::path::Path;

use support::process::*;

/// A shell that sees these folders as they are and everything else without a right to write.
fn where_only(writable: &[&Path]) -> String {
    let mut setup = String::from("mount --make-rprivate /; ");
    for path in writable {
        setup += &format!("mount --bind '{0}' '{0}'; ", path.display());
    }
    for path in ["/", "/tmp", "/var/tmp", "/dev/shm"] {
        setup += &format!("mount --bind {path} {path} 2>/dev/null; mount -o remount,bind,ro {path}; ");
    }
    for path in writable {
        setup += &format!("mount --bind '{0}' '{0}'; mount -o remount,bind,rw '{0}'; ", path.display());
    }
    setup
}

/// Runs the program in mounts of its own.
fn program(setup: &str, arguments: &[&str]) -> Program {
    let inner = format!("{setup} cd /; exec \"$0\" \"$@\"");
    let quoted = inner.replace('\'', "'\\''");
    Program::behind(&format!("exec unshare --map-root-user --mount sh -c '{quoted}' \"$0\" \"$@\""), arguments)
}

#[test]
fn a_database_without_any_other_place_to_write_to_works() {
    let database = Database::sqlite();
    let file = database.file();
    let setup = where_only(&[file.parent().expect("a folder")]);
    let run = |arguments: &[&str], input: &str| {
        program(&setup, arguments).env("DATABASE_URL", &database.url).input(input).run().well()
    };
    run(&["migrate"], "");
    // More than fits into the memory that a connection has for pages.
    let mut lines = String::from(CENTRE);
    for id in 1..30_000 {
        let event = ["joined", "missed", "active", "bridged"][id % 4];
        lines += &format!(
            "{{\"hook\":{{\"id\":{id},\"queue_id\":1,\"schema\":{{\"id\":\"{}\"}},\"event\":\"{event}\",\"enabled\":false}}}}\n",
            id % 2 + 1
        );
    }
    run(&["import", "-"], &lines);
    assert_eq!(run(&["export"], "").output, lines);
    database.import("").well();
    let server = program(&setup, &["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &database.url).serve();
    let browser = server.browser();
    browser.get(&format!("{HOOKS}?sort=schema&page=290&size=100")).expect(200);
    let page = browser.get(&format!("{HOOKS}/removal?all=matching&count=29999")).expect(200);
    page.press("Remove 29999 hooks", &[]).expect(200);
    server.stop();
    database.expect_sound();
}

#[test]
fn what_cannot_be_written_can_be_read() {
    let database = Database::sqlite().with(CENTRE);
    database.let_in("anna", "viewer");
    let setup = where_only(&[]);
    assert!(!database.beside("test.db-wal").exists(), "the commands left nothing beside the file");
    for leave in [false, true] {
        // What a killed server leaves behind is read too.
        let mut server = leave.then(|| database.serve());
        if let Some(server) = &mut server {
            let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
            server.browser().get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
            server.process.kill();
        }
        let run = |arguments: &[&str]| program(&setup, arguments).env("DATABASE_URL", &database.url).run();
        let lines = run(&["export"]).well().output;
        assert_eq!(lines.lines().count(), if leave { 4 } else { 3 });
        assert!(run(&["person", "list"]).well().output.starts_with("anna\t"));
        let said = run(&["person", "disable", "anna"]).sentence();
        assert!(said.contains("The database is read-only"), "{said}");
        let server = program(&setup, &["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &database.url).serve();
        let browser = server.browser();
        let page = browser.get(HOOKS).expect(200);
        assert!(page.text("main").contains("The database is read-only at the moment"), "{}", page.text("main"));
        assert_eq!(page.all("tbody tr").len(), usize::from(leave));
        let page = browser.get("/routing/flow/1/try").expect(200);
        assert!(page.text("form.stack").contains("a try could not be written down"), "{}", page.text("form.stack"));
        assert!(!page.has_control("Try now"));
        assert!(page.press("Only show the way", &[]).expect(200).text(".way .end").contains("Nothing was sent."));
        let (_, logged) = server.last_words();
        let faults: Vec<_> = logged.iter().filter(|line| line.contains("ERROR")).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn a_copy_that_was_never_opened_for_writing_can_be_read() {
    let database = Database::sqlite().with(CENTRE);
    let copy = database.beside("copy.db");
    database.session().execute(&format!("VACUUM INTO '{}'", copy.display()));
    let url = format!("sqlite://{}", copy.display());
    let before = fs::read(&copy).expect("the copy");
    let exported = program(&where_only(&[]), &["export"]).env("DATABASE_URL", &url).run().well();
    assert_eq!(exported.output, CENTRE);
    assert!(fs::read(&copy).expect("the copy") == before, "it stays as it is");
}

#[test]
fn an_older_database_that_cannot_be_written_is_told() {
    let database = Database::sqlite().with(CENTRE);
    database.session().execute(
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let said = program(&where_only(&[]), &["export"]).env("DATABASE_URL", &database.url).run().sentence();
    assert!(said.contains("it is read-only, and of another version of Queue Hooks"), "{said}");
}
