//! Ids: none is given twice, whatever is imported and removed, and an import takes none away from others.

use std::io::Write;

use support::process::*;

const QUEUES: &str = "/contact-center/queues";
const MAX_ID: i64 = 9_007_199_254_740_991;

fn queue(id: i64) -> String {
    format!("{{\"queue\":{{\"id\":\"{id}\",\"name\":\"Imported {id}\",\"type\":1,\"enabled\":true}}}}\n")
}

fn hook(id: i64, event: &str) -> String {
    format!(
        "{{\"hook\":{{\"id\":{id},\"queue_id\":1,\"schema\":{{\"id\":\"1\"}},\"event\":\"{event}\",\"enabled\":false}}}}\n"
    )
}

/// Adds a queue; the status of the answer.
fn add_queue(browser: &Browser) -> u16 {
    browser.post(QUEUES, &[("name", "Added"), ("type", "1")]).status
}

#[track_caller]
fn add_hook(browser: &Browser) {
    browser.post(HOOKS, &[("event", "missed"), ("schema", "1"), ("if_taken", "disable")]).expect(303);
}

fn ids(database: &Database, table: &str) -> Vec<String> {
    database.lines(&format!("SELECT CAST(id AS TEXT) AS line FROM {table} ORDER BY id"))
}

#[on_both]
fn no_id_is_given_twice_after_an_import(database: &Database) {
    let events = ["joined", "answered", "offering", "bridged", "missed", "leaving"];
    let hooks: String = (1..=6).zip(events).map(|(id, event)| hook(id, event)).collect();
    database.import(format!("{CENTRE}{hooks}")).well();
    let server = database.serve();
    let browser = server.browser();
    let removed = browser.post(&format!("{HOOKS}/removal"), &[("id", "4"), ("id", "5"), ("id", "6")]).expect(303);
    let told = browser.follow(removed);
    database.import(queue(2)).well();
    add_hook(&browser);
    add_hook(&browser);
    assert_eq!(ids(database, "hooks"), ["1", "2", "3", "7", "8"]);
    let undone = told.press("Undo", &[]).expect(200);
    assert_eq!(undone.said(), "Restored 3 hooks");
    assert_eq!(ids(database, "hooks"), ["1", "2", "3", "4", "5", "6", "7", "8"]);
    database.expect_sound();
}

#[on_both]
fn ids_of_which_all_is_removed_are_not_given_again(database: &Database) {
    database.import(format!("{CENTRE}{}{}", hook(250_000, "joined"), hook(250_010, "joined"))).well();
    let server = database.serve();
    let browser = server.browser();
    browser.post(&format!("{HOOKS}/removal"), &[("id", "250000"), ("id", "250010")]).expect(303);
    database.import(hook(7, "joined")).well();
    database.import("").well();
    add_hook(&browser);
    assert_eq!(ids(database, "hooks"), ["7", "250011"]);
}

#[on_both]
fn what_is_added_while_an_import_goes_on_is_given_other_ids(database: &Database) {
    database.run(&["migrate"]).well();
    let pipe = database.beside("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let arguments = ["import", pipe.to_str().expect("UTF-8")];
    let mut import = Program::new(&arguments).env("DATABASE_URL", &database.url).start();
    let mut file = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the program reads");
    // Longer than the pipe, so that all but its end was taken in. What comes first has the largest ids: who adds
    // something takes ids that the file did not come to yet.
    let lines: String = (1..=4000).rev().map(queue).collect();
    file.write_all(lines.as_bytes()).expect("the program reads");
    let added = if database.backend == Backend::Postgres {
        database.session().execute(support::ADMIT);
        let server = database.serve();
        assert_eq!(add_queue(&server.browser()), 303);
        1
    } else {
        // One writes at a time.
        0
    };
    drop(file);
    assert_eq!(import.end(), Some(0));
    assert_eq!(database.number("SELECT count(*) AS number FROM queues"), 4000 + added);
}

#[on_both]
fn imports_beside_a_busy_server_disturb_nobody(database: &Database) {
    database.import(CENTRE).well();
    let server = database.serve();
    std::thread::scope(|scope| {
        let people = [(); 3].map(|()| {
            scope.spawn(|| {
                let browser = server.browser();
                (0..60).map(|_| add_queue(&browser)).collect::<Vec<_>>()
            })
        });
        // Empty ones, and some whose ids are given next.
        for round in 0..8 {
            let next = database.number("SELECT max(id) AS number FROM queues") + 1;
            let lines = if round % 2 == 0 { String::new() } else { (next..next + 20).map(queue).collect() };
            database.run_with(&["import", "-"], &lines);
        }
        for person in people {
            let statuses = person.join().expect("answers");
            assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
        }
    });
    let added = database.number("SELECT count(*) AS number FROM queues WHERE name = 'Added'");
    assert_eq!(added, 180);
    assert_eq!(database.number("SELECT count(DISTINCT subject_id) AS number FROM journal WHERE action = 'add'"), 180);
}

#[on_both]
fn an_empty_import_changes_nothing(database: &Database) {
    database.import(CENTRE).well();
    for _ in 0..3 {
        assert_eq!(database.import("\n").well().errors, "Imported 0 queues, 0 flow schemas and 0 hooks.\n");
    }
    let server = database.serve();
    assert_eq!(add_queue(&server.browser()), 303);
    assert_eq!(ids(database, "queues"), ["1", "2"]);
}

#[on_both]
fn after_the_largest_id_that_can_be_imported_things_can_still_be_added(database: &Database) {
    database.import(CENTRE.to_owned() + &queue(MAX_ID) + &hook(MAX_ID, "joined")).well();
    let server = database.serve();
    let browser = server.browser();
    assert_eq!(add_queue(&browser), 303);
    add_hook(&browser);
    browser.get(&format!("{HOOKS}/{MAX_ID}")).expect(200);
    browser.get(&format!("{QUEUES}/{}/hooks", MAX_ID + 1)).expect(200);
    database.expect_sound();
}

#[on_both]
fn ids_that_are_too_large_are_told_with_their_line(database: &Database) {
    for id in [MAX_ID + 1, i64::MAX] {
        let said = database.import(CENTRE.to_owned() + &queue(id) + &hook(id, "joined")).failed();
        for line in [4, 5] {
            let error = said.lines().find(|error| error.starts_with(&format!("line {line}: "))).expect("each line");
            assert!(error.contains(&MAX_ID.to_string()), "{error}");
        }
    }
    assert_eq!(sum(database), 0);
}

/// Ids that nothing has, in every place where a form or an address brings one.
#[on_both]
fn ids_that_nothing_can_have_are_refused_and_break_nothing(database: &Database) {
    database.import(CENTRE.to_owned() + &hook(1, "joined")).well();
    let server = database.serve();
    let browser = server.browser();
    for id in [(MAX_ID + 1).to_string(), i64::MAX.to_string(), "9223372036854775808".into(), "-1".into(), "0".into()] {
        for path in [format!("{QUEUES}/{id}"), format!("{QUEUES}/{id}/hooks"), format!("{HOOKS}/{id}")] {
            browser.get(&path).expect(404);
        }
        let choice = [("event", "active"), ("schema", &*id), ("if_taken", "disable")];
        browser.post(HOOKS, &choice).expect(422);
        browser.post(&format!("{HOOKS}/1"), &choice).expect(422);
        for registry in [QUEUES, HOOKS, "/routing/flow"] {
            for field in [("id", &*id), ("selected", &*id)] {
                let refused = browser.post(&format!("{registry}/removal"), &[field]);
                assert!(matches!(refused.status, 303 | 422), "{registry} {id}: {}", refused.status);
            }
            let page = browser.get(&format!("{registry}?page={id}&size={id}"));
            assert!(matches!(page.status, 200 | 303), "{registry} {id}: {}", page.status);
            let undone = browser.post(&format!("{UNDO}?only={id}"), &[("change", "no such")]);
            assert_eq!(undone.status, 422, "{registry} {id}");
        }
    }
    assert_eq!(ids(database, "hooks"), ["1"]);
}
