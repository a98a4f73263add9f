//! Undo: reads what a change did from the journal, and puts it back. One function for every kind of thing; each kind
//! says what prevents its return.

use std::collections::BTreeSet;

use super::event::Event;
use super::journal::{Action, Change, Done, Kept, done_by};
use crate::db::Conn;
use crate::error::{Error, Thing};

/// What can come back after a removal.
pub trait Restorable: Kept {
    /// What it belongs to: the queue, for hooks; nothing for other things.
    type Place: Copy;

    /// The queue that its journal entries name, if they all belong to one.
    fn queue_id(place: Self::Place) -> Option<i64>;

    /// Starts the restoration: nobody else changes anything around the removed things until the transaction ends.
    fn lock(conn: &mut Conn, place: Self::Place, removal: &str) -> Result<(), Error>;

    /// Those of these ids that exist.
    fn existing(conn: &mut Conn, ids: &[i64]) -> Result<BTreeSet<i64>, Error>;

    /// Brings back things that do not exist, with their ids, as far as nothing prevents it, and says what happened.
    fn bring_back(
        conn: &mut Conn,
        place: Self::Place,
        removed: Vec<(i64, Self)>,
        removal: &str,
        change: &Change,
    ) -> Result<Restored, Error>;
}

/// The result of undoing a removal.
#[derive(Default)]
pub struct Restored {
    pub count: i64,
    /// One that came back, to mention if it is the only one.
    pub first: Option<(i64, String)>,
    /// Those that exist already.
    pub existing: i64,
    /// Hooks that came back with their queues.
    pub hooks: i64,
    /// The events of hooks that came back disabled, because another hook is enabled by now.
    pub disabled: BTreeSet<Event>,
    /// Hooks that cannot come back, because their flow schema no longer exists.
    pub without_schema: i64,
    /// The names of flow schemas that cannot come back, because others have these names now.
    pub names_taken: Vec<String>,
}

impl Restored {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.take().or(other.first);
        self.existing += other.existing;
        self.hooks += other.hooks;
        self.disabled.extend(other.disabled);
        self.without_schema += other.without_schema;
        self.names_taken.extend(other.names_taken);
    }
}

/// Brings back everything that a change removed, or only one thing of it, with ids and states.
pub fn restore<K: Restorable>(
    conn: &mut Conn,
    place: K::Place,
    removal: &str,
    only: Option<i64>,
    change: &Change,
) -> Result<Restored, Error> {
    K::lock(conn, place, removal)?;
    let (mut outcome, mut last) = (Restored::default(), 0);
    loop {
        let batch: Vec<Done<K>> = done_by(conn, removal, K::queue_id(place), last)?;
        let Some(end) = batch.last() else { return Ok(outcome) };
        last = end.id;
        let is_asked = |done: &Done<K>| done.action == Action::Remove && only.is_none_or(|only| only == done.id);
        let removed = batch.into_iter().filter(is_asked).filter_map(|done| Some((done.id, done.before?)));
        let removed: Vec<(i64, K)> = removed.collect();
        let ids: Vec<i64> = removed.iter().map(|(id, _)| *id).collect();
        let existing = K::existing(conn, &ids)?;
        let (there, gone): (Vec<_>, Vec<_>) = removed.into_iter().partition(|(id, _)| existing.contains(id));
        outcome.existing += there.len() as i64;
        outcome.add(K::bring_back(conn, place, gone, removal, change)?);
    }
}

/// Two people brought back the same thing at the same moment.
pub fn restored_meanwhile(error: diesel::result::Error, thing: Thing) -> Error {
    use diesel::result::DatabaseErrorKind::UniqueViolation;
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation, _) => {
            Error::Conflict(thing, "Somebody brought this back at the same moment. Nothing was changed here.".into())
        }
        error => error.into(),
    }
}
