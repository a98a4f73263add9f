//! Finding hooks. A page of the registry takes two queries: the queue with its counts (which give the total, the
//! pages and the numbers in the filters) and the rows. Their ids come from an index alone, before anything is joined.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::DefaultLoadingMode;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Untyped};

use super::filter::{Column, Filter, Order, Selection};
use super::hook::Hook;
use crate::db::schema::{flow_schemas, hook_counts, hook_schemas as schemas, hooks, queues as queues_};
use crate::db::{Conn, Id, coalesce, contains, planned_anew};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::listing::{Listed, Matching, Pages, Range, Walk};
use crate::model::queues;
use crate::model::queues::queue::Queue;
use crate::word::Stored;
use crate::{on_each, ordered, sorted};

/// The ids of the flow schemas whose name contains the search text.
macro_rules! schemas_named {
    ($typed:expr) => {
        flow_schemas::table
            .filter(flow_schemas::folded_name.like(contains($typed)).escape('\\'))
            .select(flow_schemas::id)
    };
}

/// Narrows a boxed query of hooks to those of a queue that match a filter, without its search. A macro, because Diesel
/// cannot nest a boxed query that is for both databases: each arm of `on_each!` expands it for its own.
macro_rules! matching {
    ($hooks:expr, $queue_id:expr, $filter:expr) => {{
        let filter: &Filter = $filter;
        let mut hooks = $hooks.filter(hooks::queue_id.eq($queue_id));
        if !filter.kinds.is_empty() {
            hooks = hooks.filter(hooks::event.eq_any(filter.kinds.clone()));
        }
        if let Some(enabled) = filter.state {
            hooks = hooks.filter(hooks::enabled.eq(enabled));
        }
        hooks
    }};
}

/// The ids of a queue's hooks that match a filter, for use inside another query.
macro_rules! ids {
    ($queue_id:expr, $filter:expr) => {{
        let mut ids = matching!(hooks::table.select(hooks::id).into_boxed(), $queue_id, $filter);
        if !$filter.q.is_empty() {
            ids = ids.filter(hooks::schema_id.eq_any(schemas_named!(&$filter.q)).and(planned_anew()));
        }
        ids
    }};
}

/// The ids of the selected hooks that exist, for use inside another query.
macro_rules! selected_ids {
    ($queue_id:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => ids!($queue_id, &Filter::default()).filter(hooks::id.eq_any(ids.clone())),
            Selection::Matching { filter, .. } => ids!($queue_id, filter),
        }
    };
}

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

/// How many hooks there are of each event and state, among those whose schema matches the search, each with a mark that
/// moves with their changes.
pub struct Counts(Vec<(Stored<Event>, bool, i64, i64)>);

impl Counts {
    pub fn of(&self, event: Event) -> i64 {
        self.0.iter().filter(|(e, ..)| e.is(event)).map(|(_, _, hooks, _)| hooks).sum()
    }

    pub fn matching(&self, filter: &Filter) -> Matching {
        let mut matching = Matching { count: 0, mark: 0 };
        for (event, enabled, hooks, mark) in self.of_filter(filter) {
            matching.count += hooks;
            // Weighed, so that two hooks that exchange their states or events are not what they were.
            let group = event
                .word()
                .bytes()
                .fold(i64::from(*enabled) + 1, |group, byte| group.wrapping_mul(31).wrapping_add(byte.into()));
            let weight = group.wrapping_mul(2).wrapping_add(1);
            matching.mark = matching.mark.wrapping_add(mark.wrapping_mul(weight));
        }
        matching
    }

    fn of_filter(&self, filter: &Filter) -> impl Iterator<Item = &(Stored<Event>, bool, i64, i64)> {
        self.0.iter().filter(|(event, enabled, ..)| {
            let is_of_kinds =
                filter.kinds.is_empty() || event.known().is_some_and(|event| filter.kinds.contains(&event));
            is_of_kinds && filter.state.is_none_or(|wanted| wanted == *enabled)
        })
    }

    /// How many match of each event, in the order of the events' words.
    fn by_event(&self, filter: &Filter) -> BTreeMap<String, i64> {
        let mut groups = BTreeMap::new();
        for (event, _, hooks, _) in self.of_filter(filter) {
            *groups.entry(event.word().to_owned()).or_default() += hooks;
        }
        groups
    }
}

/// As few as these are sorted faster than their queue is walked.
const FEW: i64 = 1000;

/// What a search counts, in an index that has all of it. The mark says which hooks run which flow schemas, as a sum
/// with room for any ids.
const COUNTED: &str = "coalesce(event, event), coalesce(enabled, enabled), count(*), \
                       CAST(coalesce(sum((id % 1000003) * (schema_id % 1009 + 1)), 0) AS BIGINT)";

fn counts(conn: &mut Conn, queue_id: i64, q: &str) -> QueryResult<Counts> {
    let rows = if q.is_empty() {
        hook_counts::table
            .filter(hook_counts::queue_id.eq(queue_id))
            .select((hook_counts::event, hook_counts::enabled, hook_counts::hooks, hook_counts::changes))
            .load(conn)?
    } else {
        hooks::table
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::schema_id.eq_any(schemas_named!(q)))
            .group_by(sql::<Untyped>("1, 2"))
            .select(sql::<(Text, Bool, BigInt, BigInt)>(COUNTED))
            .load(conn)?
    };
    Ok(Counts(rows))
}

/// A queue with its counts; without a search they come in one query.
fn queue_and_counts(conn: &mut Conn, queue_id: i64, q: &str) -> Result<(Queue, Counts), Error> {
    type Count = (Stored<Event>, bool, i64, i64);
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

/// How many of a queue's hooks match a filter, and whether they are what somebody saw.
pub fn seen(conn: &mut Conn, queue_id: i64, filter: &Filter) -> QueryResult<Matching> {
    Ok(counts(conn, queue_id, &filter.q)?.matching(filter))
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

pub fn find(conn: &mut Conn, queue_id: i64, id: i64) -> QueryResult<Option<Hook>> {
    on_each!(conn, c => {
        hooks::table
            .inner_join(schemas::table)
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::id.eq(id))
            .select(Hook::as_select())
            // Not `first`: there is one at most.
            .get_result(c)
            .optional()
    })
}

/// A hook that is to be changed, and who changed its queue last.
pub(super) fn find_to_change(conn: &mut Conn, queue_id: i64, id: i64) -> QueryResult<Option<(Hook, Option<i64>)>> {
    on_each!(conn, c => {
        hooks::table
            .inner_join(schemas::table)
            .inner_join(queues_::table)
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::id.eq(id))
            .select((Hook::as_select(), queues_::updated_by))
            .get_result(c)
            .optional()
    })
}

/// A hook that must exist.
pub fn found(conn: &mut Conn, queue_id: i64, id: i64) -> Result<Hook, Error> {
    find(conn, queue_id, id)?.ok_or(Error::NotFound(Thing::Hook { queue: queue_id }))
}

/// Those of these hooks that exist in a queue.
pub fn of_ids(conn: &mut Conn, queue_id: i64, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, Hook>> {
    let hooks = hooks::table.inner_join(schemas::table).filter(hooks::id.eq_any(ids.collect::<Vec<_>>()));
    let hooks: Vec<Hook> = hooks.filter(hooks::queue_id.eq(queue_id)).select(Hook::as_select()).load(conn)?;
    Ok(hooks.into_iter().map(|hook| (hook.id, hook)).collect())
}

/// How many hooks a queue has.
pub fn count(conn: &mut Conn, queue_id: i64) -> QueryResult<i64> {
    Ok(counts(conn, queue_id, "")?.matching(&Filter::default()).count)
}

/// The enabled hooks of a queue: at most one for each event. There is an index of these alone, which is only used where
/// the state is no value of the query.
pub fn enabled(conn: &mut Conn, queue_id: i64) -> QueryResult<Vec<Hook>> {
    on_each!(conn, c => {
        hooks::table
            .inner_join(schemas::table)
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::enabled)
            .order((hooks::event, hooks::id))
            .select(Hook::as_select())
            .load(c)
    })
}

/// The hooks that are enabled for some events in some queues, each with its queue's id.
pub fn enabled_in(conn: &mut Conn, queue_ids: &[i64], events: &[Event]) -> QueryResult<Vec<(i64, Hook)>> {
    let found = hooks::table
        .inner_join(schemas::table)
        .filter(hooks::queue_id.eq_any(queue_ids))
        .filter(hooks::enabled)
        .filter(hooks::event.eq_any(events))
        .select((hooks::queue_id, Hook::as_select()))
        .load(conn)?;
    Ok(with_queues(found))
}

/// The hooks that run some flow schemas on some events in some queues, each with its queue's id.
pub fn running_in(
    conn: &mut Conn,
    queue_ids: &[i64],
    schema_ids: &BTreeSet<i64>,
    events: &[Event],
) -> QueryResult<Vec<(i64, Hook)>> {
    let found = hooks::table
        .inner_join(schemas::table)
        .filter(hooks::queue_id.eq_any(queue_ids))
        .filter(hooks::schema_id.eq_any(schema_ids))
        .filter(hooks::event.eq_any(events))
        .order(hooks::id)
        .select((hooks::queue_id, Hook::as_select()))
        .load(conn)?;
    Ok(with_queues(found))
}

fn with_queues(found: Vec<(Id, Hook)>) -> Vec<(i64, Hook)> {
    found.into_iter().map(|(Id(queue_id), hook)| (queue_id, hook)).collect()
}

/// Refuses a selection that no longer means the same hooks.
pub fn check(conn: &mut Conn, queue_id: i64, selection: &Selection) -> Result<(), Error> {
    selection.check(Thing::Hook { queue: queue_id }, |filter| seen(conn, queue_id, filter))
}

/// The first of the selected hooks.
pub fn selected(conn: &mut Conn, queue_id: i64, selection: &Selection, limit: i64) -> QueryResult<Vec<Hook>> {
    on_each!(conn, c => {
        let hooks = hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed();
        let hooks = match selection {
            Selection::Ids(ids) => hooks.filter(hooks::queue_id.eq(queue_id)).filter(hooks::id.eq_any(ids.clone())),
            Selection::Matching { filter, .. } => {
                let ids = ids!(queue_id, filter);
                hooks.filter(hooks::id.eq_any(ids.order((hooks::event, hooks::id)).limit(limit)))
            }
        };
        hooks.order((hooks::event, hooks::id)).limit(limit).load(c)
    })
}

/// The first selected hook for an event that is in this state.
pub fn first_selected(
    conn: &mut Conn,
    queue_id: i64,
    selection: &Selection,
    event: Event,
    enabled: bool,
) -> QueryResult<Option<i64>> {
    on_each!(conn, c => {
        let ids = selected_ids!(queue_id, selection).filter(hooks::event.eq(event)).filter(hooks::enabled.eq(enabled));
        Ok(ids.order(hooks::id).limit(1).first::<Id>(c).optional()?.map(i64::from))
    })
}

/// How many of the selected hooks exist.
pub fn count_selected(conn: &mut Conn, queue_id: i64, selection: &Selection) -> QueryResult<i64> {
    match selection {
        Selection::Ids(ids) => hooks::table
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::id.eq_any(ids.clone()))
            .count()
            .get_result(conn),
        Selection::Matching { filter, .. } => Ok(seen(conn, queue_id, filter)?.count),
    }
}
