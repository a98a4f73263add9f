//! The queries of the queues. A page of the registry takes three: the count, the rows, their numbers of hooks. Each
//! change locks what it changes first and writes the journal in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::filter::{Column, Filter, Selection, View};
use super::queue::{Queue, State};
use crate::db::{Conn, MAX_IDS, fold};
use crate::error::Error;
use crate::hooks;
use crate::journal::{self, Action, Change, Step, Subject};
use crate::paging::Pages;
use crate::schema::{hook_counts, queues};
use crate::{narrowed, on_each, ordered};

/// Narrows a boxed query of queues to those that match a filter. A macro, because Diesel does not nest a boxed query
/// for both databases: each arm of `on_each!` expands it for its own.
macro_rules! matching {
    ($queues:expr, $filter:expr) => {{
        let filter: &Filter = $filter;
        let mut queues = narrowed!($queues, filter, queues::type_, queues::folded_name);
        if let Some(enabled) = filter.state {
            queues = queues.filter(queues::enabled.eq(enabled));
        }
        queues
    }};
}

/// Narrows a boxed query of queues to those of a selection that exist.
macro_rules! selected {
    ($queues:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => $queues.filter(queues::id.eq_any(ids.clone())),
            Selection::Matching { view, .. } => matching!($queues, &view.filter),
        }
    };
}

/// A page of the registry: each queue with how many hooks it has, and how many of them are enabled.
pub struct List {
    pub pages: Pages,
    pub rows: Vec<(Queue, Hooks)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    pub all: i64,
    pub enabled: i64,
}

pub fn list(conn: &mut Conn, view: &mut View) -> Result<List, Error> {
    let pages = view.pages(count(conn, &view.filter)?);
    let rows = matching!(queues::table.select(Queue::as_select()).into_boxed(), &view.filter);
    let rows = match view.column {
        Column::Name => ordered!(rows, view.descending, queues::folded_name, queues::id),
        Column::Type => ordered!(rows, view.descending, queues::type_, queues::folded_name, queues::id),
        Column::Enabled => ordered!(rows, view.descending, queues::enabled, queues::folded_name, queues::id),
        Column::UpdatedAt => ordered!(rows, view.descending, queues::updated_at, queues::id),
        Column::Hooks => {
            let hooks = "coalesce((SELECT sum(hooks) FROM hook_counts WHERE queue_id = queues.id), 0)";
            ordered!(rows, view.descending, sql::<BigInt>(hooks), queues::folded_name, queues::id)
        }
    };
    let rows: Vec<Queue> = rows.limit(view.size).offset(view.offset()).load(conn)?;
    let hooks = hooks_of(conn, rows.iter().map(|queue| queue.id))?;
    let of = |queue: Queue| {
        let hooks = hooks.get(&queue.id).copied().unwrap_or_default();
        (queue, hooks)
    };
    Ok(List { pages, rows: rows.into_iter().map(of).collect() })
}

pub fn count(conn: &mut Conn, filter: &Filter) -> QueryResult<i64> {
    matching!(queues::table.count().into_boxed(), filter).get_result(conn)
}

/// How many hooks some queues have; nothing of a queue without any.
fn hooks_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, Hooks>> {
    let counts: Vec<(i64, bool, i64)> = hook_counts::table
        .filter(hook_counts::queue_id.eq_any(ids))
        .select((hook_counts::queue_id, hook_counts::enabled, hook_counts::hooks))
        .load(conn)?;
    let mut hooks: BTreeMap<i64, Hooks> = BTreeMap::new();
    for (id, enabled, count) in counts {
        let hooks = hooks.entry(id).or_default();
        hooks.all += count;
        hooks.enabled += if enabled { count } else { 0 };
    }
    Ok(hooks)
}

pub fn find(conn: &mut Conn, id: i64) -> Result<Queue, Error> {
    queues::table.find(id).select(Queue::as_select()).first(conn).optional()?.ok_or_else(not_found)
}

/// Begins a change of a queue or of its hooks: nobody else changes them until the transaction ends. It writes
/// nothing, so that a change that is refused does not make the call-centre engine reload the queue.
pub fn lock(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let queue = queues::table.find(id).select(queues::id);
    let found: Option<i64> = match conn {
        Conn::Postgres(conn) => queue.for_update().first(conn).optional()?,
        // The transaction is the only one that writes already.
        Conn::Sqlite(conn) => queue.first(conn).optional()?,
    };
    found.map(drop).ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::NotFound { what: "queue", back: super::view::PATH.into() }
}

/// What became of a change of one queue.
pub enum Saved {
    Done(Queue),
    /// It was as wanted already.
    Unchanged(Queue),
    /// The queue is not what it was when the form was made; this is what it is.
    Stale(Queue),
    /// The queue does not exist any more.
    Gone,
}

/// Adds a queue. The same change twice adds one.
pub fn insert(conn: &mut Conn, wanted: &State, change: &Change) -> Result<Saved, Error> {
    // A form that was sent again; but one that was filled in anew is a change of its own.
    let anew = Change::begin(change.author.clone());
    let change = match journal::added_by::<State>(conn, change)? {
        Some((id, added)) if added == *wanted => {
            let queue = queues::table.find(id).select(Queue::as_select()).first(conn).optional()?;
            return Ok(queue.map_or(Saved::Gone, Saved::Unchanged));
        }
        Some(_) => &anew,
        None => change,
    };
    let id = diesel::insert_into(queues::table)
        .values((
            queues::name.eq(&wanted.name),
            queues::folded_name.eq(fold(&wanted.name)),
            queues::type_.eq(wanted.queue_type),
            queues::enabled.eq(wanted.enabled),
            queues::created_at.eq(change.at),
            queues::updated_at.eq(change.at),
            queues::updated_by.eq(change.author.id),
        ))
        .returning(queues::id)
        .get_result(conn)?;
    journal::record(conn, change, None, Action::Add, &[Step::new(id, None, Some(wanted.clone()))])?;
    Ok(Saved::Done(find(conn, id)?))
}

/// Changes a queue. `seen` is what the person saw when the form was made; without it, or when the queue still is
/// that, or is what the person wants, nobody else's change can be lost.
pub fn update(conn: &mut Conn, id: i64, wanted: &State, seen: Option<&State>, change: &Change) -> Result<Saved, Error> {
    let Some(queue) = locked(conn, id)? else { return Ok(Saved::Gone) };
    if queue.state() == *wanted {
        return Ok(Saved::Unchanged(queue));
    }
    if seen.is_some_and(|seen| *seen != queue.state()) {
        return Ok(Saved::Stale(queue));
    }
    set(conn, &queue, wanted, change).map(Saved::Done)
}

/// Switches one queue.
pub fn switch(conn: &mut Conn, id: i64, enabled: bool, change: &Change) -> Result<Saved, Error> {
    let Some(queue) = locked(conn, id)? else { return Ok(Saved::Gone) };
    if queue.enabled == enabled {
        return Ok(Saved::Unchanged(queue));
    }
    set(conn, &queue, &State { enabled, ..queue.state() }, change).map(Saved::Done)
}

/// A queue, locked; none, if it was removed; one that never was does not exist.
fn locked(conn: &mut Conn, id: i64) -> Result<Option<Queue>, Error> {
    match lock(conn, id) {
        Ok(()) => find(conn, id).map(Some),
        Err(Error::NotFound { .. }) if journal::has_removed(conn, Subject::Queue, id, None)? => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a queue and the journal's entry of it.
fn set(conn: &mut Conn, queue: &Queue, wanted: &State, change: &Change) -> Result<Queue, Error> {
    diesel::update(queues::table.find(queue.id))
        .set((
            queues::name.eq(&wanted.name),
            queues::folded_name.eq(fold(&wanted.name)),
            queues::type_.eq(wanted.queue_type),
            queues::enabled.eq(wanted.enabled),
            queues::updated_at.eq(change.at),
            queues::updated_by.eq(change.author.id),
        ))
        .execute(conn)?;
    let before = queue.state();
    let is_switched = State { enabled: wanted.enabled, ..before.clone() } == *wanted;
    let action = if is_switched { switched(wanted.enabled) } else { Action::Edit };
    let step = Step::new(queue.id, Some(before), Some(wanted.clone()));
    journal::record(conn, change, None, action, &[step])?;
    find(conn, queue.id)
}

fn switched(enabled: bool) -> Action {
    if enabled { Action::Enable } else { Action::Disable }
}

/// Refuses a selection that does not mean the same queues any more.
pub fn check(conn: &mut Conn, selection: &Selection) -> Result<(), Error> {
    let Selection::Matching { view, .. } = selection else { return Ok(()) };
    selection.check(super::view::PATH, count(conn, &view.filter)?)
}

/// How many of the selected queues exist, and how many hooks they have.
pub fn count_selected(conn: &mut Conn, selection: &Selection) -> QueryResult<(i64, i64)> {
    on_each!(conn, c => {
        let count = selected!(queues::table.count().into_boxed(), selection).get_result(c)?;
        let ids = selected!(queues::table.select(queues::id).into_boxed(), selection);
        let counts = hook_counts::table.filter(hook_counts::queue_id.eq_any(ids)).select(hook_counts::hooks);
        Ok((count, counts.load::<i64>(c)?.into_iter().sum()))
    })
}

/// The first of the selected queues with their numbers of hooks, in the order of their names.
pub fn selected(conn: &mut Conn, selection: &Selection, limit: i64) -> QueryResult<Vec<(Queue, i64)>> {
    let queues = selected!(queues::table.select(Queue::as_select()).into_boxed(), selection);
    let queues: Vec<Queue> = queues.order((queues::folded_name, queues::id)).limit(limit).load(conn)?;
    let hooks = hooks_of(conn, queues.iter().map(|queue| queue.id))?;
    let of = |queue: Queue| {
        let hooks = hooks.get(&queue.id).map_or(0, |hooks| hooks.all);
        (queue, hooks)
    };
    Ok(queues.into_iter().map(of).collect())
}

/// The next of the selected queues after one, in the order of their ids and locked, so that two who change the same
/// queues wait for each other instead of standing in each other's way.
fn batch(conn: &mut Conn, selection: &Selection, after: i64) -> QueryResult<Vec<Queue>> {
    let ids: Vec<i64> = on_each!(conn, c => {
        let ids = selected!(queues::table.select(queues::id).into_boxed(), selection);
        ids.filter(queues::id.gt(after)).order(queues::id).limit(MAX_IDS as i64).load(c)
    })?;
    let queues = queues::table.filter(queues::id.eq_any(ids)).order(queues::id);
    match conn {
        Conn::Postgres(conn) => queues.select(Queue::as_select()).for_update().load(conn),
        // The transaction is the only one that writes already.
        Conn::Sqlite(conn) => queues.select(Queue::as_select()).load(conn),
    }
}

/// Switches the selected queues, and says how many were switched and how many do not exist any more.
pub fn switch_selected(
    conn: &mut Conn,
    selection: &Selection,
    enabled: bool,
    change: &Change,
) -> Result<(i64, i64), Error> {
    check(conn, selection)?;
    let (mut found, mut changed, mut last) = (0, 0, 0);
    loop {
        let batch = batch(conn, selection, last)?;
        let Some(end) = batch.last() else { return Ok((changed, selection.size() - found)) };
        last = end.id;
        found += batch.len() as i64;
        let batch: Vec<_> = batch.into_iter().filter(|queue| queue.enabled != enabled).collect();
        let ids: Vec<i64> = batch.iter().map(|queue| queue.id).collect();
        changed += ids.len() as i64;
        diesel::update(queues::table.filter(queues::id.eq_any(ids)))
            .set((
                queues::enabled.eq(enabled),
                queues::updated_at.eq(change.at),
                queues::updated_by.eq(change.author.id),
            ))
            .execute(conn)?;
        let step = |queue: &Queue| Step::new(queue.id, Some(queue.state()), Some(State { enabled, ..queue.state() }));
        let steps: Vec<_> = batch.iter().map(step).collect();
        journal::record(conn, change, None, switched(enabled), &steps)?;
    }
}

/// What a removal took, or a restoration brought back.
#[derive(Default)]
pub struct Moved {
    pub queues: i64,
    /// A queue that it was about, to say its name when it is the only one.
    pub first: Option<Queue>,
    pub hooks: i64,
}

/// Removes the selected queues with their hooks.
pub fn remove(conn: &mut Conn, selection: &Selection, change: &Change) -> Result<Moved, Error> {
    check(conn, selection)?;
    let (mut moved, mut last) = (Moved::default(), 0);
    loop {
        let batch = batch(conn, selection, last)?;
        let Some(end) = batch.last() else { return Ok(moved) };
        last = end.id;
        for queue in batch {
            moved.hooks += hooks::query::remove_all(conn, queue.id, change)?;
            diesel::delete(queues::table.find(queue.id)).execute(conn)?;
            let step = Step::new(queue.id, Some(queue.state()), None);
            journal::record(conn, change, None, Action::Remove, &[step])?;
            moved.queues += 1;
            moved.first = moved.first.or(Some(queue));
        }
    }
}

/// What became of a removal that was undone.
#[derive(Default)]
pub struct Restored {
    pub queues: i64,
    pub first: Option<Queue>,
    /// Queues that exist already.
    pub existing: i64,
    pub hooks: hooks::query::Restored,
}

/// Brings back the queues that a change removed, or only one of them, with their ids, states and hooks.
pub fn restore(conn: &mut Conn, removal: &str, only: Option<i64>, change: &Change) -> Result<Restored, Error> {
    let (mut outcome, mut last) = (Restored::default(), 0);
    loop {
        let mut batch = journal::removed_by::<State>(conn, removal, None, last)?;
        let Some((end, _)) = batch.last() else { return Ok(outcome) };
        last = *end;
        batch.retain(|(id, _)| only.is_none_or(|only| only == *id));
        let ids: Vec<i64> = batch.iter().map(|(id, _)| *id).collect();
        let existing: BTreeSet<i64> =
            queues::table.filter(queues::id.eq_any(ids)).select(queues::id).load(conn)?.into_iter().collect();
        for (id, state) in batch {
            if existing.contains(&id) {
                outcome.existing += 1;
                continue;
            }
            insert_with_id(conn, id, &state, change)?;
            outcome.hooks.add(&hooks::query::restore(conn, id, removal, None, change)?);
            outcome.queues += 1;
            outcome.first = outcome.first.or(Some(find(conn, id)?));
        }
    }
}

fn insert_with_id(conn: &mut Conn, id: i64, state: &State, change: &Change) -> Result<(), Error> {
    diesel::insert_into(queues::table)
        .values((
            queues::id.eq(id),
            queues::name.eq(&state.name),
            queues::folded_name.eq(fold(&state.name)),
            queues::type_.eq(state.queue_type),
            queues::enabled.eq(state.enabled),
            queues::created_at.eq(change.at),
            queues::updated_at.eq(change.at),
            queues::updated_by.eq(change.author.id),
        ))
        .execute(conn)
        .map_err(restored_meanwhile)?;
    journal::record(conn, change, None, Action::Restore, &[Step::new(id, None, Some(state.clone()))])?;
    Ok(())
}

/// Two people brought back the same thing at the same moment.
pub fn restored_meanwhile(error: diesel::result::Error) -> Error {
    use diesel::result::DatabaseErrorKind::UniqueViolation;
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation, _) => Error::Conflict {
            sentence: "Somebody brought this back at the same moment. Nothing was changed here.".into(),
            back: super::view::PATH.into(),
        },
        error => error.into(),
    }
}
