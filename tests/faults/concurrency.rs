//! Many people at once in one queue.

use std::fmt::Write;
use std::time::Duration;

use crate::people::*;
use support::process::*;

const PEOPLE: usize = 8;
const ROUNDS: usize = 12;
/// The hooks that there are from the start, all for the same event and disabled.
const HOOKS_THERE: usize = 8;

fn centre() -> String {
    (1..=HOOKS_THERE).fold(CENTRE.to_owned(), |mut lines, id| {
        let _ = writeln!(
            lines,
            r#"{{"hook":{{"id":{id},"queue_id":1,"schema":{{"id":"1"}},"event":"joined","enabled":false}}}}"#
        );
        lines
    })
}

/// Everybody enables another hook of the same event, adds one and removes one, again and again.
#[track_caller]
fn crowd_and_check(database: &Database, servers: &[&Server]) {
    let ((), took) = timed(|| {
        std::thread::scope(|scope| {
            for person in 0..PEOPLE {
                let browser = servers[person % servers.len()].browser();
                scope.spawn(move || (0..ROUNDS).for_each(|round| one_round(&browser, person, round)));
            }
        });
    });
    assert!(took < Duration::from_mins(1), "{took:?}");
    let added = (PEOPLE * ROUNDS) as i64;
    assert_eq!(database.number("SELECT count(*) AS number FROM journal WHERE action = 'add'"), added);
    let removed = database.number("SELECT count(*) AS number FROM journal WHERE action = 'remove'");
    assert!(removed > 0, "somebody removed something");
    let hooks = database.number("SELECT count(*) AS number FROM hooks");
    assert_eq!(hooks, HOOKS_THERE as i64 + added - removed);
    database.expect_sound();
}

fn one_round(browser: &Browser, person: usize, round: usize) {
    let hook = (person + round) % HOOKS_THERE + 1;
    let if_taken = if round.is_multiple_of(2) { "replace" } else { "ask" };
    let switched = browser.post(&format!("{HOOKS}/{hook}/state"), &[("enabled", "true"), ("if_taken", if_taken)]);
    assert!(matches!(switched.status, 303 | 409), "{}: {}", switched.status, switched.body);
    let added = add(browser, &format!("{:032x}", person * ROUNDS + round)).expect("an answer");
    assert_eq!(added.status, 303, "{}", added.body);
    // Two people each take this one.
    let gone = (HOOKS_THERE + 1 + (person / 2) * ROUNDS + round).to_string();
    let removed = browser.post(&format!("{HOOKS}/removal"), &[("id", &gone)]);
    assert_eq!(removed.status, 303, "{}", removed.body);
    let page = browser.get(&format!("{HOOKS}?size=1000"));
    assert_eq!(page.status, 200);
    assert!(page.all("[role=switch][aria-checked=true]").len() <= 1, "an event has one enabled hook");
}

#[on_both]
fn many_people_at_once_get_on_and_leave_no_mess(database: &Database) {
    database.import(centre()).well();
    let server = database.serve();
    crowd_and_check(database, &[&server]);
}

#[on_both]
fn two_servers_on_one_database_get_on_too(database: &Database) {
    database.import(centre()).well();
    let (one, other) = (database.serve(), database.serve());
    crowd_and_check(database, &[&one, &other]);
}
