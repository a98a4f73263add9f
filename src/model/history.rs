//! A history: who changed what, removed things included. A page of it takes three queries: what it is about, the
//! count, and the rows of the journal.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::event::Event;
use super::flow_schemas::flow_schema::{KeptFlowSchema, SchemaType};
use super::flow_schemas::query::Item;
use super::hooks::hook::{KeptHook, KeptSchema};
use super::journal::{Action, Kept, Subject};
use super::listing::{Listed, Order, Range};
use super::queues;
use super::queues::queue::{KeptQueue, Queue};
use super::queues::queue_type::QueueType;
use super::tries::log::{self, Tries};
use crate::db::schema::{flow_schemas as schemas, hooks, journal, queues as queues_};
use crate::db::{Conn, Id};
use crate::error::Error;
use crate::ordered;
use crate::word::Stored;

/// What a history covers.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// A queue and its hooks, by its id.
    Queue(i64),
    Queues,
    FlowSchema(i64),
    FlowSchemas,
}

/// What a history is about.
pub enum Place {
    Queue(Queue),
    Queues,
    /// With its latest tries.
    FlowSchema(Item, Tries),
    FlowSchemas,
}

/// What happened to something.
pub struct Entry {
    pub id: i64,
    pub change: String,
    pub at: NaiveDateTime,
    /// Empty for changes from the time before people signed in.
    pub author: String,
    pub subject: Subject,
    pub subject_id: i64,
    pub action: Action,
    /// The change that it undid, if it was an undo.
    pub undoes: Option<String>,
    /// The change is about other things as well.
    pub is_part: bool,
    pub before: Option<Shown>,
    pub after: Option<Shown>,
    /// It still exists.
    pub exists: bool,
    /// It is as the change left it, so that can be undone.
    pub is_as_left: bool,
}

/// What something was like, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    pub details: String,
}

type Row = (
    (i64, String, NaiveDateTime, String, Subject, i64, Action, Option<String>),
    (Option<String>, Option<String>),
    (bool, bool),
    Option<(Stored<Event>, Id, bool)>,
    Option<(String, Stored<QueueType>, bool)>,
    Option<(String, Stored<SchemaType>, bool)>,
);

/// Whether other entries are of the same change.
const IS_PART: &str =
    "EXISTS (SELECT 1 FROM journal AS other WHERE other.change = journal.change AND other.id <> journal.id)";

/// Whether a later change replaced the text of a flow schema.
const IS_REPLACED: &str = "journal.subject = 'flow_schema' AND EXISTS (SELECT 1 FROM journal AS later WHERE \
                           later.subject = journal.subject AND later.subject_id = journal.subject_id \
                           AND later.id > journal.id AND later.text IS NOT NULL)";

/// Narrows a boxed query of the journal to a scope and to some actions; no actions mean all.
macro_rules! matching {
    ($journal:expr, $scope:expr, $actions:expr) => {{
        let mut entries = match $scope {
            Scope::Queue(id) => $journal.filter(journal::queue_id.eq(id)),
            Scope::Queues => $journal.filter(journal::subject.eq(Subject::Queue)),
            Scope::FlowSchemas => $journal.filter(journal::subject.eq(Subject::FlowSchema)),
            Scope::FlowSchema(id) => {
                $journal.filter(journal::subject.eq(Subject::FlowSchema)).filter(journal::subject_id.eq(id))
            }
        };
        if !$actions.is_empty() {
            entries = entries.filter(journal::action.eq_any($actions.clone()));
        }
        entries
    }};
}

/// A page of a history: newest first, or in reverse.
pub fn list(
    conn: &mut Conn,
    scope: Scope,
    actions: &BTreeSet<Action>,
    oldest_first: bool,
    range: Range,
) -> Result<(Place, Listed<Entry>), Error> {
    let place = match scope {
        Scope::Queue(id) => Place::Queue(queues::query::find(conn, id)?),
        Scope::Queues => Place::Queues,
        Scope::FlowSchema(id) => {
            let (schema, tries) = log::list(conn, id, None)?;
            Place::FlowSchema(schema, tries)
        }
        Scope::FlowSchemas => Place::FlowSchemas,
    };
    let pages = range.of(matching!(journal::table.count().into_boxed(), scope, actions).get_result(conn)?);
    let is = |subject| journal::subject.eq(subject);
    let entries = journal::table
        .left_join(hooks::table.on(is(Subject::Hook).and(hooks::id.eq(journal::subject_id))))
        .left_join(queues_::table.on(is(Subject::Queue).and(queues_::id.eq(journal::subject_id))))
        .left_join(schemas::table.on(is(Subject::FlowSchema).and(schemas::id.eq(journal::subject_id))))
        .select((
            (
                journal::id,
                journal::change,
                journal::at,
                journal::author,
                journal::subject,
                journal::subject_id,
                journal::action,
                journal::undoes,
            ),
            (journal::before, journal::after),
            (sql::<Bool>(IS_PART), sql::<Bool>(IS_REPLACED)),
            (hooks::event, hooks::schema_id, hooks::enabled).nullable(),
            (queues_::name, queues_::type_, queues_::enabled).nullable(),
            (schemas::name, schemas::type_, schemas::editor).nullable(),
        ))
        .into_boxed();
    let entries = matching!(entries, scope, actions);
    let walk = pages.walk(Order { column: (), descending: !oldest_first });
    let rows = walk.arrive(ordered!(entries, walk, journal::id).load::<Row>(conn)?);
    Ok((place, Listed { pages, rows: rows.into_iter().map(entry).collect::<Result<_, _>>()? }))
}

fn entry(
    ((id, change, at, author, subject, subject_id, action, undoes), (before, after), is, hook, queue, schema): Row,
) -> Result<Entry, Error> {
    let (is_part, is_replaced) = is;
    let hook = hook.map(|(event, Id(schema_id), enabled)| {
        let schema = KeptSchema { id: schema_id.to_string(), name: String::new() };
        KeptHook { event, schema, enabled }
    });
    let queue = queue.map(|(name, queue_type, enabled)| KeptQueue { name, queue_type, enabled });
    let schema = schema.map(|(name, schema_type, editor)| KeptFlowSchema { name, schema_type, editor });
    let exists = hook.is_some() || queue.is_some() || schema.is_some();
    let (before, after, is_as_left) = match subject {
        Subject::Hook => compared(before, after, hook.as_ref())?,
        Subject::Queue => compared(before, after, queue.as_ref())?,
        Subject::FlowSchema => compared(before, after, schema.as_ref())?,
    };
    let is_as_left = is_as_left && (!is_replaced || !exists);
    Ok(Entry {
        id,
        change,
        at,
        author,
        subject,
        subject_id,
        action,
        undoes,
        is_part,
        before,
        after,
        exists,
        is_as_left,
    })
}

/// What something was like before and after a change, and whether it is still that.
fn compared<K: Kept>(
    before: Option<String>,
    after: Option<String>,
    now: Option<&K>,
) -> Result<(Option<Shown>, Option<Shown>, bool), Error> {
    let read = |json: Option<String>| json.map(|json| K::read(&json)).transpose();
    let shown = |kept: &K| Shown { name: kept.name(), details: kept.details() };
    let (before, after) = (read(before)?, read(after)?);
    let is_as_left = match (&after, now) {
        (Some(after), Some(now)) => after.is(now),
        (after, now) => after.is_none() && now.is_none(),
    };
    Ok((before.as_ref().map(shown), after.as_ref().map(shown), is_as_left))
}
