//! Removing hooks of a queue: the rules of [`change`](super::change) hold.

use diesel::prelude::*;

use super::change::record;
use super::filter::{Filter, Selection, hooks as hooks_};
use super::hook::Hook;
use super::query::{check, selected};
use crate::db::schema::hooks;
use crate::db::{Conn, MAX_IDS};
use crate::error::Error;
use crate::model::journal::{Action, Change, Step};
use crate::model::listing::Seen;
use crate::model::queues;

/// How many hooks one change removes: these take a few seconds, and a request has fifteen.
pub const MAX_REMOVED: i64 = 50_000;

/// How many hooks one change is about on Webitel's tables, where each of them moves its queue once more: that takes
/// longer the more there are, and Webitel waits meanwhile.
pub const MAX_ATTACHED: i64 = 1000;

/// Refuses to remove more than [`MAX_REMOVED`] hooks, or [`MAX_ATTACHED`].
pub fn expect_removable(conn: &mut Conn, count: i64) -> Result<(), Error> {
    let most = at_once(conn, count, MAX_REMOVED)?;
    if count <= most {
        return Ok(());
    }
    Err(Error::Unprocessable(format!(
        "{} would go, and at most {most} can be removed at once. Nothing was changed. Remove hooks in several \
         steps: the filters of the Hooks tab select some of them.",
        hooks_(count)
    )))
}

/// How many hooks one change may be about, if it is about so many and there is this limit otherwise.
pub fn at_once(conn: &mut Conn, count: i64, limit: i64) -> QueryResult<i64> {
    Ok(if count > MAX_ATTACHED && conn.is_attached()? { MAX_ATTACHED } else { limit })
}

/// What a removal took: how many hooks, and one of them, to mention if it is the only one.
#[derive(Default)]
pub struct Removed {
    pub hooks: i64,
    pub first: Option<Hook>,
}

/// Removes the selected hooks.
pub fn remove(conn: &mut Conn, queue_id: i64, selection: &Selection, change: &Change) -> Result<Removed, Error> {
    queues::query::lock(conn, queue_id)?;
    check(conn, queue_id, selection)?;
    expect_removable(conn, selection.size())?;
    remove_locked(conn, queue_id, selection, change)
}

/// Removes all hooks of a locked queue, and says how many there were.
pub fn remove_all(conn: &mut Conn, queue_id: i64, change: &Change) -> Result<i64, Error> {
    let all = Selection::Matching { filter: Filter::default(), seen: Seen { count: 0, mark: None } };
    Ok(remove_locked(conn, queue_id, &all, change)?.hooks)
}

fn remove_locked(conn: &mut Conn, queue_id: i64, selection: &Selection, change: &Change) -> Result<Removed, Error> {
    let mut removed = Removed::default();
    loop {
        let batch = selected(conn, queue_id, selection, MAX_IDS as i64)?;
        let is_last = batch.len() < MAX_IDS || matches!(selection, Selection::Ids(_));
        let ids: Vec<i64> = batch.iter().map(|hook| hook.id).collect();
        diesel::delete(hooks::table.filter(hooks::id.eq_any(ids))).execute(conn)?;
        let steps: Vec<_> = batch.iter().map(|hook| Step::new(hook.id, Some(hook.kept()), None)).collect();
        record(conn, change, queue_id, Action::Remove, &steps)?;
        removed.hooks += batch.len() as i64;
        removed.first = removed.first.or(batch.into_iter().next());
        if is_last {
            return Ok(removed);
        }
    }
}
