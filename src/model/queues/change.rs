//! Changing queues. Each change first locks what it changes, and writes the journal in the same transaction.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::filter::Selection;
use super::query::{count_selected, find, lock, lock_selected, of_ids};
use super::queue::{KeptQueue, Queue, Wanted};
use super::queue_type::QueueType;
use crate::db::abilities::Work;
use crate::db::schema::queues;
use crate::db::{Conn, MAX_IDS};
use crate::error::Error;
use crate::model::hooks;
use crate::model::journal::{self, Action, Change, Once, Step, Subject, once};
use crate::name::keys::{folded, sort_key};
use crate::word::Stored;

/// Everything that is written for a queue, whoever writes it.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = queues, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Row<'a> {
    name: &'a str,
    folded_name: String,
    sort_key: Vec<u8>,
    type_: i16,
    enabled: bool,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
}

impl<'a> Row<'a> {
    pub fn new(name: &'a str, queue_type: i16, enabled: bool, at: NaiveDateTime, by: Option<i64>) -> Self {
        Self {
            name,
            folded_name: folded(name),
            sort_key: sort_key(name),
            type_: queue_type,
            enabled,
            updated_at: at,
            updated_by: by,
        }
    }

    fn of(wanted: &'a Wanted, change: &Change) -> Self {
        Self::new(&wanted.name, wanted.queue_type.number(), wanted.enabled, change.at, change.author.id)
    }
}

/// What somebody wants an existing queue to be, or what they saw of it. `None` means: leave this as it is, or not
/// seen.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    pub name: Option<String>,
    pub queue_type: Option<Stored<QueueType>>,
    pub enabled: Option<bool>,
}

impl Patch {
    pub fn switch(enabled: bool) -> Self {
        Self { enabled: Some(enabled), ..Self::default() }
    }

    fn applied_to(&self, queue: &Queue) -> KeptQueue {
        KeptQueue {
            name: self.name.clone().unwrap_or_else(|| queue.name.clone()),
            queue_type: self.queue_type.clone().unwrap_or_else(|| queue.queue_type.clone()),
            enabled: self.enabled.unwrap_or(queue.enabled),
        }
    }
}

impl From<Wanted> for Patch {
    fn from(Wanted { name, queue_type, enabled }: Wanted) -> Self {
        Self { name: Some(name), queue_type: Some(queue_type.into()), enabled: Some(enabled) }
    }
}

/// A queue that is now as wanted.
pub struct Put {
    pub queue: Queue,
    /// The change that made it so, if it is this one, now or when its form was sent before.
    pub change: Option<String>,
}

/// Why a change was not made.
pub enum Refused {
    /// The queue has changed since the form was made; this is how it is now.
    Stale(Queue),
    /// The queue no longer exists.
    Gone,
}

impl Refused {
    /// What the form with both versions says too.
    pub const STALE: &str = "Somebody else saved this queue meanwhile. Your changes are not saved yet.";

    /// Why the change was refused, for the person.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Stale(_) => Self::STALE,
            Self::Gone => "That queue was removed meanwhile. Nothing was changed.",
        }
    }
}

/// Adds a queue. Repeating the same change adds nothing more.
pub fn add(conn: &mut Conn, wanted: &Wanted, change: &Change) -> Result<Result<Put, Refused>, Error> {
    let change = match once::<KeptQueue>(conn, change, |added| *added == wanted.kept())? {
        Once::Made(id) => {
            let queue = queues::table.find(id).select(Queue::as_select()).first(conn).optional()?;
            let made = queue.map(|queue| Put { queue, change: Some(change.id.clone()) });
            return Ok(made.ok_or(Refused::Gone));
        }
        Once::New(change) => change,
    };
    let id = diesel::insert_into(queues::table)
        .values((queues::created_at.eq(change.at), Row::of(wanted, &change)))
        .returning(queues::id)
        .get_result(conn)?;
    journal::record(conn, &change, None, Action::Add, &[Step::new(id, None, Some(wanted.kept()))])?;
    Ok(Ok(Put { queue: find(conn, id)?, change: Some(change.id) }))
}

/// Changes a queue. Nobody else's change can be lost: the edit is refused if the queue is neither as seen nor as
/// wanted. Repeating the same change does nothing more.
pub fn put(
    conn: &mut Conn,
    id: i64,
    wanted: &Patch,
    seen: &Patch,
    change: &Change,
) -> Result<Result<Put, Refused>, Error> {
    match lock(conn, id) {
        Err(Error::NotFound(_)) if journal::has_removed(conn, Subject::Queue, id, None)? => {
            return Ok(Err(Refused::Gone));
        }
        locked => locked?,
    }
    let queue = find(conn, id)?;
    let (before, after) = (queue.kept(), wanted.applied_to(&queue));
    let was_made = journal::was_made(conn, change, Subject::Queue, id)?;
    if after == before {
        return Ok(Ok(Put { queue, change: was_made.then(|| change.id.clone()) }));
    }
    let change = &if was_made { change.anew() } else { change.clone() };
    let is_switched = KeptQueue { enabled: after.enabled, ..before.clone() } == after;
    if !is_switched && let Some(why) = conn.refuses(Work::EditQueues)? {
        return Err(Error::Forbidden(why));
    }
    if seen.applied_to(&queue) != before {
        return Ok(Err(Refused::Stale(queue)));
    }
    diesel::update(queues::table.find(id))
        .set(Row::new(&after.name, after.queue_type.number(), after.enabled, change.at, change.author.id))
        .execute(conn)?;
    let action = if is_switched { Action::switch(after.enabled) } else { Action::Edit };
    journal::record(conn, change, None, action, &[Step::new(id, Some(before), Some(after))])?;
    Ok(Ok(Put { queue: find(conn, id)?, change: Some(change.id.clone()) }))
}

/// Switches the selected queues; says how many were switched and how many no longer exist.
pub fn switch(conn: &mut Conn, selection: &Selection, enabled: bool, change: &Change) -> Result<(i64, i64), Error> {
    let selected = lock_selected(conn, selection)?;
    let mut changed = 0;
    for ids in selected.chunks(MAX_IDS) {
        let batch: Vec<_> = of_ids(conn, ids)?.into_iter().filter(|queue| queue.enabled != enabled).collect();
        let ids: Vec<i64> = batch.iter().map(|queue| queue.id).collect();
        changed += ids.len() as i64;
        diesel::update(queues::table.filter(queues::id.eq_any(ids)))
            .set((
                queues::enabled.eq(enabled),
                queues::updated_at.eq(change.at),
                queues::updated_by.eq(change.author.id),
            ))
            .execute(conn)?;
        let step = |queue: &Queue| Step::new(queue.id, Some(queue.kept()), Some(KeptQueue { enabled, ..queue.kept() }));
        let steps: Vec<_> = batch.iter().map(step).collect();
        journal::record(conn, change, None, Action::switch(enabled), &steps)?;
    }
    Ok((changed, selection.size() - selected.len() as i64))
}

/// What a removal took.
#[derive(Default)]
pub struct Removed {
    pub queues: i64,
    /// One of them, to mention if it is the only one.
    pub first: Option<Queue>,
    pub hooks: i64,
}

/// Removes the selected queues with their hooks.
pub fn remove(conn: &mut Conn, selection: &Selection, change: &Change) -> Result<Removed, Error> {
    let mut removed = Removed::default();
    let ids = lock_selected(conn, selection)?;
    let count = count_selected(conn, selection)?.1;
    hooks::removal::expect_removable(conn, count)?;
    for ids in ids.chunks(MAX_IDS) {
        for queue in of_ids(conn, ids)? {
            removed.hooks += hooks::removal::remove_all(conn, queue.id, change)?;
            diesel::delete(queues::table.find(queue.id)).execute(conn)?;
            journal::record(conn, change, None, Action::Remove, &[Step::new(queue.id, Some(queue.kept()), None)])?;
            removed.queues += 1;
            removed.first = removed.first.or(Some(queue));
        }
    }
    Ok(removed)
}
