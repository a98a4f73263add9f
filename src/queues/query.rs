//! The queries of the queues. A page of the list takes three: the count, the rows, their numbers of hooks.

use diesel::prelude::*;

use super::queue::Queue;
use crate::by_name::{Filter, View};
use crate::db::{Conn, MultiBackend, contains};
use crate::error::Error;
use crate::paging::Pages;
use crate::schema::{hook_counts, queues};

/// A page of the list: each queue with how many hooks it has, and how many of them are enabled.
pub struct List {
    pub pages: Pages,
    pub rows: Vec<(Queue, Hooks)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    pub all: i64,
    pub enabled: i64,
}

pub fn list(conn: &mut Conn, view: &mut View) -> Result<List, Error> {
    let total = matching(&view.filter).count().get_result(conn)?;
    let pages = view.pages(total);
    let rows = matching(&view.filter).select(Queue::as_select());
    let rows = if view.descending {
        rows.order((queues::folded_name.desc(), queues::id.desc()))
    } else {
        rows.order((queues::folded_name, queues::id))
    };
    let rows: Vec<Queue> = rows.limit(view.size).offset(view.offset()).load(conn)?;
    let counts: Vec<(i64, bool, i64)> = hook_counts::table
        .filter(hook_counts::queue_id.eq_any(rows.iter().map(|queue| queue.id)))
        .select((hook_counts::queue_id, hook_counts::enabled, hook_counts::hooks))
        .load(conn)?;
    let hooks = |id| {
        counts.iter().filter(|(queue_id, ..)| *queue_id == id).fold(Hooks::default(), |hooks, (_, enabled, count)| {
            Hooks { all: hooks.all + count, enabled: hooks.enabled + if *enabled { *count } else { 0 } }
        })
    };
    Ok(List { pages, rows: rows.into_iter().map(|queue| (queue.clone(), hooks(queue.id))).collect() })
}

fn matching<'a>(filter: &Filter) -> queues::BoxedQuery<'a, MultiBackend> {
    let queues = queues::table.into_boxed();
    if filter.q.is_empty() {
        return queues;
    }
    queues.filter(queues::folded_name.like(contains(&filter.q)).escape('\\'))
}

pub fn find(conn: &mut Conn, id: i64) -> Result<Queue, Error> {
    queues::table.find(id).select(Queue::as_select()).first(conn).optional()?.ok_or_else(not_found)
}

/// Begins a change of a queue's hooks: nobody else changes them until the transaction ends. It writes nothing,
/// so that a change that is refused does not make the call-centre engine reload the queue.
pub fn lock(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let queue = queues::table.find(id).select(queues::id);
    let found: Option<i64> = match conn {
        Conn::Postgres(conn) => queue.for_update().first(conn).optional()?,
        // The transaction is the only one that writes already.
        Conn::Sqlite(conn) => queue.first(conn).optional()?,
    };
    found.map(drop).ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::NotFound { what: "queue", back: "/contact-center/queues".into() }
}
