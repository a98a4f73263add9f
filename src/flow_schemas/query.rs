//! The queries of the flow schemas.

use diesel::prelude::*;

use super::flow_schema::{FlowSchema, SchemaType};
use crate::by_name::{Filter, View};
use crate::db::{Conn, MultiBackend, contains, fold};
use crate::error::Error;
use crate::paging::Pages;
use crate::schema::flow_schemas;

/// A flow schema as lists show it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub schema_type: SchemaType,
}

pub struct List {
    pub pages: Pages,
    pub rows: Vec<Item>,
}

/// A page of the list takes two queries: the count and the rows.
pub fn list(conn: &mut Conn, view: &mut View) -> Result<List, Error> {
    let total = matching(&view.filter).count().get_result(conn)?;
    let pages = view.pages(total);
    let rows = matching(&view.filter).select(Item::as_select());
    let rows = if view.descending {
        rows.order((flow_schemas::folded_name.desc(), flow_schemas::id.desc()))
    } else {
        rows.order((flow_schemas::folded_name, flow_schemas::id))
    };
    Ok(List { pages, rows: rows.limit(view.size).offset(view.offset()).load(conn)? })
}

fn matching<'a>(filter: &Filter) -> flow_schemas::BoxedQuery<'a, MultiBackend> {
    let schemas = flow_schemas::table.into_boxed();
    if filter.q.is_empty() {
        return schemas;
    }
    schemas.filter(flow_schemas::folded_name.like(contains(&filter.q)).escape('\\'))
}

pub fn find(conn: &mut Conn, id: i64) -> Result<FlowSchema, Error> {
    let schema = flow_schemas::table.find(id).select(FlowSchema::as_select()).first(conn).optional()?;
    schema.ok_or_else(|| Error::NotFound { what: "flow schema", back: super::view::PATH.into() })
}

/// The name of a flow schema, if it exists and is of a type that hooks may run.
pub fn name_for_hook(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    for_hooks().filter(flow_schemas::id.eq(id)).select(flow_schemas::name).first(conn).optional()
}

/// The name of a flow schema of any type.
pub fn name(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    flow_schemas::table.find(id).select(flow_schemas::name).first(conn).optional()
}

/// As many suggestions as the drop-down shows at first.
pub const OPTIONS: i64 = 50;

/// What the drop-down of a hook offers for a search: names that begin with it first.
#[derive(Default)]
pub struct Options {
    pub rows: Vec<Item>,
    /// There are more than these.
    pub more: bool,
}

impl Options {
    /// How many flow schemas are offered, in words.
    pub fn found(&self) -> String {
        match (self.rows.len(), self.more) {
            (0, _) => "No flow schemas match.".into(),
            (1, _) => "1 flow schema matches.".into(),
            (count, false) => format!("{count} flow schemas match."),
            (count, true) => format!("The first {count} are offered. Search to find others."),
        }
    }
}

pub fn options(conn: &mut Conn, q: &str, limit: i64) -> QueryResult<Options> {
    use flow_schemas::{folded_name, id};
    let typed = fold(q);
    // The names that begin with the search lie together in the index; the others are asked for only if there
    // is room left.
    let beyond = format!("{typed}\u{10ffff}");
    let beginning = for_hooks().filter(folded_name.ge(&typed)).filter(folded_name.lt(&beyond));
    let mut rows: Vec<Item> =
        beginning.order((folded_name, id)).limit(limit + 1).select(Item::as_select()).load(conn)?;
    let room = limit + 1 - rows.len() as i64;
    if room > 0 && !typed.is_empty() {
        let others = for_hooks()
            .filter(folded_name.like(contains(q)).escape('\\'))
            .filter(folded_name.lt(&typed).or(folded_name.ge(&beyond)));
        rows.extend(others.order((folded_name, id)).limit(room).select(Item::as_select()).load::<Item>(conn)?);
    }
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Options { rows, more })
}

fn for_hooks<'a>() -> flow_schemas::BoxedQuery<'a, MultiBackend> {
    flow_schemas::table.filter(flow_schemas::type_.eq_any(SchemaType::FOR_HOOKS)).into_boxed()
}
