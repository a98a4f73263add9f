//! `queue-hooks export`.

use support::process::*;

#[on_both]
fn export_gives_what_import_took_to_the_byte(database: &Database) {
    let imported = database.import(DEMONSTRATION).well().errors;
    assert_eq!(imported, "Imported 12 queues, 214 flow schemas and 214 hooks.\n");
    assert!(database.export() == DEMONSTRATION, "the export differs");
    database.expect_sound();
}

#[on_both]
fn an_empty_database_exports_nothing(database: &Database) {
    database.migrate();
    assert_eq!(database.export(), "");
}

#[on_both]
fn names_and_flow_schemas_are_kept_to_the_letter(database: &Database) {
    let lines = "\
        {\"queue\":{\"id\":\"9007199254740990\",\"name\":\"\\\"<b>&\\\\ Вхідна лінія 🎧\",\"type\":9,\"enabled\":false}}\n\
        {\"flow_schema\":{\"id\":\"7\",\"name\":\"🎧\",\"type\":\"default\",\"editor\":true,\"schema\":[ 1.0, 1e400,  {\"a\":1,\"a\":\"\\u0041\"} ]}}\n\
        {\"hook\":{\"id\":9007199254740991,\"queue_id\":9007199254740990,\"schema\":{\"id\":\"7\"},\"event\":\"active\",\"enabled\":false}}\n";
    database.import(lines).well();
    assert_eq!(database.export(), lines);
}

#[on_both]
fn a_flow_schema_of_several_lines_is_one_line_of_the_export(database: &Database) {
    let line = |schema: &str| {
        format!(r#"{{"flow_schema":{{"id":"7","name":"CRM","type":"service","editor":false,"schema":{schema}}}}}"#)
            + "\n"
    };
    database.import(line(r#"[{"log":"a  b"}]"#)).well();
    database.session().execute("UPDATE flow_schemas SET schema = '[\r\n  {\n\t\"log\": \"a  b\"\n  }\n]\n'");
    assert_eq!(database.export(), line(r#"[{"log": "a  b"}]"#));
}

#[test]
fn an_export_from_sqlite_into_postgresql_gives_the_same_export() {
    let (from, to) = (Database::sqlite().with(DEMONSTRATION), Database::postgres());
    to.import(from.export()).well();
    assert!(to.export() == DEMONSTRATION, "the export differs");
}

#[test]
fn an_export_from_postgresql_into_sqlite_gives_the_same_export() {
    let (from, to) = (Database::postgres().with(DEMONSTRATION), Database::sqlite());
    to.import(from.export()).well();
    assert!(to.export() == DEMONSTRATION, "the export differs");
}
