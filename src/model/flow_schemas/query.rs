//! Finding flow schemas. A page of the registry takes three queries: the count, the rows, how many hooks run each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, exists, max, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::filter::{Column, Filter, Order, Selection};
use super::flow_schema::{FlowSchema, SchemaType};
use super::uses::uses_of;
use crate::db::schema::{flow_schemas, hooks};
use crate::db::{Conn, MAX_IDS, MultiBackend, SUM_OF_IDS, Time, contains};
use crate::error::{Error, Thing};
use crate::model::listing::{self, Listed, Matching};
use crate::name::keys::{folded, range_of_beginning};
use crate::word::Stored;
use crate::{narrowed, ordered, whole};

/// A flow schema by its name.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub schema_type: Stored<SchemaType>,
}

/// A flow schema as the registry shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct Row {
    #[diesel(embed)]
    pub item: Item,
    pub editor: bool,
    #[diesel(deserialize_as = Time)]
    pub updated_at: Option<NaiveDateTime>,
}

/// Some flow schemas, in a query for either database.
type Boxed<'a> = flow_schemas::BoxedQuery<'a, MultiBackend>;

fn matching<'a>(filter: &Filter) -> Boxed<'a> {
    let schemas = narrowed!(flow_schemas::table.into_boxed(), filter, flow_schemas::type_, flow_schemas::folded_name);
    match filter.state {
        Some(true) => schemas.filter(exists(uses())),
        Some(false) => schemas.filter(not(exists(uses()))),
        None => schemas,
    }
}

/// The flow schemas in a selection that still exist.
fn of_selection<'a>(selection: &Selection) -> Boxed<'a> {
    match selection {
        Selection::Ids(ids) => flow_schemas::table.filter(flow_schemas::id.eq_any(ids.clone())).into_boxed(),
        Selection::Matching { filter, .. } => matching(filter),
    }
}

/// The hooks that run the flow schema of the outer query.
#[diesel::dsl::auto_type]
fn uses() -> _ {
    hooks::table.filter(hooks::schema_id.eq(flow_schemas::id)).select(hooks::id)
}

/// A page of the registry: each flow schema with the number of hooks that run it.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    order: Order,
    range: listing::Range,
) -> Result<Listed<(Row, i64)>, Error> {
    use flow_schemas::{editor, id, sort_key, type_, updated_at};
    let pages = range.of_matching(seen(conn, filter)?);
    let rows = matching(filter).select(Row::as_select());
    let walk = pages.walk(order);
    let rows = match order.column {
        Column::Name => ordered!(rows, walk, sort_key, id),
        Column::Type => ordered!(rows, walk, type_, sort_key, id),
        Column::Editor => ordered!(rows, walk, editor, sort_key, id),
        Column::UpdatedAt => ordered!(rows, walk, updated_at, id),
        Column::UsedBy => {
            let uses = "(SELECT count(*) FROM hooks WHERE schema_id = flow_schemas.id)";
            ordered!(rows, walk, sql::<BigInt>(uses), sort_key, id)
        }
    };
    let rows = walk.arrive(rows.load::<Row>(conn)?);
    let uses = uses_of(conn, rows.iter().map(|row| row.item.id))?;
    let of = |row: Row| {
        let uses = uses.get(&row.item.id).copied().unwrap_or_default();
        (row, uses)
    };
    Ok(Listed { pages, rows: rows.into_iter().map(of).collect() })
}

/// How many flow schemas match, and whether they are what somebody saw.
pub fn seen(conn: &mut Conn, filter: &Filter) -> QueryResult<Matching> {
    let (count, last_change, ids) = if filter.is_empty() {
        whole!(flow_schemas).get_result(conn)?
    } else {
        let columns = (count_star(), max(flow_schemas::updated_at), sql::<Nullable<BigInt>>(SUM_OF_IDS));
        matching(filter).select(columns).get_result(conn)?
    };
    Ok(Matching::new(count, last_change, ids))
}

pub fn find(conn: &mut Conn, id: i64) -> Result<FlowSchema, Error> {
    let schema = flow_schemas::table.find(id).select(FlowSchema::as_select());
    schema.first(conn).optional()?.ok_or(Error::NotFound(Thing::FlowSchema))
}

/// Those of these that are there, in the order of their ids.
pub fn find_all(conn: &mut Conn, ids: &[i64]) -> Result<Vec<FlowSchema>, Error> {
    let schemas = flow_schemas::table.filter(flow_schemas::id.eq_any(ids)).order(flow_schemas::id);
    Ok(schemas.select(FlowSchema::as_select()).load(conn)?)
}

pub fn find_item(conn: &mut Conn, id: i64) -> Result<Item, Error> {
    let item = flow_schemas::table.find(id).select(Item::as_select());
    item.first(conn).optional()?.ok_or(Error::NotFound(Thing::FlowSchema))
}

/// A flow schema that nobody else changes until the transaction ends.
pub fn lock(conn: &mut Conn, id: i64) -> Result<FlowSchema, Error> {
    // On SQLite this transaction is the only one that writes.
    if let Conn::Postgres(conn) = conn {
        diesel::select(lock_flow_schemas(vec![id])).execute(conn)?;
    }
    find(conn, id)
}

diesel::define_sql_function! {
    /// Locks those of these flow schemas that exist, in the order of their ids, until the transaction ends.
    fn lock_flow_schemas(ids: Array<BigInt>) -> BigInt;
}

diesel::define_sql_function! {
    /// Until the transaction ends, nobody changes or removes these flow schemas. On Webitel's tables, only that they
    /// stay is certain.
    fn keep_flow_schemas(ids: Array<BigInt>) -> BigInt;
}

/// Until the transaction ends, nobody can remove a flow schema that hooks ran before this change: they may run it
/// again. All are locked at once and in the order of their ids, so that two changes never hold what the other one
/// needs.
pub fn keep_those_of(conn: &mut Conn, change: &str) -> QueryResult<()> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    let of_hooks = "SELECT keep_flow_schemas(ARRAY(\
                        SELECT (before::json #>> '{schema,id}')::bigint FROM journal \
                        WHERE change = $1 AND subject = 'hook' AND before IS NOT NULL))";
    diesel::sql_query(of_hooks).bind::<Text, _>(change).execute(conn).map(drop)
}

/// Until the transaction ends, nobody changes or removes these flow schemas, which hooks are to run. All are locked at
/// once and in the order of their ids.
pub fn keep(conn: &mut Conn, ids: &BTreeSet<i64>) -> QueryResult<()> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    diesel::select(keep_flow_schemas(Vec::from_iter(ids))).execute(conn).map(drop)
}

/// The names of those flow schemas that hooks may run.
pub fn names_for_hooks(conn: &mut Conn, ids: &BTreeSet<i64>) -> QueryResult<BTreeMap<i64, String>> {
    let for_hooks = flow_schemas::table.filter(flow_schemas::type_.eq_any(SchemaType::FOR_HOOKS));
    let named = for_hooks.filter(flow_schemas::id.eq_any(ids)).select((flow_schemas::id, flow_schemas::name));
    Ok(named.load(conn)?.into_iter().collect())
}

/// The flow schema that has this name.
pub fn holder(conn: &mut Conn, name: &str) -> QueryResult<Option<i64>> {
    flow_schemas::table.filter(flow_schemas::name.eq(name)).select(flow_schemas::id).first(conn).optional()
}

/// The name of a flow schema, if it exists and is of a type that hooks may run.
pub fn name_for_hook(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    let for_hooks = flow_schemas::table.filter(flow_schemas::type_.eq_any(SchemaType::FOR_HOOKS));
    for_hooks.filter(flow_schemas::id.eq(id)).select(flow_schemas::name).first(conn).optional()
}

/// The name of a flow schema of any type.
pub fn name(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    flow_schemas::table.find(id).select(flow_schemas::name).first(conn).optional()
}

/// The names of those that exist.
pub fn names_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, String>> {
    let ids: BTreeSet<i64> = ids.collect();
    let names = flow_schemas::table.filter(flow_schemas::id.eq_any(ids)).select((flow_schemas::id, flow_schemas::name));
    Ok(names.load(conn)?.into_iter().collect())
}

/// The text of a flow schema.
pub fn text(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    flow_schemas::table.find(id).select(flow_schemas::schema).first(conn).optional()
}

/// How many suggestions the drop-down shows at first.
pub const OPTIONS: i64 = 50;

/// What a hook's drop-down offers for a search: names that begin with it come first.
#[derive(Default)]
pub struct Options {
    pub rows: Vec<Item>,
    /// There are more than these.
    pub more: bool,
}

pub fn options(conn: &mut Conn, q: &str, limit: i64) -> QueryResult<Options> {
    use flow_schemas::{folded_name, id, sort_key};
    let typed = folded(q);
    // The names that begin with the search are close together in the index; the others are read only if there is room
    // left.
    let Range { start, end } = range_of_beginning(&typed);
    let begins = || {
        let is_close = sort_key.ge(start.clone()).and(sort_key.lt(end.clone()));
        is_close.and(folded_name.ge(typed.clone())).and(folded_name.lt(format!("{typed}\u{10ffff}")))
    };
    let first = |schemas: Boxed<'static>, limit| schemas.order((sort_key, id)).limit(limit).select(Item::as_select());
    // The index of names has the types too. That of types would find all flow schemas of a type and sort them, and
    // a database without statistics would choose it.
    let for_hooks = || flow_schemas::type_.concat("").eq_any(SchemaType::FOR_HOOKS);
    let schemas = || flow_schemas::table.into_boxed();
    let mut rows: Vec<Item> = first(schemas().filter(begins()).filter(for_hooks()), limit + 1).load(conn)?;
    let room = limit + 1 - rows.len() as i64;
    if room > 0 && !typed.is_empty() {
        // All that begin with it are known, so those among them are left out here.
        let all = schemas().filter(folded_name.like(contains(q)).escape('\\')).filter(for_hooks());
        let known: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
        let all: Vec<Item> = first(all, limit + 1).load(conn)?;
        rows.extend(all.into_iter().filter(|row| !known.contains(&row.id)).take(room as usize));
    }
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok(Options { rows, more })
}

/// Refuses a selection that no longer means the same flow schemas.
pub fn check(conn: &mut Conn, selection: &Selection) -> Result<(), Error> {
    selection.check(Thing::FlowSchema, |filter| seen(conn, filter))
}

/// Locks the selected flow schemas, in the order of their ids, and gives the ids of those that exist. Only then it
/// refuses a selection that does not mean the same ones any more, so that none of them can change in between.
pub fn lock_selected(conn: &mut Conn, selection: &Selection) -> Result<Vec<i64>, Error> {
    let selected = of_selection(selection).order(flow_schemas::id).select(flow_schemas::id);
    let mut ids: Vec<i64> = selected.load(conn)?;
    // On SQLite the transaction is the only one that writes already.
    if let Conn::Postgres(conn) = conn {
        let mut locked = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_IDS) {
            locked.extend(diesel::select(lock_flow_schemas(ids)).load::<i64>(conn)?);
        }
        ids = locked;
    }
    check(conn, selection)?;
    Ok(ids)
}

/// What is in a selection.
pub struct Selected {
    /// How many of them exist.
    pub count: i64,
    /// How many of those no hook runs.
    pub free: i64,
    /// The first that no hook runs.
    pub first_free: Vec<Item>,
    /// The first that hooks run, and how many hooks do.
    pub first_used: Vec<(Item, i64)>,
}

pub fn selected(conn: &mut Conn, selection: &Selection, limit: i64) -> Result<Selected, Error> {
    let free = || of_selection(selection).filter(not(exists(uses())));
    let used = || of_selection(selection).filter(exists(uses()));
    let first = |conn: &mut Conn, schemas: Boxed<'static>| -> QueryResult<Vec<Item>> {
        let by_name = schemas.select(Item::as_select()).order((flow_schemas::sort_key, flow_schemas::id));
        by_name.limit(limit).load(conn)
    };
    let first_used = first(conn, used())?;
    let counts = uses_of(conn, first_used.iter().map(|item| item.id))?;
    let with_uses = |item: Item| {
        let count = counts.get(&item.id).copied().unwrap_or_default();
        (item, count)
    };
    Ok(Selected {
        count: of_selection(selection).count().get_result(conn)?,
        free: free().count().get_result(conn)?,
        first_free: first(conn, free())?,
        first_used: first_used.into_iter().map(with_uses).collect(),
    })
}
