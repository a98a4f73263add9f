//! The queries of the flow schemas. A page of the registry takes three: the count, the rows, how many hooks run each.
//! Each change writes the journal in its transaction.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, exists, not, sql};
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, RestrictViolation, UniqueViolation};
use diesel::sql_types::BigInt;

use super::filter::{Column, Filter, Selection, UsesColumn, UsesView, View};
use super::flow_schema::{FlowSchema, SchemaType, State};
use crate::db::{Conn, MAX_IDS, MultiBackend, contains, fold, savepoint};
use crate::error::Error;
use crate::event::Event;
use crate::journal::{self, Action, Change, Step, Subject};
use crate::paging::Pages;
use crate::queues::query::restored_meanwhile;
use crate::queues::queue::QueueType;
use crate::schema::{flow_schemas, hooks, journal as entries, queues};
use crate::{narrowed, ordered};

/// A flow schema by its name.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub schema_type: SchemaType,
}

/// A flow schema as the registry shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct Row {
    #[diesel(embed)]
    pub item: Item,
    pub editor: bool,
    pub updated_at: NaiveDateTime,
}

/// A page of the registry: each flow schema with the number of hooks that run it.
pub struct List {
    pub pages: Pages,
    pub rows: Vec<(Row, i64)>,
}

/// Narrows a boxed query of flow schemas to those that match a filter.
macro_rules! matching {
    ($schemas:expr, $filter:expr) => {{
        let filter: &Filter = $filter;
        let mut schemas = narrowed!($schemas, filter, flow_schemas::type_, flow_schemas::folded_name);
        if let Some(used) = filter.state {
            let uses = exists(hooks::table.filter(hooks::schema_id.eq(flow_schemas::id)).select(hooks::id));
            schemas = if used { schemas.filter(uses) } else { schemas.filter(not(uses)) };
        }
        schemas
    }};
}

/// Narrows a boxed query of flow schemas to those of a selection that exist.
macro_rules! selected {
    ($schemas:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => $schemas.filter(flow_schemas::id.eq_any(ids.clone())),
            Selection::Matching { view, .. } => matching!($schemas, &view.filter),
        }
    };
}

pub fn list(conn: &mut Conn, view: &mut View) -> Result<List, Error> {
    let pages = view.pages(count(conn, &view.filter)?);
    let rows = matching!(flow_schemas::table.select(Row::as_select()).into_boxed(), &view.filter);
    let rows = match view.column {
        Column::Name => ordered!(rows, view.descending, flow_schemas::folded_name, flow_schemas::id),
        Column::Type => {
            ordered!(rows, view.descending, flow_schemas::type_, flow_schemas::folded_name, flow_schemas::id)
        }
        Column::Editor => {
            ordered!(rows, view.descending, flow_schemas::editor, flow_schemas::folded_name, flow_schemas::id)
        }
        Column::UpdatedAt => ordered!(rows, view.descending, flow_schemas::updated_at, flow_schemas::id),
        Column::UsedBy => {
            let uses = "(SELECT count(*) FROM hooks WHERE schema_id = flow_schemas.id)";
            ordered!(rows, view.descending, sql::<BigInt>(uses), flow_schemas::folded_name, flow_schemas::id)
        }
    };
    let rows: Vec<Row> = rows.limit(view.size).offset(view.offset()).load(conn)?;
    let uses = uses_of(conn, rows.iter().map(|row| row.item.id))?;
    let of = |row: Row| {
        let uses = uses.get(&row.item.id).copied().unwrap_or_default();
        (row, uses)
    };
    Ok(List { pages, rows: rows.into_iter().map(of).collect() })
}

pub fn count(conn: &mut Conn, filter: &Filter) -> QueryResult<i64> {
    matching!(flow_schemas::table.count().into_boxed(), filter).get_result(conn)
}

/// How many hooks run each of some flow schemas; nothing of one that none runs.
fn uses_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, i64>> {
    let uses = hooks::table.filter(hooks::schema_id.eq_any(ids)).group_by(hooks::schema_id);
    Ok(uses.select((hooks::schema_id, count_star())).load::<(i64, i64)>(conn)?.into_iter().collect())
}

/// How many hooks run a flow schema.
pub fn count_uses(conn: &mut Conn, id: i64) -> QueryResult<i64> {
    hooks::table.filter(hooks::schema_id.eq(id)).count().get_result(conn)
}

pub fn find(conn: &mut Conn, id: i64) -> Result<FlowSchema, Error> {
    flow_schemas::table.find(id).select(FlowSchema::as_select()).first(conn).optional()?.ok_or_else(not_found)
}

pub fn find_item(conn: &mut Conn, id: i64) -> Result<Item, Error> {
    flow_schemas::table.find(id).select(Item::as_select()).first(conn).optional()?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::NotFound { what: "flow schema", back: super::view::PATH.into() }
}

/// The name of a flow schema, if it exists and is of a type that hooks may run.
pub fn name_for_hook(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    for_hooks().filter(flow_schemas::id.eq(id)).select(flow_schemas::name).first(conn).optional()
}

/// The name of a flow schema of any type.
pub fn name(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    flow_schemas::table.find(id).select(flow_schemas::name).first(conn).optional()
}

/// The text of a flow schema.
pub fn text(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    flow_schemas::table.find(id).select(flow_schemas::schema).first(conn).optional()
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

/// A hook that runs a flow schema.
pub struct Use {
    pub id: i64,
    pub queue_id: i64,
    pub queue: String,
    pub event: Event,
    pub enabled: bool,
    pub updated_at: NaiveDateTime,
}

/// A page of the hooks that run a flow schema.
pub struct Uses {
    pub schema: Item,
    pub pages: Pages,
    pub rows: Vec<Use>,
}

/// Narrows a boxed query of hooks and queues to the uses of a flow schema that match a filter.
macro_rules! uses {
    ($hooks:expr, $id:expr, $filter:expr) => {{
        let filter = $filter;
        let mut uses = narrowed!($hooks.filter(hooks::schema_id.eq($id)), filter, hooks::event, queues::folded_name);
        if let Some(enabled) = filter.state {
            uses = uses.filter(hooks::enabled.eq(enabled));
        }
        uses
    }};
}

pub fn uses(conn: &mut Conn, id: i64, view: &mut UsesView) -> Result<Uses, Error> {
    let schema = find_item(conn, id)?;
    let all = hooks::table.inner_join(queues::table);
    let total = uses!(all.count().into_boxed(), id, &view.filter).get_result(conn)?;
    let pages = view.pages(total);
    let columns = (hooks::id, hooks::queue_id, queues::name, hooks::event, hooks::enabled, hooks::updated_at);
    let rows = uses!(all.select(columns).into_boxed(), id, &view.filter);
    let rows = match view.column {
        UsesColumn::Queue => ordered!(rows, view.descending, queues::folded_name, queues::id, hooks::event, hooks::id),
        UsesColumn::Event => ordered!(rows, view.descending, hooks::event, hooks::id),
        UsesColumn::Enabled => ordered!(rows, view.descending, hooks::enabled, hooks::id),
        UsesColumn::UpdatedAt => ordered!(rows, view.descending, hooks::updated_at, hooks::id),
    };
    let rows: Vec<(i64, i64, String, Event, bool, NaiveDateTime)> =
        rows.limit(view.size).offset(view.offset()).load(conn)?;
    let of =
        |(id, queue_id, queue, event, enabled, updated_at)| Use { id, queue_id, queue, event, enabled, updated_at };
    Ok(Uses { schema, pages, rows: rows.into_iter().map(of).collect() })
}

/// The events, and the types of queue, with which hooks run a flow schema.
pub fn given(conn: &mut Conn, id: i64) -> QueryResult<Vec<(Event, QueueType)>> {
    hooks::table
        .inner_join(queues::table)
        .filter(hooks::schema_id.eq(id))
        .select((hooks::event, queues::type_))
        .distinct()
        .load(conn)
}

/// What a person enters of a flow schema.
#[derive(Clone, Debug)]
pub struct Entered {
    pub name: String,
    pub schema_type: SchemaType,
    pub text: String,
}

/// What became of a change of one flow schema.
pub enum Saved {
    Done(Item),
    /// It was as wanted already.
    Unchanged(Item),
    /// Another flow schema has the name.
    NameTaken,
    /// The flow schema is not what it was when the form was made; this is what it is.
    Stale(FlowSchema),
    /// The flow schema does not exist any more.
    Gone,
}

/// Adds a flow schema. The same change twice adds one.
pub fn insert(conn: &mut Conn, entered: &Entered, change: &Change) -> Result<Saved, Error> {
    // A form that was sent again; but one that was filled in anew is a change of its own.
    let anew = Change::begin(change.author.clone());
    let change = match journal::added_by::<State>(conn, change)? {
        Some((id, added)) if added.name == entered.name => {
            let schema = flow_schemas::table.find(id).select(Item::as_select()).first(conn).optional()?;
            return Ok(schema.map_or(Saved::Gone, Saved::Unchanged));
        }
        Some(_) => &anew,
        None => change,
    };
    if holder(conn, &entered.name)?.is_some() {
        return Ok(Saved::NameTaken);
    }
    let Entered { name, schema_type, text } = entered;
    let inserted = savepoint(conn, |conn| {
        diesel::insert_into(flow_schemas::table)
            .values((
                flow_schemas::name.eq(name),
                flow_schemas::folded_name.eq(fold(name)),
                flow_schemas::type_.eq(schema_type),
                flow_schemas::editor.eq(false),
                flow_schemas::schema.eq(text),
                flow_schemas::created_at.eq(change.at),
                flow_schemas::updated_at.eq(change.at),
                flow_schemas::updated_by.eq(change.author.id),
            ))
            .returning(flow_schemas::id)
            .get_result(conn)
    });
    let Some(id) = unless_taken(inserted)? else { return Ok(Saved::NameTaken) };
    let state = State { name: name.clone(), schema_type: *schema_type, editor: false };
    journal::record(conn, change, None, Action::Add, &[Step::new(id, None, Some(state))])?;
    find_item(conn, id).map(Saved::Done)
}

/// Changes a flow schema. `seen` is the digest of what the person saw when the form was made; without it, or when
/// the schema still is that, or is what the person wants, nobody else's change can be lost.
pub fn update(
    conn: &mut Conn,
    id: i64,
    entered: &Entered,
    seen: Option<&str>,
    change: &Change,
) -> Result<Saved, Error> {
    let schema = match locked(conn, id) {
        Err(Error::NotFound { .. }) if was_removed(conn, id)? => {
            return Ok(Saved::Gone);
        }
        schema => schema?,
    };
    let wanted = State { name: entered.name.clone(), schema_type: entered.schema_type, editor: schema.editor };
    if schema.state() == wanted && schema.schema == entered.text {
        return find_item(conn, id).map(Saved::Unchanged);
    }
    if seen.is_some_and(|seen| *seen != schema.digest()) {
        return Ok(Saved::Stale(schema));
    }
    if holder(conn, &entered.name)?.is_some_and(|holder| holder != id) {
        return Ok(Saved::NameTaken);
    }
    let updated = savepoint(conn, |conn| {
        diesel::update(flow_schemas::table.find(id))
            .set((
                flow_schemas::name.eq(&entered.name),
                flow_schemas::folded_name.eq(fold(&entered.name)),
                flow_schemas::type_.eq(entered.schema_type),
                flow_schemas::schema.eq(&entered.text),
                flow_schemas::updated_at.eq(change.at),
                flow_schemas::updated_by.eq(change.author.id),
            ))
            .execute(conn)
    });
    if unless_taken(updated)?.is_none() {
        return Ok(Saved::NameTaken);
    }
    let text = (schema.schema != entered.text).then_some(&*schema.schema);
    let step = Step { text, ..Step::new(id, Some(schema.state()), Some(wanted)) };
    journal::record(conn, change, None, Action::Edit, &[step])?;
    find_item(conn, id).map(Saved::Done)
}

/// Whether a flow schema of that id was ever removed.
pub fn was_removed(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    Ok(journal::has_removed(conn, Subject::FlowSchema, id, None)?)
}

/// A flow schema that nobody else changes until the transaction ends.
fn locked(conn: &mut Conn, id: i64) -> Result<FlowSchema, Error> {
    let schema = flow_schemas::table.find(id);
    let found = match conn {
        Conn::Postgres(conn) => schema.select(FlowSchema::as_select()).for_update().first(conn).optional()?,
        // The transaction is the only one that writes already.
        Conn::Sqlite(conn) => schema.select(FlowSchema::as_select()).first(conn).optional()?,
    };
    found.ok_or_else(not_found)
}

/// The flow schema that has a name.
fn holder(conn: &mut Conn, name: &str) -> QueryResult<Option<i64>> {
    flow_schemas::table.filter(flow_schemas::name.eq(name)).select(flow_schemas::id).first(conn).optional()
}

/// What was written, unless somebody else gave the name at the same moment.
fn unless_taken<T>(written: QueryResult<T>) -> Result<Option<T>, Error> {
    match written {
        Err(diesel::result::Error::DatabaseError(UniqueViolation, _)) => Ok(None),
        written => Ok(Some(written?)),
    }
}

/// Refuses a selection that does not mean the same flow schemas any more.
pub fn check(conn: &mut Conn, selection: &Selection) -> Result<(), Error> {
    let Selection::Matching { view, .. } = selection else { return Ok(()) };
    selection.check(super::view::PATH, count(conn, &view.filter)?)
}

/// What a selection holds.
pub struct Selected {
    /// How many exist.
    pub count: i64,
    /// How many of them no hook runs.
    pub free: i64,
    /// The first of those.
    pub first_free: Vec<Item>,
    /// The first of those that hooks run, and how many hooks.
    pub first_used: Vec<(Item, i64)>,
}

pub fn selected(conn: &mut Conn, selection: &Selection, limit: i64) -> Result<Selected, Error> {
    let uses = || exists(hooks::table.filter(hooks::schema_id.eq(flow_schemas::id)).select(hooks::id));
    let count = selected!(flow_schemas::table.count().into_boxed(), selection).get_result(conn)?;
    let free = selected!(flow_schemas::table.count().into_boxed(), selection).filter(not(uses())).get_result(conn)?;
    let by_name = (flow_schemas::folded_name, flow_schemas::id);
    let items = || selected!(flow_schemas::table.select(Item::as_select()).into_boxed(), selection);
    let first_free = items().filter(not(uses())).order(by_name).limit(limit).load(conn)?;
    let of_hooks: Vec<Item> = items().filter(uses()).order(by_name).limit(limit).load(conn)?;
    let counts = uses_of(conn, of_hooks.iter().map(|item| item.id))?;
    let first_used = of_hooks.into_iter().map(|item| (item.clone(), counts.get(&item.id).copied().unwrap_or_default()));
    Ok(Selected { count, free, first_free, first_used: first_used.collect() })
}

/// What a removal did.
#[derive(Default)]
pub struct Removed {
    pub removed: i64,
    /// One that was removed, to say its name when it is the only one.
    pub first: Option<String>,
    /// Selected flow schemas that stay, because hooks run them.
    pub used: i64,
}

/// Removes the selected flow schemas that no hook runs.
pub fn remove(conn: &mut Conn, selection: &Selection, change: &Change) -> Result<Removed, Error> {
    check(conn, selection)?;
    let (mut outcome, mut last) = (Removed::default(), 0);
    loop {
        let ids: Vec<i64> = selected!(flow_schemas::table.select(flow_schemas::id).into_boxed(), selection)
            .filter(flow_schemas::id.gt(last))
            .order(flow_schemas::id)
            .limit(MAX_IDS as i64)
            .load(conn)?;
        let Some(end) = ids.last() else { return Ok(outcome) };
        last = *end;
        for id in ids {
            // One by one: a text may have a megabyte.
            let schema = match locked(conn, id) {
                Err(Error::NotFound { .. }) => continue,
                schema => schema?,
            };
            if count_uses(conn, id)? > 0 {
                outcome.used += 1;
                continue;
            }
            diesel::delete(flow_schemas::table.find(id)).execute(conn).map_err(used_meanwhile)?;
            let step = Step { text: Some(&schema.schema), ..Step::new(id, Some(schema.state()), None) };
            journal::record(conn, change, None, Action::Remove, &[step])?;
            outcome.removed += 1;
            outcome.first = outcome.first.or(Some(schema.name));
        }
    }
}

/// Somebody made a hook that runs the flow schema at the same moment.
fn used_meanwhile(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(ForeignKeyViolation | RestrictViolation, _) => Error::Conflict {
            sentence: "Somebody began to use this flow schema at the same moment. Nothing was removed.".into(),
            back: super::view::PATH.into(),
        },
        error => error.into(),
    }
}

/// What became of a removal that was undone.
#[derive(Default)]
pub struct Restored {
    pub restored: i64,
    pub first: Option<Item>,
    /// Flow schemas that exist already.
    pub existing: i64,
    /// Names that another flow schema has now.
    pub taken: Vec<String>,
}

/// Brings back the flow schemas that a change removed, or only one of them, with their ids and texts.
pub fn restore(conn: &mut Conn, removal: &str, only: Option<i64>, change: &Change) -> Result<Restored, Error> {
    let (mut outcome, mut last) = (Restored::default(), 0);
    loop {
        let mut batch = journal::removed_by::<State>(conn, removal, None, last)?;
        let Some((end, _)) = batch.last() else { return Ok(outcome) };
        last = *end;
        batch.retain(|(id, _)| only.is_none_or(|only| only == *id));
        let ids: Vec<i64> = batch.iter().map(|(id, _)| *id).collect();
        let existing: BTreeSet<i64> = flow_schemas::table
            .filter(flow_schemas::id.eq_any(ids))
            .select(flow_schemas::id)
            .load(conn)?
            .into_iter()
            .collect();
        for (id, state) in batch {
            if existing.contains(&id) {
                outcome.existing += 1;
            } else if holder(conn, &state.name)?.is_some() {
                outcome.taken.push(state.name);
            } else {
                insert_with_id(conn, id, state, removal, change)?;
                outcome.restored += 1;
                outcome.first = outcome.first.or(Some(find_item(conn, id)?));
            }
        }
    }
}

fn insert_with_id(conn: &mut Conn, id: i64, state: State, removal: &str, change: &Change) -> Result<(), Error> {
    let text: Option<Option<String>> = entries::table
        .filter(entries::change.eq(removal))
        .filter(entries::subject.eq(Subject::FlowSchema))
        .filter(entries::subject_id.eq(id))
        .filter(entries::action.eq(Action::Remove))
        .select(entries::text)
        .first(conn)
        .optional()?;
    let text = text.flatten().ok_or_else(|| Error::Internal(format!("the journal lost the text of schema {id}")))?;
    diesel::insert_into(flow_schemas::table)
        .values((
            flow_schemas::id.eq(id),
            flow_schemas::name.eq(&state.name),
            flow_schemas::folded_name.eq(fold(&state.name)),
            flow_schemas::type_.eq(state.schema_type),
            flow_schemas::editor.eq(state.editor),
            flow_schemas::schema.eq(text),
            flow_schemas::created_at.eq(change.at),
            flow_schemas::updated_at.eq(change.at),
            flow_schemas::updated_by.eq(change.author.id),
        ))
        .execute(conn)
        .map_err(restored_meanwhile)?;
    Ok(journal::record(conn, change, None, Action::Restore, &[Step::new(id, None, Some(state))])?)
}

/// A change of a flow schema: what was before, and what it made of it.
pub struct Version {
    pub entry: i64,
    pub at: NaiveDateTime,
    pub author: String,
    pub action: Action,
    pub before: Option<(State, String)>,
    pub after: Option<(State, String)>,
}

/// A change of a flow schema, beside what the schema is now. The text that a change made is the one that the next
/// change with a text replaced, or today's.
pub fn version(conn: &mut Conn, id: i64, entry: i64) -> Result<(FlowSchema, Version), Error> {
    type Found = (NaiveDateTime, String, Action, Option<String>, Option<String>, Option<String>);
    let schema = find(conn, id)?;
    let of_schema = entries::table.filter(entries::subject.eq(Subject::FlowSchema)).filter(entries::subject_id.eq(id));
    let found: Option<Found> = of_schema
        .filter(entries::id.eq(entry))
        .select((entries::at, entries::author, entries::action, entries::before, entries::after, entries::text))
        .first(conn)
        .optional()?;
    let (at, author, action, before, after, replaced) =
        found.ok_or_else(|| Error::NotFound { what: "version", back: super::view::path(id) })?;
    let next: Option<String> = of_schema
        .filter(entries::id.gt(entry))
        .filter(entries::text.is_not_null())
        .order(entries::id)
        .select(entries::text.assume_not_null())
        .first(conn)
        .optional()?;
    let text = next.unwrap_or_else(|| schema.schema.clone());
    let state = |json: Option<String>| json.map(|json| journal::State::read(&json)).transpose();
    let (before, after): (Option<State>, Option<State>) = (state(before)?, state(after)?);
    let before = before.map(|state| (state, replaced.unwrap_or_else(|| text.clone())));
    let after = after.map(|state| (state, text));
    Ok((schema, Version { entry, at, author, action, before, after }))
}
