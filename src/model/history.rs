//! A history: who changed what, removed things included. A page of it takes three queries: what it is about, the
//! count, and the rows of the journal.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::flow_schemas;
use super::flow_schemas::flow_schema::KeptFlowSchema;
use super::flow_schemas::query::Item;
use super::hooks::hook::KeptHook;
use super::journal::{Action, Kept, Subject};
use super::listing::{Listed, Order, Range};
use super::queues;
use super::queues::queue::{KeptQueue, Queue};
use crate::db::Conn;
use crate::db::schema::{flow_schemas as schemas, hooks, journal, queues as queues_};
use crate::error::Error;
use crate::ordered;

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
    FlowSchema(Item),
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
    pub before: Option<Shown>,
    pub after: Option<Shown>,
    /// It still exists.
    pub exists: bool,
}

/// What something was like, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    pub details: String,
}

type Row = (
    (i64, String, NaiveDateTime, String, Subject, i64, Action),
    (Option<String>, Option<String>),
    (Option<i64>, Option<i64>, Option<i64>),
);

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
        Scope::FlowSchema(id) => Place::FlowSchema(flow_schemas::query::find_item(conn, id)?),
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
            ),
            (journal::before, journal::after),
            (hooks::id.nullable(), queues_::id.nullable(), schemas::id.nullable()),
        ))
        .into_boxed();
    let entries = matching!(entries, scope, actions);
    let walk = pages.walk(Order { column: (), descending: !oldest_first });
    let rows = walk.arrive(ordered!(entries, walk, journal::id).load::<Row>(conn)?);
    Ok((place, Listed { pages, rows: rows.into_iter().map(entry).collect::<Result<_, _>>()? }))
}

fn entry(
    ((id, change, at, author, subject, subject_id, action), (before, after), exists): Row,
) -> Result<Entry, Error> {
    let (hook, queue, schema) = exists;
    let exists = hook.or(queue).or(schema).is_some();
    let before = before.map(|json| shown(subject, &json)).transpose()?;
    let after = after.map(|json| shown(subject, &json)).transpose()?;
    Ok(Entry { id, change, at, author, subject, subject_id, action, before, after, exists })
}

fn shown(subject: Subject, json: &str) -> Result<Shown, Error> {
    fn of<K: Kept>(json: &str) -> Result<Shown, Error> {
        K::read(json).map(|kept| Shown { name: kept.name(), details: kept.details() })
    }
    match subject {
        Subject::Hook => of::<KeptHook>(json),
        Subject::Queue => of::<KeptQueue>(json),
        Subject::FlowSchema => of::<KeptFlowSchema>(json),
    }
}
