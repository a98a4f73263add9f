//! The hooks that run a flow schema, in all queues.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::filter::{Uses, UsesColumn};
use crate::db::Conn;
use crate::db::schema::{hooks, queues};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::listing::{Filter, Listed, Order, Range};
use crate::model::queues::queue_type::QueueType;
use crate::word::Stored;
use crate::{narrowed, ordered};

/// A hook that runs a flow schema.
#[derive(Queryable)]
pub struct Use {
    pub id: i64,
    pub queue_id: i64,
    pub queue: String,
    pub event: Stored<Event>,
    pub enabled: bool,
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

/// How many hooks run each of these flow schemas, without those that none runs.
pub fn uses_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, i64>> {
    let uses = hooks::table.filter(hooks::schema_id.eq_any(ids)).group_by(hooks::schema_id);
    Ok(uses.select((hooks::schema_id, count_star())).load::<(i64, i64)>(conn)?.into_iter().collect())
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
