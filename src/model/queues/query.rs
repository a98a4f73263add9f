//! Finding queues. A page of the registry takes three queries: the count, the rows, and their numbers of hooks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable};

use super::filter::{Column, Filter, Order, Selection};
use super::queue::Queue;
use crate::db::schema::{hook_counts, queues};
use crate::db::{Conn, Id, MAX_IDS, SUM_OF_IDS, plain};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::listing::{Listed, Matching, Pages, Range};
use crate::{on_each, ordered, whole};

/// Narrows a boxed query of queues to those that match a filter.
macro_rules! matching {
    ($queues:expr, $filter:expr) => {{
        let filter: &Filter = $filter;
        let queues = $crate::narrowed!($queues, filter, queues::type_, queues::folded_name, queues::enabled);
        match filter.missing {
            Some(event) => queues.filter($crate::model::queues::query::misses(event)),
            None => queues,
        }
    }};
}
pub(super) use matching;

/// The event's bit in `queues.covered`.
pub(super) fn bit(event: Event) -> i16 {
    1 << event as i16
}

/// Queues in which an event can happen, without an enabled hook for it.
pub(super) fn misses(event: Event) -> SqlLiteral<Bool> {
    let types: Vec<_> = event.queue_types().iter().map(|queue_type| queue_type.number().to_string()).collect();
    sql(&format!("(queues.type IN ({}) AND (queues.covered & {}) = 0)", types.join(", "), bit(event)))
}

/// Narrows a boxed query of queues to those in a selection that still exist.
macro_rules! selected {
    ($queues:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => $queues.filter(queues::id.eq_any(ids.clone())),
            Selection::Matching { filter, .. } => matching!($queues, filter),
        }
    };
}

/// How many hooks a queue has, and how many of them are enabled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    pub all: i64,
    pub enabled: i64,
}

/// A page of the registry: each queue with its numbers of hooks.
pub fn list(conn: &mut Conn, filter: &Filter, order: Order, range: Range) -> Result<Listed<(Queue, Hooks)>, Error> {
    let pages = range.of_matching(seen(conn, filter)?);
    let rows = page(conn, filter, order, &pages)?;
    Ok(Listed { pages, rows: with_hooks(conn, rows)? })
}

/// The rows to which a walk leads.
macro_rules! walked {
    ($rows:expr, $walk:expr) => {{
        let (rows, walk) = ($rows, $walk);
        match walk.order.column {
            Column::Name => ordered!(rows, walk, queues::sort_key, queues::id),
            Column::Type => ordered!(rows, walk, queues::type_, queues::sort_key, queues::id),
            Column::Enabled => ordered!(rows, walk, queues::enabled, queues::sort_key, queues::id),
            Column::UpdatedAt => ordered!(rows, walk, queues::updated_at, queues::id),
            Column::Missing => ordered!(rows, walk, queues::missing, queues::sort_key, queues::id),
            Column::Hooks => {
                let hooks = "coalesce((SELECT sum(hooks) FROM hook_counts WHERE queue_id = queues.id), 0)";
                ordered!(rows, walk, sql::<BigInt>(hooks), queues::sort_key, queues::id)
            }
        }
    }};
}

/// The queues of a page.
pub(super) fn page(conn: &mut Conn, filter: &Filter, order: Order, pages: &Pages) -> QueryResult<Vec<Queue>> {
    let walk = pages.walk(order);
    let rows = matching!(queues::table.select(Queue::as_select()).into_boxed(), filter);
    Ok(walk.arrive(walked!(rows, &walk).load(conn)?))
}

/// The ids of the queues of a page.
pub(super) fn page_ids(conn: &mut Conn, filter: &Filter, order: Order, pages: &Pages) -> QueryResult<Vec<i64>> {
    let walk = pages.walk(order);
    let rows = matching!(queues::table.select(queues::id).into_boxed(), filter);
    Ok(walk.arrive(plain(walked!(rows, &walk).load(conn)?)))
}

/// How many queues match, and whether they are what somebody saw. A queue's time moves with its hooks, which go with
/// it.
pub fn seen(conn: &mut Conn, filter: &Filter) -> QueryResult<Matching> {
    let (count, last_change, ids): (i64, Option<NaiveDateTime>, Option<Id>) = if filter.is_empty() {
        whole!(queues).get_result(conn)?
    } else {
        let columns = (count_star(), max(queues::updated_at), sql::<Nullable<BigInt>>(SUM_OF_IDS));
        matching!(queues::table.select(columns).into_boxed(), filter).get_result(conn)?
    };
    Ok(Matching::new(count, last_change, ids.map(i64::from)))
}

/// Queues with their numbers of hooks.
fn with_hooks(conn: &mut Conn, queues: Vec<Queue>) -> QueryResult<Vec<(Queue, Hooks)>> {
    let counts: Vec<(Id, bool, i64)> = hook_counts::table
        .filter(hook_counts::queue_id.eq_any(queues.iter().map(|queue| queue.id)))
        .select((hook_counts::queue_id, hook_counts::enabled, hook_counts::hooks))
        .load(conn)?;
    let mut hooks: BTreeMap<i64, Hooks> = BTreeMap::new();
    for (Id(id), enabled, count) in counts {
        let hooks = hooks.entry(id).or_default();
        hooks.all += count;
        hooks.enabled += if enabled { count } else { 0 };
    }
    let with = |queue: Queue| {
        let hooks = hooks.get(&queue.id).copied().unwrap_or_default();
        (queue, hooks)
    };
    Ok(queues.into_iter().map(with).collect())
}

pub fn find(conn: &mut Conn, id: i64) -> Result<Queue, Error> {
    queues::table.find(id).select(Queue::as_select()).first(conn).optional()?.ok_or(Error::NotFound(Thing::Queue))
}

diesel::define_sql_function! {
    /// Locks those of these queues that exist, in the order of their ids, until the transaction ends. The database
    /// knows how: on Webitel's tables other transactions must not wait for it.
    fn lock_queues(ids: Array<BigInt>) -> BigInt;
}

/// Starts a change of a queue or of its hooks: nobody else changes them until the transaction ends. It writes nothing,
/// so a refused change does not make the call-center engine reload the queue.
pub fn lock(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let is_there = match conn {
        Conn::Postgres(_) => !lock_each(conn, &[id])?.is_empty(),
        // This transaction is the only one that writes.
        Conn::Sqlite(conn) => queues::table.find(id).select(queues::id).get_result::<i64>(conn).optional()?.is_some(),
    };
    if is_there { Ok(()) } else { Err(Error::NotFound(Thing::Queue)) }
}

/// Locks those of these queues that exist, in the order of their ids.
pub fn lock_each(conn: &mut Conn, ids: &[i64]) -> QueryResult<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    for ids in ids.chunks(MAX_IDS) {
        found.extend(match conn {
            Conn::Postgres(conn) => diesel::select(lock_queues(ids)).load::<i64>(conn)?,
            // This transaction is the only one that writes.
            Conn::Sqlite(conn) => queues::table.filter(queues::id.eq_any(ids)).select(queues::id).load::<i64>(conn)?,
        });
    }
    Ok(found)
}

/// Refuses a selection that no longer means the same queues.
pub fn check(conn: &mut Conn, selection: &Selection) -> Result<(), Error> {
    selection.check(Thing::Queue, |filter| seen(conn, filter))
}

/// How many of the selected queues exist, and how many hooks they have.
pub fn count_selected(conn: &mut Conn, selection: &Selection) -> QueryResult<(i64, i64)> {
    on_each!(conn, c => {
        let count = selected!(queues::table.count().into_boxed(), selection).get_result(c)?;
        let ids = selected!(queues::table.select(queues::id).into_boxed(), selection);
        let counts = hook_counts::table.filter(hook_counts::queue_id.eq_any(ids)).select(hook_counts::hooks);
        Ok((count, counts.load::<i64>(c)?.into_iter().sum()))
    })
}

/// The first of the selected queues with their numbers of hooks, in the order of their names.
pub fn selected(conn: &mut Conn, selection: &Selection, limit: i64) -> QueryResult<Vec<(Queue, Hooks)>> {
    let queues = selected!(queues::table.select(Queue::as_select()).into_boxed(), selection);
    let queues: Vec<Queue> = queues.order((queues::sort_key, queues::id)).limit(limit).load(conn)?;
    with_hooks(conn, queues)
}

/// Locks the selected queues, in the order of their ids, and gives the ids of those that exist. Only then it refuses a
/// selection that does not mean the same queues any more, so that none of them can change in between.
pub fn lock_selected(conn: &mut Conn, selection: &Selection) -> Result<Vec<i64>, Error> {
    let ids = ids(conn, selection, i64::MAX)?;
    let locked = lock_each(conn, &ids)?;
    check(conn, selection)?;
    Ok(locked.into_iter().collect())
}

/// The first ids of a selection, whether or not it means the same queues as before.
pub fn ids(conn: &mut Conn, selection: &Selection, limit: i64) -> QueryResult<Vec<i64>> {
    on_each!(conn, c => {
        let ids = selected!(queues::table.select(queues::id).into_boxed(), selection);
        Ok(plain(ids.order(queues::id).limit(limit).load(c)?))
    })
}

/// Queues by their ids, in the order of these.
pub fn of_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Queue>> {
    queues::table.filter(queues::id.eq_any(ids)).order(queues::id).select(Queue::as_select()).load(conn)
}

/// Queues by their ids, in the order of their names.
pub fn by_name(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Queue>> {
    let queues = queues::table.filter(queues::id.eq_any(ids)).order((queues::sort_key, queues::id));
    queues.select(Queue::as_select()).load(conn)
}
