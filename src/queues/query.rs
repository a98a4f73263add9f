//! The queries of the queues. A page of the list takes three: the count, the rows, their numbers of hooks.

use diesel::prelude::*;

use super::filter::{Filter, View};
use super::queue::Queue;
use crate::db::{Conn, MultiBackend, contains};
use crate::error::Error;
use crate::journal::Change;
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

/// Begins a change of a queue's hooks: moves its `updated_at`, by which the call-centre engine reloads it, and
/// locks it until the transaction ends.
pub fn touch(conn: &mut Conn, id: i64, change: &Change) -> Result<(), Error> {
    let touched = diesel::update(queues::table.find(id)).set(queues::updated_at.eq(change.at)).execute(conn)?;
    if touched == 1 { Ok(()) } else { Err(not_found()) }
}

fn not_found() -> Error {
    Error::NotFound { what: "queue", back: "/contact-center/queues".into() }
}
