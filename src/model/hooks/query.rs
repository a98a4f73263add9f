//! Finding hooks, and counting them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::DefaultLoadingMode;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Untyped};

use super::filter::{Filter, Selection};
use super::hook::Hook;
use crate::db::schema::{flow_schemas, hook_counts, hook_schemas as schemas, hooks, queues as queues_};
use crate::db::{Conn, Id, contains, planned_anew};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::listing::Matching;
use crate::on_each;
use crate::word::Stored;

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

pub(super) use {ids, matching, schemas_named};

/// The ids of the selected hooks that exist, for use inside another query.
macro_rules! selected_ids {
    ($queue_id:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => ids!($queue_id, &Filter::default()).filter(hooks::id.eq_any(ids.clone())),
            Selection::Matching { filter, .. } => ids!($queue_id, filter),
        }
    };
}

/// How many hooks there are of each event and state, among those whose schema matches the search, each with a mark that
/// moves with their changes.
pub struct Counts(pub(super) Vec<Count>);

/// How many hooks there are of an event and a state, and their mark.
pub(super) type Count = (Stored<Event>, bool, i64, i64);

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

    fn of_filter(&self, filter: &Filter) -> impl Iterator<Item = &Count> {
        self.0.iter().filter(|(event, enabled, ..)| {
            let is_of_kinds =
                filter.kinds.is_empty() || event.known().is_some_and(|event| filter.kinds.contains(&event));
            is_of_kinds && filter.state.is_none_or(|wanted| wanted == *enabled)
        })
    }

    /// How many match of each event, in the order of the events' words.
    pub(super) fn by_event(&self, filter: &Filter) -> BTreeMap<String, i64> {
        let mut groups = BTreeMap::new();
        for (event, _, hooks, _) in self.of_filter(filter) {
            *groups.entry(event.word().to_owned()).or_default() += hooks;
        }
        groups
    }
}

/// What a search counts, in an index that has all of it. The mark says which hooks run which flow schemas, as a sum
/// with room for any ids: see [`mark`].
const COUNTED: &str = "coalesce(event, event), coalesce(enabled, enabled), count(*), \
                       CAST(coalesce(sum((id % 1000003) * (schema_id % 1009 + 1)), 0) AS BIGINT)";

/// What one hook adds to the mark of those that a search counts, as [`COUNTED`] has it for PostgreSQL.
fn mark(id: i64, schema_id: i64) -> i64 {
    (id % 1_000_003) * (schema_id % 1009 + 1)
}

/// Counts what comes in any order. SQLite would sort all that it counts, which takes longer than to find it.
fn tally(found: impl Iterator<Item = QueryResult<(Stored<Event>, bool, i64, i64)>>) -> QueryResult<Vec<Count>> {
    let mut counts: Vec<Count> = Vec::new();
    for hook in found {
        let (event, enabled, id, schema_id) = hook?;
        let mark = mark(id, schema_id);
        match counts.iter_mut().find(|(e, s, ..)| *e == event && *s == enabled) {
            Some((.., hooks, marks)) => (*hooks, *marks) = (*hooks + 1, *marks + mark),
            None => counts.push((event, enabled, 1, mark)),
        }
    }
    Ok(counts)
}

pub(super) fn counts(conn: &mut Conn, queue_id: i64, q: &str) -> QueryResult<Counts> {
    let rows = if q.is_empty() {
        hook_counts::table
            .filter(hook_counts::queue_id.eq(queue_id))
            .select((hook_counts::event, hook_counts::enabled, hook_counts::hooks, hook_counts::changes))
            .load(conn)?
    } else {
        let found =
            hooks::table.filter(hooks::queue_id.eq(queue_id)).filter(hooks::schema_id.eq_any(schemas_named!(q)));
        match conn {
            Conn::Postgres(conn) => {
                let counted = sql::<(Text, Bool, BigInt, BigInt)>(COUNTED);
                found.group_by(sql::<Untyped>("1, 2")).select(counted).load(conn)?
            }
            Conn::Sqlite(conn) => {
                let found = found.select((hooks::event, hooks::enabled, hooks::id, hooks::schema_id));
                tally(found.load_iter::<_, DefaultLoadingMode>(conn)?)?
            }
        }
    };
    Ok(Counts(rows))
}

/// How many of a queue's hooks match a filter, and whether they are what somebody saw.
pub fn seen(conn: &mut Conn, queue_id: i64, filter: &Filter) -> QueryResult<Matching> {
    Ok(counts(conn, queue_id, &filter.q)?.matching(filter))
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
