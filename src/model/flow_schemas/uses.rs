//! The hooks that run a flow schema, in all queues.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::dsl::{self, count_star};
use diesel::prelude::*;

use super::filter::{Uses, UsesColumn};
use crate::db::schema::{hooks, queues};
use crate::db::{Conn, Id, Time};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::listing::{Filter, Listed, Matching, Order, Range, Selection};
use crate::model::queues::queue_type::QueueType;
use crate::word::Stored;
use crate::{narrowed, ordered};

/// A hook that runs a flow schema.
#[derive(Queryable)]
pub struct Use {
    #[diesel(deserialize_as = Id)]
    pub id: i64,
    #[diesel(deserialize_as = Id)]
    pub queue_id: i64,
    pub queue: String,
    pub event: Stored<Event>,
    pub enabled: bool,
    #[diesel(deserialize_as = Time)]
    pub updated_at: Option<NaiveDateTime>,
}

/// Narrows a boxed query of hooks and queues to those that run a flow schema and match a filter.
macro_rules! matching {
    ($hooks:expr, $id:expr, $filter:expr) => {{
        let hooks = $hooks.filter(hooks::schema_id.eq($id));
        narrowed!(hooks, $filter, hooks::event, queues::folded_name, hooks::enabled)
    }};
}

pub fn list(
    conn: &mut Conn,
    id: i64,
    filter: &Filter<Uses>,
    order: Order<UsesColumn>,
    range: Range,
) -> Result<Listed<Use>, Error> {
    let all = hooks::table.inner_join(queues::table);
    let pages = range.of(matching!(all.count().into_boxed(), id, filter).get_result(conn)?);
    let columns = (hooks::id, hooks::queue_id, queues::name, hooks::event, hooks::enabled, hooks::updated_at);
    let rows = matching!(all.select(columns).into_boxed(), id, filter);
    let walk = pages.walk(order);
    let rows = match order.column {
        UsesColumn::Queue => ordered!(rows, walk, queues::sort_key, queues::id, hooks::event, hooks::id),
        UsesColumn::Event => ordered!(rows, walk, hooks::event, hooks::id),
        UsesColumn::Enabled => ordered!(rows, walk, hooks::enabled, hooks::id),
        UsesColumn::UpdatedAt => ordered!(rows, walk, hooks::updated_at, hooks::id),
    };
    Ok(Listed { pages, rows: walk.arrive(rows.load(conn)?) })
}

/// Narrows a boxed query of hooks and queues to those of a selection that still run a flow schema.
macro_rules! selected {
    ($hooks:expr, $id:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => {
                matching!($hooks, $id, &Filter::<Uses>::default()).filter(hooks::id.eq_any(ids.clone()))
            }
            Selection::Matching { filter, .. } => matching!($hooks, $id, filter),
        }
    };
}

/// The first of the selected hooks that run a flow schema, by the names of their queues.
pub fn selected(conn: &mut Conn, id: i64, selection: &Selection<Uses>, limit: i64) -> QueryResult<Vec<Use>> {
    let columns = (hooks::id, hooks::queue_id, queues::name, hooks::event, hooks::enabled, hooks::updated_at);
    let rows = hooks::table.inner_join(queues::table).select(columns).into_boxed();
    let rows = selected!(rows, id, selection).order((queues::sort_key, queues::id, hooks::event, hooks::id));
    rows.limit(limit).load(conn)
}

/// How many hooks are selected, and in how many queues.
pub fn count_selected(conn: &mut Conn, id: i64, selection: &Selection<Uses>) -> QueryResult<(i64, i64)> {
    let columns = (count_star(), dsl::count(hooks::queue_id).aggregate_distinct());
    selected!(hooks::table.inner_join(queues::table).select(columns).into_boxed(), id, selection).get_result(conn)
}

/// Refuses a selection that no longer means the same hooks.
pub fn check(conn: &mut Conn, id: i64, selection: &Selection<Uses>) -> Result<(), Error> {
    let now = |filter: &Filter<Uses>| {
        let all = hooks::table.inner_join(queues::table);
        let count = matching!(all.count().into_boxed(), id, filter).get_result(conn)?;
        QueryResult::Ok(Matching { count, mark: 0 })
    };
    selection.check(Thing::FlowSchema, now)
}

/// In which of some queues, and on which events, hooks run a flow schema.
pub fn of_queues(conn: &mut Conn, id: i64, queue_ids: BTreeSet<i64>) -> QueryResult<BTreeSet<(i64, Stored<Event>)>> {
    let hooks = hooks::table.filter(hooks::schema_id.eq(id)).filter(hooks::queue_id.eq_any(queue_ids));
    let found: Vec<(Id, Stored<Event>)> = hooks.select((hooks::queue_id, hooks::event)).distinct().load(conn)?;
    Ok(found.into_iter().map(|(Id(id), event)| (id, event)).collect())
}

/// How many hooks run each of these flow schemas, without those that none runs.
pub fn uses_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, i64>> {
    let uses = hooks::table.filter(hooks::schema_id.eq_any(ids)).group_by(hooks::schema_id);
    let uses: Vec<(Id, i64)> = uses.select((hooks::schema_id, count_star())).load(conn)?;
    Ok(uses.into_iter().map(|(Id(id), hooks)| (id, hooks)).collect())
}

/// How many hooks run a flow schema.
pub fn count(conn: &mut Conn, id: i64) -> QueryResult<i64> {
    hooks::table.filter(hooks::schema_id.eq(id)).count().get_result(conn)
}

/// The known events, and types of queue, with which hooks run a flow schema.
pub fn occasions(conn: &mut Conn, id: i64) -> QueryResult<Vec<(Event, QueueType)>> {
    let found: Vec<(Stored<Event>, Stored<QueueType>)> = hooks::table
        .inner_join(queues::table)
        .filter(hooks::schema_id.eq(id))
        .select((hooks::event, queues::type_))
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(event, queue_type)| event.known().zip(queue_type.known())).collect())
}
