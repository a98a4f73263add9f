//! The journal: what happened to which hook, written in the transaction of the change. Undo reads it, so
//! nothing is kept in `hooks` that was removed.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::{Conn, MAX_IDS, now};
use crate::event::Event;
use crate::hooks::hook::Hook;
use crate::on_each;
use crate::schema::journal;
use crate::token::{Hex, random};

/// One person's change, however many hooks it touches: its entries share its id.
#[derive(Clone, Debug)]
pub struct Change {
    /// 32 hexadecimal digits. A form brings its own, so that sending it twice changes once.
    pub id: String,
    pub at: NaiveDateTime,
}

impl Change {
    /// A change of its own.
    pub fn begin() -> Self {
        Self { id: Self::new_id(), at: now() }
    }

    /// The change that a form makes with the id it was given, or a new one if it brings none.
    pub fn with_id(id: &str) -> Self {
        let valid = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        if valid { Self { id: id.to_ascii_lowercase(), at: now() } } else { Self::begin() }
    }

    pub fn new_id() -> String {
        Hex(&random::<16>()).to_string()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Add,
    Edit,
    Enable,
    Disable,
    Remove,
    Restore,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Edit => "edit",
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Remove => "remove",
            Self::Restore => "restore",
        }
    }
}

/// A hook as it was: readable by people and by what the journal's readers come to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub event: Event,
    pub schema: Schema,
    pub enabled: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schema {
    pub id: String,
    pub name: String,
}

impl State {
    pub fn of(hook: &Hook) -> Self {
        let schema = Schema { id: hook.schema_id.to_string(), name: hook.schema_name.clone() };
        Self { event: hook.event, schema, enabled: hook.enabled }
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("words, numbers and strings are JSON")
    }
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Entry<'a> {
    change: &'a str,
    at: NaiveDateTime,
    queue_id: i64,
    hook_id: i64,
    action: &'static str,
    before: Option<String>,
    after: Option<String>,
}

/// A hook before and after a change; `None` where it did not exist.
pub struct Step<'a> {
    pub hook_id: i64,
    pub before: Option<&'a Hook>,
    pub after: Option<&'a Hook>,
}

impl<'a> Step<'a> {
    pub fn from(before: &'a Hook) -> Self {
        Self { hook_id: before.id, before: Some(before), after: None }
    }

    pub fn to(mut self, after: &'a Hook) -> Self {
        self.after = Some(after);
        self
    }
}

/// Writes down what a change did to a queue's hooks.
pub fn record(conn: &mut Conn, change: &Change, queue_id: i64, action: Action, steps: &[Step]) -> QueryResult<()> {
    let state = |hook: Option<&Hook>| hook.map(|hook| State::of(hook).json());
    for steps in steps.chunks(MAX_IDS) {
        let entries: Vec<_> = steps
            .iter()
            .map(|step| Entry {
                change: &change.id,
                at: change.at,
                queue_id,
                hook_id: step.hook_id,
                action: action.word(),
                before: state(step.before),
                after: state(step.after),
            })
            .collect();
        on_each!(conn, c => diesel::insert_into(journal::table).values(&entries).execute(c))?;
    }
    Ok(())
}

/// The hook that a change added, if it was made already.
pub fn added_by(conn: &mut Conn, change: &Change, queue_id: i64) -> QueryResult<Option<i64>> {
    journal::table
        .filter(journal::change.eq(&change.id))
        .filter(journal::queue_id.eq(queue_id))
        .filter(journal::action.eq(Action::Add.word()))
        .select(journal::hook_id)
        .first(conn)
        .optional()
}

/// So many of the hooks that a change removed from a queue, after the one of that id, in the order of their
/// ids, as they were.
pub fn removed_by(conn: &mut Conn, change: &str, queue_id: i64, after: i64) -> QueryResult<Vec<(i64, State)>> {
    let rows: Vec<(i64, Option<String>)> = journal::table
        .filter(journal::change.eq(change))
        .filter(journal::queue_id.eq(queue_id))
        .filter(journal::action.eq(Action::Remove.word()))
        .filter(journal::hook_id.gt(after))
        .order(journal::hook_id)
        .limit(MAX_IDS as i64)
        .select((journal::hook_id, journal::before))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, before)| {
            let before = serde_json::from_str(&before.unwrap_or_default());
            before.map(|state| (id, state)).map_err(|cause| diesel::result::Error::DeserializationError(cause.into()))
        })
        .collect()
}
