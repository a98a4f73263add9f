//! Everything that a request can change, to compare before and after a request that must change nothing.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use queue_hooks::db::schema::{
    flow_schemas, hook_counts, hooks, journal, people, people_journal, queues, sessions, tokens, tries, try_values,
};
use queue_hooks::model::event::Event;

use super::{App, write};

#[derive(Debug, PartialEq, Eq)]
pub struct Contents {
    queues: Vec<(i64, String, i16, bool, Option<NaiveDateTime>)>,
    flow_schemas: Vec<(i64, String, String, String)>,
    hooks: Vec<(i64, i64, i64, Event, bool, Option<NaiveDateTime>)>,
    counts: Vec<(i64, Event, bool, i64)>,
    journal: i64,
    people: Vec<(i64, String, String, String, bool, String)>,
    zones: Vec<Option<String>>,
    sessions: Vec<(i64, i64)>,
    tokens: Vec<(i64, i64, String, String)>,
    people_journal: i64,
    tries: i64,
    values: Vec<(i64, i64, String)>,
}

impl Contents {
    /// How many tries are in the log.
    pub fn tries(&self) -> i64 {
        self.tries
    }

    /// The same without what signing in changes.
    pub fn whoever_signs_in(self) -> Self {
        Self { sessions: Vec::new(), tokens: Vec::new(), people_journal: 0, ..self }
    }
}

pub fn contents(app: &App) -> Contents {
    write(app, |conn| {
        Ok(Contents {
            queues: queues::table
                .order(queues::id)
                .select((queues::id, queues::name, queues::type_, queues::enabled, queues::updated_at))
                .load(conn)?,
            flow_schemas: flow_schemas::table
                .order(flow_schemas::id)
                .select((flow_schemas::id, flow_schemas::name, flow_schemas::type_, flow_schemas::schema))
                .load(conn)?,
            hooks: hooks::table
                .order(hooks::id)
                .select((hooks::id, hooks::queue_id, hooks::schema_id, hooks::event, hooks::enabled, hooks::updated_at))
                .load(conn)?,
            counts: hook_counts::table
                .order((hook_counts::queue_id, hook_counts::event, hook_counts::enabled))
                .select((hook_counts::queue_id, hook_counts::event, hook_counts::enabled, hook_counts::hooks))
                .load(conn)?,
            journal: journal::table.count().get_result(conn)?,
            people: people::table
                .order(people::id)
                .select((
                    people::id,
                    people::name,
                    people::display_name,
                    people::password,
                    people::enabled,
                    people::rights,
                ))
                .load(conn)?,
            zones: people::table.order(people::id).select(people::zone).load(conn)?,
            sessions: sessions::table.order(sessions::id).select((sessions::id, sessions::person_id)).load(conn)?,
            tokens: tokens::table
                .order(tokens::id)
                .select((tokens::id, tokens::person_id, tokens::name, tokens::rights))
                .load(conn)?,
            people_journal: people_journal::table.count().get_result(conn)?,
            tries: tries::table.count().get_result(conn)?,
            values: try_values::table
                .order((try_values::person_id, try_values::schema_id))
                .select((try_values::person_id, try_values::schema_id, try_values::typed))
                .load(conn)?,
        })
    })
}
