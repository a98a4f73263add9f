//! What somebody typed for a try of a flow schema, kept for their next one.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::try_values;
use crate::db::{Conn, now};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::word::Stored;

/// Of how many flow schemas a person's values are kept.
const MAX_SCHEMAS: i64 = 200;
/// Bytes of the values for one of them, as JSON. A form has less.
const MAX_BYTES: usize = 128 << 10;

/// The values of a person's last try of a flow schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    pub event: Event,
    pub queue_type: QueueType,
    /// Those that differ from the samples, by the names of their variables.
    pub values: BTreeMap<String, String>,
}

/// Keeps them, in the place of those before.
pub fn keep(conn: &mut Conn, person_id: i64, schema_id: i64, typed: &Typed) -> Result<(), Error> {
    use try_values::{at, event, queue_type};
    let json = serde_json::to_string(&typed.values).expect("strings are JSON");
    let json = if json.len() > MAX_BYTES { "{}".to_owned() } else { json };
    let whose = try_values::table.filter(try_values::person_id.eq(person_id));
    diesel::delete(whose.filter(try_values::schema_id.eq(schema_id))).execute(conn)?;
    diesel::insert_into(try_values::table)
        .values((
            try_values::person_id.eq(person_id),
            try_values::schema_id.eq(schema_id),
            at.eq(now()),
            event.eq(typed.event),
            queue_type.eq(typed.queue_type),
            try_values::typed.eq(json),
        ))
        .execute(conn)?;
    let beyond: Vec<i64> = whose
        .order((at.desc(), try_values::schema_id))
        .offset(MAX_SCHEMAS)
        .limit(MAX_SCHEMAS)
        .select(try_values::schema_id)
        .load(conn)?;
    if !beyond.is_empty() {
        diesel::delete(whose.filter(try_values::schema_id.eq_any(beyond))).execute(conn)?;
    }
    Ok(())
}

/// What was kept, if that was not too long ago.
pub fn find(conn: &mut Conn, person_id: i64, schema_id: i64) -> QueryResult<Option<Typed>> {
    let found: Option<(Event, Stored<QueueType>, String)> = try_values::table
        .find((person_id, schema_id))
        .filter(try_values::at.ge(now() - super::KEPT))
        .select((try_values::event, try_values::queue_type, try_values::typed))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(event, queue_type, typed)| {
        Some(Typed { event, queue_type: queue_type.known()?, values: serde_json::from_str(&typed).ok()? })
    }))
}

/// Whether there is something to [`forget`].
pub fn is_old(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<bool> {
    let first = try_values::table.select(diesel::dsl::min(try_values::at));
    let first: Option<NaiveDateTime> = first.first(conn)?;
    Ok(first.is_some_and(|at| at < before))
}

/// Forgets what was typed before a moment. There is not much of it: at most a row for each person and flow schema.
pub fn forget(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(try_values::table.filter(try_values::at.lt(before))).execute(conn)
}
