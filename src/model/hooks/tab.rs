//! A page of the registry. It takes two queries, with a search three: the queue with its counts (which give the total,
//! the pages and the numbers in the filters) and the rows. Their ids come from an index alone, before anything is joined;
//! but the first pages are read as they come.

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;

use super::filter::{Column, Filter, Order};
use super::hook::Hook;
use super::query::{Count, Counts, counts, ids, matching, schemas_named};
use crate::db::schema::{flow_schemas, hook_counts, hook_schemas as schemas, hooks, queues as queues_};
use crate::db::{Conn, coalesce, contains, planned_anew};
use crate::error::{Error, Thing};
use crate::model::listing::{Listed, Pages, Range, Walk};
use crate::model::queues;
use crate::model::queues::queue::Queue;
use crate::{on_each, ordered, sorted};

/// One page of a queue's hooks, with the queue and the counts.
pub struct Tab {
    pub queue: Queue,
    pub counts: Counts,
    pub hooks: Listed<Hook>,
}

/// Reads a page of the registry.
pub fn tab(conn: &mut Conn, queue_id: i64, filter: &Filter, order: Order, range: Range) -> Result<Tab, Error> {
    let (queue, counts) = queue_and_counts(conn, queue_id, &filter.q)?;
    let pages = range.of_matching(counts.matching(filter));
    let rows = list(conn, queue_id, filter, order, &pages, &counts)?;
    Ok(Tab { queue, counts, hooks: Listed { pages, rows } })
}

/// As few as these are sorted faster than their queue is walked.
const FEW: i64 = 1000;

/// A queue with its counts; without a search they come in one query.
fn queue_and_counts(conn: &mut Conn, queue_id: i64, q: &str) -> Result<(Queue, Counts), Error> {
    if !q.is_empty() {
        return Ok((queues::query::find(conn, queue_id)?, counts(conn, queue_id, q)?));
    }
    let rows: Vec<(Queue, Option<Count>)> = on_each!(conn, c => {
        queues_::table
            .left_join(hook_counts::table)
            .filter(queues_::id.eq(queue_id))
            .select((
                Queue::as_select(),
                (hook_counts::event, hook_counts::enabled, hook_counts::hooks, hook_counts::changes).nullable(),
            ))
            .load(c)?
    });
    let (queues, counts): (Vec<Queue>, Vec<Option<Count>>) = rows.into_iter().unzip();
    let queue = queues.into_iter().next().ok_or(Error::NotFound(Thing::Queue))?;
    Ok((queue, Counts(counts.into_iter().flatten().collect())))
}

/// The way to a page. In the order of events it need not pass those that end before it: they are counted. Then it also
/// says with which event it begins.
fn way(filter: &Filter, order: Order, pages: &Pages, counts: &Counts) -> (Walk<Column>, Option<String>) {
    if order.column != Column::Event || !filter.q.is_empty() {
        return (pages.walk(order), None);
    }
    let mut groups: Vec<(String, i64)> = counts.by_event(filter).into_iter().collect();
    if order.descending {
        groups.reverse();
    }
    let sizes: Vec<i64> = groups.iter().map(|(_, hooks)| *hooks).collect();
    let (walk, nth) = pages.walk_from(order, &sizes);
    (walk, groups.into_iter().nth(nth).map(|(event, _)| event))
}

/// The hooks of a page. Their ids come from an index alone, before anything is joined.
fn list(
    conn: &mut Conn,
    queue_id: i64,
    filter: &Filter,
    order: Order,
    pages: &Pages,
    counts: &Counts,
) -> QueryResult<Vec<Hook>> {
    let (walk, first) = way(filter, order, pages, counts);
    if order.column == Column::Schema {
        return by_schema(conn, queue_id, filter, &walk, pages.total);
    }
    // Those of several events have to be sorted first. PostgreSQL does not know how few are wanted, and would rather sort
    // the whole queue by its times than look for each hook.
    let is_as_they_come = order.column == Column::Event || matches!(conn, Conn::Sqlite(_));
    if walk.offset <= SHALLOW && filter.q.is_empty() && filter.kinds.len() < 2 && is_as_they_come {
        return shallow(conn, queue_id, filter, &walk, first);
    }
    // A walk in the wanted order passes many other hooks for each one that a search finds.
    let is_far = walk.offset + walk.limit > pages.total / 8;
    let is_sorted = !filter.q.is_empty() && (is_far || pages.total < FEW);
    on_each!(conn, c => {
        let mut page = hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed();
        let mut ids = ids!(queue_id, filter);
        // The order, twice: once to find the page, once to show it.
        macro_rules! order_by {
            ($column:expr) => {{
                page = sorted!(page, walk, $column, hooks::id);
                ids = if is_sorted {
                    ordered!(ids, walk, coalesce($column, $column), hooks::id)
                } else {
                    ordered!(ids, walk, $column, hooks::id)
                };
            }};
        }
        ids = match first {
            Some(event) if walk.order.descending => ids.filter(hooks::event.le(event)),
            Some(event) => ids.filter(hooks::event.ge(event)),
            None => ids,
        };
        match order.column {
            Column::Event => order_by!(hooks::event),
            Column::Enabled => order_by!(hooks::enabled),
            Column::UpdatedAt => order_by!(hooks::updated_at),
            Column::Schema => unreachable!(),
        }
        Ok(walk.arrive(page.filter(hooks::id.eq_any(ids)).load(c)?))
    })
}

/// After so few others, the hooks of a page are read as they come, and each flow schema with its hook.
pub(super) const SHALLOW: i64 = 100;

/// The name of a hook's flow schema as a query of its own. PostgreSQL would join many more hooks than a page shows, and
/// sort them.
macro_rules! schema_name {
    () => {
        schemas::table.filter(schemas::id.eq(hooks::schema_id)).select(schemas::name).single_value().assume_not_null()
    };
}
pub(super) use schema_name;

fn shallow(
    conn: &mut Conn,
    queue_id: i64,
    filter: &Filter,
    walk: &Walk<Column>,
    first: Option<String>,
) -> QueryResult<Vec<Hook>> {
    macro_rules! page {
        ($hooks:expr) => {{
            let mut hooks = matching!($hooks, queue_id, filter);
            hooks = match first {
                Some(event) if walk.order.descending => hooks.filter(hooks::event.le(event)),
                Some(event) => hooks.filter(hooks::event.ge(event)),
                None => hooks,
            };
            match walk.order.column {
                Column::Event => ordered!(hooks, walk, hooks::event, hooks::id),
                Column::Enabled => ordered!(hooks, walk, hooks::enabled, hooks::id),
                Column::UpdatedAt => ordered!(hooks, walk, hooks::updated_at, hooks::id),
                Column::Schema => unreachable!(),
            }
        }};
    }
    // Nothing is moved while they come.
    let mut rows = Vec::with_capacity(walk.limit as usize);
    match conn {
        Conn::Sqlite(conn) => {
            let page = page!(hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed());
            for hook in page.load_iter::<Hook, DefaultLoadingMode>(conn)? {
                rows.push(hook?);
            }
        }
        Conn::Postgres(conn) => {
            let (id, schema_id) = (hooks::id, hooks::schema_id);
            let columns = (id, hooks::event, hooks::enabled, hooks::updated_at, schema_id, schema_name!());
            let page = page!(hooks::table.select(columns).into_boxed());
            for hook in page.load_iter::<Hook, DefaultLoadingMode>(conn)? {
                rows.push(hook?);
            }
        }
    }
    Ok(walk.arrive(rows))
}

/// The hooks of a page in the order of their flow schemas' names, so these come first.
fn by_schema(
    conn: &mut Conn,
    queue_id: i64,
    filter: &Filter,
    walk: &Walk<Column>,
    total: i64,
) -> QueryResult<Vec<Hook>> {
    macro_rules! named {
        ($hooks:expr) => {{
            let mut hooks = matching!($hooks, queue_id, filter);
            if !filter.q.is_empty() {
                let pattern = contains(&filter.q);
                hooks = hooks.filter(schemas::folded_name.like(pattern).escape('\\').and(planned_anew()));
            }
            ordered!(hooks, walk, schemas::sort_key, schemas::id, hooks::id)
        }};
    }
    macro_rules! page {
        () => {
            hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed()
        };
    }
    let is_small = total < FEW && filter.q.is_empty();
    let rows = on_each!(conn, c => {
        if is_small {
            named!(page!()).load(c)?
        } else {
            // It would sort all hooks of the queue, unless flow schemas cannot be looked for by the ids in hooks.
            let by_name = hooks::table.inner_join(schemas::table.on(hooks::schema_id.eq(schemas::id + 0)));
            let page = page!().filter(hooks::id.eq_any(named!(by_name.select(hooks::id).into_boxed())));
            sorted!(page, walk, schemas::sort_key, schemas::id, hooks::id).load(c)?
        }
    });
    Ok(walk.arrive(rows))
}
