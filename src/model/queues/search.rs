//! Finding queues for programs: by their ids, names, types and state, some at a time.

use std::collections::BTreeSet;

use diesel::prelude::*;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::queue::Queue;
use super::queue_type::QueueType;
use crate::db::schema::queues;
use crate::db::{Conn, MultiBackend, planned_anew, wildcards};
use crate::model::listing::Slice;
use crate::ordered;
use crate::word::Word;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    Name,
    Id,
    Type,
    Enabled,
    UpdatedAt,
}

impl Word for Column {}

/// Which queues. An empty set means all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub ids: BTreeSet<i64>,
    pub types: BTreeSet<QueueType>,
    pub enabled: Option<bool>,
    /// A pattern of the whole name, with `*` for any characters.
    pub name: Option<String>,
}

fn wanted<'a>(wanted: &Wanted) -> queues::BoxedQuery<'a, MultiBackend> {
    let mut rows = queues::table.into_boxed();
    if !wanted.ids.is_empty() {
        rows = rows.filter(queues::id.eq_any(wanted.ids.clone()).and(planned_anew()));
    }
    if !wanted.types.is_empty() {
        rows = rows.filter(queues::type_.eq_any(wanted.types.clone()));
    }
    if let Some(enabled) = wanted.enabled {
        rows = rows.filter(queues::enabled.eq(enabled));
    }
    if let Some(name) = &wanted.name {
        rows = rows.filter(queues::folded_name.like(wildcards(name)).escape('\\').and(planned_anew()));
    }
    rows
}

/// Some queues.
pub fn list(conn: &mut Conn, asked: &Wanted, slice: Slice<Column>) -> QueryResult<Vec<Queue>> {
    let rows = wanted(asked).select(Queue::as_select());
    match slice.order.column {
        Column::Name => ordered!(rows, slice, queues::sort_key, queues::id),
        Column::Id => ordered!(rows, slice, queues::id),
        Column::Type => ordered!(rows, slice, queues::type_, queues::sort_key, queues::id),
        Column::Enabled => ordered!(rows, slice, queues::enabled, queues::sort_key, queues::id),
        Column::UpdatedAt => ordered!(rows, slice, queues::updated_at, queues::id),
    }
    .load(conn)
}

/// How many there are.
pub fn count(conn: &mut Conn, asked: &Wanted) -> QueryResult<i64> {
    wanted(asked).count().get_result(conn)
}
