//! Changing hooks: all rules for that. Each change first locks its queue, so that changes of one queue's hooks come
//! one after the other, and writes the journal in the same transaction.
//!
//! * An event takes one enabled hook; a change says what to do about another one in its way.
//! * A hook runs a flow schema that exists, that its author may see, and that is of a type for hooks. A hook may
//!   keep the one that it has, whatever has become of that.
//! * Nobody's change is lost: an edit is refused if the hook is neither as its author saw it nor as they want it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::filter::Selection;
use super::hook::{Hook, KeptHook, Wanted};
use super::query::{check, count_selected, enabled, find, find_to_change, first_selected};
use super::row::Row;
use crate::access::rights::{Right, Rights};
use crate::db::schema::{hooks, queues as queues_};
use crate::db::{Conn, Id, update, write_author};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::flow_schemas::query::name_for_hook;
use crate::model::journal::{self, Action, Change, Once, Step, Subject, once};
use crate::model::queues;
use crate::on_each;
use crate::word::{Stored, Word};

/// What to do when another hook is enabled for the same event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfTaken {
    /// Do nothing, and say which hook it is.
    #[default]
    Ask,
    /// Leave this one disabled.
    Disable,
    /// Disable the other one.
    Replace,
}

/// What somebody wants an existing hook to be, or what they saw of it. `None` means: leave this as it is, or not seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patch {
    pub event: Option<Event>,
    pub schema_id: Option<i64>,
    pub enabled: Option<bool>,
}

impl Patch {
    pub fn switch(enabled: bool) -> Self {
        Self { enabled: Some(enabled), ..Self::default() }
    }

    fn applied_to(self, hook: &Hook) -> (Stored<Event>, i64, bool) {
        (
            self.event.map_or_else(|| hook.event.clone(), Stored::Known),
            self.schema_id.unwrap_or(hook.schema_id),
            self.enabled.unwrap_or(hook.enabled),
        )
    }
}

impl From<Wanted> for Patch {
    fn from(Wanted { event, schema_id, enabled }: Wanted) -> Self {
        Self { event: Some(event), schema_id: Some(schema_id), enabled: Some(enabled) }
    }
}

/// A hook that is now as wanted.
pub struct Put {
    pub hook: Hook,
    /// The change that made it so, if it is this one, now or when its form was sent before.
    pub change: Option<String>,
}

/// Why a change was not made.
#[derive(Debug)]
pub enum Refused {
    /// This other hook is enabled for the event.
    Taken(Hook),
    /// The hook has changed since the form was made; this is how it is now.
    Stale(Hook),
    /// The flow schema does not exist, or is not of a type for hooks.
    NoSchema,
    /// The author may not see flow schemas, so they may not choose one.
    MayNotChoose,
    /// The hook no longer exists.
    Gone,
}

impl Refused {
    /// What the form with both versions says too.
    pub const STALE: &str = "Somebody else saved this hook meanwhile. Your changes are not saved yet.";

    pub const NO_SCHEMA: &str = "This flow schema cannot be used any more. Choose another.";

    /// Why the change was refused, for the person.
    pub fn sentence(&self) -> String {
        match self {
            Self::Taken(holder) => {
                format!("{} is enabled already, and an event takes one enabled hook.", holder.name())
            }
            Self::Stale(_) => Self::STALE.into(),
            Self::NoSchema => Self::NO_SCHEMA.into(),
            Self::MayNotChoose => MAY_NOT_CHOOSE.into(),
            Self::Gone => "That hook was removed meanwhile. Nothing was changed.".into(),
        }
    }
}

pub const MAY_NOT_CHOOSE: &str = "Your rights do not cover choosing a flow schema. Nothing was changed.";

/// Whether somebody may choose a flow schema for a hook.
pub fn may_choose(rights: &Rights) -> bool {
    rights.has(Right::ReadFlowSchemas)
}

/// Adds a hook. Repeating the same change adds nothing more.
pub fn add(
    conn: &mut Conn,
    queue_id: i64,
    wanted: Wanted,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Result<Put, Refused>, Error> {
    queues::query::lock(conn, queue_id)?;
    if !may_choose(&change.rights) {
        return Ok(Err(Refused::MayNotChoose));
    }
    let is_same = |added: &KeptHook| added.event.is(wanted.event) && added.schema.id == wanted.schema_id.to_string();
    let change = match once(conn, change, is_same)? {
        Once::Made(id) => {
            let made = find(conn, queue_id, id)?;
            let made = made.map(|hook| Put { hook, change: Some(change.id.clone()) });
            return Ok(made.ok_or(Refused::Gone));
        }
        Once::New(change) => change,
    };
    let Some(schema_name) = name_for_hook(conn, wanted.schema_id)? else { return Ok(Err(Refused::NoSchema)) };
    let Wanted { event, schema_id, .. } = wanted;
    let enabled = match give_way(conn, queue_id, event, wanted.enabled, None, if_taken, &change)? {
        Ok(enabled) => enabled,
        Err(refused) => return Ok(Err(refused)),
    };
    let row = Row::new(schema_id, event.into(), enabled, change.at, change.author.id);
    let id = diesel::insert_into(hooks::table)
        .values((hooks::queue_id.eq(queue_id), row))
        .returning(hooks::id)
        .get_result::<Id>(conn)
        .map_err(|error| taken_elsewhere(error, queue_id))?
        .0;
    let hook = Hook { id, event: event.into(), enabled, updated_at: Some(change.at), schema_id, schema_name };
    record(conn, &change, queue_id, Action::Add, &[Step::new(id, None, Some(hook.kept()))])?;
    Ok(Ok(Put { hook, change: Some(change.id) }))
}

/// Changes a hook; both an edit and a switch are this. Repeating the same change does nothing more.
pub fn put(
    conn: &mut Conn,
    queue_id: i64,
    id: i64,
    wanted: Patch,
    seen: Patch,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Result<Put, Refused>, Error> {
    queues::query::lock(conn, queue_id)?;
    let found = find_to_change(conn, queue_id, id)?;
    let Some((hook, last_author)) = found else { return gone(conn, queue_id, id).map(Err) };
    let before = (hook.event.clone(), hook.schema_id, hook.enabled);
    let (event, schema_id, enabled) = wanted.applied_to(&hook);
    if schema_id != hook.schema_id && !may_choose(&change.rights) {
        return Ok(Err(Refused::MayNotChoose));
    }
    let was_made = journal::was_made(conn, change, Subject::Hook, id)?;
    if (event.clone(), schema_id, enabled) == before {
        return Ok(Ok(Put { hook, change: was_made.then(|| change.id.clone()) }));
    }
    let change = &if was_made { change.anew() } else { change.clone() };
    if seen.applied_to(&hook) != before {
        return Ok(Err(Refused::Stale(hook)));
    }
    let is_kept = schema_id == hook.schema_id;
    let schema_name = if is_kept { Some(hook.schema_name.clone()) } else { name_for_hook(conn, schema_id)? };
    let Some(schema_name) = schema_name else { return Ok(Err(Refused::NoSchema)) };
    let enabled = match event.known() {
        Some(event) => match give_way(conn, queue_id, event, enabled, Some(id), if_taken, change)? {
            Ok(enabled) => enabled,
            Err(refused) => return Ok(Err(refused)),
        },
        None => enabled,
    };
    let after = Hook { id, event, enabled, updated_at: Some(change.at), schema_id, schema_name };
    write(conn, queue_id, &hook, &after, change)?;
    // Mostly it is the same person, and then there is nothing to ask the database for.
    if last_author != change.author.id {
        name_author(conn, queue_id, change)?;
    }
    Ok(Ok(Put { hook: after, change: Some(change.id.clone()) }))
}

/// Applies the rule of one enabled hook per event, and returns the state that the hook gets.
fn give_way(
    conn: &mut Conn,
    queue_id: i64,
    event: Event,
    is_wanted_enabled: bool,
    id: Option<i64>,
    if_taken: IfTaken,
    change: &Change,
) -> Result<Result<bool, Refused>, Error> {
    if !is_wanted_enabled {
        return Ok(Ok(false));
    }
    let Some(holder) = holder(conn, queue_id, event)?.filter(|holder| Some(holder.id) != id) else {
        return Ok(Ok(true));
    };
    match if_taken {
        IfTaken::Ask => Ok(Err(Refused::Taken(holder))),
        IfTaken::Disable => Ok(Ok(false)),
        IfTaken::Replace => {
            let after = Hook { enabled: false, updated_at: Some(change.at), ..holder.clone() };
            write(conn, queue_id, &holder, &after, change)?;
            Ok(Ok(true))
        }
    }
}

/// The hook that is enabled for an event.
pub fn holder(conn: &mut Conn, queue_id: i64, event: Event) -> QueryResult<Option<Hook>> {
    Ok(enabled(conn, queue_id)?.into_iter().find(|hook| hook.event.is(event)))
}

/// A hook that was removed is refused as gone; one that was never in this queue is not found.
fn gone(conn: &mut Conn, queue_id: i64, id: i64) -> Result<Refused, Error> {
    if journal::has_removed(conn, Subject::Hook, id, Some(queue_id))? {
        Ok(Refused::Gone)
    } else {
        Err(Error::NotFound(Thing::Hook { queue: queue_id }))
    }
}

/// Writes what becomes of a hook, and the journal's entry about it.
fn write(conn: &mut Conn, queue_id: i64, before: &Hook, after: &Hook, change: &Change) -> Result<(), Error> {
    let row = Row::new(after.schema_id, after.event.clone(), after.enabled, change.at, change.author.id);
    let written = on_each!(conn, c => update(hooks::table, before.id, row).execute(c));
    if written.map_err(|error| taken_elsewhere(error, queue_id))? == 0 {
        return Err(Error::Internal("a locked queue lost a hook".into()));
    }
    let is_switched = after.event == before.event && after.schema_id == before.schema_id;
    let action = if is_switched { Action::switch(after.enabled) } else { Action::Edit };
    let step = Step::new(before.id, Some(before.kept()), Some(after.kept()));
    Ok(journal::record(conn, change, Some(queue_id), action, &[step])?)
}

/// Records what a change did to a queue's hooks, and the author of the change beside the queue.
pub(in crate::model) fn record(
    conn: &mut Conn,
    change: &Change,
    queue_id: i64,
    action: Action,
    steps: &[Step<KeptHook>],
) -> QueryResult<()> {
    journal::record(conn, change, Some(queue_id), action, steps)?;
    if steps.is_empty() {
        return Ok(());
    }
    name_author(conn, queue_id, change)
}

fn name_author(conn: &mut Conn, queue_id: i64, change: &Change) -> QueryResult<()> {
    on_each!(conn, c => write_author(queues_::updated_by, queue_id, change.author.id).execute(c)).map(drop)
}

/// Somebody who does not lock the queue, such as Webitel itself, enabled a hook for the event in the meantime.
pub(in crate::model) fn taken_elsewhere(error: diesel::result::Error, queue: i64) -> Error {
    use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation | ForeignKeyViolation, _) => Error::Conflict(
            Thing::Hook { queue },
            "Somebody changed this queue at the same moment. Nothing was changed here. Try again.".into(),
        ),
        error => error.into(),
    }
}

/// The result of switching a selection.
pub struct Switched {
    pub switched: i64,
    /// The events of hooks that could not be enabled because another one is.
    pub taken: BTreeSet<Event>,
    /// Selected hooks that no longer exist.
    pub gone: i64,
}

/// Switches the selected hooks. An event takes one enabled hook: the first of the selection, if none is yet.
pub fn switch(
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
        // To disable: the one enabled hook of the event. To enable: one hook, if none is enabled yet.
        let Some(id) = first_selected(conn, queue_id, selection, event, !enable)? else { continue };
        match put(conn, queue_id, id, Patch::switch(enable), Patch::default(), IfTaken::Ask, change)? {
            Ok(_) => switched += 1,
            Err(_) => drop(taken.insert(event)),
        }
        if enable && first_selected(conn, queue_id, selection, event, false)?.is_some() {
            taken.insert(event);
        }
    }
    Ok(Switched { switched, taken, gone })
}
