//! The journal: what happened to which hook, written in the transaction of the change. Undo reads it, so
//! nothing is kept in `hooks` that was removed.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::db::{Conn, MAX_IDS, now};
use crate::event::Event;
use crate::history::filter::Word;
use crate::hooks::hook::Hook;
use crate::people::person::Author;
use crate::schema::{journal, queues};
use crate::token::{Hex, random};
use crate::{on_each, stored_as_word};

/// One person's change, however many hooks it touches: its entries share its id.
#[derive(Clone, Debug)]
pub struct Change {
    /// 32 hexadecimal digits. A form brings its own, so that sending it twice changes once.
    pub id: String,
    pub at: NaiveDateTime,
    pub author: Author,
}

impl Change {
    /// A change of its own.
    pub fn begin(author: Author) -> Self {
        Self { id: Self::new_id(), at: now(), author }
    }

    /// The change that a form makes with the id it was given, or a new one if it brings none.
    pub fn with_id(id: &str, author: Author) -> Self {
        let valid = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let anew = Self::begin(author);
        if valid { Self { id: id.to_ascii_lowercase(), ..anew } } else { anew }
    }

    pub fn new_id() -> String {
        Hex(&random::<16>()).to_string()
    }
}

/// What was done to a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Action {
    Add,
    Edit,
    Enable,
    Disable,
    Remove,
    Restore,
}

impl Word for Action {
    const ALL: &'static [Self] = &[Self::Add, Self::Edit, Self::Enable, Self::Disable, Self::Remove, Self::Restore];

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

    fn name(self) -> &'static str {
        match self {
            Self::Add => "Added",
            Self::Edit => "Edited",
            Self::Enable => "Enabled",
            Self::Disable => "Disabled",
            Self::Remove => "Removed",
            Self::Restore => "Restored",
        }
    }
}

stored_as_word!(Action);

/// A hook as it was, stored as JSON.
#[derive(Clone, Debug, Serialize, Deserialize, FromSqlRow)]
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

impl<DB: Backend> FromSql<Text, DB> for State
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(bytes)?)?)
    }
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Entry<'a> {
    change: &'a str,
    at: NaiveDateTime,
    author_id: Option<i64>,
    author: &'a str,
    queue_id: i64,
    hook_id: i64,
    action: Action,
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

/// Writes down what a change did to a queue's hooks, and beside the queue that it was changed by its author.
pub fn record(conn: &mut Conn, change: &Change, queue_id: i64, action: Action, steps: &[Step]) -> QueryResult<()> {
    let state = |hook: Option<&Hook>| hook.map(|hook| State::of(hook).json());
    for steps in steps.chunks(MAX_IDS) {
        let entries: Vec<_> = steps
            .iter()
            .map(|step| Entry {
                change: &change.id,
                at: change.at,
                author_id: change.author.id,
                author: &change.author.name,
                queue_id,
                hook_id: step.hook_id,
                action,
                before: state(step.before),
                after: state(step.after),
            })
            .collect();
        on_each!(conn, c => diesel::insert_into(journal::table).values(&entries).execute(c))?;
    }
    if steps.is_empty() {
        return Ok(());
    }
    diesel::update(queues::table.find(queue_id)).set(queues::updated_by.eq(change.author.id)).execute(conn).map(drop)
}

/// The hook that a change added, as it was then, if it was made already.
pub fn added_by(conn: &mut Conn, change: &Change, queue_id: i64) -> QueryResult<Option<(i64, State)>> {
    journal::table
        .filter(journal::change.eq(&change.id))
        .filter(journal::queue_id.eq(queue_id))
        .filter(journal::action.eq(Action::Add))
        .filter(journal::after.is_not_null())
        .select((journal::hook_id, journal::after.assume_not_null()))
        .first(conn)
        .optional()
}

/// Whether a hook of that id was ever removed from a queue.
pub fn has_removed(conn: &mut Conn, queue_id: i64, hook_id: i64) -> QueryResult<bool> {
    let removed = journal::table
        .filter(journal::queue_id.eq(queue_id))
        .filter(journal::hook_id.eq(hook_id))
        .filter(journal::action.eq(Action::Remove));
    diesel::select(diesel::dsl::exists(removed)).get_result(conn)
}

/// The hooks that a change removed from a queue, as they were, after the one of that id and in the order of
/// their ids; at most [`MAX_IDS`] of them.
pub fn removed_by(conn: &mut Conn, change: &str, queue_id: i64, after: i64) -> QueryResult<Vec<(i64, State)>> {
    journal::table
        .filter(journal::change.eq(change))
        .filter(journal::queue_id.eq(queue_id))
        .filter(journal::action.eq(Action::Remove))
        .filter(journal::before.is_not_null())
        .filter(journal::hook_id.gt(after))
        .order(journal::hook_id)
        .limit(MAX_IDS as i64)
        .select((journal::hook_id, journal::before.assume_not_null()))
        .load(conn)
}
