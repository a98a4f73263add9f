//! How many statements a page costs, and that each walks an index. A binary of its own, because what counts
//! the statements is set once for a process.

mod changes;
mod plans;

use std::sync::{Mutex, MutexGuard};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use queue_hooks::access::rights::{Preset, Rights};
use queue_hooks::db::Conn;
use queue_hooks::model::event::Event::*;
use queue_hooks::model::hooks::filter::Filter;
use queue_hooks::on_each;
use queue_hooks::web::paging::View;
use support::*;

/// The statements of every connection since they were last taken.
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Only one test at a time may count.
static COUNTING: Mutex<()> = Mutex::new(());

struct Recorder;

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let statement = query.to_string();
            // What the pool does by itself, at any time: open connections and ask whether one lives.
            let is_of_pool = ["SET ", "PRAGMA ", "SELECT 1"].iter().any(|of_pool| statement.starts_with(of_pool));
            // Who sent the request: one query, whatever the page.
            let is_of_session = statement.contains("sessions") && !statement.contains("people_journal");
            if !is_of_pool && !is_of_session {
                STATEMENTS.lock().expect("nobody panics with it").push(statement);
            }
        }
    }
}

/// Begins to count; until the guard is dropped, no other test does.
fn record() -> MutexGuard<'static, ()> {
    let alone = COUNTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    set_default_instrumentation(|| Some(Box::new(Recorder))).expect("it can be set");
    alone
}

fn take() -> Vec<String> {
    std::mem::take(&mut STATEMENTS.lock().expect("nobody panics with it"))
}

const COVERAGE: &str = "/contact-center/queues/coverage";

/// The address of every list page, in every order and with every filter, as links have it; none is past the end.
/// Any other would lead elsewhere and be counted twice.
fn pages(queue_id: i64, schema_id: i64) -> Vec<String> {
    let hooks = format!("/contact-center/queues/{queue_id}/hooks");
    let mut pages =
        vec!["/contact-center/queues".into(), "/routing/flow".into(), hooks.clone(), format!("{hooks}/history")];
    pages.extend(["/people", "/people/history", "/people?q=a"].map(str::to_owned));
    for query in ["q=a", "sort=-name", "q=a&sort=-name&page=2", "size=1000"] {
        pages.push(format!("/contact-center/queues?{query}"));
        pages.push(format!("/routing/flow?{query}"));
    }
    for sort in ["-type", "type", "hooks", "-hooks", "enabled", "-enabled", "updated_at", "-updated_at"] {
        pages.push(format!("/contact-center/queues?sort={sort}"));
        pages.push(format!("/contact-center/queues?type=1&enabled=true&q=a&sort={sort}"));
    }
    for query in
        ["", "?q=a", "?sort=-name&size=2", "?sort=type", "?sort=missing", "?sort=-missing&page=2", "?size=1000"]
    {
        pages.push(format!("{COVERAGE}{query}"));
    }
    for query in ["?missing=leaving", "?type=1&enabled=true&missing=joined&q=a&sort=-missing"] {
        pages.push(format!("{COVERAGE}{query}"));
        pages.push(format!("/contact-center/queues{query}"));
    }
    for sort in ["-type", "type", "editor", "-editor", "used_by", "-used_by", "updated_at", "-updated_at"] {
        pages.push(format!("/routing/flow?sort={sort}"));
        pages.push(format!("/routing/flow?type=service&used=true&q=a&sort={sort}"));
    }
    for sort in ["-queue", "event", "-event", "enabled", "-enabled", "updated_at", "-updated_at"] {
        pages.push(format!("/routing/flow/{schema_id}/hooks?sort={sort}"));
        pages.push(format!("/routing/flow/{schema_id}/hooks?event=joined&enabled=false&q=a&sort={sort}"));
    }
    pages.extend(["hooks", "history", "history/tries", "try"].map(|tab| format!("/routing/flow/{schema_id}/{tab}")));
    pages.extend(["/contact-center/queues/history", "/routing/flow/history?action=add"].map(str::to_owned));
    let mut add = |query: String| pages.push(format!("{hooks}{}", View::<Filter>::from_query(&query).query()));
    for sort in ["event", "schema", "enabled", "updated_at"] {
        for filter in ["", "&page=2", "&event=joined", "&event=joined&event=active", "&enabled=true", "&q=crm"] {
            add(format!("sort={sort}{filter}"));
            add(format!("sort=-{sort}{filter}"));
        }
        add(format!("sort={sort}&event=joined&enabled=false&q=crm"));
    }
    pages
}

/// Enough of everything for two pages: a queue with hooks, and a flow schema that one runs.
fn fill(app: &App) -> (i64, i64) {
    let queue_id = queue().create(app);
    for number in 0..15 {
        let schema_id = schema(&format!("A CRM {number}")).create(app);
        queue().name(&format!("A queue {number}")).create(app);
        hook(queue_id, schema_id).off().create(app);
    }
    let schema_id = schema("Last CRM").create(app);
    hook(queue_id, schema_id).event(Active).create(app);
    (queue_id, schema_id)
}

/// Asks for each list page and hands over the statements that it made.
fn each_page(backend: Backend, mut check: impl FnMut(&App, &str, Vec<String>)) {
    let _alone = record();
    let app = App::start(backend);
    let (queue_id, schema_id) = fill(&app);
    let browser = app.browser();
    for path in pages(queue_id, schema_id) {
        take();
        browser.request("GET", &path, &[], b"").expect(200);
        check(&app, &path, take());
    }
}

fn a_list_page_makes_at_most_three_queries(backend: Backend) {
    each_page(backend, |_, path, statements| {
        assert!((1..=3).contains(&statements.len()), "{path} makes {}: {statements:#?}", statements.len());
    });
}

#[test]
fn a_list_page_makes_at_most_three_queries_on_sqlite() {
    a_list_page_makes_at_most_three_queries(Backend::Sqlite);
}

#[test]
fn a_list_page_makes_at_most_three_queries_on_postgres() {
    a_list_page_makes_at_most_three_queries(Backend::Postgres);
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What SQLite would do, step by step.
fn plan(app: &App, statement: &str) -> Vec<String> {
    let sql = statement.split(" -- binds").next().unwrap_or_default();
    let steps: Vec<Step> =
        write(app, |conn| on_each!(conn, c => diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(c)));
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn no_list_page_reads_all_hooks_and_the_default_order_sorts_nothing() {
    let mut planned = 0;
    each_page(Backend::Sqlite, |app, path, statements| {
        for statement in statements.iter().filter(|statement| statement.contains("`hooks`.`queue_id`")) {
            let steps = plan(app, statement);
            assert!(!steps.iter().any(|step| step.starts_with("SCAN hooks")), "{path}: {statement}: {steps:#?}");
            assert!(steps.iter().any(|step| step.starts_with("SEARCH hooks ")), "{path}: {statement}: {steps:#?}");
            planned += 1;
        }
        // The hooks of one of the first pages come from an index in its order, and in that of events it has all of them.
        let by_event = "hooks USING COVERING INDEX hooks_by_event";
        let ends = [
            ("/hooks", by_event),
            ("?sort=-event", by_event),
            ("?sort=updated_at&page=2", "hooks USING INDEX hooks_by_updated_at"),
        ];
        let expected = ends.iter().find(|(end, _)| path.ends_with(end));
        if let Some((_, index)) = expected.filter(|_| path.starts_with("/contact-center")) {
            let steps = plan(app, statements.last().expect("the rows come last"));
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{path}: {steps:#?}");
            assert!(steps.iter().any(|step| step.contains(index)), "{path}: {steps:#?}");
        }
    });
    assert!(planned > 20, "{planned}");
}

#[test]
fn the_mark_of_flow_schemas_is_found_without_reading_their_text() {
    let mut planned = 0;
    each_page(Backend::Sqlite, |app, path, statements| {
        for statement in statements.iter().filter(|statement| statement.contains("max(`flow_schemas`.`updated_at`)")) {
            let steps = plan(app, statement);
            let reads = steps.iter().filter(|step| step.contains(" flow_schemas"));
            // Without anything behind the table, the last id is asked of its primary key.
            let is_index = |step: &&String| step.contains("COVERING INDEX") || step.as_str() == "SEARCH flow_schemas";
            assert!(reads.clone().count() > 0 && reads.clone().all(|step| is_index(&step)), "{path}: {steps:#?}");
            planned += 1;
        }
    });
    assert!(planned > 10, "{planned}");
}

#[test]
fn the_tries_of_a_flow_schema_are_found_by_an_index_in_their_order() {
    let mut planned = 0;
    each_page(Backend::Sqlite, |app, path, statements| {
        for statement in statements.iter().filter(|statement| statement.contains("`tries`.`at`")) {
            let steps = plan(app, statement);
            let is_by_index = steps.iter().any(|step| step.contains("tries USING INDEX tries_by_schema"));
            assert!(is_by_index && !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{path}: {steps:#?}");
            planned += 1;
        }
    });
    assert_eq!(planned, 2);
}

#[test]
fn a_list_by_name_is_the_walk_of_an_index() {
    let by_name = ["/contact-center/queues", COVERAGE, "/routing/flow", "/people"];
    let mut planned = 0;
    each_page(Backend::Sqlite, |app, path, statements| {
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let is_by_name =
            by_name.contains(&place) && query.split('&').all(|part| !part.starts_with("sort=") || part == "sort=-name");
        let is_by_name = is_by_name && !query.contains("missing=");
        if !is_by_name {
            return;
        }
        for statement in statements.iter().filter(|statement| statement.contains("`sort_key`")) {
            let steps = plan(app, statement);
            let walks = steps.iter().any(|step| step.starts_with("SCAN") && step.contains("_by_name"));
            assert!(walks && !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{path}: {steps:#?}");
            planned += 1;
        }
    });
    assert!(planned > 8, "{planned}");
}

#[test]
fn coverage_finds_counts_queues_and_hooks_in_indexes() {
    let mut planned = 0;
    each_page(Backend::Sqlite, |app, path, statements| {
        if !path.starts_with(COVERAGE) {
            return;
        }
        for statement in &statements {
            let steps = plan(app, statement);
            let is = |start: &str, end: &str| steps.iter().any(|step| step.starts_with(start) && step.contains(end));
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
            if statement.contains("GROUP BY") {
                let counts = is("", " queues USING COVERING INDEX queues_by_coverage");
                assert!(counts && !sorts, "{path}: {statement}: {steps:#?}");
            } else if statement.contains("hook_counts") {
                assert!(is("SEARCH hook_counts USING PRIMARY KEY (queue_id=?", ""), "{path}: {statement}: {steps:#?}");
                assert!(is("SEARCH hooks USING INDEX hooks_one_enabled", ""), "{path}: {statement}: {steps:#?}");
                assert!(is("SEARCH flow_schemas USING INTEGER PRIMARY KEY", ""), "{path}: {statement}: {steps:#?}");
            } else if path.contains("sort=missing") || path.contains("sort=-missing&page") {
                assert!(
                    is("SCAN queues USING INDEX queues_by_missing", "") && !sorts,
                    "{path}: {statement}: {steps:#?}"
                );
            }
            planned += 1;
        }
    });
    assert_eq!(planned, 3 * 9);
}

#[test]
fn the_drop_down_walks_the_names_in_their_order() {
    let _alone = record();
    let app = App::start(Backend::Sqlite);
    fill(&app);
    let browser = app.browser();
    // Without statistics, as a file begins, and with them.
    for statistics in ["", "ANALYZE"] {
        write(&app, |conn| on_each!(conn, c => diesel::connection::SimpleConnection::batch_execute(c, statistics)));
        for q in ["", "a", "crm", "a crm 1"] {
            take();
            browser.get(&format!("/routing/flow/options?q={}", q.replace(' ', "+"))).expect(200);
            let searches: Vec<_> = take().into_iter().filter(|statement| statement.contains("flow_schemas")).collect();
            assert!(!searches.is_empty());
            for search in searches {
                let steps = plan(&app, &search);
                let walks = |step: &String| step.contains("flow_schemas USING COVERING INDEX flow_schemas_by_name");
                assert!(steps.len() == 1 && steps.iter().all(walks), "{q} {statistics}: {search}: {steps:#?}");
            }
        }
    }
}

fn whoever_follows_the_changes_costs_few_queries(backend: Backend) {
    let _alone = record();
    let app = App::start(backend);
    let (queue_id, schema_id) = fill(&app);
    let all = Client::new(&app, &token(&app, 1, &Preset::Administrator.rights()));
    let hooks = format!("/api/call_center/queues/{queue_id}/hooks");
    let body = format!(r#"{{"event": "missed", "schema": {{"id": {schema_id}}}}}"#);
    for _ in 0..5 {
        all.post(&hooks, &body).expect(200);
    }
    let entries = |statements: Vec<String>| -> Vec<String> {
        statements
            .into_iter()
            .filter(|statement| {
                statement.contains("journal") && !statement.contains("max(") && !statement.contains("pg_locks")
            })
            .collect()
    };
    for rights in ["queues:read", "flow_schemas:read", "queues:read flow_schemas:read"] {
        let client = Client::new(&app, &token(&app, 1, &Rights::from_words(rights.split(' '))));
        take();
        client.get("/api/changes?after=1&size=3").expect(200);
        let statements = entries(take());
        // Queues and hooks are asked for one after the other.
        assert_eq!(statements.len(), if rights == "queues:read" { 2 } else { 1 }, "{statements:#?}");
    }
    // Many who wait cost one look a second, not one each.
    take();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            let client = Client::new(&app, all.token());
            scope.spawn(move || client.get("/api/changes?after=now&wait=3").expect(200));
        }
    });
    let looks = take().into_iter().filter(|statement| statement.contains("max(")).count();
    assert!((20..=20 + 5).contains(&looks), "one each as they come, and then one a second: {looks}");
}

#[test]
fn whoever_follows_the_changes_costs_few_queries_on_sqlite() {
    whoever_follows_the_changes_costs_few_queries(Backend::Sqlite);
}

#[test]
fn whoever_follows_the_changes_costs_few_queries_on_postgres() {
    whoever_follows_the_changes_costs_few_queries(Backend::Postgres);
}

#[test]
fn what_a_change_did_is_found_by_its_id_and_not_among_all_that_ever_happened() {
    let _alone = record();
    let app = App::start(Backend::Sqlite);
    let (queue, _) = (queue().create(&app), schema("CRM").create(&app));
    let browser = app.browser();
    let form = browser.get(&format!("/contact-center/queues/{queue}/hooks/new")).expect(200);
    take();
    let added = form.press("Save", &[Fill::Field("event", "joined"), Fill::Field("schema", "1")]).expect(200);
    added.press("Undo", &[]).expect(200);
    let statements = take();
    let of_change = statements.iter().filter(|statement| statement.contains("`journal`.`change` = "));
    let mut planned = 0;
    for statement in of_change {
        let steps = plan(&app, statement);
        let reads = steps.iter().filter(|step| step.contains(" journal"));
        assert!(reads.clone().all(|step| step.contains("journal_by_change")), "{statement}: {steps:#?}");
        planned += reads.count();
    }
    assert!(planned > 1, "{statements:#?}");
}
