//! Another flow schema for hooks that run this one, in many queues.

use std::collections::BTreeSet;

use super::{MAX_HOOKS, Outcome, chosen, expect_size, mark};
use crate::db::Conn;
use crate::error::Error;
use crate::model::event::Event;
use crate::model::flow_schemas::filter::Uses;
use crate::model::flow_schemas::query::{Item, find_item, keep, name_for_hook};
use crate::model::flow_schemas::uses::{self, Use};
use crate::model::hooks::change::{MAY_NOT_CHOOSE, Refused as HookRefused, may_choose};
use crate::model::hooks::hook::Hook;
use crate::model::hooks::many::{Set, put};
use crate::model::journal::{Change, tally};
use crate::model::listing::Selection;
use crate::model::queues::query::lock_each;
use crate::word::Stored;

/// Hooks that somebody wants to run another flow schema.
#[derive(Clone, Debug)]
pub struct Wish {
    pub schema_id: i64,
    pub hooks: Selection<Uses>,
    pub successor_id: i64,
}

/// What to do with hooks that would become equal to another one of their queue and event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfEqual {
    /// They change like the others.
    #[default]
    Change,
    /// They stay as they are.
    Leave,
}

pub struct Plan {
    pub schema: Item,
    pub successor_id: i64,
    pub successor: String,
    /// The hooks, by the names of their queues.
    pub lines: Vec<Line>,
    /// Selected hooks that no longer exist, or run another flow schema by now.
    pub gone: i64,
}

pub struct Line {
    pub hook: Use,
    /// Another hook of the queue and event runs the successor, or will.
    pub becomes_equal: bool,
}

/// Why there is no plan.
pub enum Refused {
    /// The flow schema does not exist, or is not of a type for hooks.
    NoSchema,
    /// The hooks run it already.
    Same,
}

impl Refused {
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::NoSchema => HookRefused::NO_SCHEMA,
            Self::Same => "The hooks run this one already. Choose another.",
        }
    }
}

impl Plan {
    pub fn mark(&self) -> String {
        let line = |Line { hook, becomes_equal }: &Line| {
            format!("{} {} {} {} {becomes_equal}", hook.queue_id, hook.id, hook.event.word(), hook.enabled)
        };
        let mut lines: Vec<_> = self.lines.iter().map(line).collect();
        lines.push(format!("{} to {}", self.schema.id, self.successor_id));
        mark(lines)
    }
}

/// Makes the plan.
pub fn plan(conn: &mut Conn, wish: &Wish) -> Result<Result<Plan, Refused>, Error> {
    let found = uses::selected(conn, wish.schema_id, &wish.hooks, MAX_HOOKS + 1)?;
    evaluate(conn, wish, found)
}

/// Does what the plan says, if it is still the one with this mark.
pub fn carry_out(
    conn: &mut Conn,
    wish: &Wish,
    if_equal: IfEqual,
    seen: &str,
    change: &Change,
) -> Result<Result<Outcome<Plan>, Refused>, Error> {
    if !may_choose(&change.rights) {
        return Err(Error::Forbidden(MAY_NOT_CHOOSE));
    }
    let found = uses::selected(conn, wish.schema_id, &wish.hooks, MAX_HOOKS + 1)?;
    let queue_ids: BTreeSet<i64> = found.iter().map(|hook| hook.queue_id).collect();
    let locked = lock_each(conn, &Vec::from_iter(queue_ids))?;
    let change = chosen(change, &format!("{if_equal:?} {seen}"));
    let before = tally(conn, &change)?;
    if before.queues > 0 {
        return Ok(Ok(Outcome::Done(before)));
    }
    keep(conn, &BTreeSet::from([wish.successor_id]))?;
    // Nobody changes these any more. What came in other queues meanwhile is not meant.
    let mut found = uses::selected(conn, wish.schema_id, &wish.hooks, MAX_HOOKS + 1)?;
    found.retain(|hook| locked.contains(&hook.queue_id));
    let plan = match evaluate(conn, wish, found)? {
        Ok(plan) => plan,
        Err(refused) => return Ok(Err(refused)),
    };
    if plan.mark() != seen {
        return Ok(Ok(Outcome::Differs(plan)));
    }
    let is_meant = |line: &&Line| if_equal == IfEqual::Change || !line.becomes_equal;
    let hook = |Line { hook, .. }: &Line| {
        let before = Hook {
            id: hook.id,
            event: hook.event.clone(),
            enabled: hook.enabled,
            updated_at: hook.updated_at,
            schema_id: plan.schema.id,
            schema_name: plan.schema.name.clone(),
        };
        (hook.queue_id, before)
    };
    let changed: Vec<_> = plan.lines.iter().filter(is_meant).map(hook).collect();
    put(conn, Set::Schema(plan.successor_id, &plan.successor), &changed, &change)?;
    Ok(Ok(Outcome::Done(tally(conn, &change)?)))
}

fn evaluate(conn: &mut Conn, wish: &Wish, found: Vec<Use>) -> Result<Result<Plan, Refused>, Error> {
    let schema = find_item(conn, wish.schema_id)?;
    let queue_ids: BTreeSet<i64> = found.iter().map(|hook| hook.queue_id).collect();
    expect_size(conn, queue_ids.len() as i64, found.len() as i64)?;
    if wish.successor_id == wish.schema_id {
        return Ok(Err(Refused::Same));
    }
    let Some(successor) = name_for_hook(conn, wish.successor_id)? else { return Ok(Err(Refused::NoSchema)) };
    let mut there: BTreeSet<(i64, Stored<Event>)> = uses::of_queues(conn, wish.successor_id, queue_ids)?;
    let gone = match &wish.hooks {
        Selection::Ids(ids) => ids.len() as i64 - found.len() as i64,
        Selection::Matching { .. } => 0,
    };
    let line = |hook: Use| {
        let becomes_equal = !there.insert((hook.queue_id, hook.event.clone()));
        Line { hook, becomes_equal }
    };
    let lines = found.into_iter().map(line).collect();
    Ok(Ok(Plan { schema, successor_id: wish.successor_id, successor, lines, gone }))
}
