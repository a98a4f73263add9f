//! The data that a test needs, made where it is needed: `hook(&queue).event(Missed).off().create(app)`.

use diesel::prelude::*;
use queue_hooks::db::{fold, now};
use queue_hooks::error::Error;
use queue_hooks::event::Event;
use queue_hooks::schema::{flow_schemas, hooks, queues};

use super::App;

/// The first queue type that every test uses unless it says otherwise: an inbound queue.
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
        let Self { name, queue_type } = self;
        write(app, move |conn| {
            diesel::insert_into(queues::table)
                .values((
                    queues::folded_name.eq(fold(&name)),
                    queues::name.eq(name),
                    queues::type_.eq(queue_type),
                    queues::enabled.eq(true),
                    queues::created_at.eq(now()),
                    queues::updated_at.eq(now()),
                ))
                .returning(queues::id)
                .get_result(conn)
        })
    }
}

pub struct SchemaBuilder {
    name: String,
    schema_type: &'static str,
}

pub fn schema(name: &str) -> SchemaBuilder {
    SchemaBuilder { name: name.into(), schema_type: "service" }
}

impl SchemaBuilder {
    pub fn schema_type(mut self, schema_type: &'static str) -> Self {
        self.schema_type = schema_type;
        self
    }

    /// The flow schema's id.
    pub fn create(self, app: &App) -> i64 {
        let Self { name, schema_type } = self;
        write(app, move |conn| {
            diesel::insert_into(flow_schemas::table)
                .values((
                    flow_schemas::folded_name.eq(fold(&name)),
                    flow_schemas::name.eq(name),
                    flow_schemas::type_.eq(schema_type),
                    flow_schemas::editor.eq(false),
                    flow_schemas::schema.eq(r#"[{"log":"hello"}]"#),
                    flow_schemas::created_at.eq(now()),
                    flow_schemas::updated_at.eq(now()),
                ))
                .returning(flow_schemas::id)
                .get_result(conn)
        })
    }
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

/// Runs queries on the test's database.
pub fn write<T>(app: &App, work: impl FnOnce(&mut queue_hooks::db::Conn) -> QueryResult<T>) -> T {
    app.db.write_now(|conn| work(conn).map_err(Error::from)).expect("the test's data can be written")
}
