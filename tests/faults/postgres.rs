//! Faults of the PostgreSQL server.

use std::time::Duration;

use crate::people::*;
use support::process::*;

/// The longest that a person waits for the page that says no.
const BOUND: Duration = Duration::from_secs(9);

#[test]
fn a_server_that_is_stopped_is_told_until_it_is_back() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let style = form.attr("link[rel=stylesheet]", "href");
    crowd(&server);

    cluster.down();
    for _ in 0..2 {
        let (page, took) = timed(|| browser.get(HOOKS));
        expect_away(page, &server);
        assert!(took < BOUND, "{took:?}");
    }
    expect_away(form.send("Save", &CHOICE), &server);
    browser.get(&style).expect(200);

    cluster.up();
    expect_recovered(&server);
    assert_eq!(form.press("Save", &CHOICE).expect(200).all("tbody tr").len(), 1);
    database.expect_sound();
}

#[test]
fn many_who_come_while_the_server_is_away_are_all_told_in_time() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let server = database.serve();
    crowd(&server);
    cluster.down();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let browser = server.browser();
                let (page, took) = timed(|| browser.get(HOOKS));
                assert_eq!(page.status, 503);
                assert!(took < BOUND, "{took:?}");
            });
        }
    });
}

#[test]
fn a_restart_of_the_server_that_nobody_saw_costs_at_most_one_answer() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let server = database.serve();
    crowd(&server);
    cluster.down();
    cluster.up();
    expect_recovered(&server);
}

#[test]
fn a_server_that_hangs_is_told() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    crowd(&server);
    // The server first, so that it begins no other session meanwhile.
    signal("STOP", cluster.processes()[0]);
    let processes = cluster.processes();
    for id in &processes[1..] {
        signal("STOP", *id);
    }
    let (page, took) = timed(|| browser.try_request("GET", HOOKS, &[], b""));
    for id in &processes {
        signal("CONT", *id);
    }
    expect_unanswered(page.expect("an answer"), &server);
    assert!(took < Duration::from_secs(20), "{took:?}");
    expect_recovered(&server);
}

const OTHERS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn terminated_sessions_cost_at_most_one_answer() {
    let database = Database::postgres().with(CENTRE);
    let server = database.serve();
    crowd(&server);
    let ended = database.number(&format!("SELECT count(pg_terminate_backend(pid, 5000)) AS number {OTHERS}"));
    assert!(ended > 1, "there were several sessions");
    expect_recovered(&server);
}

#[test]
fn a_session_that_is_terminated_in_the_middle_of_a_change_leaves_nothing_half() {
    let database = Database::postgres().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    // The change moves the queue's time, then it waits for the journal.
    holder.execute("BEGIN; LOCK TABLE journal IN ACCESS EXCLUSIVE MODE");
    std::thread::scope(|scope| {
        let database = &database;
        scope.spawn(move || {
            wait_for("the change to wait", || {
                let waiting = format!("SELECT count(*) AS number {OTHERS} AND wait_event_type = 'Lock'");
                (database.number(&waiting) == 1).then_some(())
            });
            let waiting = format!("{OTHERS} AND wait_event_type = 'Lock'");
            database.number(&format!("SELECT count(pg_terminate_backend(pid, 5000)) AS number {waiting}"));
        });
        expect_away(form.send("Save", &CHOICE), &server);
    });
    holder.execute("ROLLBACK");
    assert_eq!(database.export(), CENTRE);
    assert_eq!(form.press("Save", &CHOICE).expect(200).all("tbody tr").len(), 1);
    database.expect_sound();
}

#[test]
fn a_table_that_somebody_else_has_locked_is_told_in_time() {
    let database = Database::postgres().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let form = browser.get(&format!("{HOOKS}/new")).expect(200);
    let mut holder = database.session();
    holder.execute("BEGIN; LOCK TABLE hooks IN ACCESS EXCLUSIVE MODE");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let browser = server.browser();
            browser.get("/contact-center/queues").expect(200);
        });
        let (page, took) = timed(|| browser.get(HOOKS));
        expect_told(page, &server, "The database is busy");
        assert!(took < BOUND, "{took:?}");
    });
    let (page, took) = timed(|| form.send("Save", &CHOICE));
    expect_told(page, &server, "The database is busy");
    assert!(took < BOUND, "{took:?}");
    holder.execute("ROLLBACK");
    assert_eq!(form.press("Save", &CHOICE).expect(200).all("tbody tr").len(), 1);
    database.expect_sound();
}

#[test]
fn a_database_without_its_tables_is_told() {
    let database = Database::postgres().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    database.session().execute("ALTER TABLE hooks RENAME TO elsewhere");
    expect_away(browser.get(HOOKS), &server);
    database.session().execute("ALTER TABLE elsewhere RENAME TO hooks");
    expect_recovered(&server);
}

#[test]
fn a_full_disk_is_told_by_its_name() {
    let database = Database::postgres().with(CENTRE);
    let server = database.serve();
    let form = server.browser();
    let form = form.get(&format!("{HOOKS}/new")).expect(200);
    // What the server says when a table cannot grow, at once or at the end of the transaction.
    for constraint in ["TRIGGER", "CONSTRAINT TRIGGER"] {
        let deferred = if constraint == "TRIGGER" { "" } else { "DEFERRABLE INITIALLY DEFERRED" };
        database.session().execute(&format!(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', \
             MESSAGE = 'could not extend file \"base/16384/16385\": No space left on device'; END $$; \
             CREATE {constraint} full_disk AFTER INSERT ON hooks {deferred} FOR EACH ROW EXECUTE FUNCTION full_disk()"
        ));
        expect_told(form.send("Save", &CHOICE), &server, "The disk is full");
        database.session().execute("DROP FUNCTION full_disk CASCADE");
    }
    form.send("Save", &CHOICE).expect(303);
}

#[test]
fn a_server_that_takes_no_more_connections_is_told() {
    let cluster = Cluster::start();
    let database = Database::of(&cluster).with(CENTRE);
    let mut holder = database.session();
    holder.execute("CREATE ROLE limited SUPERUSER LOGIN");
    let mut limited = Database::of(&cluster);
    limited.url = limited.url.replace("postgres@", "limited@");
    let server = limited.serve();
    server.browser().get(HOOKS).expect(200);
    holder.execute("ALTER ROLE limited NOSUPERUSER CONNECTION LIMIT 0");
    let sessions = "FROM pg_stat_activity WHERE usename = 'limited'";
    holder.number(&format!("SELECT count(pg_terminate_backend(pid, 5000)) AS number {sessions}"));
    let browser = server.browser();
    // The first one may still hear that its connection was cut.
    browser.get(HOOKS);
    expect_told(browser.get(HOOKS), &server, "The database takes no more connections");
    holder.execute("ALTER ROLE limited SUPERUSER CONNECTION LIMIT -1");
    expect_recovered(&server);
}
