//! `queue-hooks migrate`.

use support::process::*;

#[on_both]
fn migrating_twice_is_fine(database: &Database) {
    for _ in 0..2 {
        let ended = database.run(&["migrate"]).well();
        assert_eq!(ended.output + &ended.errors, "", "there is nothing to say");
    }
    assert_eq!(sum(database), 0);
}

#[on_both]
fn migrating_keeps_the_data(database: &Database) {
    database.import(CENTRE).well();
    database.run(&["migrate"]).well();
    assert_eq!(database.export(), CENTRE);
}

#[on_both]
fn many_can_migrate_at_once(database: &Database) {
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| database.run(&["migrate"]))).collect();
        for run in runs {
            run.join().expect("a run").well();
        }
    });
    database.import(CENTRE).well();
}

#[on_both]
fn a_database_from_a_newer_version_is_left_alone(database: &Database) {
    database.run(&["migrate"]).well();
    database.session().execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')");
    let versions = "SELECT version AS line FROM __diesel_schema_migrations ORDER BY version";
    let before = database.lines(versions);
    for command in [&["migrate"][..], &["export"], &["import", "-"], &["--listen", "127.0.0.1:0"]] {
        let said = database.run(command).sentence();
        assert!(said.contains("newer version of Queue Hooks"), "{said}");
    }
    assert_eq!(database.lines(versions), before);
}
