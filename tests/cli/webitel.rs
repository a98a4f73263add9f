//! `queue-hooks webitel attach`: a domain of a live Webitel system in the place of tables of our own.

use support::attached::{Attached, LOGIN, WEBITEL, as_role};
use support::process::*;

pub const ATTACH: &[&str] = &["webitel", "attach", "--domain", "1", "--user", "12", "--yes"];

#[test]
fn what_is_attached_is_used_by_the_role_that_it_names() {
    let root = Database::postgres();
    root.session().execute(WEBITEL);
    let told = root.run(ATTACH).well().output;
    for part in [
        "the role queue_hooks_owner, which cannot log in",
        "the role queue_hooks, which can log in",
        "  GRANT USAGE ON",
    ] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    let attached = Database::at(&as_role(&root.url, LOGIN));
    attached.let_in("anna", "administrator");
    let server = attached.serve();
    server.signed_in("anna").get("/contact-center/queues").expect(200);
    // Once more: what is ours stays.
    root.run(ATTACH).well();
    assert!(attached.run(&["person", "list"]).well().output.starts_with("anna\t"));
    server.signed_in("anna").get("/routing/flow").expect(200);
}

/// The columns of everything that is in a schema, each with its type.
fn columns(database: &Database, schema: &str) -> Vec<String> {
    database.lines(&format!(
        "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) AS line \
         FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid \
         WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY 1"
    ))
}

/// What holds for the tables that both have, by their definitions.
fn rules(database: &Database, schema: &str) -> Vec<String> {
    let ours = "('people', 'sessions', 'tokens', 'links', 'sign_in_failures', 'keys', 'people_journal', 'journal', \
                'forgotten', 'name_keys')";
    let rules = database.lines(&format!(
        "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = '{schema}' AND tablename IN {ours} \
         UNION ALL SELECT c.conrelid::regclass || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint AS c \
             WHERE c.conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relname IN {ours}) \
         UNION ALL SELECT format('%s.%s %s %s %s', c.relname, a.attname, a.attnotnull, a.attidentity, a.attcollation) \
             FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relnamespace = '{schema}'::regnamespace AND c.relname IN {ours} ORDER BY 1"
    ));
    let mut rules: Vec<_> = rules.into_iter().map(|rule| rule.replace(&format!("{schema}."), "")).collect();
    rules.sort();
    rules
}

#[test]
fn an_attached_database_has_every_table_and_column_that_own_tables_have() {
    let own = Database::postgres();
    own.migrate();
    let attached = Database::at(&Attached::new(true).root);
    let there = columns(&attached, LOGIN);
    // Ids are as wide as those of Webitel, and only a trigger of our own tables asks which transaction moved a queue.
    let ids = ["hooks.id", "hooks.queue_id", "hooks.schema_id", "hook_counts.queue_id", "queues.id"];
    let expected = columns(&own, "public").into_iter().filter(|column| !column.starts_with("queues.moved_in "));
    let expected = expected.map(|column| match column.strip_suffix(" bigint") {
        Some(id) if ids.contains(&id) => format!("{id} integer"),
        _ => column,
    });
    let missing: Vec<String> = expected.filter(|column| !there.contains(column)).collect();
    assert_eq!(missing, [""; 0], "migrations/webitel has everything that migrations/postgres has");
    assert_eq!(rules(&attached, LOGIN), rules(&own, "public"));
    let functions = |database: &Database, schema: &str| {
        database.lines(&format!(
            "SELECT proname || '(' || pg_get_function_arguments(oid) || ') ' || pg_get_function_result(oid) AS line \
             FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND proname IN ('lock_queues', 'keep_flow_schemas', 'draw_ids') ORDER BY 1"
        ))
    };
    assert_eq!(functions(&attached, LOGIN), functions(&own, "public"));
    assert_eq!(functions(&attached, LOGIN).len(), 3);
}
