//! The queries of a history: what it is of, the count, and a page of the journal.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::filter;
use crate::db::Conn;
use crate::error::Error;
use crate::flow_schemas;
use crate::flow_schemas::query::Item;
use crate::journal::{Action, State, Subject};
use crate::paging::Pages;
use crate::queues;
use crate::queues::queue::Queue;
use crate::schema::{flow_schemas as schemas, hooks, journal, queues as queues_};

/// Whose history it is.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// A queue and its hooks, by its id.
    Queue(i64),
    Queues,
    FlowSchema(i64),
    FlowSchemas,
}

/// The page above the history.
pub enum Place {
    Queue(Queue),
    Queues,
    FlowSchema(Item),
    FlowSchemas,
}

pub struct List {
    pub place: Place,
    pub pages: Pages,
    pub rows: Vec<Entry>,
}

/// What happened to something.
pub struct Entry {
    pub id: i64,
    pub change: String,
    pub at: NaiveDateTime,
    /// Nobody knows who made the changes from before people signed in.
    pub author: String,
    pub subject: Subject,
    pub subject_id: i64,
    pub action: Action,
    pub before: Option<Shown>,
    pub after: Option<Shown>,
    /// It exists now.
    pub exists: bool,
}

/// A state of something, in words.
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

/// Narrows a boxed query of the journal to a scope and a filter.
macro_rules! matching {
    ($journal:expr, $scope:expr, $filter:expr) => {{
        let mut entries = match $scope {
            Scope::Queue(id) => $journal.filter(journal::queue_id.eq(id)),
            Scope::Queues => $journal.filter(journal::subject.eq(Subject::Queue)),
            Scope::FlowSchemas => $journal.filter(journal::subject.eq(Subject::FlowSchema)),
            Scope::FlowSchema(id) => {
                $journal.filter(journal::subject.eq(Subject::FlowSchema)).filter(journal::subject_id.eq(id))
            }
        };
        if !$filter.actions.is_empty() {
            entries = entries.filter(journal::action.eq_any($filter.actions.clone()));
        }
        entries
    }};
}

pub fn list(conn: &mut Conn, scope: Scope, view: &mut filter::View<Action>) -> Result<List, Error> {
    let place = match scope {
        Scope::Queue(id) => Place::Queue(queues::query::find(conn, id)?),
        Scope::Queues => Place::Queues,
        Scope::FlowSchema(id) => Place::FlowSchema(flow_schemas::query::find_item(conn, id)?),
        Scope::FlowSchemas => Place::FlowSchemas,
    };
    let total = matching!(journal::table.count().into_boxed(), scope, view.filter).get_result(conn)?;
    let pages = view.pages(total);
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
    let entries = matching!(entries, scope, view.filter);
    let entries = if view.descending { entries.order(journal::id.asc()) } else { entries.order(journal::id.desc()) };
    let rows: Vec<Row> = entries.limit(view.size).offset(view.offset()).load(conn)?;
    Ok(List { place, pages, rows: rows.into_iter().map(entry).collect::<Result<_, _>>()? })
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
    fn of<S: State>(json: &str) -> Result<Shown, Error> {
        S::read(json).map(|state| Shown { name: state.name(), details: state.details() })
    }
    match subject {
        Subject::Hook => of::<crate::hooks::hook::State>(json),
        Subject::Queue => of::<queues::queue::State>(json),
        Subject::FlowSchema => of::<flow_schemas::flow_schema::State>(json),
    }
}
