//! Writing many hooks in many queues with few statements, each with its journal. Whoever calls this has locked the queues
//! and asked the rules.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::change::taken_elsewhere;
use super::hook::Hook;
use super::row::{Row, insert_with_ids};
use crate::db::schema::{hooks, queues};
use crate::db::{Conn, MAX_IDS, ids};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::journal::{self, Action, Change, Step};

/// A hook that a queue gets.
pub struct New<'a> {
    pub queue_id: i64,
    pub event: Event,
    pub schema_id: i64,
    pub schema_name: &'a str,
    pub enabled: bool,
}

/// What becomes of hooks that exist.
#[derive(Clone, Copy)]
pub enum Set<'a> {
    Enabled(bool),
    /// The flow schema with this id and name.
    Schema(i64, &'a str),
}

impl Set<'_> {
    fn applied_to(self, hook: &Hook) -> Hook {
        match self {
            Self::Enabled(enabled) => Hook { enabled, ..hook.clone() },
            Self::Schema(schema_id, name) => Hook { schema_id, schema_name: name.into(), ..hook.clone() },
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Enabled(enabled) => Action::switch(enabled),
            Self::Schema(..) => Action::Edit,
        }
    }
}

/// Adds hooks.
pub fn add(conn: &mut Conn, new: &[New<'_>], change: &Change) -> Result<(), Error> {
    for new in new.chunks(MAX_IDS) {
        let ids = ids::draw(conn, "hooks", new.len())?;
        let hook = |(new, id): (&New<'_>, i64)| {
            let New { queue_id, event, schema_id, enabled, .. } = *new;
            let schema_name = new.schema_name.to_owned();
            (queue_id, Hook { id, event: event.into(), enabled, updated_at: Some(change.at), schema_id, schema_name })
        };
        let hooks: Vec<(i64, Hook)> = new.iter().zip(ids).map(hook).collect();
        let row = |(queue_id, hook): &(i64, Hook)| {
            let row = Row::new(hook.schema_id, hook.event.clone(), hook.enabled, change.at, change.author.id);
            row.with_id(hook.id, *queue_id)
        };
        let rows = hooks.iter().map(row).collect();
        insert_with_ids(conn, rows).map_err(|error| taken_elsewhere(error, new[0].queue_id))?;
        let step = |(queue_id, hook): &(i64, Hook)| Step::new(hook.id, None, Some(hook.kept())).of(*queue_id);
        let steps: Vec<_> = hooks.iter().map(step).collect();
        journal::record(conn, change, None, Action::Add, &steps)?;
    }
    touch(conn, new.iter().map(|new| new.queue_id), change)
}

/// Changes hooks, each with the id of its queue, all in the same way.
pub fn put(conn: &mut Conn, set: Set<'_>, changed: &[(i64, Hook)], change: &Change) -> Result<(), Error> {
    for changed in changed.chunks(MAX_IDS) {
        let (enabled, schema_id) = match set {
            Set::Enabled(enabled) => (Some(enabled), None),
            Set::Schema(id, _) => (None, Some(id)),
        };
        let written = diesel::update(hooks::table.filter(hooks::id.eq_any(changed.iter().map(|(_, hook)| hook.id))))
            .set((
                enabled.map(|enabled| hooks::enabled.eq(enabled)),
                schema_id.map(|id| hooks::schema_id.eq(id)),
                hooks::updated_at.eq(change.at),
                hooks::updated_by.eq(change.author.id),
            ))
            .execute(conn);
        if written.map_err(|error| taken_elsewhere(error, changed[0].0))? != changed.len() {
            return Err(Error::Internal("a locked queue lost a hook".into()));
        }
        let step = |(queue_id, hook): &(i64, Hook)| {
            Step::new(hook.id, Some(hook.kept()), Some(set.applied_to(hook).kept())).of(*queue_id)
        };
        let steps: Vec<_> = changed.iter().map(step).collect();
        journal::record(conn, change, None, set.action(), &steps)?;
    }
    touch(conn, changed.iter().map(|(queue_id, _)| *queue_id), change)
}

/// Writes the author of the change beside the queues.
fn touch(conn: &mut Conn, queue_ids: impl Iterator<Item = i64>, change: &Change) -> Result<(), Error> {
    let ids: Vec<i64> = queue_ids.collect::<BTreeSet<_>>().into_iter().collect();
    for ids in ids.chunks(MAX_IDS) {
        let queues = queues::table.filter(queues::id.eq_any(ids));
        diesel::update(queues).set(queues::updated_by.eq(change.author.id)).execute(conn)?;
    }
    Ok(())
}
