//! The queries of the hooks. Each change locks its queue first, so that changes of one queue's hooks come one
//! after the other, and writes the journal in the same transaction.
//!
//! A page of the registry takes three: the queue, the counts (which give the total, the pages and the numbers
//! in the filters) and the rows, whose ids come from an index alone before anything is joined to them.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::filter::{Column, Filter, Selection, View};
use super::hook::{Choice, Hook, State};
use crate::db::{Conn, MAX_IDS, contains};
use crate::error::Error;
use crate::event::Event;
use crate::flow_schemas;
use crate::journal::{self, Action, Change, Step, Subject};
use crate::on_each;
use crate::paging::Pages;
use crate::queues;
use crate::queues::queue::Queue;
use crate::schema::{flow_schemas as schemas, hook_counts, hooks, queues as queues_};
use crate::word::Word;

/// The ids of the flow schemas whose name contains what was typed.
macro_rules! schemas_named {
    ($typed:expr) => {
        schemas::table.filter(schemas::folded_name.like(contains($typed)).escape('\\')).select(schemas::id)
    };
}

/// Narrows a boxed query of hooks to those of a queue that match a filter, but for its search. A macro, because
/// Diesel does not nest a boxed query for both databases: each arm of `on_each!` expands it for its own.
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

/// The ids of a queue's hooks that match a filter, to be part of another query.
macro_rules! ids {
    ($queue_id:expr, $filter:expr) => {{
        let mut ids = matching!(hooks::table.select(hooks::id).into_boxed(), $queue_id, $filter);
        if !$filter.q.is_empty() {
            ids = ids.filter(hooks::schema_id.eq_any(schemas_named!(&$filter.q)));
        }
        ids
    }};
}

/// The ids of the selected hooks that exist, to be part of another query.
macro_rules! selected_ids {
    ($queue_id:expr, $selection:expr) => {
        match $selection {
            Selection::Ids(ids) => ids!($queue_id, &Filter::default()).filter(hooks::id.eq_any(ids.clone())),
            Selection::Matching { view, .. } => ids!($queue_id, &view.filter),
        }
    };
}

/// One page of a queue's hooks, and what is around it.
pub struct Tab {
    pub queue: Queue,
    pub counts: Counts,
    pub pages: Pages,
    pub hooks: Vec<Hook>,
}

/// Reads a page of the registry, and moves the view to the last page if it is past the end.
pub fn tab(conn: &mut Conn, queue_id: i64, view: &mut View) -> Result<Tab, Error> {
    let queue = queues::query::find(conn, queue_id)?;
    let counts = counts(conn, queue_id, &view.filter.q)?;
    let pages = view.pages(counts.matching(&view.filter));
    let hooks = list(conn, queue_id, view)?;
    Ok(Tab { queue, counts, pages, hooks })
}

/// How many hooks there are of each event and state, among those whose schema matches the search.
pub struct Counts(Vec<(Event, bool, i64)>);

impl Counts {
    pub fn of(&self, event: Event) -> i64 {
        self.0.iter().filter(|(e, ..)| *e == event).map(|(.., hooks)| hooks).sum()
    }

    pub fn matching(&self, filter: &Filter) -> i64 {
        self.0
            .iter()
            .filter(|(event, enabled, _)| {
                (filter.kinds.is_empty() || filter.kinds.contains(event))
                    && filter.state.is_none_or(|wanted| wanted == *enabled)
            })
            .map(|(.., hooks)| hooks)
            .sum()
    }
}

fn counts(conn: &mut Conn, queue_id: i64, q: &str) -> QueryResult<Counts> {
    let rows = if q.is_empty() {
        hook_counts::table
            .filter(hook_counts::queue_id.eq(queue_id))
            .select((hook_counts::event, hook_counts::enabled, hook_counts::hooks))
            .load(conn)?
    } else {
        hooks::table
            .filter(hooks::queue_id.eq(queue_id))
            .filter(hooks::schema_id.eq_any(schemas_named!(q)))
            .group_by((hooks::event, hooks::enabled))
            .select((hooks::event, hooks::enabled, diesel::dsl::count_star()))
            .load(conn)?
    };
    Ok(Counts(rows))
}

/// How many of a queue's hooks match a filter.
pub fn count(conn: &mut Conn, queue_id: i64, filter: &Filter) -> QueryResult<i64> {
    Ok(counts(conn, queue_id, &filter.q)?.matching(filter))
}

fn list(conn: &mut Conn, queue_id: i64, view: &View) -> QueryResult<Vec<Hook>> {
    on_each!(conn, c => {
        let mut page = hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed();
        let mut ids = ids!(queue_id, &view.filter);
        // The order twice: once to find the page, once to show it.
        macro_rules! order_by {
            ($column:expr) => {
                if view.descending {
                    page = page.order(($column.desc(), hooks::id.desc()));
                    ids = ids.order(($column.desc(), hooks::id.desc()));
                } else {
                    page = page.order(($column, hooks::id));
                    ids = ids.order(($column, hooks::id));
                }
            };
        }
        match view.column {
            Column::Event => order_by!(hooks::event),
            Column::Enabled => order_by!(hooks::enabled),
            Column::UpdatedAt => order_by!(hooks::updated_at),
            Column::Schema => {
                // The order is another table's, so the join comes first here.
                page = matching!(page, queue_id, &view.filter);
                if !view.filter.q.is_empty() {
                    page = page.filter(schemas::folded_name.like(contains(&view.filter.q)).escape('\\'));
                }
                let page = if view.descending {
                    page.order((schemas::folded_name.desc(), schemas::id.desc(), hooks::id.desc()))
                } else {
                    page.order((schemas::folded_name, schemas::id, hooks::id))
                };
                return page.limit(view.size).offset(view.offset()).load(c);
            }
        }
        page.filter(hooks::id.eq_any(ids.limit(view.size).offset(view.offset()))).load(c)
    })
}

pub fn find(conn: &mut Conn, queue_id: i64, id: i64) -> Result<Option<Hook>, Error> {
    Ok(hooks::table
        .inner_join(schemas::table)
        .filter(hooks::queue_id.eq(queue_id))
        .filter(hooks::id.eq(id))
        .select(Hook::as_select())
        .first(conn)
        .optional()?)
}

/// The enabled hooks of a queue: one for each event at most.
pub fn enabled(conn: &mut Conn, queue_id: i64) -> QueryResult<Vec<Hook>> {
    hooks::table
        .inner_join(schemas::table)
        .filter(hooks::queue_id.eq(queue_id))
        .filter(hooks::enabled.eq(true))
        .order((hooks::event, hooks::id))
        .select(Hook::as_select())
        .load(conn)
}

/// What to do when another hook is enabled for the same event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfTaken {
    /// Nothing; say which hook it is.
    #[default]
    Ask,
    /// Save this one disabled.
    Disable,
    /// Disable the other one.
    Replace,
}

/// What became of a change of one hook.
pub enum Saved {
    Done(Hook),
    /// It was as wanted already.
    Unchanged(Hook),
    /// Another hook, this one, is enabled for that event.
    Taken(Hook),
    /// The hook is not what it was when the form was made; this is what it is.
    Stale(Hook),
    /// The flow schema does not exist or is not one that hooks may run.
    NoSchema,
    /// The hook does not exist any more.
    Gone,
}

/// Adds a hook, enabled unless the event is taken and the person chose otherwise. The same change twice adds
/// one hook.
pub fn insert(
    conn: &mut Conn,
    queue_id: i64,
    choice: Choice,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Saved, Error> {
    queues::query::lock(conn, queue_id)?;
    // A form that was sent again; but one that was filled in anew is a change of its own.
    let anew = Change::begin(change.author.clone());
    let change = match journal::added_by::<State>(conn, change)? {
        Some((id, added)) if added.event == choice.event && added.schema.id == choice.schema_id.to_string() => {
            return Ok(find(conn, queue_id, id)?.map_or(Saved::Gone, Saved::Unchanged));
        }
        Some(_) => &anew,
        None => change,
    };
    let Some(schema_name) = flow_schemas::query::name_for_hook(conn, choice.schema_id)? else {
        return Ok(Saved::NoSchema);
    };
    let mut enabled = true;
    if let Some(holder) = holder(conn, queue_id, choice.event)? {
        match if_taken {
            IfTaken::Ask => return Ok(Saved::Taken(holder)),
            IfTaken::Disable => enabled = false,
            IfTaken::Replace => drop(set(conn, queue_id, &holder, holder.choice(), false, change)?),
        }
    }
    let id = diesel::insert_into(hooks::table)
        .values((
            hooks::queue_id.eq(queue_id),
            hooks::schema_id.eq(choice.schema_id),
            hooks::event.eq(choice.event),
            hooks::enabled.eq(enabled),
            hooks::updated_at.eq(change.at),
            hooks::updated_by.eq(change.author.id),
        ))
        .returning(hooks::id)
        .get_result(conn)
        .map_err(taken_elsewhere)?;
    let Choice { event, schema_id } = choice;
    let hook = Hook { id, event, enabled, updated_at: change.at, schema_id, schema_name };
    record(conn, change, queue_id, Action::Add, &[Step::new(id, None, Some(hook.state()))])?;
    Ok(Saved::Done(hook))
}

/// Changes a hook's event and schema. `seen` is what the person saw when the form was made; without it, or
/// when the hook still is that, or is what the person wants, nobody else's change can be lost.
pub fn update(
    conn: &mut Conn,
    queue_id: i64,
    id: i64,
    choice: Choice,
    seen: Option<Choice>,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Saved, Error> {
    queues::query::lock(conn, queue_id)?;
    let Some(hook) = find(conn, queue_id, id)? else { return gone(conn, queue_id, id) };
    if hook.choice() == choice {
        return Ok(Saved::Unchanged(hook));
    }
    if seen.is_some_and(|seen| seen != hook.choice()) {
        return Ok(Saved::Stale(hook));
    }
    // A hook may keep a schema that it could not choose today.
    if choice.schema_id != hook.schema_id && flow_schemas::query::name_for_hook(conn, choice.schema_id)?.is_none() {
        return Ok(Saved::NoSchema);
    }
    let mut enabled = hook.enabled;
    if let Some(holder) = holder(conn, queue_id, choice.event)?.filter(|holder| enabled && holder.id != id) {
        match if_taken {
            IfTaken::Ask => return Ok(Saved::Taken(holder)),
            IfTaken::Disable => enabled = false,
            IfTaken::Replace => drop(set(conn, queue_id, &holder, holder.choice(), false, change)?),
        }
    }
    set(conn, queue_id, &hook, choice, enabled, change).map(Saved::Done)
}

/// Switches one hook. Switching it to the state that it has changes nothing.
pub fn switch(
    conn: &mut Conn,
    queue_id: i64,
    id: i64,
    enabled: bool,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Saved, Error> {
    queues::query::lock(conn, queue_id)?;
    let Some(hook) = find(conn, queue_id, id)? else { return gone(conn, queue_id, id) };
    if hook.enabled == enabled {
        return Ok(Saved::Unchanged(hook));
    }
    if enabled && let Some(holder) = holder(conn, queue_id, hook.event)? {
        match if_taken {
            IfTaken::Replace => drop(set(conn, queue_id, &holder, holder.choice(), false, change)?),
            IfTaken::Ask | IfTaken::Disable => return Ok(Saved::Taken(holder)),
        }
    }
    set(conn, queue_id, &hook, hook.choice(), enabled, change).map(Saved::Done)
}

/// A hook that was removed is told; one that never was in this queue does not exist.
fn gone(conn: &mut Conn, queue_id: i64, id: i64) -> Result<Saved, Error> {
    if journal::has_removed(conn, Subject::Hook, id, Some(queue_id))? {
        Ok(Saved::Gone)
    } else {
        Err(not_found(queue_id))
    }
}

pub fn not_found(queue_id: i64) -> Error {
    Error::NotFound { what: "hook", back: super::view::path(queue_id) }
}

/// The enabled hook of an event.
fn holder(conn: &mut Conn, queue_id: i64, event: Event) -> QueryResult<Option<Hook>> {
    Ok(enabled(conn, queue_id)?.into_iter().find(|hook| hook.event == event))
}

/// Writes a hook and the journal's entry of it.
fn set(
    conn: &mut Conn,
    queue_id: i64,
    hook: &Hook,
    choice: Choice,
    enabled: bool,
    change: &Change,
) -> Result<Hook, Error> {
    diesel::update(hooks::table.find(hook.id))
        .set((
            hooks::schema_id.eq(choice.schema_id),
            hooks::event.eq(choice.event),
            hooks::enabled.eq(enabled),
            hooks::updated_at.eq(change.at),
            hooks::updated_by.eq(change.author.id),
        ))
        .execute(conn)
        .map_err(taken_elsewhere)?;
    let action = match (hook.choice() == choice, enabled) {
        (false, _) => Action::Edit,
        (true, true) => Action::Enable,
        (true, false) => Action::Disable,
    };
    let after = find(conn, queue_id, hook.id)?.ok_or_else(|| Error::Internal("a locked queue lost a hook".into()))?;
    record(conn, change, queue_id, action, &[Step::new(hook.id, Some(hook.state()), Some(after.state()))])?;
    Ok(after)
}

/// Writes down what a change did to a queue's hooks, and beside the queue that it was changed by its author.
fn record(conn: &mut Conn, change: &Change, queue_id: i64, action: Action, steps: &[Step<State>]) -> QueryResult<()> {
    journal::record(conn, change, Some(queue_id), action, steps)?;
    if steps.is_empty() {
        return Ok(());
    }
    diesel::update(queues_::table.find(queue_id)).set(queues_::updated_by.eq(change.author.id)).execute(conn).map(drop)
}

/// Somebody who does not lock the queue, Webitel itself, enabled a hook for the event in between.
fn taken_elsewhere(error: diesel::result::Error) -> Error {
    use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation | ForeignKeyViolation, _) => Error::Conflict {
            sentence: "Somebody changed this queue at the same moment. Nothing was changed here. Try again.".into(),
            back: "/contact-center/queues".into(),
        },
        error => error.into(),
    }
}

/// Refuses a selection that does not mean the same hooks any more.
pub fn check(conn: &mut Conn, queue_id: i64, selection: &Selection) -> Result<(), Error> {
    let Selection::Matching { view, .. } = selection else { return Ok(()) };
    selection.check(&super::view::path(queue_id), count(conn, queue_id, &view.filter)?)
}

/// The first of the selected hooks.
pub fn selected(conn: &mut Conn, queue_id: i64, selection: &Selection, limit: i64) -> QueryResult<Vec<Hook>> {
    on_each!(conn, c => {
        let hooks = hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed();
        let hooks = match selection {
            Selection::Ids(ids) => hooks.filter(hooks::queue_id.eq(queue_id)).filter(hooks::id.eq_any(ids.clone())),
            Selection::Matching { view, .. } => {
                let ids = ids!(queue_id, &view.filter);
                hooks.filter(hooks::id.eq_any(ids.order((hooks::event, hooks::id)).limit(limit)))
            }
        };
        hooks.order((hooks::event, hooks::id)).limit(limit).load(c)
    })
}

/// The first selected hook of an event that is in this state.
fn first_selected(
    conn: &mut Conn,
    queue_id: i64,
    selection: &Selection,
    event: Event,
    enabled: bool,
) -> QueryResult<Option<i64>> {
    on_each!(conn, c => {
        let ids = selected_ids!(queue_id, selection).filter(hooks::event.eq(event)).filter(hooks::enabled.eq(enabled));
        ids.order(hooks::id).limit(1).first(c).optional()
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
        Selection::Matching { view, .. } => count(conn, queue_id, &view.filter),
    }
}

/// What became of a selection that was switched.
pub struct Switched {
    pub switched: i64,
    /// The events of hooks that could not be enabled because another one is.
    pub taken: BTreeSet<Event>,
    /// Selected hooks that do not exist any more.
    pub gone: i64,
}

/// Switches the selected hooks. An event takes one enabled hook: the first of the selection, if none is yet.
pub fn switch_selected(
    conn: &mut Conn,
    queue_id: i64,
    selection: &Selection,
    enable: bool,
    change: &Change,
) -> Result<Switched, Error> {
    queues::query::lock(conn, queue_id)?;
    check(conn, queue_id, selection)?;
    let gone = selection.size() - count_selected(conn, queue_id, selection)?;
    let mut switched = 0;
    let mut taken = BTreeSet::new();
    for event in Event::ALL.iter().copied() {
        // An enabled event has one hook to disable; a free one takes one hook to enable.
        let Some(id) = first_selected(conn, queue_id, selection, event, !enable)? else { continue };
        match switch(conn, queue_id, id, enable, IfTaken::Ask, change)? {
            Saved::Done(_) => switched += 1,
            _ => drop(taken.insert(event)),
        }
        if enable && first_selected(conn, queue_id, selection, event, false)?.is_some() {
            taken.insert(event);
        }
    }
    Ok(Switched { switched, taken, gone })
}

/// Removes the selected hooks and says which: the first ones, and how many in all.
pub fn remove(
    conn: &mut Conn,
    queue_id: i64,
    selection: &Selection,
    change: &Change,
) -> Result<(Option<Hook>, i64), Error> {
    queues::query::lock(conn, queue_id)?;
    check(conn, queue_id, selection)?;
    remove_locked(conn, queue_id, selection, change)
}

/// Removes all hooks of a queue that is locked, and says how many.
pub fn remove_all(conn: &mut Conn, queue_id: i64, change: &Change) -> Result<i64, Error> {
    let all = Selection::Matching { view: View::default(), seen: 0 };
    Ok(remove_locked(conn, queue_id, &all, change)?.1)
}

fn remove_locked(
    conn: &mut Conn,
    queue_id: i64,
    selection: &Selection,
    change: &Change,
) -> Result<(Option<Hook>, i64), Error> {
    let mut first = None;
    let mut removed = 0;
    loop {
        let batch = selected(conn, queue_id, selection, MAX_IDS as i64)?;
        let is_last = batch.len() < MAX_IDS || matches!(selection, Selection::Ids(_));
        let ids: Vec<i64> = batch.iter().map(|hook| hook.id).collect();
        diesel::delete(hooks::table.filter(hooks::id.eq_any(ids))).execute(conn)?;
        let steps: Vec<_> = batch.iter().map(|hook| Step::new(hook.id, Some(hook.state()), None)).collect();
        record(conn, change, queue_id, Action::Remove, &steps)?;
        removed += batch.len() as i64;
        first = first.or(batch.into_iter().next());
        if is_last {
            return Ok((first, removed));
        }
    }
}

/// What became of a removal that was undone.
#[derive(Default)]
pub struct Restored {
    pub restored: i64,
    /// A hook that was restored, to say its name when it is the only one.
    pub first: Option<Hook>,
    /// The events of hooks that came back disabled because another one is enabled meanwhile.
    pub disabled: BTreeSet<Event>,
    /// Hooks that exist already.
    pub existing: i64,
    /// Hooks whose flow schema does not exist any more.
    pub without_schema: i64,
}

impl Restored {
    /// Adds what became of another queue's hooks.
    pub fn add(&mut self, other: &Self) {
        self.restored += other.restored;
        self.existing += other.existing;
        self.without_schema += other.without_schema;
    }
}

/// Brings back the hooks that a change removed, or only one of them, with their ids and states.
pub fn restore(
    conn: &mut Conn,
    queue_id: i64,
    removal: &str,
    only: Option<i64>,
    change: &Change,
) -> Result<Restored, Error> {
    queues::query::lock(conn, queue_id)?;
    let mut outcome = Restored::default();
    let mut taken: BTreeSet<Event> = enabled(conn, queue_id)?.into_iter().map(|hook| hook.event).collect();
    let mut last = 0;
    loop {
        let mut batch = journal::removed_by::<State>(conn, removal, Some(queue_id), last)?;
        let Some((end, _)) = batch.last() else { return Ok(outcome) };
        last = *end;
        batch.retain(|(id, _)| only.is_none_or(|only| only == *id));
        let ids: Vec<i64> = batch.iter().map(|(id, _)| *id).collect();
        let existing: BTreeSet<i64> =
            hooks::table.filter(hooks::id.eq_any(ids)).select(hooks::id).load(conn)?.into_iter().collect();
        let wanted: BTreeSet<i64> = batch.iter().filter_map(|(_, state)| state.schema.id.parse().ok()).collect();
        let names: std::collections::BTreeMap<i64, String> = schemas::table
            .filter(schemas::id.eq_any(wanted))
            .select((schemas::id, schemas::name))
            .load(conn)?
            .into_iter()
            .collect();
        let mut restored = Vec::new();
        for (id, state) in batch {
            if existing.contains(&id) {
                outcome.existing += 1;
                continue;
            }
            let schema_id = state.schema.id.parse().unwrap_or_default();
            let Some(schema_name) = names.get(&schema_id).cloned() else {
                outcome.without_schema += 1;
                continue;
            };
            let event = state.event;
            let free = !taken.contains(&event);
            if state.enabled && free {
                taken.insert(event);
            } else if state.enabled {
                outcome.disabled.insert(event);
            }
            let enabled = state.enabled && free;
            restored.push(Hook { id, event, enabled, updated_at: change.at, schema_id, schema_name });
        }
        insert_with_ids(conn, queue_id, &restored, change)?;
        let steps: Vec<_> = restored.iter().map(|hook| Step::new(hook.id, None, Some(hook.state()))).collect();
        record(conn, change, queue_id, Action::Restore, &steps)?;
        outcome.restored += restored.len() as i64;
        outcome.first = outcome.first.or(restored.into_iter().next());
    }
}

fn insert_with_ids(conn: &mut Conn, queue_id: i64, restored: &[Hook], change: &Change) -> Result<(), Error> {
    let rows: Vec<_> = restored
        .iter()
        .map(|hook| {
            (
                hooks::id.eq(hook.id),
                hooks::queue_id.eq(queue_id),
                hooks::schema_id.eq(hook.schema_id),
                hooks::event.eq(hook.event),
                hooks::enabled.eq(hook.enabled),
                hooks::updated_at.eq(hook.updated_at),
                hooks::updated_by.eq(change.author.id),
            )
        })
        .collect();
    on_each!(conn, c => diesel::insert_into(hooks::table).values(&rows).execute(c)).map_err(taken_elsewhere)?;
    Ok(())
}
