//! Bringing removed hooks back: each with its id and its state, as far as its flow schema exists and its event is free.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::change::{Row, insert_with_ids, record, taken_elsewhere};
use super::hook::{KeptHook, KeptSchema};
use super::query::enabled;
use crate::db::Conn;
use crate::db::schema::{flow_schemas, hooks};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::flow_schemas::query::keep_those_of;
use crate::model::journal::{Action, Change, Step};
use crate::model::queues;
use crate::model::restoration::{Restorable, Restored};
use crate::word::Stored;

impl Restorable for KeptHook {
    /// The queue that the hooks belong to.
    type Place = i64;

    fn queue_id(queue_id: i64) -> Option<i64> {
        Some(queue_id)
    }

    fn lock(conn: &mut Conn, queue_id: i64, removal: &str) -> Result<(), Error> {
        queues::query::lock(conn, queue_id)?;
        Ok(keep_those_of(conn, removal)?)
    }

    fn existing(conn: &mut Conn, ids: &[i64]) -> Result<BTreeSet<i64>, Error> {
        Ok(hooks::table.filter(hooks::id.eq_any(ids)).select(hooks::id).load(conn)?.into_iter().collect())
    }

    fn bring_back(
        conn: &mut Conn,
        queue_id: i64,
        removed: Vec<(i64, Self)>,
        _: &str,
        change: &Change,
    ) -> Result<Restored, Error> {
        let mut outcome = Restored::default();
        let mut taken: BTreeSet<Stored<Event>> = enabled(conn, queue_id)?.into_iter().map(|hook| hook.event).collect();
        let names = schema_names(conn, removed.iter().filter_map(|(_, hook)| hook.schema.id.parse().ok()))?;
        let mut restored = Vec::new();
        for (id, hook) in removed {
            let schema_id = hook.schema.id.parse().unwrap_or_default();
            let Some(name) = names.get(&schema_id) else {
                outcome.without_schema += 1;
                continue;
            };
            let is_enabled = hook.enabled && taken.insert(hook.event.clone());
            if hook.enabled && !is_enabled {
                outcome.disabled.extend(hook.event.known());
            }
            let schema = KeptSchema { name: name.clone(), ..hook.schema };
            restored.push((id, schema_id, Self { enabled: is_enabled, schema, ..hook }));
        }
        let by = change.author.id;
        let row = |(id, schema_id, hook): &(i64, i64, Self)| {
            Row::new(*schema_id, hook.event.clone(), hook.enabled, change.at, by).with_id(*id, queue_id)
        };
        let rows = restored.iter().map(row).collect();
        insert_with_ids(conn, rows).map_err(|error| taken_elsewhere(error, queue_id))?;
        outcome.count = restored.len() as i64;
        let steps: Vec<_> = restored.into_iter().map(|(id, _, hook)| Step::new(id, None, Some(hook))).collect();
        record(conn, change, queue_id, Action::Restore, &steps)?;
        let first = steps.into_iter().next().and_then(|step| Some((step.id, step.after?)));
        outcome.first = first.map(|(id, hook)| (id, hook.short_name()));
        Ok(outcome)
    }
}

fn schema_names(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<BTreeMap<i64, String>> {
    let ids: BTreeSet<i64> = ids.collect();
    let names = flow_schemas::table.filter(flow_schemas::id.eq_any(ids)).select((flow_schemas::id, flow_schemas::name));
    Ok(names.load(conn)?.into_iter().collect())
}
