//! Changes that want the same things in opposite orders: they wait for each other, and none ends in a deadlock.

use std::fmt::Write;
use std::sync::Barrier;

use support::process::*;

const ROUNDS: usize = 40;
const SCHEMAS: usize = 40;

/// Two queues whose first hook runs the last flow schema, and so on; nothing is enabled.
fn center() -> String {
    let mut lines = String::new();
    for queue in 1..=2 {
        let _ = writeln!(lines, r#"{{"queue":{{"id":{queue},"name":"Queue {queue}","type":1,"enabled":true}}}}"#);
    }
    for id in 1..=SCHEMAS {
        let name = format!("\"name\":\"Schema {id}\",\"type\":\"service\"");
        let _ = writeln!(lines, r#"{{"flow_schema":{{"id":{id},{name},"editor":false,"schema":[]}}}}"#);
    }
    for id in 0..SCHEMAS {
        let refers = format!("\"queue_id\":{},\"schema\":{{\"id\":{}}}", id % 2 + 1, SCHEMAS - id);
        let _ = writeln!(lines, r#"{{"hook":{{"id":{},{refers},"event":"joined","enabled":false}}}}"#, id + 1);
    }
    lines
}

/// The last removal of a kind of things.
fn last_removal(database: &Database, subject: &str) -> String {
    let last = "SELECT change AS line FROM journal WHERE action = 'remove' AND subject =";
    database.lines(&format!("{last} '{subject}' ORDER BY id DESC LIMIT 1")).pop().expect("a removal")
}

/// Sends a form that has to be accepted.
#[track_caller]
fn send(browser: &Browser, path: &str, fields: &[(&str, &str)]) {
    let status = browser.post(path, fields).status;
    assert_eq!(status, 303, "{path}");
}

fn ids(last: usize) -> Vec<String> {
    (1..=last).map(|id| id.to_string()).collect()
}

fn selected(ids: &[String]) -> Vec<(&'static str, &str)> {
    ids.iter().map(|id| ("id", &**id)).collect()
}

/// Removes things at `path`; then, again and again, somebody brings them back while somebody else removes all flow
/// schemas that they run.
#[track_caller]
fn undo_against_removal(database: &Database, path: &str, subject: &str, things: &[String]) {
    database.import(center()).well();
    let server = database.serve();
    let one = server.browser();
    let (schemas, start) = (ids(SCHEMAS), Barrier::new(2));
    for _ in 0..ROUNDS {
        send(&one, &format!("{path}/removal"), &selected(things));
        let removal = last_removal(database, subject);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let other = server.browser();
                other.token();
                start.wait();
                // It is told if hooks run them all again.
                let removed = other.post("/routing/flow/removal", &selected(&schemas)).status;
                assert!(matches!(removed, 303 | 409), "{removed}");
            });
            start.wait();
            send(&one, UNDO, &[("change", &removal)]);
        });
        let removed = database.number("SELECT count(*) AS number FROM flow_schemas") < SCHEMAS as i64;
        if removed {
            let removal_of_schemas = last_removal(database, "flow_schema");
            send(&one, UNDO, &[("change", &removal_of_schemas)]);
            // The hooks whose flow schemas were gone.
            send(&one, UNDO, &[("change", &removal)]);
        }
        database.expect_sound();
    }
}

#[on_both]
fn undo_of_hooks_meets_the_removal_of_their_flow_schemas(database: &Database) {
    let odd: Vec<String> = (1..=SCHEMAS).step_by(2).map(|id| id.to_string()).collect();
    undo_against_removal(database, "/contact-center/queues/1/hooks", "hook", &odd);
}

#[on_both]
fn undo_of_queues_meets_the_removal_of_their_flow_schemas(database: &Database) {
    undo_against_removal(database, "/contact-center/queues", "queue", &ids(2));
}

/// Bulk changes of queues, in every way that there is, beside changes of their hooks.
#[on_both]
fn changes_of_many_queues_meet_those_of_their_hooks(database: &Database) {
    database.import(center()).well();
    let server = database.serve();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let switch = server.browser();
            for round in 0..ROUNDS {
                let state = format!("/contact-center/queues/state?enabled={}", round % 2 == 0);
                send(&switch, &state, &[("id", "2"), ("id", "1")]);
            }
        });
        scope.spawn(|| {
            let hooks = server.browser();
            for round in 0..ROUNDS {
                let queue = 2 - round % 2;
                let hook = if queue == 1 { "1" } else { "2" };
                let path = format!("/contact-center/queues/{queue}/hooks");
                send(&hooks, &format!("{path}/removal"), &[("id", hook)]);
                send(&hooks, UNDO, &[("change", &last_removal(database, "hook"))]);
            }
        });
        scope.spawn(|| {
            let edit = server.browser();
            for round in 0..ROUNDS {
                let path = format!("/routing/flow/{}", SCHEMAS - round % 2);
                let name = format!("Renamed {round}");
                send(&edit, &path, &[("name", &name), ("type", "service"), ("text", "[]")]);
            }
        });
    });
    database.expect_sound();
}
