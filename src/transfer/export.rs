//! Writes all queues, flow schemas and hooks as JSON Lines, in the order of their ids, as of one moment and in
//! constant memory.

use std::io::{self, Write};

use diesel::prelude::*;
use serde_json::value::RawValue;

use super::record::{FlowSchema, Hook, Id, Queue, Record, SchemaId};
use crate::db::schema::{flow_schemas, hooks, queues};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema;
use crate::model::queues::queue;
use crate::word::{Stored, Word};

/// Rows to read at a time; a flow schema may have 1 MiB.
const ROWS: i64 = 1000;
const SCHEMAS: i64 = 20;

/// The error is the second half of a sentence.
pub fn export(db: &Db, mut out: impl Write) -> Result<(), String> {
    db.snapshot(|conn| {
        conn.make_ready_for_bulk().map_err(Fault::from)?;
        each(conn, queues_after, &mut out)?;
        each(conn, flow_schemas_after, &mut out)?;
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

/// Reads the next rows of a table after an id.
type After = fn(&mut Conn, i64) -> QueryResult<Vec<(i64, Record)>>;

/// Writes every row of a table, a few at a time.
fn each(conn: &mut Conn, after: After, out: &mut impl Write) -> Result<(), Fault> {
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
        Ok(Queue {
            id: Id(queue.id),
            queue_type: known(&queue.queue_type)?.number().into(),
            name: queue.name,
            enabled: queue.enabled,
        })
    };
    rows.into_iter().map(|queue| Ok((queue.id, Record::Queue(record(queue)?)))).collect()
}

fn flow_schemas_after(conn: &mut Conn, last: i64) -> QueryResult<Vec<(i64, Record)>> {
    let rows: Vec<flow_schema::FlowSchema> = flow_schemas::table
        .filter(flow_schemas::id.gt(last))
        .order(flow_schemas::id)
        .limit(SCHEMAS)
        .select(flow_schema::FlowSchema::as_select())
        .load(conn)?;
    let record = |schema: flow_schema::FlowSchema| -> QueryResult<FlowSchema> {
        Ok(FlowSchema {
            id: Id(schema.id),
            name: schema.name,
            schema_type: known(&schema.schema_type)?,
            editor: schema.editor,
            schema: RawValue::from_string(on_one_line(&schema.schema))
                .map_err(|cause| diesel::result::Error::DeserializationError(cause.into()))?,
        })
    };
    rows.into_iter().map(|schema| Ok((schema.id, Record::FlowSchema(record(schema)?)))).collect()
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
    let rows: Vec<(i64, i64, i64, Event, bool)> = hooks::table
        .filter(hooks::id.gt(last))
        .order(hooks::id)
        .limit(ROWS)
        .select((hooks::id, hooks::queue_id, hooks::schema_id, hooks::event, hooks::enabled))
        .load(conn)?;
    let record = |(id, queue_id, schema_id, event, enabled)| Hook {
        id: Id(id),
        queue_id: Id(queue_id),
        schema: SchemaId { id: Id(schema_id) },
        event,
        enabled,
    };
    Ok(rows.into_iter().map(|hook| (hook.0, Record::Hook(record(hook)))).collect())
}
