//! Whoever follows the changes reads about as many entries as they are told, however long the journal is and whatever
//! it is about: with statistics and without, and on PostgreSQL after ten runs of the prepared statement.

use diesel::connection::SimpleConnection;

use super::plans::{numbers, touched};
use super::*;

const ENTRIES: i64 = 50_000;

/// What nearly all entries are about; the others are one in a thousand, and none of the last thousands.
#[derive(Clone, Copy, Debug)]
enum Mostly {
    Hooks,
    FlowSchemas,
}

fn fill(app: &App, mostly: Mostly) {
    let (many, few) = match mostly {
        Mostly::Hooks => ("'hook'", "'flow_schema'"),
        Mostly::FlowSchemas => ("'flow_schema'", "'hook'"),
    };
    let insert = format!(
        "INSERT INTO journal (id, change, at, author, subject, subject_id, queue_id, action) {} \
         SELECT i, '00', CURRENT_TIMESTAMP, 'anna', CASE WHEN i % 1000 = 0 AND i < {ENTRIES} / 2 THEN {few} ELSE {many} END, \
         i % 100, 1, 'edit' FROM n",
        numbers(ENTRIES)
    );
    write(app, |conn| {
        // It would collect statistics when it likes to.
        if let Conn::Postgres(conn) = conn {
            conn.batch_execute("ALTER TABLE journal SET (autovacuum_enabled = false)")?;
        }
        on_each!(conn, c => c.batch_execute(&insert))
    });
}

/// What programs ask for, and how many entries each statement about it may touch.
fn asked() -> Vec<(String, i64)> {
    let (middle, last) = (ENTRIES / 2, ENTRIES - 10);
    vec![
        ("size=40".into(), 41),
        (format!("after={middle}&size=40"), 41),
        (format!("after={middle}&size=1000"), 1001),
        (format!("after={last}"), 10),
        ("after=now".into(), 1),
    ]
}

/// Asks for each of them with tokens that may read this, and hands over the statements about the journal.
fn each(backend: Backend, mut check: impl FnMut(&App, &str, i64, &str)) {
    let _alone = record();
    let mut checked = 0;
    for mostly in [Mostly::Hooks, Mostly::FlowSchemas] {
        let app = App::start(backend);
        fill(&app, mostly);
        for has_statistics in [false, true] {
            if has_statistics {
                write(&app, |conn| on_each!(conn, c => c.batch_execute("ANALYZE")));
            }
            for rights in ["queues:read", "flow_schemas:read", "queues:read flow_schemas:read"] {
                let client = Client::new(&app, &token(&app, 1, &Rights::from_words(rights.split(' '))));
                // Whoever waits looks again, which takes a second each time.
                let is_once = has_statistics && matches!(mostly, Mostly::Hooks) && rights == "flow_schemas:read";
                let waiting = is_once.then(|| (format!("after={ENTRIES}&wait=1"), 1));
                for (query, most) in asked().into_iter().chain(waiting) {
                    take();
                    client.get(&format!("/api/changes?{query}")).expect(200);
                    let told = format!("{query} with {rights}, mostly {mostly:?}, statistics: {has_statistics}");
                    for statement in take().iter().filter(|statement| statement.contains("journal")) {
                        if !statement.contains("pg_locks") && !statement.contains("pg_stat") {
                            check(&app, &told, most, statement);
                            checked += 1;
                        }
                    }
                }
            }
            write(&app, |conn| on_each!(conn, c => c.batch_execute("DELETE FROM tokens")));
        }
    }
    assert!(checked > 80, "{checked}");
}

#[test]
fn whoever_follows_reads_what_they_are_told_on_sqlite() {
    each(Backend::Sqlite, |app, told, _, statement| {
        let steps = plan(app, statement);
        let is_by_kind = statement.contains("`journal`.`subject` = ");
        let walk = if statement.contains("max(") {
            "SEARCH journal"
        } else if is_by_kind {
            "SEARCH journal USING INDEX journal_by_section (subject=? AND id>?)"
        } else {
            "SEARCH journal USING INTEGER PRIMARY KEY (rowid>?)"
        };
        assert_eq!(steps, [walk], "{told}: {statement}");
    });
}

#[test]
fn whoever_follows_reads_what_they_are_told_on_postgres() {
    each(Backend::Postgres, |app, told, most, statement| {
        let (touched, plan) = touched(app, statement, "journal");
        assert!(touched <= most, "{touched} entries for {told}: {statement}: {plan}");
    });
}
