//! What the database itself holds, whoever writes: the application, Webitel, or a person at its console.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::Error::DatabaseError;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use queue_hooks::access::rights::{Preset, Rights};
use queue_hooks::db::schema::{flow_schemas, hook_counts, hooks, people, queues};
use queue_hooks::db::{Conn, Db, now, savepoint};
use queue_hooks::error::Error;
use queue_hooks::model::event::Event::{self, *};
use queue_hooks::model::queues::queue_type::QueueType;
use queue_hooks::on_each;
use support::*;

/// Whether the database refuses a statement because of the data that would be.
fn refuses(app: &App, work: impl FnOnce(&mut Conn) -> QueryResult<usize>) -> bool {
    let before = contents(app);
    let mut refused = false;
    let _ = app.db.write_now(|conn| match work(conn) {
        Err(DatabaseError(..)) => {
            refused = true;
            Err(Error::Internal("refused".into()))
        }
        done => done.map_err(Error::from),
    });
    assert!(!refused || contents(app) == before, "what was refused changed nothing");
    refused
}

fn insert(conn: &mut Conn, queue_id: i64, schema_id: i64, event: Event, enabled: bool) -> QueryResult<usize> {
    diesel::insert_into(hooks::table)
        .values((
            hooks::queue_id.eq(queue_id),
            hooks::schema_id.eq(schema_id),
            hooks::event.eq(event),
            hooks::enabled.eq(enabled),
            hooks::updated_at.eq(now()),
        ))
        .execute(conn)
}

/// The counts of hooks that exist, and the counts that are kept.
type Counts = BTreeMap<(i64, Event, bool), i64>;

fn counts(conn: &mut Conn) -> QueryResult<(Counts, Counts)> {
    let real: Vec<(i64, Event, bool)> =
        hooks::table.select((hooks::queue_id, hooks::event, hooks::enabled)).load(conn)?;
    let kept: Vec<(i64, Event, bool, i64)> = hook_counts::table
        .select((hook_counts::queue_id, hook_counts::event, hook_counts::enabled, hook_counts::hooks))
        .load(conn)?;
    let mut counted = Counts::new();
    for hook in real {
        *counted.entry(hook).or_default() += 1;
    }
    let kept = kept
        .into_iter()
        .filter(|row| row.3 != 0)
        .map(|(queue, event, enabled, hooks)| ((queue, event, enabled), hooks));
    Ok((counted, kept.collect()))
}

/// For each queue, the events that enabled hooks wait for, as bits; and what is kept of them.
fn covered(conn: &mut Conn) -> QueryResult<(BTreeMap<i64, i16>, BTreeMap<i64, i16>)> {
    let enabled = hooks::table.filter(hooks::enabled).select((hooks::queue_id, hooks::event));
    let mut real = BTreeMap::new();
    for (queue_id, event) in enabled.load::<(i64, Event)>(conn)? {
        *real.entry(queue_id).or_default() |= 1 << event as i16;
    }
    let kept: Vec<(i64, i16)> =
        queues::table.filter(queues::covered.ne(0)).select((queues::id, queues::covered)).load(conn)?;
    Ok((real, kept.into_iter().collect()))
}

#[on_both("this is about tables of our own")]
fn what_is_missing_in_a_queue_are_the_events_that_can_happen_there_and_are_not_covered(app: &App) {
    for queue_type in 0..10 {
        queue().queue_type(queue_type).create(app);
    }
    for covered in (0..8).map(|bit| 1 << bit).chain([0, 255, 37]) {
        write(app, |conn| diesel::update(queues::table).set(queues::covered.eq(covered)).execute(conn));
        let stored: Vec<(i16, i16)> =
            write(app, |conn| queues::table.select((queues::type_, queues::missing)).load(conn));
        assert_eq!(stored.len(), 10);
        for (number, missing) in stored {
            let queue_type = QueueType::from_number(number.into()).expect("a type");
            let misses = |event: &&Event| event.happens_in(queue_type) && covered & (1 << **event as i16) == 0;
            let misses = Event::ALL.iter().filter(misses).count();
            assert_eq!(missing as usize, misses, "{queue_type:?} {covered}");
        }
    }
}

#[on_all]
fn an_event_of_a_queue_has_one_enabled_hook(app: &App) {
    let (queue_id, other) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    let first = hook(queue_id, crm).create(app);
    let second = hook(queue_id, crm).off().create(app);
    let missed = hook(queue_id, crm).event(Missed).create(app);
    let elsewhere = hook(other, crm).create(app);
    assert!(refuses(app, |conn| insert(conn, queue_id, crm, Joined, true)));
    assert!(refuses(app, |conn| diesel::update(hooks::table.find(second)).set(hooks::enabled.eq(true)).execute(conn)));
    assert!(refuses(app, |conn| diesel::update(hooks::table.find(missed)).set(hooks::event.eq(Joined)).execute(conn)));
    assert!(refuses(app, |conn| {
        diesel::update(hooks::table.find(elsewhere)).set(hooks::queue_id.eq(queue_id)).execute(conn)
    }));
    for _ in 0..3 {
        assert!(!refuses(app, |conn| insert(conn, queue_id, crm, Joined, false)));
    }
    assert!(!refuses(app, |conn| diesel::delete(hooks::table.find(first)).execute(conn)));
    assert!(!refuses(app, |conn| diesel::update(hooks::table.find(second)).set(hooks::enabled.eq(true)).execute(conn)));
}

#[on_both("this is about tables of our own")]
fn a_hook_is_of_a_known_event_a_queue_and_a_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    assert!(refuses(app, |conn| insert(conn, 4711, crm, Missed, true)));
    assert!(refuses(app, |conn| insert(conn, queue_id, 4711, Missed, true)));
    assert!(refuses(app, |conn| diesel::update(hooks::table.find(id)).set(hooks::schema_id.eq(4711)).execute(conn)));
    for event in ["Joined", "", "ringing", "joined "] {
        let statement = format!("UPDATE hooks SET event = '{event}'");
        assert!(refuses(app, |conn| on_each!(conn, c => diesel::sql_query(&statement).execute(c))), "{event}");
    }
}

#[on_both("this is about tables of our own")]
fn a_queue_has_a_known_type_and_a_name_of_1_to_250_characters(app: &App) {
    let id = queue().create(app);
    let rename = |name: String| {
        refuses(app, |conn| diesel::update(queues::table.find(id)).set(queues::name.eq(name)).execute(conn))
    };
    assert!(rename(String::new()));
    assert!(rename("😀".repeat(251)));
    assert!(!rename("😀".repeat(250)));
    let retype = |number: i16| {
        refuses(app, |conn| diesel::update(queues::table.find(id)).set(queues::type_.eq(number)).execute(conn))
    };
    assert!(retype(-1) && retype(10));
    assert!(!retype(0) && !retype(9));
}

#[on_both("this is about tables of our own")]
fn a_flow_schema_has_a_known_type_and_a_name_of_its_own_of_1_to_100_characters(app: &App) {
    schema("CRM").create(app);
    let id = schema("Other").create(app);
    let rename = |name: String| {
        refuses(app, |conn| diesel::update(flow_schemas::table.find(id)).set(flow_schemas::name.eq(name)).execute(conn))
    };
    assert!(rename(String::new()));
    assert!(rename("😀".repeat(101)));
    assert!(rename("CRM".into()));
    assert!(!rename("crm".into()));
    assert!(!rename("😀".repeat(100)));
    for word in ["Service", "", "ivr"] {
        assert!(refuses(app, |conn| {
            diesel::update(flow_schemas::table.find(id)).set(flow_schemas::type_.eq(word)).execute(conn)
        }));
    }
}

#[on_both("this is about tables of our own")]
fn a_flow_schema_that_a_hook_uses_stays(app: &App) {
    let queue_id = queue().create(app);
    let (used, unused) = (schema("Used").create(app), schema("Unused").create(app));
    let id = hook(queue_id, used).off().create(app);
    assert!(refuses(app, |conn| diesel::delete(flow_schemas::table.find(used)).execute(conn)));
    assert!(!refuses(app, |conn| diesel::delete(flow_schemas::table.find(unused)).execute(conn)));
    assert!(!refuses(app, |conn| diesel::delete(hooks::table.find(id)).execute(conn)));
    assert!(!refuses(app, |conn| diesel::delete(flow_schemas::table.find(used)).execute(conn)));
}

#[on_both("this is about tables of our own")]
fn the_hooks_and_counts_of_a_queue_go_with_it(app: &App) {
    let (gone, kept) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    for queue_id in [gone, kept] {
        hook(queue_id, crm).create(app);
        hook(queue_id, crm).off().create(app);
    }
    assert!(!refuses(app, |conn| diesel::delete(queues::table.find(gone)).execute(conn)));
    assert!(ids(app, gone).is_empty());
    assert_eq!(ids(app, kept).len(), 2);
    let counted: Vec<i64> = write(app, |conn| hook_counts::table.select(hook_counts::queue_id).load(conn));
    assert_eq!(counted, [kept, kept]);
}

#[on_both("this is about tables of our own")]
fn every_change_of_a_hook_moves_its_queues(app: &App) {
    let (queue_id, other) = (queue().create(app), queue().create(app));
    let crm = schema("CRM").create(app);
    let at_rest = |work: &dyn Fn(&mut Conn) -> QueryResult<usize>| {
        let long_ago = NaiveDateTime::default();
        write(app, |conn| diesel::update(queues::table).set(queues::updated_at.eq(long_ago)).execute(conn));
        write(app, |conn| work(conn));
        let times: Vec<Option<NaiveDateTime>> =
            write(app, |conn| queues::table.order(queues::id).select(queues::updated_at).load(conn));
        let times: Vec<NaiveDateTime> = times.into_iter().flatten().collect();
        let age = |time: &NaiveDateTime| now() - *time;
        assert!(times.iter().all(|time| *time == long_ago || age(time).num_seconds().abs() < 60), "{times:?}");
        times.iter().map(|time| *time == long_ago).collect::<Vec<_>>()
    };
    assert_eq!(at_rest(&|conn| insert(conn, queue_id, crm, Joined, true)), [false, true]);
    assert_eq!(
        at_rest(&|conn| diesel::update(hooks::table).set(hooks::enabled.eq(false)).execute(conn)),
        [false, true]
    );
    assert_eq!(at_rest(&|conn| diesel::update(hooks::table).set(hooks::event.eq(Missed)).execute(conn)), [false, true]);
    assert_eq!(
        at_rest(&|conn| diesel::update(hooks::table).set(hooks::queue_id.eq(other)).execute(conn)),
        [false, false]
    );
    assert_eq!(at_rest(&|conn| diesel::delete(hooks::table).execute(conn)), [true, false]);
    assert_eq!(at_rest(&|conn| diesel::delete(hooks::table).execute(conn)), [true, true]);
}

#[on_both("this is about tables of our own")]
fn the_counts_are_the_numbers_of_hooks_after_any_changes(app: &App) {
    let queue_ids = [queue().create(app), queue().create(app), queue().create(app)];
    let crm = schema("CRM").create(app);
    let changes = proptest::collection::vec(change(), 1..25);
    let done = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() }).run(
        &changes,
        |changes| {
            let mut seen = None;
            // Undone afterwards, so that each case begins with nothing.
            let _ = app.db.write_now(|conn| {
                for change in &changes {
                    // One that would break another invariant is refused, and must leave the counts alone.
                    let _ = savepoint(conn, |conn| apply(conn, *change, queue_ids, crm));
                }
                seen = Some((counts(conn)?, covered(conn)?));
                Err::<(), _>(Error::Internal("undone".into()))
            });
            let ((counted, kept), (covered, kept_as_covered)) = seen.expect("the changes are made");
            prop_assert_eq!(kept, counted);
            prop_assert_eq!(kept_as_covered, covered);
            Ok(())
        },
    );
    done.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(ids(app, queue_ids[0]).is_empty());
}

/// A database of an older version has hooks already.
#[on_both("this is about tables of our own")]
fn the_migration_finds_out_what_is_covered(app: &App) {
    let crm = schema("CRM").create(app);
    let ids = [queue().create(app), queue().create(app)];
    hook(ids[0], crm).event(Leaving).create(app);
    hook(ids[0], crm).create(app);
    hook(ids[1], crm).off().create(app);
    let before = write(app, covered);
    let folder = if app.backend == Backend::Sqlite { "sqlite" } else { "postgres" };
    let (covered_by, once) = ("2026-11-25-001001_cover_events", "2026-11-26-000101_change_queues_once_a_statement");
    for (name, way) in [(once, "down"), (covered_by, "down"), (covered_by, "up"), (once, "up")] {
        let path = format!("{}/migrations/{folder}/{name}/{way}.sql", env!("CARGO_MANIFEST_DIR"));
        let sql = std::fs::read_to_string(path).expect("the migration");
        write(app, |conn| on_each!(conn, c => diesel::connection::SimpleConnection::batch_execute(c, &sql)));
    }
    assert_eq!(write(app, covered), before);
    assert_eq!(before.0, BTreeMap::from([(ids[0], 0b10_0001)]));
}

/// Nobody gave this right before there was one.
#[on_all]
fn the_migration_lets_those_try_who_could_do_everything_like_it(app: &App) {
    for preset in [Preset::Administrator, Preset::Editor, Preset::Viewer] {
        person(preset.word()).preset(preset).create(app);
    }
    person("own").rights("flow_schemas:read flow_schemas:update").create(app);
    let rights = || -> Vec<(String, Rights)> {
        write(app, |conn| people::table.order(people::name).select((people::name, people::rights)).load(conn))
    };
    let before = rights();
    for way in ["down", "up"] {
        let name = "migrations/postgres/2026-11-26-000701_let_people_try";
        let path = format!("{}/{name}/{way}.sql", env!("CARGO_MANIFEST_DIR"));
        let sql = std::fs::read_to_string(path).expect("the migration");
        write(app, |conn| on_each!(conn, c => diesel::connection::SimpleConnection::batch_execute(c, &sql)));
        assert_eq!(rights() == before, way == "up", "{:?}", rights());
    }
}

#[on_both("this is about tables of our own")]
fn the_migrations_run_down_and_up_again(app: &App) {
    let queue_id = queue().create(app);
    hook(queue_id, schema("CRM").create(app)).create(app);
    match app.backend {
        Backend::Sqlite => {
            let path = app.url.trim_start_matches("sqlite://");
            again(&mut diesel::SqliteConnection::establish(path).expect("a connection"), SQLITE);
        }
        Backend::Postgres | Backend::Attached => {
            again(&mut PgConnection::establish(&app.url).expect("a connection"), POSTGRES);
        }
    }
    drop(Db::open(&app.url.parse().expect("a valid URL")).expect("the database is of this version"));
    admit(&app.db);
    let browser = app.browser();
    assert_eq!(browser.get("/contact-center/queues").expect(200).text(".empty h2"), "There are no records yet");
    let queue_id = queue().create(app);
    hook(queue_id, schema("CRM").create(app)).create(app);
    assert!(browser.get(&format!("/contact-center/queues/{queue_id}/hooks")).expect(200).has("tbody tr"));
}

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

fn again<DB: diesel::backend::Backend>(conn: &mut impl MigrationHarness<DB>, migrations: EmbeddedMigrations) {
    let undone = conn.revert_all_migrations(migrations).expect("the migrations run down").len();
    assert!(undone > 1);
    let migrations = if std::any::type_name::<DB>().contains("sqlite") { SQLITE } else { POSTGRES };
    assert_eq!(conn.run_pending_migrations(migrations).expect("the migrations run up again").len(), undone);
}

/// A statement that changes hooks; the numbers choose among queues and events.
#[derive(Clone, Copy, Debug)]
enum Change {
    Insert(usize, usize, bool),
    InsertThree(usize, usize),
    SetEvent(usize, usize),
    SetEnabled(usize, bool),
    SwitchAll(usize, bool),
    SetQueue(usize, usize),
    MoveAll(usize, usize),
    DeleteOne(usize),
    DeleteEvent(usize),
    DeleteAll(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let (queue, event, nth) = (0..3_usize, 0..3_usize, 0..8_usize);
    prop_oneof![
        4 => (queue.clone(), event.clone(), any::<bool>()).prop_map(|(q, e, on)| Change::Insert(q, e, on)),
        3 => (queue.clone(), event.clone()).prop_map(|(q, e)| Change::InsertThree(q, e)),
        2 => (nth.clone(), event.clone()).prop_map(|(n, e)| Change::SetEvent(n, e)),
        2 => (nth.clone(), any::<bool>()).prop_map(|(n, on)| Change::SetEnabled(n, on)),
        1 => (queue.clone(), any::<bool>()).prop_map(|(q, on)| Change::SwitchAll(q, on)),
        2 => (nth.clone(), queue.clone()).prop_map(|(n, q)| Change::SetQueue(n, q)),
        1 => (queue.clone(), queue.clone()).prop_map(|(from, to)| Change::MoveAll(from, to)),
        1 => nth.prop_map(Change::DeleteOne),
        1 => event.prop_map(Change::DeleteEvent),
        1 => queue.prop_map(Change::DeleteAll),
    ]
}

fn apply(conn: &mut Conn, change: Change, queue_ids: [i64; 3], schema_id: i64) -> QueryResult<usize> {
    let mut nth = |nth: usize| -> QueryResult<i64> {
        hooks::table.order(hooks::id).offset(nth as i64).limit(1).select(hooks::id).first(conn)
    };
    match change {
        Change::Insert(q, e, enabled) => insert(conn, queue_ids[q], schema_id, Event::ALL[e], enabled),
        Change::InsertThree(q, e) => {
            let row = |queue_id: i64, event: Event, enabled: bool| {
                (
                    hooks::queue_id.eq(queue_id),
                    hooks::schema_id.eq(schema_id),
                    hooks::event.eq(event),
                    hooks::enabled.eq(enabled),
                    hooks::updated_at.eq(now()),
                )
            };
            let event = Event::ALL[e];
            let rows = vec![
                row(queue_ids[q], event, false),
                row(queue_ids[q], event, true),
                row(queue_ids[(q + 1) % 3], event, false),
            ];
            on_each!(conn, c => diesel::insert_into(hooks::table).values(&rows).execute(c))
        }
        Change::SetEvent(n, e) => {
            let id = nth(n)?;
            diesel::update(hooks::table.find(id)).set(hooks::event.eq(Event::ALL[e])).execute(conn)
        }
        Change::SetEnabled(n, enabled) => {
            let id = nth(n)?;
            diesel::update(hooks::table.find(id)).set(hooks::enabled.eq(enabled)).execute(conn)
        }
        Change::SwitchAll(q, enabled) => diesel::update(hooks::table.filter(hooks::queue_id.eq(queue_ids[q])))
            .set(hooks::enabled.eq(enabled))
            .execute(conn),
        Change::SetQueue(n, q) => {
            let id = nth(n)?;
            diesel::update(hooks::table.find(id)).set(hooks::queue_id.eq(queue_ids[q])).execute(conn)
        }
        Change::MoveAll(from, to) => diesel::update(hooks::table.filter(hooks::queue_id.eq(queue_ids[from])))
            .set(hooks::queue_id.eq(queue_ids[to]))
            .execute(conn),
        Change::DeleteOne(n) => {
            let id = nth(n)?;
            diesel::delete(hooks::table.find(id)).execute(conn)
        }
        Change::DeleteEvent(e) => diesel::delete(hooks::table.filter(hooks::event.eq(Event::ALL[e]))).execute(conn),
        Change::DeleteAll(q) => diesel::delete(hooks::table.filter(hooks::queue_id.eq(queue_ids[q]))).execute(conn),
    }
}
