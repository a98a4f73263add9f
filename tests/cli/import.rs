//! `queue-hooks import`.

use std::fmt::Write;

use support::process::*;

#[test]
fn a_file_is_imported_by_its_name() {
    let database = Database::sqlite();
    let file = database.beside("centre.jsonl");
    std::fs::write(&file, CENTRE).expect("a file");
    let ended = database.run(&["import", file.to_str().expect("UTF-8")]).well();
    assert_eq!(ended.errors, "Imported 1 queues, 2 flow schemas and 0 hooks.\n");
    assert_eq!(ended.output, "", "standard output is for data");
    assert_eq!(database.export(), CENTRE);
}

#[on_both]
fn an_empty_file_imports_nothing(database: &Database) {
    for lines in ["", "\n\n \r\n"] {
        database.import(lines).well();
    }
    assert_eq!(sum(database), 0);
}

#[on_both]
fn lines_may_end_as_on_windows_or_not_at_all(database: &Database) {
    database.import(CENTRE.replace('\n', "\r\n").trim_end()).well();
    assert_eq!(database.export(), CENTRE);
}

#[on_both]
fn ids_may_be_numbers_or_strings(database: &Database) {
    let lines = CENTRE.replace("\"id\":\"1\"", "\"id\":1");
    assert_ne!(lines, CENTRE);
    database.import(lines).well();
    assert_eq!(database.export(), CENTRE);
}

#[on_both]
fn a_second_file_adds_to_the_first(database: &Database) {
    database.import(CENTRE).well();
    database.import(r#"{"hook":{"id":4,"queue_id":1,"schema":{"id":2},"event":"missed","enabled":true}}"#).well();
    assert_eq!(database.export().lines().count(), CENTRE.lines().count() + 1);
    database.expect_sound();
}

#[on_both]
fn ids_go_on_after_the_imported_ones(database: &Database) {
    database.import(CENTRE).well();
    database
        .import(r#"{"hook":{"id":5000000000,"queue_id":1,"schema":{"id":2},"event":"missed","enabled":false}}"#)
        .well();
    let server = database.serve();
    let browser = server.browser();
    for event in ["joined", "active"] {
        let fill = [Fill::Field("event", event), Fill::Field("schema", "1")];
        browser.get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    }
    let ids = "SELECT CAST(id AS TEXT) AS line FROM hooks ORDER BY id";
    assert_eq!(database.lines(ids), ["5000000000", "5000000001", "5000000002"]);
    database.expect_sound();
}

#[on_both]
fn an_import_that_is_killed_leaves_nothing(database: &Database) {
    database.run(&["migrate"]).well();
    let pipe = database.beside("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let mut import =
        Program::new(&["import", pipe.to_str().expect("UTF-8")]).env("DATABASE_URL", &database.url).start();
    // The program reads on from the pipe, so what is written but for the pipe's own room was taken in.
    let mut file = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the program reads");
    let lines = queues(1..20_000);
    std::io::Write::write_all(&mut file, lines.as_bytes()).expect("the program reads");
    assert!(!import.has_ended());
    import.kill();
    assert_eq!(database.export(), "");
    assert_eq!(sum(database), 0);
    database.import(CENTRE).well();
    database.expect_sound();
}

fn queues(ids: std::ops::Range<u64>) -> String {
    ids.fold(String::new(), |mut lines, id| {
        let _ = writeln!(lines, r#"{{"queue":{{"id":"{id}","name":"Queue {id}","type":1,"enabled":true}}}}"#);
        lines
    })
}

#[test]
fn an_import_of_200000_hooks_takes_at_most_48_mib_of_memory() {
    let database = Database::sqlite().with(CENTRE);
    let file = database.beside("many.jsonl");
    let mut lines = queues(2..2001);
    for id in 0..200_000 {
        let (queue, event) = (id % 2000 + 1, ["joined", "missed", "active", "bridged"][id / 2000 % 4]);
        let _ = writeln!(
            lines,
            r#"{{"hook":{{"id":{},"queue_id":{queue},"schema":{{"id":"1"}},"event":"{event}","enabled":false}}}}"#,
            id + 1
        );
    }
    std::fs::write(&file, &lines).expect("a file");
    let mut import =
        Program::new(&["import", file.to_str().expect("UTF-8")]).env("DATABASE_URL", &database.url).start();
    let status = format!("/proc/{}/status", import.id());
    let mut peak = 0;
    while !import.has_ended() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        // Without the pages of the program's own file, of which a build for tests has many more.
        let now =
            status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = now.unwrap_or(0).max(peak);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(import.end(), Some(0));
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 200_000);
    let peak_mib = peak / 1024;
    assert!((1..=48).contains(&peak_mib), "{peak_mib} MiB");
    database.expect_sound();
}
