//! Writes all queues, flow schemas and hooks as JSON Lines, in the order of their ids, as of one moment and in
//! constant memory.
//!
//! An import takes what is written. So a name that it would refuse, from before its rules, is written as the nearest
//! one that it takes, and the log says so.

use std::collections::BTreeSet;
use std::io::{self, Write};

use diesel::dsl::exists;
use diesel::prelude::*;
use serde_json::value::RawValue;

use super::record::{FlowSchema, Hook, Id, Queue, Record, SchemaId};
use crate::db::schema::{flow_schemas, hooks, queues};
use crate::db::{self, Conn, Db};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema;
use crate::model::queues::queue;
use crate::name::{mended, printable};
use crate::word::{Stored, Word};

/// Rows to read at a time; a flow schema may have 1 MiB.
const ROWS: i64 = 1000;
const SCHEMAS: i64 = 20;

/// The error is the second half of a sentence.
pub fn export(db: &Db, mut out: impl Write) -> Result<(), String> {
    db.snapshot(|conn| {
        conn.make_ready_for_bulk().map_err(Fault::from)?;
        each(conn, queues_after, &mut out)?;
        let mut mended = BTreeSet::new();
        each(conn, |conn, last| flow_schemas_after(conn, last, &mut mended), &mut out)?;
        each(conn, hooks_after, &mut out)?;
        out.flush().map_err(Fault::from)
    })
    .map_err(|Fault(cause)| cause)
}

struct Fault(String);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Writes every row of a table, a few at a time. `after` reads those that follow an id.
fn each(
    conn: &mut Conn,
    mut after: impl FnMut(&mut Conn, i64) -> QueryResult<Vec<(i64, Record)>>,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let mut last = 0;
    loop {
        let rows = after(conn, last)?;
        let Some((id, _)) = rows.last() else { return Ok(()) };
        last = *id;
        for (_, record) in &rows {
            serde_json::to_writer(&mut *out, record).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
}

fn queues_after(conn: &mut Conn, last: i64) -> QueryResult<Vec<(i64, Record)>> {
    let rows: Vec<queue::Queue> = queues::table
        .filter(queues::id.gt(last))
        .order(queues::id)
        .limit(ROWS)
        .select(queue::Queue::as_select())
        .load(conn)?;
    let record = |queue: queue::Queue| -> QueryResult<Queue> {
        let name = mended(&queue.name, queue::MAX_NAME);
        tell("queue", queue.id, &queue.name, &name);
        Ok(Queue {
            id: Id(queue.id),
            queue_type: known(&queue.queue_type)?.number().into(),
            name,
            enabled: queue.enabled,
        })
    };
    rows.into_iter().map(|queue| Ok((queue.id, Record::Queue(record(queue)?)))).collect()
}

/// `mended` are the names that were written instead of others.
fn flow_schemas_after(conn: &mut Conn, last: i64, mended: &mut BTreeSet<String>) -> QueryResult<Vec<(i64, Record)>> {
    let rows: Vec<flow_schema::FlowSchema> = flow_schemas::table
        .filter(flow_schemas::id.gt(last))
        .order(flow_schemas::id)
        .limit(SCHEMAS)
        .select(flow_schema::FlowSchema::as_select())
        .load(conn)?;
    let mut record = |schema: flow_schema::FlowSchema| -> QueryResult<FlowSchema> {
        let name = free_name(conn, &schema.name, mended)?;
        tell("flow schema", schema.id, &schema.name, &name);
        Ok(FlowSchema {
            id: Id(schema.id),
            name,
            schema_type: known(&schema.schema_type)?,
            editor: schema.editor,
            schema: RawValue::from_string(on_one_line(&schema.schema))
                .map_err(|cause| diesel::result::Error::DeserializationError(cause.into()))?,
        })
    };
    rows.into_iter().map(|schema| Ok((schema.id, Record::FlowSchema(record(schema)?)))).collect()
}

/// A flow schema's name, or if it has to be mended, the first one like it that no flow schema has.
fn free_name(conn: &mut Conn, stored: &str, others: &mut BTreeSet<String>) -> QueryResult<String> {
    let mut name = mended(stored, flow_schema::MAX_NAME);
    if name == stored {
        return Ok(name);
    }
    let whole = name.clone();
    for number in 2.. {
        let of_name = flow_schemas::table.filter(flow_schemas::name.eq(&name)).select(flow_schemas::id);
        if !others.contains(&name) && !diesel::select(exists(of_name)).get_result(conn)? {
            break;
        }
        let suffix = format!(" ({number})");
        name = mended(&whole, flow_schema::MAX_NAME - suffix.len()) + &suffix;
    }
    others.insert(name.clone());
    Ok(name)
}

fn tell(thing: &str, id: i64, stored: &str, written: &str) {
    if written != stored {
        let stored = printable(stored).replace(['\n', '\t'], " ");
        log::warn!("{thing} {id} is written as “{written}”, because no import takes its name “{stored}”");
    }
}

/// A word that an import accepts.
fn known<W: Word>(stored: &Stored<W>) -> QueryResult<W> {
    let unknown = || diesel::result::Error::DeserializationError(format!("unknown word {:?}", stored.word()).into());
    stored.known().ok_or_else(unknown)
}

/// JSON without its line breaks and the indentation around them; its strings contain no raw ones.
fn on_one_line(json: &str) -> String {
    json.lines().map(str::trim).collect()
}

fn hooks_after(conn: &mut Conn, last: i64) -> QueryResult<Vec<(i64, Record)>> {
    type Found = (db::Id, db::Id, db::Id, Stored<Event>, bool);
    let rows: Vec<Found> = hooks::table
        .filter(hooks::id.gt(last))
        .order(hooks::id)
        .limit(ROWS)
        .select((hooks::id, hooks::queue_id, hooks::schema_id, hooks::event, hooks::enabled))
        .load(conn)?;
    let record = |(id, queue_id, schema_id, event, enabled): Found| -> QueryResult<Hook> {
        Ok(Hook {
            id: Id(id.into()),
            queue_id: Id(queue_id.into()),
            schema: SchemaId { id: Id(schema_id.into()) },
            event: known(&event)?,
            enabled,
        })
    };
    rows.into_iter().map(|hook| Ok((hook.0.into(), Record::Hook(record(hook)?)))).collect()
}
