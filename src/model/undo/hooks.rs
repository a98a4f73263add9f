//! What a change did to the hooks of a queue, undone. Those that are to be enabled come last, when whatever the change
//! enabled in their place has left their event: there is at most one for each event.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::outcome::{Fate, Undone};
use super::part::{Done, Part};
use super::undoing::{Undoing, allow, needs};
use crate::access::rights::SEE_FLOW_SCHEMAS;
use crate::db::schema::hooks;
use crate::db::{Conn, MAX_IDS};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::flow_schemas::query::names_of;
use crate::model::hooks::change::{record, taken_elsewhere};
use crate::model::hooks::hook::{Hook, KeptHook, KeptSchema, UNSEEN};
use crate::model::hooks::query::{enabled, of_ids};
use crate::model::hooks::row::{Row, insert_with_ids};
use crate::model::journal::{Action, Step, Subject};
use crate::word::Stored;

/// The queue whose hooks are put back.
#[derive(Clone, Copy)]
pub struct Place {
    pub queue_id: i64,
    pub exists: bool,
    /// It came back just now, and its hooks with it.
    pub is_back: bool,
    /// The change removed it with its hooks.
    pub went_with_queue: bool,
}

/// A hook as it was before the change.
struct Goal {
    id: i64,
    schema_id: i64,
    kept: KeptHook,
    /// As it is now, if it exists.
    now: Option<Hook>,
}

impl Goal {
    /// It is to be enabled for an event that it has not yet.
    fn needs_event(&self) -> bool {
        let has_event = |now: &Hook| now.enabled && now.event == self.kept.event;
        self.kept.enabled && !self.now.as_ref().is_some_and(has_event)
    }

    fn action(&self) -> Action {
        match &self.now {
            None => Action::Restore,
            Some(now) if now.event == self.kept.event && now.schema_id == self.schema_id => {
                Action::switch(self.kept.enabled)
            }
            Some(_) => Action::Edit,
        }
    }
}

pub fn undo(conn: &mut Conn, undoing: Undoing, place: Place, undone: &mut Undone) -> Result<(), Error> {
    // With a queue that comes back alone come its hooks.
    let all = place.is_back.then_some(Part { change: undoing.change, id: None, queue_id: None });
    let Some(part) = undoing.part(Subject::Hook).or(all) else { return Ok(()) };
    let part = Part { queue_id: Some(place.queue_id), ..part };
    let (mut last, mut to_enable) = (0, Vec::new());
    loop {
        let batch: Vec<Done<KeptHook>> = part.done(conn, last)?;
        let Some(end) = batch.last() else { break };
        last = end.id;
        if !place.went_with_queue {
            allow(conn, undoing.by, needs(Subject::Hook, false))?;
        }
        let now = of_ids(conn, place.queue_id, batch.iter().map(|done| done.id))?;
        let names = names_of(conn, batch.iter().filter_map(|done| done.before.as_ref()?.schema.id.parse().ok()))?;
        let (mut to_remove, mut to_put) = (Vec::new(), Vec::new());
        for done in batch {
            let now = now.get(&done.id);
            let fate = Fate::of(&done, now.map(Hook::kept).as_ref());
            if !place.exists {
                undone.hooks.total += 1;
                undone.without_queue += 1;
            } else if undone.hooks.is_put_back(fate, &done) {
                match (done.before, now) {
                    (None, Some(now)) => to_remove.push(now.clone()),
                    (None, None) => (),
                    (Some(before), now) => {
                        let schema_id = before.schema.id.parse().unwrap_or_default();
                        let Some(name) = names.get(&schema_id) else {
                            if before.schema.name == UNSEEN {
                                undone.of_other_domains += 1;
                            } else {
                                undone.without_schema += 1;
                            }
                            continue;
                        };
                        if now.is_some_and(|now| now.schema_id != schema_id) {
                            allow(conn, undoing.by, SEE_FLOW_SCHEMAS)?;
                        }
                        let schema = KeptSchema { name: name.clone(), ..before.schema };
                        let kept = KeptHook { schema, ..before };
                        let goal = Goal { id: done.id, schema_id, kept, now: now.cloned() };
                        if goal.needs_event() { to_enable.push(goal) } else { to_put.push(goal) }
                    }
                }
            }
        }
        remove(conn, undoing, place, &to_remove, undone)?;
        put(conn, undoing, place, to_put, undone)?;
    }
    enable(conn, undoing, place, to_enable, undone)
}

fn remove(conn: &mut Conn, undoing: Undoing, place: Place, gone: &[Hook], undone: &mut Undone) -> Result<(), Error> {
    diesel::delete(hooks::table.filter(hooks::id.eq_any(gone.iter().map(|hook| hook.id)))).execute(conn)?;
    let steps: Vec<_> = gone.iter().map(|hook| Step::new(hook.id, Some(hook.kept()), None)).collect();
    for hook in gone {
        undone.hooks.did(Action::Remove, hook.id, &hook.kept());
    }
    Ok(record(conn, undoing.by, place.queue_id, Action::Remove, &steps)?)
}

/// Enables those whose events are free, or become free because the hooks that have them go to other events.
fn enable(
    conn: &mut Conn,
    undoing: Undoing,
    place: Place,
    mut goals: Vec<Goal>,
    undone: &mut Undone,
) -> Result<(), Error> {
    if goals.is_empty() {
        return Ok(());
    }
    let holders: BTreeMap<Stored<Event>, i64> =
        enabled(conn, place.queue_id)?.into_iter().map(|hook| (hook.event, hook.id)).collect();
    let mut disabled = Vec::new();
    loop {
        let is_taken = |(index, goal): (usize, &Goal)| {
            let stays = |holder: &i64| !goals.iter().any(|goal| goal.id == *holder);
            holders.get(&goal.kept.event).is_some_and(stays)
                || goals[..index].iter().any(|other| other.kept.event == goal.kept.event)
        };
        let Some(taken) = goals.iter().enumerate().position(is_taken) else { break };
        let goal = goals.remove(taken);
        if goal.now.is_some() {
            undone.taken.extend(goal.kept.event.known());
        } else {
            undone.disabled.extend(goal.kept.event.known());
            disabled.push(Goal { kept: KeptHook { enabled: false, ..goal.kept }, ..goal });
        }
    }
    let leaving = |goal: &Goal| goal.now.as_ref().is_some_and(|now| now.enabled).then_some(goal.id);
    let leaving: Vec<i64> = goals.iter().filter_map(leaving).collect();
    if !leaving.is_empty() {
        diesel::update(hooks::table.filter(hooks::id.eq_any(leaving))).set(hooks::enabled.eq(false)).execute(conn)?;
    }
    goals.extend(disabled);
    put(conn, undoing, place, goals, undone)
}

/// Writes hooks as they were, and the journal.
fn put(
    conn: &mut Conn,
    Undoing { by, .. }: Undoing,
    Place { queue_id, is_back, .. }: Place,
    mut goals: Vec<Goal>,
    undone: &mut Undone,
) -> Result<(), Error> {
    goals.sort_by_key(|goal| goal.id);
    let (there, missing): (Vec<_>, Vec<_>) = goals.into_iter().partition(|goal| goal.now.is_some());
    let row = |goal: &Goal| Row::new(goal.schema_id, goal.kept.event.clone(), goal.kept.enabled, by.at, by.author.id);
    for missing in missing.chunks(MAX_IDS) {
        let rows = missing.iter().map(|goal| row(goal).with_id(goal.id, queue_id)).collect();
        insert_with_ids(conn, rows).map_err(|error| taken_elsewhere(error, queue_id))?;
    }
    let mut alike: BTreeMap<(i64, &Stored<Event>, bool), Vec<&Goal>> = BTreeMap::new();
    for goal in &there {
        alike.entry((goal.schema_id, &goal.kept.event, goal.kept.enabled)).or_default().push(goal);
    }
    for alike in alike.into_values() {
        let ids = alike.iter().map(|goal| goal.id);
        let written = diesel::update(hooks::table.filter(hooks::id.eq_any(ids))).set(row(alike[0])).execute(conn);
        written.map_err(|error| taken_elsewhere(error, queue_id))?;
    }
    let mut steps: BTreeMap<Action, Vec<Step<KeptHook>>> = BTreeMap::new();
    for goal in missing.into_iter().chain(there) {
        let action = goal.action();
        if is_back {
            undone.with_queues += 1;
        } else {
            undone.hooks.did(action, goal.id, &goal.kept);
        }
        let step = Step::new(goal.id, goal.now.as_ref().map(Hook::kept), Some(goal.kept));
        steps.entry(action).or_default().push(step);
    }
    for (action, steps) in steps {
        record(conn, by, queue_id, action, &steps)?;
    }
    Ok(())
}
