//! What `pg_dump` writes, put into a new database: everything, or the data alone.

use std::process::Command;

use support::process::*;

/// Runs a program of PostgreSQL, and returns what it printed.
#[track_caller]
fn run(name: &str, arguments: &[&str]) -> String {
    let ended = Command::new(postgres_program(name)).args(arguments).output().expect("PostgreSQL is installed");
    assert!(ended.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("UTF-8")
}

/// Everything in the tables, but for the time at which counts and queues last changed.
fn content(database: &Database) -> Vec<String> {
    let mut all = vec![database.export()];
    for table in ["people", "people_journal", "journal", "sessions", "keys"] {
        all.push(database.lines(&format!("SELECT t::text AS line FROM {table} AS t ORDER BY t::text")).join("\n"));
    }
    all
}

fn source() -> Database {
    let database = Database::postgres().with(DEMONSTRATION);
    let server = database.serve();
    let browser = server.browser();
    // Counts of what is not there any more, and a journal.
    let page = browser.get(&format!("{HOOKS}/removal?all=matching&count=137")).expect(200);
    page.press("Remove 137 hooks", &[]).expect(200);
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    browser.get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    server.stop();
    database
}

/// The copy is the same, and goes on after the last ids.
#[track_caller]
fn expect_same(copy: &Database, source: &Database) {
    assert_eq!(content(copy), content(source));
    copy.expect_sound();
    let next = |database: &Database| database.number("SELECT nextval('hooks_id_seq') AS number");
    assert_eq!(next(copy), next(source));
    copy.run(&["migrate"]).well();
    let server = copy.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    form.press("Save", &[Fill::Field("event", "missed"), Fill::Field("schema", "1")]).expect(200);
    copy.expect_sound();
}

#[test]
fn data_alone_goes_into_a_migrated_database() {
    let source = source();
    let file = source.beside("copy.sql").display().to_string();
    run("pg_dump", &["--data-only", "--file", &file, &source.url]);
    let copy = Database::postgres();
    copy.migrate();
    run("psql", &["--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file", &file, &copy.url]);
    expect_same(&copy, &source);
}

#[test]
fn data_alone_without_triggers_brings_its_counts() {
    let source = source();
    let file = source.beside("copy.dump").display().to_string();
    run("pg_dump", &["--data-only", "--format=custom", "--file", &file, &source.url]);
    let copy = Database::postgres();
    copy.migrate();
    copy.session().execute("DELETE FROM keys; DELETE FROM __diesel_schema_migrations");
    let into = format!("--dbname={}", copy.url);
    run("pg_restore", &["--data-only", "--disable-triggers", "--exit-on-error", &into, &file]);
    expect_same(&copy, &source);
}

#[test]
fn a_dump_of_everything_goes_into_an_empty_database() {
    let source = source();
    let file = source.beside("copy.dump").display().to_string();
    run("pg_dump", &["--format=custom", "--file", &file, &source.url]);
    let copy = Database::postgres();
    run("pg_restore", &["--exit-on-error", &format!("--dbname={}", copy.url), &file]);
    expect_same(&copy, &source);
}
