//! One form sent twice at the same moment, as a double click does, or a proxy that tries again: it adds one thing, and
//! both are led to it.

use std::sync::Barrier;

use support::process::*;

const ROUNDS: usize = 20;
/// Of those in which passwords are hashed.
const FEW: usize = 5;

/// Two send the same form at once, again and again; `table` has one thing more each time.
#[track_caller]
fn send_twice(database: &Database, path: &str, fields: &[(&str, &str)], table: &str, rounds: usize) {
    let server = database.serve();
    let browsers = [server.browser(), server.browser()];
    for browser in &browsers {
        browser.token();
    }
    let count = || database.number(&format!("SELECT count(*) AS number FROM {table}"));
    let before = count();
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let senders = browsers.map(|browser| {
            let start = &start;
            scope.spawn(move || {
                let send = |round: usize| {
                    // A name of its own for what needs one.
                    let (change, name) = (format!("{round:032x}"), format!("name-{round}"));
                    let mut fields = fields.to_vec();
                    fields.extend([("change", &*change), ("name", &*name)]);
                    start.wait();
                    let sent = browser.post(path, &fields);
                    (sent.status, sent.header("location").map(str::to_owned))
                };
                (0..rounds).map(send).collect::<Vec<_>>()
            })
        });
        let [one, other] = senders.map(|sender| sender.join().expect("answers"));
        assert_eq!(one, other, "both are led to the same");
        assert!(one.iter().all(|(status, _)| *status == 303), "{one:?}");
    });
    assert_eq!(count() - before, rounds as i64);
    database.expect_sound();
}

#[on_both]
fn a_queue_is_added_once(database: &Database) {
    database.import(CENTRE).well();
    send_twice(database, "/contact-center/queues", &[("type", "1"), ("enabled", "true")], "queues", ROUNDS);
}

#[on_both]
fn a_flow_schema_is_added_once(database: &Database) {
    database.import(CENTRE).well();
    send_twice(database, "/routing/flow", &[("type", "service"), ("text", "[]")], "flow_schemas", ROUNDS);
}

#[on_both]
fn a_hook_is_added_once(database: &Database) {
    database.import(CENTRE).well();
    send_twice(database, HOOKS, &[("event", "joined"), ("schema", "1"), ("if_taken", "disable")], "hooks", ROUNDS);
}

#[on_both]
fn a_person_is_added_once(database: &Database) {
    database.import(CENTRE).well();
    let fields = [("display_name", "Somebody"), ("password", "another four words"), ("preset", "viewer")];
    send_twice(database, "/people", &fields, "people", FEW);
    assert_eq!(database.number("SELECT count(*) AS number FROM people_journal WHERE action = 'add'"), FEW as i64);
}

/// The page goes back and the form is filled in with another name: that is another person.
#[on_both]
fn a_form_that_is_filled_in_again_adds_another_person(database: &Database) {
    database.import(CENTRE).well();
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get("/people/new").expect(200);
    for name in ["anna", "anna", "boris"] {
        let fields = [("name", name), ("display_name", name), ("password", "another four words")];
        let fill = fields.map(|(name, value)| Fill::Field(name, value));
        assert_eq!(form.press("Save", &fill).expect(200).said(), format!("Added {name} ({name})"));
    }
    assert_eq!(database.number("SELECT count(*) AS number FROM people WHERE name <> 'tester'"), 2);
}

/// A double click: both answers let the first administrator in, whichever the browser shows.
#[on_both]
fn the_first_administrator_is_made_once(database: &Database) {
    let server = database.serve();
    let link = server.link();
    let secret = link.split_once('=').expect("a secret").1.to_owned();
    let browser = server.stranger();
    let (token, start) = (browser.token(), Barrier::new(2));
    let cookie = browser.cookie("queue-hooks-token").expect("a cookie");
    std::thread::scope(|scope| {
        let clicks = [(); 2].map(|()| {
            let click = server.stranger();
            click.set_cookie("queue-hooks-token", &cookie);
            let (token, secret, start) = (&token, &secret, &start);
            scope.spawn(move || {
                let fields = [
                    ("token", &**token),
                    ("link", secret),
                    ("name", "anna"),
                    ("display_name", "Anna"),
                    ("password", PASSWORD),
                ];
                start.wait();
                let sent = click.post_raw("/set-up", &fields).status;
                (sent, click.request("GET", "/account", &[], b"").status)
            })
        });
        let answers = clicks.map(|click| click.join().expect("an answer"));
        assert_eq!(answers, [(303, 200); 2]);
    });
    assert_eq!(database.number("SELECT count(*) AS number FROM people"), 1);
}
