//! Undo: what a change did is taken from the journal and put back. One function for every kind of thing; what stands in
//! the way of coming back is each kind's own.

use std::collections::BTreeSet;

use super::event::Event;
use super::journal::{Action, Change, Done, Kept, done_by};
use crate::db::Conn;
use crate::error::{Error, Thing};

/// What can come back after a removal.
pub trait Restorable: Kept {
    /// Where it belongs: the queue of hooks, nothing else.
    type Place: Copy;

    /// The queue that its journal entries name, if they are those of one queue alone.
    fn queue_id(place: Self::Place) -> Option<i64>;

    /// Begins: nobody else changes what is around the things that a change removed until the transaction ends.
    fn lock(conn: &mut Conn, place: Self::Place, removal: &str) -> Result<(), Error>;

    /// Those of some ids that exist.
    fn existing(conn: &mut Conn, ids: &[i64]) -> Result<BTreeSet<i64>, Error>;

    /// Brings back some that do not exist, with their ids, as far as nothing stands in the way, and says what came of it.
    fn bring_back(
        conn: &mut Conn,
        place: Self::Place,
        removed: Vec<(i64, Self)>,
        removal: &str,
        change: &Change,
    ) -> Result<Restored, Error>;
}

/// What became of a removal that was undone.
#[derive(Default)]
pub struct Restored {
    pub count: i64,
    /// One that came back, to say its name when it is the only one.
    pub first: Option<(i64, String)>,
    /// Those that exist already.
    pub existing: i64,
    /// Hooks that came back with their queues.
    pub hooks: i64,
    /// The events of hooks that came back disabled, because another one is enabled meanwhile.
    pub disabled: BTreeSet<Event>,
    /// Hooks that cannot come back, because their flow schema does not exist any more.
    pub without_schema: i64,
    /// The names of flow schemas that cannot come back, because another has the name now.
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

/// Brings back what a change removed, or only one of it, with ids and states.
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
