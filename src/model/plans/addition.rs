//! Hooks that somebody wants in many queues: one that they describe, or those of another queue.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX_QUEUES, Outcome, chosen, expect_size, mark};
use crate::access::rights::Rights;
use crate::db::Conn;
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::flow_schemas;
use crate::model::hooks::change::{IfTaken, MAY_NOT_CHOOSE, may_choose};
use crate::model::hooks::hook::{Hook, Wanted};
use crate::model::hooks::many::{New, Set, add, put};
use crate::model::hooks::{self, query::enabled_in, query::running_in};
use crate::model::journal::{Change, tally};
use crate::model::listing;
use crate::model::queues;
use crate::model::queues::filter::Selection;
use crate::model::queues::queue::Queue;
use crate::word::Word;

/// How many hooks can be copied at once: their ids are in an address.
pub const MAX_COPIED: usize = 100;

/// Where the hooks come from.
#[derive(Clone, Debug)]
pub enum Origin {
    New(Wanted),
    Copy { queue_id: i64, hooks: BTreeSet<i64> },
}

/// Hooks that somebody wants in queues.
#[derive(Clone, Debug)]
pub struct Wish {
    pub origin: Origin,
    pub queues: Selection,
}

/// What to do about what the plan asks. The default is to leave things as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// Another hook is enabled for the event. Nobody can be asked any more: that means to leave it.
    pub if_taken: IfTaken,
    /// Also where the event cannot happen.
    pub anywhere: bool,
}

/// A hook that is wanted in each queue.
#[derive(Clone, Debug)]
pub struct Sought {
    pub event: Event,
    pub schema_id: i64,
    pub schema_name: String,
    pub enabled: bool,
}

impl Sought {
    pub fn name(&self) -> String {
        format!("{} → {}", self.event.name(), self.schema_name)
    }
}

pub struct Plan {
    pub hooks: Vec<Sought>,
    /// What happens in which queue, by the names of the queues.
    pub lines: Vec<Line>,
    /// Selected queues, and selected hooks of another queue, that no longer exist.
    pub gone_queues: i64,
    pub gone_hooks: i64,
    /// The names of hooks that no queue can get, because their flow schemas are not for hooks.
    pub left_out: Vec<String>,
}

/// One hook in one queue.
pub struct Line {
    pub queue: Queue,
    /// The place of the hook among those that are wanted.
    pub hook: usize,
    pub verdict: Verdict,
    /// The event can happen in this type of queue.
    pub happens: bool,
}

pub enum Verdict {
    /// The queue gets it.
    Add,
    /// The queue has it, but disabled.
    Enable(Hook),
    /// The queue has it already.
    There,
    /// This other hook is enabled for the event. The queue may have the wanted one too, but disabled.
    Taken { holder: Hook, own: Option<Hook> },
}

impl Plan {
    /// How many queues it is about.
    pub fn queue_count(&self) -> i64 {
        (self.lines.len() / self.hooks.len().max(1)) as i64
    }

    pub fn mark(&self) -> String {
        let line = |line: &Line| {
            let Sought { event, schema_id, enabled, .. } = self.hooks[line.hook];
            let verdict = match &line.verdict {
                Verdict::Add => "add".into(),
                Verdict::Enable(own) => format!("enable {}", own.id),
                Verdict::There => "there".into(),
                Verdict::Taken { holder, own } => {
                    format!("taken {} {:?}", holder.id, own.as_ref().map(|own| own.id))
                }
            };
            format!("{} {} {schema_id} {enabled} {verdict} {}", line.queue.id, event.word(), line.happens)
        };
        mark(self.lines.iter().map(line).collect())
    }
}

/// Makes the plan. Whoever may not choose a flow schema cannot have one.
pub fn plan(conn: &mut Conn, wish: &Wish, rights: &Rights) -> Result<Plan, Error> {
    let wanted = wanted(conn, &wish.origin, rights)?;
    let ids = queues::query::ids(conn, &wish.queues, MAX_QUEUES + 1)?;
    evaluate(conn, wish, wanted, &ids)
}

/// Does what the plan says, if it is still the one with this mark.
pub fn carry_out(
    conn: &mut Conn,
    wish: &Wish,
    choice: Choice,
    seen: &str,
    change: &Change,
) -> Result<Outcome<Plan>, Error> {
    let ids = queues::query::ids(conn, &wish.queues, MAX_QUEUES + 1)?;
    let ids = Vec::from_iter(queues::query::lock_each(conn, &ids)?);
    let change = chosen(change, &format!("{choice:?} {seen}"));
    let before = tally(conn, &change)?;
    if before.queues > 0 {
        return Ok(Outcome::Done(before));
    }
    let wanted = wanted(conn, &wish.origin, &change.rights)?;
    flow_schemas::query::keep(conn, &wanted.hooks.iter().map(|hook| hook.schema_id).collect())?;
    let plan = evaluate(conn, wish, wanted, &ids)?;
    if plan.mark() != seen {
        return Ok(Outcome::Differs(plan));
    }
    write(conn, &plan, choice, &change)?;
    Ok(Outcome::Done(tally(conn, &change)?))
}

/// What is wanted in each queue, before anybody asked whether hooks may run those flow schemas.
struct Asked {
    hooks: Vec<Wanted>,
    gone: i64,
    left_out: Vec<String>,
}

fn wanted(conn: &mut Conn, origin: &Origin, rights: &Rights) -> Result<Asked, Error> {
    if !may_choose(rights) {
        return Err(Error::Forbidden(MAY_NOT_CHOOSE));
    }
    let (queue_id, ids) = match origin {
        Origin::New(wanted) => return Ok(Asked { hooks: vec![*wanted], gone: 0, left_out: Vec::new() }),
        Origin::Copy { queue_id, hooks } => (*queue_id, hooks),
    };
    let queue = queues::query::find(conn, queue_id)?;
    let selection = hooks::filter::Selection::Ids(ids.clone());
    let found = hooks::query::selected(conn, queue.id, &selection, MAX_COPIED as i64)?;
    if found.is_empty() {
        return Err(Error::NotFound(Thing::Hook { queue: queue.id }));
    }
    let (mut wanted, mut left_out) = (BTreeMap::<(Event, i64), bool>::new(), Vec::new());
    for hook in &found {
        match hook.event.known() {
            // Two that differ in their state alone are one.
            Some(event) => *wanted.entry((event, hook.schema_id)).or_default() |= hook.enabled,
            None => left_out.push(hook.name()),
        }
    }
    let hooks = wanted.into_iter().map(|((event, schema_id), enabled)| Wanted { event, schema_id, enabled }).collect();
    Ok(Asked { hooks, gone: ids.len() as i64 - found.len() as i64, left_out })
}

fn evaluate(conn: &mut Conn, wish: &Wish, asked: Asked, ids: &[i64]) -> Result<Plan, Error> {
    let Asked { hooks, gone: gone_hooks, mut left_out } = asked;
    expect_size(conn, ids.len() as i64, 0)?;
    let schema_ids: BTreeSet<i64> = hooks.iter().map(|hook| hook.schema_id).collect();
    let names = flow_schemas::query::names_for_hooks(conn, &schema_ids)?;
    let mut sought = Vec::new();
    for Wanted { event, schema_id, enabled } in hooks {
        if let Some(name) = names.get(&schema_id) {
            sought.push(Sought { event, schema_id, schema_name: name.clone(), enabled });
        } else {
            let name = flow_schemas::query::name(conn, schema_id)?.unwrap_or_default();
            left_out.push(format!("{} → {name}", event.name()));
        }
    }
    let count = ids.len() * sought.len();
    expect_size(conn, 0, count as i64)?;
    let events: Vec<Event> = sought.iter().map(|hook| hook.event).collect::<BTreeSet<_>>().into_iter().collect();
    let holders: BTreeMap<(i64, Event), Hook> = enabled_in(conn, ids, &events)?
        .into_iter()
        .filter_map(|(queue_id, hook)| Some(((queue_id, hook.event.known()?), hook)))
        .collect();
    let mut same = BTreeMap::<(i64, Event, i64), Hook>::new();
    for (queue_id, hook) in running_in(conn, ids, &schema_ids, &events)? {
        if let Some(event) = hook.event.known() {
            let key = (queue_id, event, hook.schema_id);
            let is_better = same.get(&key).is_none_or(|other| hook.enabled && !other.enabled);
            if is_better {
                same.insert(key, hook);
            }
        }
    }
    let mut lines = Vec::with_capacity(count);
    for queue in queues::query::by_name(conn, ids)? {
        for (place, hook) in sought.iter().enumerate() {
            let own = same.get(&(queue.id, hook.event, hook.schema_id));
            let holder = holders.get(&(queue.id, hook.event));
            let verdict = verdict(hook, own, holder);
            let happens = queue.queue_type.known().is_none_or(|queue_type| hook.event.happens_in(queue_type));
            lines.push(Line { queue: queue.clone(), hook: place, verdict, happens });
        }
    }
    let gone_queues = match &wish.queues {
        listing::Selection::Ids(selected) => selected.len() as i64 - ids.len() as i64,
        listing::Selection::Matching { .. } => 0,
    };
    Ok(Plan { hooks: sought, lines, gone_queues, gone_hooks, left_out })
}

fn verdict(hook: &Sought, own: Option<&Hook>, holder: Option<&Hook>) -> Verdict {
    match (own, holder) {
        (Some(own), _) if own.enabled || !hook.enabled => Verdict::There,
        (own, Some(holder)) if hook.enabled => Verdict::Taken { holder: holder.clone(), own: own.cloned() },
        (Some(own), _) => Verdict::Enable(own.clone()),
        (None, _) => Verdict::Add,
    }
}

fn write(conn: &mut Conn, plan: &Plan, choice: Choice, change: &Change) -> Result<(), Error> {
    let (mut disabled, mut enabled, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for line in plan.lines.iter().filter(|line| line.happens || choice.anywhere) {
        let queue_id = line.queue.id;
        let Sought { event, schema_id, schema_name, enabled: is_wanted_enabled } = &plan.hooks[line.hook];
        let new_one = |enabled| New { queue_id, event: *event, schema_id: *schema_id, schema_name, enabled };
        match &line.verdict {
            Verdict::There => (),
            Verdict::Add => new.push(new_one(*is_wanted_enabled)),
            Verdict::Enable(own) => enabled.push((queue_id, own.clone())),
            Verdict::Taken { holder, own } => match (choice.if_taken, own) {
                (IfTaken::Ask, _) | (IfTaken::Disable, Some(_)) => (),
                (IfTaken::Disable, None) => new.push(new_one(false)),
                (IfTaken::Replace, own) => {
                    disabled.push((queue_id, holder.clone()));
                    match own {
                        Some(own) => enabled.push((queue_id, own.clone())),
                        None => new.push(new_one(true)),
                    }
                }
            },
        }
    }
    // What is in the way goes first.
    put(conn, Set::Enabled(false), &disabled, change)?;
    put(conn, Set::Enabled(true), &enabled, change)?;
    add(conn, &new, change)
}
