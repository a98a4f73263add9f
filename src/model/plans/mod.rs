//! Plans: what a change of many queues would do, told before it is done.
//!
//! * A plan is data, made from what is wanted and what is there. Making it changes nothing and locks nothing.
//! * Carrying it out locks the queues in the order of their ids, evaluates the plan again, and does it only if it is
//!   the one that the person saw: its mark says so. Otherwise nothing is done, and there is a new plan to look at.
//! * It is one transaction and one change in the journal. The same plan sent twice is done once.
//! * The rules are those of single hooks (`hooks/change.rs`); only the statements are for many.

pub mod addition;
pub mod successor;

use crate::db::Conn;
use crate::error::Error;
use crate::model::hooks::filter::hooks;
use crate::model::hooks::removal::{MAX_ATTACHED, at_once};
use crate::model::journal::{Change, Tally};
use crate::model::queues::filter::queues;
use crate::secret::hash;

/// The most that one change is about: what a request has time for.
pub const MAX_QUEUES: i64 = 1000;
pub const MAX_HOOKS: i64 = 10_000;

/// What came of carrying out a plan.
pub enum Outcome<P> {
    /// It was done, now or when it was sent before.
    Done(Tally),
    /// It is not what the person saw any more; nothing was done.
    Differs(P),
}

/// How many hooks one change may be about, on tables of ours and on those of a Webitel system.
pub fn max_hooks(is_attached: bool) -> i64 {
    if is_attached { MAX_ATTACHED } else { MAX_HOOKS }
}

/// Refuses a change of too many queues or hooks.
pub fn expect_size(conn: &mut Conn, queue_count: i64, hook_count: i64) -> Result<(), Error> {
    let most = at_once(conn, hook_count, MAX_HOOKS)?;
    let sentence = if queue_count > MAX_QUEUES {
        format!("These are {}, and at most {MAX_QUEUES} can be changed at once.", queues(queue_count))
    } else if hook_count > most {
        format!("These are {}, and at most {most} can be changed at once.", hooks(hook_count))
    } else {
        return Ok(());
    };
    Err(Error::Unprocessable(format!(
        "{sentence} Nothing was changed. Do it in several steps: filters select some of them."
    )))
}

/// What a plan consists of, in few digits: another plan has others. The order in which it is shown does not count.
fn mark(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    hash(&lines.join("\n"))
}

/// The change that a form makes with these choices: the same form sent twice makes it once, and with other choices it
/// is another one.
fn chosen(change: &Change, choices: &str) -> Change {
    let mut id = hash(&format!("{} {choices}", change.id));
    id.truncate(32);
    Change { id, ..change.clone() }
}
