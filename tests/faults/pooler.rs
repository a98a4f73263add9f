//! PgBouncer in front of PostgreSQL. It gives each transaction a session of the server that others had before, and will
//! have afterwards.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::people::*;
use support::process::*;

/// What a pooler does with parameters that it does not keep: by default it refuses them; told so, it ignores them.
const CONFIGURATIONS: [&str; 2] = ["", "ignore_startup_parameters = options, extra_float_digits"];

#[test]
fn every_command_works_and_many_people_at_once() {
    for configuration in CONFIGURATIONS {
        let behind = Database::postgres();
        let bouncer = Bouncer::start(&behind, configuration);
        let database = bouncer.database();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| database.migrate());
            }
        });
        database.import(DEMONSTRATION).well();
        assert!(database.export() == DEMONSTRATION, "the export differs");
        database.let_in("anna", "administrator");
        assert!(database.run(&["person", "list"]).well().output.contains("anna"));

        let servers = [database.serve(), database.serve()];
        let added = AtomicUsize::new(0);
        let before = behind.number("SELECT count(*) AS number FROM journal");
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let (server, added) = (&servers[writer % 2], &added);
                scope.spawn(move || {
                    let browser = server.browser();
                    for number in 0..6 {
                        let page = add(&browser, &format!("{:032x}", writer * 1000 + number)).expect("an answer");
                        assert!(matches!(page.status, 303 | 422), "{}", page.body);
                        added.fetch_add(usize::from(page.status == 303), Ordering::Relaxed);
                        let page = browser.get(&format!("{HOOKS}?sort=event&size=20")).expect(200);
                        assert!(page.text("nav.pages p").contains(" of "), "{}", page.text("nav.pages p"));
                        browser.get("/routing/flow").expect(200);
                        browser.get("/contact-center/queues").expect(200);
                    }
                });
            }
        });
        let after = behind.number("SELECT count(*) AS number FROM journal");
        assert_eq!(after - before, added.into_inner() as i64, "{configuration}");
        behind.expect_sound();
        servers.into_iter().for_each(Server::stop);
        // Nothing of ours stays with a session that others get.
        let locks = "SELECT count(*) AS number FROM pg_locks WHERE locktype = 'advisory'";
        assert_eq!(behind.number(locks), 0);
        let mut other = database.session();
        for _ in 0..3 {
            assert_eq!(other.lines("SELECT current_setting('statement_timeout') AS line"), ["0"]);
            assert_eq!(
                other.number("SELECT count(*) AS number FROM pg_prepared_statements WHERE name LIKE '%diesel%'"),
                0
            );
        }
    }
}

#[test]
fn a_lock_is_not_waited_for_without_end_there_either() {
    let behind = Database::postgres().with(CENTRE);
    let bouncer = Bouncer::start(&behind, "");
    let server = bouncer.database().serve();
    let browser = server.browser();
    let mut holder = behind.session();
    holder.execute("BEGIN; LOCK TABLE hooks IN ACCESS EXCLUSIVE MODE");
    let (page, took) = timed(|| browser.get(HOOKS));
    expect_told(page, &server, "The database is busy");
    assert!(took < std::time::Duration::from_secs(9), "{took:?}");
    holder.execute("ROLLBACK");
    expect_recovered(&server);
}

#[test]
fn options_of_ones_own_stay_and_a_session_of_ones_own_is_noticed() {
    let database = Database::postgres();
    database.session().execute("CREATE SCHEMA theirs");
    // Both ways to write them, and without a pooler statements are prepared.
    let written = Database::at(&format!("{}?options=-c%20search_path%3Dtheirs", database.url));
    written.import(CENTRE).well();
    let tables = "SELECT count(*) AS number FROM pg_tables WHERE schemaname = 'theirs' AND tablename = 'hooks'";
    assert_eq!(database.number(tables), 1);
    let inherited =
        Program::new(&["export"]).env("DATABASE_URL", &database.url).env("PGOPTIONS", "-c search_path=theirs");
    assert_eq!(inherited.run().well().output, CENTRE);
}
