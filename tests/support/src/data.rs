//! The data that a test needs, made where it is needed: `hook(&queue).event(Missed).off().create(app)`.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use queue_hooks::access::rights::{Preset, Rights};
use queue_hooks::db::schema::{flow_schemas, hooks, journal as entries, people, queues, sessions, tokens};
use queue_hooks::db::{Conn, now};
use queue_hooks::error::Error;
use queue_hooks::model::event::Event;
use queue_hooks::model::hooks::hook::KeptHook;
use queue_hooks::model::journal::Change;
use queue_hooks::name::keys::{folded, sort_key};
use queue_hooks::word::Word;

use super::{App, Backend, Browser};

/// The queue type of every test that does not choose another: an inbound queue.
const INBOUND: i16 = 1;

pub struct QueueBuilder {
    name: String,
    queue_type: i16,
}

pub fn queue() -> QueueBuilder {
    QueueBuilder { name: "Inbound support".into(), queue_type: INBOUND }
}

impl QueueBuilder {
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    pub fn queue_type(mut self, queue_type: i16) -> Self {
        self.queue_type = queue_type;
        self
    }

    /// The queue's id.
    pub fn create(self, app: &App) -> i64 {
        write(app, move |conn| self.insert(conn))
    }

    fn insert(self, conn: &mut Conn) -> QueryResult<i64> {
        let Self { name, queue_type } = self;
        diesel::insert_into(queues::table)
            .values((
                queues::folded_name.eq(folded(&name)),
                queues::sort_key.eq(sort_key(&name)),
                queues::name.eq(name),
                queues::type_.eq(queue_type),
                queues::enabled.eq(true),
                queues::created_at.eq(now()),
                queues::updated_at.eq(now()),
            ))
            .returning(queues::id)
            .get_result(conn)
    }
}

/// Makes this many inbound queues, “Queue 0001” and so on; returns their ids.
pub fn many_queues(app: &App, count: usize) -> Vec<i64> {
    let insert = |number: usize, conn: &mut Conn| queue().name(&format!("Queue {number:04}")).insert(conn);
    write(app, |conn| (1..=count).map(|number| insert(number, conn)).collect())
}

/// Gives somebody these rights and no others.
pub fn set_rights(app: &App, person: i64, words: &str) {
    write(app, |conn| diesel::update(people::table.find(person)).set(people::rights.eq(words)).execute(conn));
}

pub struct SchemaBuilder {
    name: String,
    schema_type: &'static str,
    text: String,
    editor: bool,
}

pub fn schema(name: &str) -> SchemaBuilder {
    SchemaBuilder { name: name.into(), schema_type: "service", text: r#"[{"log":"hello"}]"#.into(), editor: false }
}

impl SchemaBuilder {
    pub fn schema_type(mut self, schema_type: &'static str) -> Self {
        self.schema_type = schema_type;
        self
    }

    pub fn text(mut self, text: &str) -> Self {
        self.text = text.into();
        self
    }

    /// Drawn as a diagram.
    pub fn drawn(mut self) -> Self {
        self.editor = true;
        self
    }

    /// The flow schema's id.
    pub fn create(self, app: &App) -> i64 {
        let Self { name, schema_type, text, editor } = self;
        write(app, move |conn| {
            diesel::insert_into(flow_schemas::table)
                .values((
                    flow_schemas::folded_name.eq(folded(&name)),
                    flow_schemas::sort_key.eq(sort_key(&name)),
                    flow_schemas::name.eq(name),
                    flow_schemas::type_.eq(schema_type),
                    flow_schemas::editor.eq(editor),
                    flow_schemas::schema.eq(text),
                    flow_schemas::created_at.eq(now()),
                    flow_schemas::updated_at.eq(now()),
                ))
                .returning(flow_schemas::id)
                .get_result(conn)
        })
    }
}

/// The password of every person that a test makes.
pub const PASSWORD: &str = "four words are enough";

/// How it is stored, with today's parameters.
pub const STORED_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$PaAOMVqGR1uEAWS2zYdgrg$Z+x3fYuwbZzUAVfDKy6CsyXuhtAYipcJvaXxeT9474w";

pub struct PersonBuilder {
    name: String,
    rights: Rights,
    enabled: bool,
}

/// A viewer with this name.
pub fn person(name: &str) -> PersonBuilder {
    PersonBuilder { name: name.into(), rights: Preset::Viewer.rights(), enabled: true }
}

impl PersonBuilder {
    pub fn preset(mut self, preset: Preset) -> Self {
        self.rights = preset.rights();
        self
    }

    pub fn rights(mut self, words: &str) -> Self {
        self.rights = Rights::from_words(words.split(' '));
        self
    }

    pub fn off(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// The person's id.
    pub fn create(self, app: &App) -> i64 {
        let Self { name, rights, enabled } = self;
        write(app, move |conn| {
            diesel::insert_into(people::table)
                .values((
                    people::display_name.eq(format!("The {name}")),
                    people::folded_name.eq(folded(&format!("The {name}"))),
                    people::sort_key.eq(sort_key(&format!("The {name}"))),
                    people::name.eq(name),
                    people::password.eq(STORED_PASSWORD),
                    people::enabled.eq(enabled),
                    people::rights.eq(rights.words()),
                    people::created_at.eq(now()),
                    people::updated_at.eq(now()),
                ))
                .returning(people::id)
                .get_result(conn)
        })
    }

    /// The person, signed in. Somebody without access was signed in before, and still has the cookie.
    pub fn signed_in(self, app: &App) -> Browser {
        app.browser_of(self.create(app))
    }
}

/// The field `seen` in a form about a person as they are.
pub fn seen(app: &App, person: i64) -> String {
    let at: NaiveDateTime = write(app, |conn| people::table.find(person).select(people::updated_at).first(conn));
    at.and_utc().timestamp_micros().to_string()
}

/// The id of another session of the tests' administrator.
pub fn another_session(app: &App) -> i64 {
    let tester = write(app, |conn| people::table.filter(people::name.eq("tester")).select(people::id).first(conn));
    app.browser_of(tester);
    write(app, |conn| sessions::table.select(diesel::dsl::max(sessions::id).assume_not_null()).first(conn))
}

/// The id of another token of the tests' administrator.
pub fn another_token(app: &App) -> i64 {
    let tester = write(app, |conn| people::table.filter(people::name.eq("tester")).select(people::id).first(conn));
    write(app, |conn| {
        diesel::insert_into(tokens::table)
            .values((
                tokens::hash.eq(Change::new_id()),
                tokens::person_id.eq::<i64>(tester),
                tokens::name.eq(Change::new_id()),
                tokens::rights.eq("queues:read"),
                tokens::created_at.eq(now()),
                tokens::expires_at.eq(now() + Duration::days(1)),
            ))
            .returning(tokens::id)
            .get_result(conn)
    })
}

pub struct HookBuilder {
    queue_id: i64,
    schema_id: i64,
    event: Event,
    enabled: bool,
}

/// An enabled hook for Joined.
pub fn hook(queue_id: i64, schema_id: i64) -> HookBuilder {
    HookBuilder { queue_id, schema_id, event: Event::Joined, enabled: true }
}

impl HookBuilder {
    pub fn event(mut self, event: Event) -> Self {
        self.event = event;
        self
    }

    pub fn off(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// The hook's id.
    pub fn create(self, app: &App) -> i64 {
        let Self { queue_id, schema_id, event, enabled } = self;
        write(app, move |conn| {
            diesel::insert_into(hooks::table)
                .values((
                    hooks::queue_id.eq(queue_id),
                    hooks::schema_id.eq(schema_id),
                    hooks::event.eq(event),
                    hooks::enabled.eq(enabled),
                    hooks::updated_at.eq(now()),
                ))
                .returning(hooks::id)
                .get_result(conn)
        })
    }
}

/// A stored queue: name, type and state.
pub fn stored_queue(app: &App, id: i64) -> Option<(String, i16, bool)> {
    write(app, |conn| {
        queues::table.find(id).select((queues::name, queues::type_, queues::enabled)).first(conn).optional()
    })
}

/// A stored hook: event, schema and state.
pub fn stored(app: &App, hook_id: i64) -> Option<(Event, i64, bool)> {
    write(app, move |conn| {
        hooks::table.find(hook_id).select((hooks::event, hooks::schema_id, hooks::enabled)).first(conn).optional()
    })
}

/// The ids of a queue's hooks.
pub fn ids(app: &App, queue_id: i64) -> Vec<i64> {
    write(app, move |conn| {
        hooks::table.filter(hooks::queue_id.eq(queue_id)).order(hooks::id).select(hooks::id).load(conn)
    })
}

/// The path of a queue's Hooks tab.
pub fn tab(queue_id: i64) -> String {
    format!("/contact-center/queues/{queue_id}/hooks")
}

/// Makes this many hooks in a queue, with every event and each of the flow schemas, one enabled for each event; some
/// of them are equal in any two columns. Returns their ids.
pub fn many_hooks(app: &App, queue_id: i64, schemas: &[i64], count: usize) -> Vec<i64> {
    let row = |i: usize| {
        (
            hooks::queue_id.eq(queue_id),
            hooks::schema_id.eq(schemas[i % schemas.len()]),
            hooks::event.eq(Event::ALL[i % Event::ALL.len()]),
            hooks::enabled.eq(i < Event::ALL.len()),
            hooks::updated_at.eq(long_ago() + Duration::minutes(i as i64 % 7)),
        )
    };
    let insert = |i| diesel::insert_into(hooks::table).values(row(i)).returning(hooks::id);
    write(app, |conn| (0..count).map(|i| insert(i).get_result(conn)).collect())
}

/// Makes the ids of queues, flow schemas and hooks continue after this one.
pub fn continue_ids_after(app: &App, id: i64) {
    use diesel::connection::SimpleConnection;
    let statements = ["queues", "flow_schemas", "hooks"].map(|table| match app.backend {
        Backend::Sqlite => format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {id});"),
        Backend::Postgres => format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), {id});"),
        Backend::Attached => format!("SELECT setval('{}', {id});", of_webitel(table)),
    });
    write(app, |conn| queue_hooks::on_each!(conn, c => c.batch_execute(&statements.concat())));
}

/// The sequence of the ids of a table in Webitel.
fn of_webitel(table: &str) -> &'static str {
    match table {
        "queues" => "call_center.cc_queue_id_seq",
        "flow_schemas" => "flow.acr_routing_scheme_id_seq",
        _ => "call_center.cc_queue_events_id_seq",
    }
}

fn long_ago() -> NaiveDateTime {
    NaiveDateTime::default()
}

/// Makes a queue look unchanged for a long time; [`is_at_rest`] tells whether it still does.
pub fn let_rest(app: &App, queue_id: i64) {
    write(app, |conn| {
        diesel::update(queues::table.find(queue_id)).set(queues::updated_at.eq(long_ago())).execute(conn)
    });
}

/// Whether a queue's `updated_at` has not moved since [`let_rest`].
pub fn is_at_rest(app: &App, queue_id: i64) -> bool {
    let updated_at: Option<NaiveDateTime> =
        write(app, |conn| queues::table.find(queue_id).select(queues::updated_at).first(conn));
    updated_at == Some(long_ago())
}

/// The journal of a queue's hooks, each entry like `edit 7: joined CRM on -> missed CRM on`.
pub fn journal(app: &App, queue_id: i64) -> Vec<String> {
    type Row = (String, i64, Option<String>, Option<String>);
    let rows: Vec<Row> = write(app, |conn| {
        let of_hooks = entries::table.filter(entries::subject.eq("hook"));
        let rows = of_hooks.filter(entries::queue_id.eq(queue_id)).order(entries::id);
        rows.select((entries::action, entries::subject_id, entries::before, entries::after)).load(conn)
    });
    let state = |json: Option<String>| {
        let Some(json) = json else { return "nothing".into() };
        let KeptHook { event, schema, enabled } =
            serde_json::from_str(&json).expect("the journal holds states as JSON");
        format!("{} {} {}", event.word(), schema.name, if enabled { "on" } else { "off" })
    };
    let told = |(action, id, before, after)| format!("{action} {id}: {} -> {}", state(before), state(after));
    rows.into_iter().map(told).collect()
}

/// Where changes are undone.
pub const UNDO: &str = "/undo";

/// The last entry of the journal about something.
pub fn entry_about(app: &App, subject: &'static str, id: i64) -> i64 {
    let about = entries::table.filter(entries::subject.eq(subject)).filter(entries::subject_id.eq(id));
    write(app, |conn| about.select(diesel::dsl::max(entries::id).assume_not_null()).first(conn))
}

/// Takes the journal away, so that every change fails after its first half.
pub fn lose_journal(app: &App) {
    use diesel::connection::SimpleConnection;
    write(app, |conn| conn.batch_execute("ALTER TABLE journal RENAME TO lost_journal"));
}

/// Ends what [`lose_journal`] began.
pub fn find_journal(app: &App) {
    use diesel::connection::SimpleConnection;
    write(app, |conn| conn.batch_execute("ALTER TABLE lost_journal RENAME TO journal"));
}

/// Removes a queue, a hook or a flow schema like somebody else would, past the application.
pub fn remove_queue(app: &App, id: i64) {
    write(app, |conn| diesel::delete(queues::table.find(id)).execute(conn));
}

pub fn remove_hook(app: &App, id: i64) {
    write(app, |conn| diesel::delete(hooks::table.find(id)).execute(conn));
}

pub fn remove_schema(app: &App, id: i64) {
    write(app, |conn| diesel::delete(flow_schemas::table.find(id)).execute(conn));
}

/// Runs queries on the test's database.
pub fn write<T>(app: &App, work: impl FnOnce(&mut queue_hooks::db::Conn) -> QueryResult<T>) -> T {
    app.data.write_now(|conn| work(conn).map_err(Error::from)).expect("the test's data can be written")
}

/// The sessions of everybody end, as when they are too old.
pub fn end_sessions(app: &App) {
    write(app, |conn| diesel::delete(sessions::table).execute(conn));
}
