//! Undo: reads what a change did from the journal, and puts back what was there before.
//!
//! * What is not as the change left it, because others changed it since, stays, and is told. So does what was undone
//!   already: a change that is undone twice is undone once.
//! * The rules of a change hold for its undo. An event takes one enabled hook: a hook that comes back is disabled if
//!   another one has its event by now, and one that is still there stays as it is. A hook needs its queue and its flow
//!   schema; of what type that is by now makes no difference, because the hook had it.
//! * Whoever undoes something may do by hand what that does: see [`needs`].
//! * It is a change of its own, in one transaction, so it can be undone as well: that does the change again. No change
//!   is larger than [`MAX_REMOVED`](super::hooks::removal::MAX_REMOVED) hooks, so neither is its undo.

mod flow_schemas;
mod hooks;
pub mod outcome;
mod part;
mod queues;
mod undoing;

use chrono::{Duration, NaiveDateTime};

use self::outcome::Undone;
use self::undoing::Undoing;
pub use self::undoing::needs;
use super::flow_schemas::query::keep_those_of;
use super::journal::{Change, queues_of, subject_of};
use super::queues::query::lock_each;
use crate::db::{Conn, now, one_at_a_time};
use crate::error::Error;

/// For how long histories offer to undo a change.
const OFFERED: Duration = Duration::days(30);

/// Whether histories still offer to undo what was done at this time.
pub fn is_offered(at: NaiveDateTime) -> bool {
    at > now() - OFFERED
}

/// Undoes a change, or what it did to one thing, which an entry of the journal names.
pub fn undo(conn: &mut Conn, change: &str, only: Option<i64>, by: &Change) -> Result<Undone, Error> {
    // Other digits than those that a form waits for which makes the change.
    one_at_a_time(conn, change.get(15..).unwrap_or_default())?;
    let (only, queues) = match only {
        None => (None, queues_of(conn, change)?),
        Some(entry) => {
            let (subject, id, queue) = subject_of(conn, change, entry)?.ok_or_else(no_such)?;
            (Some((subject, id)), queue.into_iter().collect())
        }
    };
    let by = Change { undoes: Some(change.to_owned()), ..by.clone() };
    let undoing = Undoing { change, only, by: &by };
    let mut undone = Undone::default();
    let locked = lock_each(conn, &queues)?;
    keep_those_of(conn, change)?;
    let moved = queues::undo(conn, undoing, &mut undone)?;
    for queue_id in queues.into_iter().filter(|queue_id| !moved.brought.contains(queue_id)) {
        let is_back = moved.came.contains(&queue_id);
        let exists = is_back || locked.contains(&queue_id);
        let went_with_queue = moved.removed.contains(&queue_id);
        let place = hooks::Place { queue_id, exists, is_back, went_with_queue };
        hooks::undo(conn, undoing, place, &mut undone)?;
    }
    flow_schemas::undo(conn, undoing, &mut undone)?;
    if undone.is_of_nothing() { Err(no_such()) } else { Ok(undone) }
}

fn no_such() -> Error {
    Error::Unprocessable(
        "There is no such change, or it happened so long ago that it is not in the history any more. Nothing was changed."
            .into(),
    )
}
