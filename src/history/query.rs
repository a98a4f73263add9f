//! The queries of the history: the queue, the count, and a page of the journal.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::filter;
use crate::db::Conn;
use crate::error::Error;
use crate::journal::{Action, State};
use crate::paging::Pages;
use crate::queues::queue::Queue;
use crate::schema::{hooks, journal};

pub struct List {
    pub queue: Queue,
    pub pages: Pages,
    pub rows: Vec<Entry>,
}

/// What happened to a hook.
pub struct Entry {
    pub change: String,
    pub at: NaiveDateTime,
    /// Nobody knows who made the changes from before people signed in.
    pub author: String,
    pub hook_id: i64,
    pub action: Action,
    pub before: Option<State>,
    pub after: Option<State>,
    /// The hook exists now.
    pub exists: bool,
}

type Row = (String, NaiveDateTime, String, i64, Action, Option<State>, Option<State>, Option<i64>);

pub fn list(conn: &mut Conn, queue_id: i64, view: &mut filter::View<Action>) -> Result<List, Error> {
    let queue = crate::queues::query::find(conn, queue_id)?;
    let mut count = journal::table.filter(journal::queue_id.eq(queue_id)).count().into_boxed();
    let mut rows = journal::table.left_join(hooks::table.on(hooks::id.eq(journal::hook_id))).into_boxed();
    rows = rows.filter(journal::queue_id.eq(queue_id));
    if !view.filter.actions.is_empty() {
        count = count.filter(journal::action.eq_any(view.filter.actions.clone()));
        rows = rows.filter(journal::action.eq_any(view.filter.actions.clone()));
    }
    let pages = view.pages(count.get_result(conn)?);
    let rows = rows.select((
        journal::change,
        journal::at,
        journal::author,
        journal::hook_id,
        journal::action,
        journal::before,
        journal::after,
        hooks::id.nullable(),
    ));
    let rows = if view.descending { rows.order(journal::id.asc()) } else { rows.order(journal::id.desc()) };
    let rows: Vec<Row> = rows.limit(view.size).offset(view.offset()).load(conn)?;
    let entry = |(change, at, author, hook_id, action, before, after, exists): Row| Entry {
        change,
        at,
        author,
        hook_id,
        action,
        before,
        after,
        exists: exists.is_some(),
    };
    Ok(List { queue, pages, rows: rows.into_iter().map(entry).collect() })
}
