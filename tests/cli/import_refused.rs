//! What `queue-hooks import` says about lines that are wrong: which line, and what. After any error nothing is
//! stored.

use support::process::*;

/// The errors of an import into a database that has the centre and nothing else, afterwards too.
#[track_caller]
fn errors(database: &Database, lines: impl Into<Vec<u8>>) -> Vec<String> {
    let said = database.import(lines).failed();
    assert_eq!(database.export(), CENTRE, "nothing was stored");
    assert_eq!(database.number("SELECT count(*) AS number FROM hook_counts"), 0, "nothing was counted");
    let said: Vec<_> = said.trim_end_matches('\n').split('\n').collect();
    let [first, errors @ .., last] = &said[..] else { panic!("{said:?}") };
    assert_eq!(*first, "queue-hooks: Nothing was imported:");
    assert_eq!(*last, "Correct the file and import it again");
    errors.iter().map(|&error| error.to_owned()).collect()
}

/// The only error of a file whose other lines are good.
#[track_caller]
fn error(database: &Database, line: &str) -> String {
    let lines = format!("{}\n\n{line}\n{}\n", queue(2, "Before"), queue(3, "After"));
    let errors = errors(database, lines);
    let [error] = &errors[..] else { panic!("{errors:?}") };
    error.strip_prefix("line 3: ").unwrap_or_else(|| panic!("the third line in {error}")).to_owned()
}

fn queue(id: i64, name: &str) -> String {
    format!(r#"{{"queue":{{"id":"{id}","name":"{name}","type":1,"enabled":true}}}}"#)
}

fn schema(id: i64, name: &str) -> String {
    format!(r#"{{"flow_schema":{{"id":"{id}","name":"{name}","type":"service","editor":false,"schema":[]}}}}"#)
}

fn hook(id: i64, queue: i64, schema: i64, event: &str) -> String {
    format!(
        r#"{{"hook":{{"id":{id},"queue_id":{queue},"schema":{{"id":"{schema}"}},"event":"{event}","enabled":true}}}}"#
    )
}

/// A line and the words that its error must have.
fn wrong_lines() -> Vec<(String, &'static [&'static str])> {
    vec![
        ("nonsense".into(), &["expected value (column 1)"]),
        ("{\"queue\":{\"id\":".into(), &["EOF", "(column 15)"]),
        (queue(9, "x") + "x", &["trailing characters"]),
        ("[]".into(), &[]),
        ("null".into(), &[]),
        ("{}".into(), &[]),
        (r#"{"queue":{},"hook":{}}"#.into(), &[]),
        (r#"{"agent":{"id":"9"}}"#.into(), &["unknown variant `agent`", "queue"]),
        (queue(9, "x").replace("name", "nome"), &["unknown field `nome`", "name"]),
        (queue(9, "x").replace(r#""type":1,"#, ""), &["missing field `type`"]),
        (queue(9, "x").replace("\"type\":1", "\"type\":10"), &["type is 0 to 9, not 10"]),
        (queue(9, "x").replace("\"type\":1", "\"type\":-1"), &["type is 0 to 9, not -1"]),
        (queue(9, "x").replace("\"type\":1", "\"type\":\"1\""), &["invalid type: string"]),
        (queue(9, "x").replace("true", "\"yes\""), &["expected a boolean"]),
        (schema(9, "x").replace("service", "sms"), &["unknown variant `sms`", "service"]),
        (schema(9, "x").replace("[]", "{}"), &["a flow schema is an array"]),
        (schema(9, "x").replace("[]", "\"[]\""), &["a flow schema is an array"]),
        (schema(9, "x").replace("[]", "null"), &["a flow schema is an array"]),
        (schema(9, "x").replace("[]", "[1,]"), &["column"]),
        (hook(9, 1, 1, "ringing"), &["unknown variant `ringing`", "joined"]),
        (hook(9, 1, 1, "Joined"), &["unknown variant `Joined`"]),
        (hook(9, 4, 1, "joined"), &["there is no queue 4"]),
        (hook(9, 1, 4, "joined"), &["there is no flow schema 4"]),
        (queue(1, "x"), &["there is a queue 1 already"]),
        (queue(2, "x"), &["there is a queue 2 already"]),
        (schema(1, "x"), &["there is a flow schema 1 already"]),
        (schema(9, "CRM: push"), &["flow schema 1", "“CRM: push”"]),
        (queue(9, ""), &["Type a name."]),
        (queue(9, &"ї".repeat(251)), &["at most 250 characters"]),
        (schema(9, ""), &["Type a name."]),
        (schema(9, &"🎧".repeat(101)), &["at most 100 characters"]),
        (queue(9, "a\\u0000b"), &["invisible characters"]),
        (schema(9, "a\\u0000b"), &["invisible characters"]),
        (queue(9, "\\ud800"), &["column"]),
        (queue(9, "\\udc00x"), &["column"]),
        (queue(0, "x"), &["an id"]),
        (queue(-5, "x"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "-5"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "0"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "9.5"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "\"+9\""), &["an id"]),
        (queue(9, "x").replace("\"9\"", "\"\""), &["an id"]),
        (queue(9, "x").replace("\"9\"", "null"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "\"9223372036854775808\""), &["an id"]),
        (queue(9, "x").replace("\"9\"", "9223372036854775808"), &["an id"]),
        (queue(9, "x").replace("\"9\"", "1e3"), &["an id"]),
    ]
}

#[on_both]
fn each_wrong_line_is_told_by_its_number_and_what_is_wrong_with_it(database: &Database) {
    database.import(CENTRE).well();
    for (line, words) in wrong_lines() {
        let error = error(database, &line);
        assert!(words.iter().all(|word| error.contains(word)), "{words:?} in {error:?} of {line}");
        assert!(!error.is_empty() && !error.contains("the database refused it"), "{error}");
    }
}

#[on_both]
fn all_wrong_lines_are_told_in_one_run(database: &Database) {
    database.import(CENTRE).well();
    let wrong: Vec<_> = wrong_lines();
    let lines: Vec<_> = [queue(2, "Before")].into_iter().chain(wrong.iter().map(|(line, _)| line.clone())).collect();
    let errors = errors(database, lines.join("\n"));
    let mut told: Vec<u64> = errors
        .iter()
        .map(|error| error.strip_prefix("line ").and_then(|e| e.split(':').next()).expect("a line").parse())
        .collect::<Result<_, _>>()
        .expect("numbers");
    assert!(told.is_sorted(), "in the order of the lines: {told:?}");
    told.dedup();
    assert_eq!(told, (2..=wrong.len() as u64 + 1).collect::<Vec<_>>());
}

#[on_both]
fn ids_that_the_file_itself_takes_twice_are_told(database: &Database) {
    database.import(CENTRE).well();
    let hook = hook(5, 1, 1, "joined");
    let lines = [&queue(2, "x"), &queue(2, "y"), &schema(8, "x"), &schema(8, "y"), &schema(9, "x"), &hook, &hook];
    let lines = lines.map(String::as_str).join("\n");
    assert_eq!(
        errors(database, lines),
        [
            "line 2: there is a queue 2 already",
            "line 4: there is a flow schema 8 already",
            "line 5: flow schema 8 has the name “x” already",
            "line 7: there is a hook 5 already",
        ]
    );
}

#[on_both]
fn a_second_enabled_hook_for_an_event_is_told(database: &Database) {
    database.import(CENTRE).well();
    let off = |line: String| line.replace("\"enabled\":true", "\"enabled\":false");
    let lines =
        [hook(5, 1, 1, "joined"), off(hook(6, 1, 1, "joined")), hook(7, 1, 2, "joined"), hook(8, 1, 1, "missed")];
    assert_eq!(
        errors(database, lines.join("\n")),
        ["line 3: Joined → CRM: push is enabled already, and an event takes one enabled hook."]
    );
}

#[on_both]
fn a_hook_that_refers_to_a_wrong_line_is_told_too(database: &Database) {
    database.import(CENTRE).well();
    let lines = [queue(2, ""), hook(5, 2, 1, "joined")].join("\n");
    assert_eq!(errors(database, lines), ["line 1: Type a name.", "line 2: there is no queue 2"]);
}

#[on_both]
fn after_a_hundred_errors_the_rest_is_counted(database: &Database) {
    database.import(CENTRE).well();
    let lines: Vec<_> = (0..1234).map(|id| hook(id + 1, 77, 1, "joined")).collect();
    let errors = errors(database, lines.join("\n"));
    assert_eq!(errors.len(), 101);
    assert_eq!(errors[0], "line 1: there is no queue 77");
    assert_eq!(errors[99], "line 100: there is no queue 77");
    assert_eq!(errors[100], "and 1134 more");
}

#[on_both]
fn bytes_that_are_no_text_are_told(database: &Database) {
    database.import(CENTRE).well();
    let mut lines = queue(2, "Before").into_bytes();
    lines.extend(b"\n{\"queue\":{\"id\":\"9\",\"name\":\"\xff\xfe\",\"type\":1,\"enabled\":true}}\n");
    assert_eq!(errors(database, lines), ["line 2: not UTF-8 after byte 27"]);
}

#[on_both]
fn a_line_of_more_than_8_mib_is_told(database: &Database) {
    database.import(CENTRE).well();
    let endless = schema(9, "x").replace("[]", &format!("[\"{}\"]", "x".repeat(8 << 20)));
    assert_eq!(errors(database, [queue(2, "x"), endless].join("\n")), ["line 2: the line is longer than 8 MiB"]);
}

#[on_both]
fn a_flow_schema_of_more_than_1_mib_is_told(database: &Database) {
    database.import(CENTRE).well();
    let large = schema(9, "x").replace("[]", &format!("[\"{}\"]", "x".repeat(1 << 20)));
    assert!(error(database, &large).contains("1 MiB"));
}
