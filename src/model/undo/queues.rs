//! What a change did to queues, undone. A queue that the change removed comes back, and its hooks after it. A queue
//! that the change brought goes with its hooks, unless somebody changed it or them since.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::outcome::{Fate, Undone};
use super::part::{Done, Part};
use super::undoing::{Undoing, allow, back_meanwhile, needs};
use crate::db::Conn;
use crate::db::schema::queues;
use crate::error::{Error, Thing};
use crate::model::hooks::hook::{Hook, KeptHook};
use crate::model::hooks::query as hooks;
use crate::model::hooks::removal::remove_all;
use crate::model::journal::{self, Action, Kept, Step, Subject};
use crate::model::queues::change::Row;
use crate::model::queues::query::of_ids;
use crate::model::queues::queue::KeptQueue;
use crate::name::composed;

/// Queues whose hooks have the same fate as they.
#[derive(Default)]
pub struct Moved {
    /// The change removed them.
    pub removed: BTreeSet<i64>,
    /// Those of them that came back just now; their hooks follow.
    pub came: BTreeSet<i64>,
    /// The change brought them: they went with their hooks, or stay with them.
    pub brought: BTreeSet<i64>,
}

pub fn undo(conn: &mut Conn, undoing: Undoing, undone: &mut Undone) -> Result<Moved, Error> {
    let mut moved = Moved::default();
    let Some(part) = undoing.part(Subject::Queue) else { return Ok(moved) };
    let mut last = 0;
    loop {
        let batch: Vec<Done<KeptQueue>> = part.done(conn, last)?;
        let Some(end) = batch.last() else { return Ok(moved) };
        last = end.id;
        let ids: Vec<i64> = batch.iter().map(|done| done.id).collect();
        let now = of_ids(conn, &ids)?.into_iter().map(|queue| (queue.id, queue.kept()));
        let now: BTreeMap<i64, KeptQueue> = now.collect();
        let mut changed: BTreeMap<Action, Vec<Step<KeptQueue>>> = BTreeMap::new();
        for done in batch {
            allow(conn, undoing.by, needs(Subject::Queue, done.before.is_none() || done.after.is_none()))?;
            let now = now.get(&done.id);
            let mut fate = Fate::of(&done, now);
            if done.after.is_none() {
                moved.removed.insert(done.id);
            }
            if done.before.is_none() {
                moved.brought.insert(done.id);
                if fate == Fate::PutBack && !are_untouched(conn, undoing, done.id)? {
                    fate = Fate::Changed;
                }
            }
            if !undone.queues.is_put_back(fate, &done) {
                continue;
            }
            match (done.before, now) {
                (Some(before), None) => {
                    moved.came.insert(done.id);
                    come_back(conn, undoing, done.id, before, undone)?;
                }
                (Some(before), Some(now)) => {
                    let is_switch = KeptQueue { enabled: before.enabled, ..now.clone() }.is(&before);
                    let action = if is_switch { Action::switch(before.enabled) } else { Action::Edit };
                    changed.entry(action).or_default().push(Step::new(done.id, Some(now.clone()), Some(before)));
                }
                (None, Some(now)) => go(conn, undoing, done.id, now, undone)?,
                (None, None) => (),
            }
        }
        for (action, steps) in changed {
            put_back(conn, undoing, action, &steps, undone)?;
        }
    }
}

/// The queues do not exist, so nobody else has them.
fn come_back(
    conn: &mut Conn,
    Undoing { by, .. }: Undoing,
    id: i64,
    mut queue: KeptQueue,
    undone: &mut Undone,
) -> Result<(), Error> {
    // It may have been removed by an older version.
    queue.name = composed(&queue.name).into_owned();
    let row = Row::new(&queue.name, queue.queue_type.number(), queue.enabled, by.at, by.author.id);
    diesel::insert_into(queues::table)
        .values((queues::id.eq(id), queues::created_at.eq(by.at), row))
        .execute(conn)
        .map_err(|error| back_meanwhile(error, Thing::Queue))?;
    undone.queues.did(Action::Restore, id, &queue);
    Ok(journal::record(conn, by, None, Action::Restore, &[Step::new(id, None, Some(queue))])?)
}

fn go(
    conn: &mut Conn,
    Undoing { by, .. }: Undoing,
    id: i64,
    queue: &KeptQueue,
    undone: &mut Undone,
) -> Result<(), Error> {
    undone.with_queues += remove_all(conn, id, by)?;
    diesel::delete(queues::table.find(id)).execute(conn)?;
    undone.queues.did(Action::Remove, id, queue);
    undone.gone_queues.insert(id);
    Ok(journal::record(conn, by, None, Action::Remove, &[Step::new(id, Some(queue.clone()), None)])?)
}

/// Gives queues the state or the whole content that they had.
fn put_back(
    conn: &mut Conn,
    Undoing { by, .. }: Undoing,
    action: Action,
    steps: &[Step<KeptQueue>],
    undone: &mut Undone,
) -> Result<(), Error> {
    if action == Action::Edit {
        for step in steps {
            let Some(before) = &step.after else { continue };
            let row = Row::new(&before.name, before.queue_type.number(), before.enabled, by.at, by.author.id);
            diesel::update(queues::table.find(step.id)).set(row).execute(conn)?;
        }
    } else {
        let enabled = queues::enabled.eq(action == Action::Enable);
        diesel::update(queues::table.filter(queues::id.eq_any(steps.iter().map(|step| step.id))))
            .set((enabled, queues::updated_at.eq(by.at), queues::updated_by.eq(by.author.id)))
            .execute(conn)?;
    }
    for step in steps {
        if let Some(queue) = &step.after {
            undone.queues.did(action, step.id, queue);
        }
    }
    Ok(journal::record(conn, by, None, action, steps)?)
}

/// Whether a queue has no hooks but those that the change brought with it, and these are as it left them.
fn are_untouched(conn: &mut Conn, undoing: Undoing, queue_id: i64) -> Result<bool, Error> {
    let part = Part { change: undoing.change, id: None, queue_id: Some(queue_id) };
    let (mut untouched, mut last) = (0, 0);
    loop {
        let batch: Vec<Done<KeptHook>> = part.done(conn, last)?;
        let Some(end) = batch.last() else { break };
        last = end.id;
        let now = hooks::of_ids(conn, queue_id, batch.iter().map(|done| done.id))?;
        let is_as_left = |done: &&Done<KeptHook>| {
            let now = now.get(&done.id).map(Hook::kept);
            now.is_some_and(|now| done.after.as_ref().is_some_and(|after| after.is(&now)))
        };
        untouched += batch.iter().filter(is_as_left).count() as i64;
    }
    Ok(untouched == hooks::count(conn, queue_id)?)
}
