//! What a change did, or a part of it, as the journal has it.

use diesel::prelude::*;

use crate::db::schema::journal;
use crate::db::{Conn, MAX_IDS, coalesce};
use crate::error::Error;
use crate::model::journal::{Kept, subject_is};

/// What a change did to one thing.
pub struct Done<K> {
    pub id: i64,
    /// The last entry about it.
    pub entry: i64,
    pub before: Option<K>,
    pub after: Option<K>,
}

/// What a change did to things of one kind: to all of them, or to some.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub change: &'a str,
    /// Only this one.
    pub id: Option<i64>,
    /// Only what belongs to this queue.
    pub queue_id: Option<i64>,
}

impl Part<'_> {
    /// The next things after an id, in the order of their ids, at most [`MAX_IDS`] of them.
    pub fn done<K: Kept>(self, conn: &mut Conn, after: i64) -> Result<Vec<Done<K>>, Error> {
        type Found = (i64, i64, Option<String>, Option<String>);
        let mut entries = journal::table
            .filter(journal::change.eq(self.change))
            .filter(subject_is!(K::SUBJECT))
            .filter(journal::subject_id.gt(after))
            .order((journal::subject_id, journal::id))
            .limit(MAX_IDS as i64)
            .select((journal::subject_id, journal::id, journal::before, journal::after))
            .into_boxed();
        if let Some(id) = self.id {
            entries = entries.filter(journal::subject_id.eq(id));
        }
        if let Some(queue_id) = self.queue_id {
            entries = entries.filter(coalesce(journal::queue_id, journal::queue_id).eq(queue_id));
        }
        let entries: Vec<Found> = entries.load(conn)?;
        let is_full = entries.len() == MAX_IDS;
        let read = |json: Option<String>| json.map(|json| K::read(&json)).transpose();
        let mut done: Vec<Done<K>> = Vec::new();
        for (id, entry, before, after) in entries {
            match done.last_mut().filter(|last| last.id == id) {
                // It was changed more than once.
                Some(last) => (last.entry, last.after) = (entry, read(after)?),
                None => done.push(Done { id, entry, before: read(before)?, after: read(after)? }),
            }
        }
        // There may be more about the last one.
        if is_full && done.len() > 1 {
            done.pop();
        }
        Ok(done)
    }
}
