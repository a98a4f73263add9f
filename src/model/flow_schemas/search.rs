//! Finding flow schemas for programs: by their ids, names and types, some at a time, without their texts.

use std::collections::BTreeSet;

use diesel::prelude::*;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::flow_schema::SchemaType;
use super::query::Row;
use crate::db::schema::flow_schemas;
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
    UpdatedAt,
}

impl Word for Column {}

/// Which flow schemas. An empty set means all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub ids: BTreeSet<i64>,
    pub types: BTreeSet<SchemaType>,
    /// A pattern of the whole name, with `*` for any characters.
    pub name: Option<String>,
}

fn wanted<'a>(wanted: &Wanted) -> flow_schemas::BoxedQuery<'a, MultiBackend> {
    let mut rows = flow_schemas::table.into_boxed();
    if !wanted.ids.is_empty() {
        rows = rows.filter(flow_schemas::id.eq_any(wanted.ids.clone()).and(planned_anew()));
    }
    if !wanted.types.is_empty() {
        rows = rows.filter(flow_schemas::type_.eq_any(wanted.types.clone()));
    }
    if let Some(name) = &wanted.name {
        rows = rows.filter(flow_schemas::folded_name.like(wildcards(name)).escape('\\').and(planned_anew()));
    }
    rows
}

/// Some flow schemas.
pub fn list(conn: &mut Conn, asked: &Wanted, slice: Slice<Column>) -> QueryResult<Vec<Row>> {
    let rows = wanted(asked).select(Row::as_select());
    match slice.order.column {
        Column::Name => ordered!(rows, slice, flow_schemas::sort_key, flow_schemas::id),
        Column::Id => ordered!(rows, slice, flow_schemas::id),
        Column::Type => ordered!(rows, slice, flow_schemas::type_, flow_schemas::sort_key, flow_schemas::id),
        Column::UpdatedAt => ordered!(rows, slice, flow_schemas::updated_at, flow_schemas::id),
    }
    .load(conn)
}

/// How many there are.
pub fn count(conn: &mut Conn, asked: &Wanted) -> QueryResult<i64> {
    wanted(asked).count().get_result(conn)
}
