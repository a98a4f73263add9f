//! The plans that both databases really choose for lists, searches and the drop-down, in a center that is large enough
//! for a wrong one to show: with statistics and without, where hooks may run every flow schema and where they may run
//! few. On PostgreSQL the statements are prepared and have run ten times before, because it changes its mind after
//! five.

use diesel::connection::SimpleConnection;
use serde_json::Value;

use super::*;

const QUEUES: i64 = 200;
const SCHEMAS: i64 = 2000;
/// In the first queue; each other one has [`HOOKS_EACH`].
const HOOKS: i64 = 20_000;
const HOOKS_EACH: i64 = 5;

/// Which flow schemas hooks may run.
#[derive(Clone, Copy, Debug)]
enum Usable {
    All,
    Few,
}

/// Numbers from 1, for an INSERT.
pub fn numbers(count: i64) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
}

/// Hooks run flow schemas that they may run; one in a thousand of the first queue's names “Rare”.
fn fill(app: &App, usable: Usable) {
    let bytes = |text: &str| match app.backend {
        Backend::Sqlite => format!("CAST({text} AS BLOB)"),
        Backend::Postgres | Backend::Attached => format!("convert_to({text}, 'UTF8')"),
    };
    let keys = "name, folded_name, sort_key";
    let named = |name: &str| format!("{name}, lower({name}), {}", bytes(&format!("lower({name})")));
    let (queue, schema) =
        ("'Queue ' || i", "CASE i % 3 WHEN 0 THEN 'CRM ' WHEN 1 THEN 'Push to CRM ' ELSE 'Billing ' END || i");
    let (kind, step) = match usable {
        Usable::All => ("'service'", 1),
        Usable::Few => ("CASE i % 100 WHEN 0 THEN 'service' ELSE 'voice' END", 100),
    };
    let schema_id = format!("(i * 7919 % {}) * {step} + {step}", SCHEMAS / step);
    let event = "CASE i % 8 WHEN 0 THEN 'joined' WHEN 1 THEN 'answered' WHEN 2 THEN 'offering' WHEN 3 THEN 'bridged' \
                 WHEN 4 THEN 'missed' WHEN 5 THEN 'leaving' WHEN 6 THEN 'processing' ELSE 'active' END";
    let times = "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP";
    let statements = [
        format!(
            "INSERT INTO queues (id, {keys}, type, enabled, created_at, updated_at) {} SELECT i, {}, i % 10, i % 7 <> 0, {times} FROM n",
            numbers(QUEUES),
            named(queue)
        ),
        format!(
            "INSERT INTO flow_schemas (id, {keys}, type, editor, schema, created_at, updated_at) {} \
             SELECT i, {}, {kind}, i % 3 = 0, '[]', {times} FROM n",
            numbers(SCHEMAS),
            named(schema)
        ),
        format!(
            "INSERT INTO hooks (id, queue_id, schema_id, event, enabled, updated_at) {} \
             SELECT i, 1, {schema_id}, {event}, i <= 8, CURRENT_TIMESTAMP FROM n",
            numbers(HOOKS)
        ),
        format!(
            "INSERT INTO hooks (id, queue_id, schema_id, event, enabled, updated_at) {} \
             SELECT {HOOKS} + i, i / {HOOKS_EACH} + 2, {schema_id}, {event}, i % 2 = 0, CURRENT_TIMESTAMP FROM n",
            numbers((QUEUES - 2) * HOOKS_EACH)
        ),
    ];
    write(app, |conn| {
        // It would collect statistics when it likes to.
        if matches!(conn, Conn::Postgres(_)) {
            for table in ["queues", "flow_schemas", "hooks", "hook_counts"] {
                let alone = format!("ALTER TABLE {table} SET (autovacuum_enabled = false)");
                on_each!(conn, c => c.batch_execute(&alone))?;
            }
        }
        for statement in &statements {
            on_each!(conn, c => c.batch_execute(statement))?;
        }
        Ok(())
    });
}

/// What a person asks for, and how many entries of hooks it may touch.
fn asked() -> Vec<(String, i64)> {
    let hooks = "/contact-center/queues/1/hooks";
    let (some, page, all) = (200, 2000, 3 * HOOKS);
    let mut asked = vec![
        (hooks.to_owned(), some),
        // It may sort what it finds.
        (format!("{hooks}?event=joined&event=active"), HOOKS / 4 + some),
        (format!("{hooks}?page=190&size=100"), page * 3),
        (format!("{hooks}?sort=updated_at&page=190&size=100"), page * 3),
        // One flow schema, with ten hooks.
        (format!("{hooks}?q=crm+1500"), page),
        (format!("{hooks}?q=nothing"), some),
        (format!("{hooks}?q=crm"), all),
        (format!("{hooks}?q=crm&sort=-schema"), all),
        (format!("{hooks}?q=crm+1500&sort=schema"), page),
        ("/contact-center/queues/9/hooks?sort=schema".into(), some),
        ("/contact-center/queues/9/hooks?q=crm".into(), page),
        ("/routing/flow/1500/hooks".into(), page),
        ("/routing/flow?used=true".into(), all),
        ("/routing/flow?sort=-used_by".into(), all),
        ("/contact-center/queues?q=queue+1&sort=hooks".into(), 0),
        // Of each queue, its enabled hooks: at most one for each event.
        ("/contact-center/queues/coverage?size=100".into(), 800),
        ("/contact-center/queues/coverage?missing=leaving&sort=missing&size=100".into(), 800),
        ("/contact-center/queues/coverage?q=queue+1".into(), 80),
    ];
    for sort in ["-event", "enabled", "-enabled", "-updated_at", "schema", "-schema"] {
        asked.push((format!("{hooks}?sort={sort}"), page));
    }
    for list in ["/contact-center/queues", "/contact-center/queues?enabled=true&q=queue&sort=-type"] {
        asked.push((list.into(), 0));
    }
    for q in ["", "crm", "to+crm", "crm+1500", "nothing"] {
        asked.push((format!("/routing/flow/options?q={q}"), 0));
    }
    asked
}

/// Asks for each of them in a center, and hands over the statements, those about names or hooks.
fn each(backend: Backend, usable: Usable, has_statistics: bool, mut check: impl FnMut(&App, &str, i64, &str)) {
    let app = App::start(backend);
    fill(&app, usable);
    if has_statistics {
        app.db.analyze().expect("it has statistics");
    }
    let browser = app.browser();
    let mut checked = 0;
    for (path, most) in asked() {
        take();
        browser.request("GET", &path, &[], b"").expect(200);
        for statement in take() {
            if statement.starts_with("SELECT") {
                check(&app, &path, most, &statement);
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "{checked}");
}

/// Which index a step reads hooks by; none if it is not about hooks.
fn index_of_hooks(step: &str) -> Option<&str> {
    let (_, index) = step.split_once(" hooks USING ")?;
    Some(index.trim_start_matches("COVERING ").trim_start_matches("INDEX "))
}

fn sqlite_chooses(usable: Usable, has_statistics: bool) {
    each(Backend::Sqlite, usable, has_statistics, |app, path, most, statement| {
        let steps = plan(app, statement);
        let told = || format!("{path} ({usable:?}, statistics: {has_statistics}): {statement}: {steps:#?}");
        let is_search = path.contains("/hooks") && path.contains("q=");
        for step in &steps {
            assert!(!step.starts_with("SCAN hooks") || most == 3 * HOOKS, "{}", told());
            assert!(!step.contains("AUTOMATIC"), "{}", told());
            let index = index_of_hooks(step);
            // What is found by name is found from the flow schemas; only who sees much of it walks the order.
            if is_search
                && index.is_some()
                && statement.contains("LIKE")
                && most < HOOKS
                && matches!(usable, Usable::All)
            {
                let is_by_name = |index: &str| {
                    index.starts_with("hooks_by_use (schema_id=? AND queue_id=?)")
                        || index.starts_with("INTEGER PRIMARY KEY")
                };
                assert!(index.is_some_and(is_by_name), "{}", told());
            }
        }
        // The drop-down and the lists by name walk the names; nothing is sorted.
        if path.starts_with("/routing/flow/options") || path == "/contact-center/queues" {
            assert!(!steps.iter().any(|step| step.contains("ORDER BY")), "{}", told());
        }
        if path.starts_with("/routing/flow/options") {
            assert!(steps.iter().all(|step| step.contains("COVERING INDEX flow_schemas_by_name")), "{}", told());
        }
    });
}

#[test]
fn sqlite_chooses_well_for_what_it_knows_and_for_what_it_does_not() {
    let _alone = record();
    for usable in [Usable::All, Usable::Few] {
        sqlite_chooses(usable, false);
        sqlite_chooses(usable, true);
    }
}

/// What is recorded of values, as JSON: words such as `Joined` are stored in small letters.
fn json(binds: &str) -> String {
    let parts = binds.split_inclusive('"').enumerate().map(|(number, part)| {
        let is_text = number % 2 == 1;
        let words = part.split_inclusive(|c: char| !c.is_alphabetic()).map(|word| {
            let (letters, rest) = word.split_at(word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len()));
            let is_word = !letters.is_empty() && !["true", "false"].contains(&letters);
            if is_word { format!("\"{}\"{rest}", letters.to_lowercase()) } else { word.to_owned() }
        });
        if is_text { part.replace("\\u{10ffff}", "\u{10ffff}") } else { words.collect() }
    });
    parts.collect()
}

/// A statement and its values as SQL, from how they are recorded: `SELECT … -- binds: [1, "crm", Joined, [98, 121]]`.
fn with_values(statement: &str) -> (&str, Vec<String>) {
    let (sql, binds) = statement.split_once(" -- binds: ").unwrap_or((statement, "[]"));
    let values: Vec<Value> = serde_json::from_str(&json(binds)).expect("values are recorded as Rust writes them");
    // A list of numbers is the bytes of a sort key, or an array of ids.
    let has_keys = sql.contains("\"sort_key\" >=");
    let element = |element: &Value| match element.as_u64() {
        Some(byte) if has_keys => format!("{byte:02x}"),
        Some(number) => number.to_string(),
        None => element.as_str().expect("a word").to_owned(),
    };
    let literal = |value: &Value| match value {
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(element).collect();
            if has_keys && !elements.iter().any(|element| element.len() > 2) {
                format!("'\\x{}'", elements.concat())
            } else {
                format!("'{{{}}}'", elements.join(","))
            }
        }
        other => format!("'{other}'"),
    };
    (sql, values.iter().map(literal).collect())
}

/// How many entries of a table a prepared statement touches in its eleventh run, and its plan.
pub fn touched(app: &App, statement: &str, table: &str) -> (i64, String) {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Text)]
        #[diesel(column_name = "QUERY PLAN")]
        plan: String,
    }
    let (sql, values) = with_values(statement);
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let plan: Vec<Plan> = write(app, |conn| {
        let Conn::Postgres(conn) = conn else { unreachable!("it is PostgreSQL") };
        // The application has these planned anew each time: it never prepares them.
        let is_prepared = !sql.contains("TRUE") && !sql.contains("count(*)");
        let runs = if is_prepared { 10 } else { 0 };
        conn.batch_execute(&format!("PREPARE asked AS {sql}"))?;
        for _ in 0..runs {
            conn.batch_execute(&format!("EXECUTE asked{values}"))?;
        }
        let explain = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked{values}");
        let plan = diesel::sql_query(explain).load(conn);
        conn.batch_execute("DEALLOCATE asked")?;
        plan
    });
    let json: Value = serde_json::from_str(&plan[0].plan).expect("the plan is JSON");
    (touched_by(&json[0]["Plan"], table), plan[0].plan.clone())
}

fn touched_by(node: &Value, table: &str) -> i64 {
    let number = |name: &str| node[name].as_f64().unwrap_or_default();
    let rows =
        ["Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"].map(number).iter().sum::<f64>();
    let own = if node["Relation Name"] == table { rows * number("Actual Loops") } else { 0.0 };
    let parts = node["Plans"].as_array().into_iter().flatten();
    own as i64 + parts.map(|part| touched_by(part, table)).sum::<i64>()
}

#[test]
fn postgres_chooses_well_for_what_it_knows_and_for_what_it_does_not() {
    let _alone = record();
    for usable in [Usable::All, Usable::Few] {
        for has_statistics in [false, true] {
            each(Backend::Postgres, usable, has_statistics, |app, path, most, statement| {
                let (touched, plan) = touched(app, statement, "hooks");
                // Nothing tells it that each of many flow schemas has few hooks, so it may sort all.
                let is_unknown = !has_statistics && path.ends_with("schema");
                let most = if is_unknown { 2 * HOOKS } else { most };
                let told = format!("{path} ({usable:?}, statistics: {has_statistics}): {statement}: {plan}");
                assert!(touched <= most, "{touched} of hooks for {told}");
            });
        }
    }
}

/// How many rows of queues a statement reads one after the other, in a connection that has run another one before.
fn read_in_a_row(app: &App, before: &str, statement: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Read {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    const READ: &str = "SELECT seq_tup_read AS rows FROM pg_stat_xact_user_tables WHERE relname = 'queues'";
    let rows: (Read, Read) = write(app, |conn| {
        let Conn::Postgres(conn) = conn else { unreachable!("it is PostgreSQL") };
        conn.batch_execute(before)?;
        let first = diesel::sql_query(READ).get_result(conn)?;
        conn.batch_execute(statement)?;
        Ok((first, diesel::sql_query(READ).get_result(conn)?))
    });
    rows.1.rows - rows.0.rows
}

#[test]
fn a_change_of_a_hook_reads_no_other_queue_whatever_came_before() {
    let _alone = record();
    for has_statistics in [false, true] {
        let app = App::start(Backend::Postgres);
        fill(&app, Usable::All);
        let more = format!(
            "INSERT INTO queues (id, name, folded_name, sort_key, type, created_at, updated_at) {} \
             SELECT {QUEUES} + i, 'More', 'more', 'more', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n",
            numbers(5000)
        );
        write(&app, |conn| on_each!(conn, c => c.batch_execute(&more)));
        if has_statistics {
            write(&app, |conn| on_each!(conn, c => c.batch_execute("ANALYZE")));
        }
        let many = "UPDATE hooks SET updated_at = CURRENT_TIMESTAMP WHERE queue_id > 1";
        for before in ["SELECT 1", many] {
            for change in [
                "UPDATE hooks SET enabled = NOT enabled WHERE id = 5",
                "INSERT INTO hooks (id, queue_id, schema_id, event, enabled, updated_at) \
                 SELECT max(id) + 1, 3, 1, 'missed', false, CURRENT_TIMESTAMP FROM hooks",
                "DELETE FROM hooks WHERE id = 7",
            ] {
                let rows = read_in_a_row(&app, before, change);
                assert_eq!(rows, 0, "{change} after {before}, statistics: {has_statistics}");
            }
        }
    }
}
