//! Reads queues, flow schemas and hooks from JSON Lines: all of them or none, in one transaction and in constant
//! memory.
//!
//! Rows are inserted in batches. When the database refuses a batch, its rows are tried one by one and each refused row
//! is explained. Reading goes on, so that one run names every wrong line.

use std::fmt;
use std::io::{BufRead, Read};

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use indicatif::ProgressBar;

use super::foreign;
use super::record::{FlowSchema, Hook, Id, Queue, Record};
use crate::db::ids::reserve;
use crate::db::schema::{flow_schemas, hooks, queues};
use crate::db::{Conn, Db, now, savepoint};
use crate::error::Error;
use crate::flow::text::MAX_TEXT;
use crate::model::flow_schemas::flow_schema::{self, KeptFlowSchema};
use crate::model::hooks::change::{Refused as HookRefused, holder};
use crate::model::queues::queue;
use crate::model::queues::queue_type::QueueType;
use crate::model::{flow_schemas as schema_rules, hooks as hook_rules, queues as queue_rules};
use crate::on_each;

/// Rows per statement. Until it ends, SQLite keeps in memory what each page that it changes was before.
const BATCH_ROWS: usize = 500;
/// Bytes of lines per statement, give or take a line.
const BATCH_BYTES: usize = 1 << 20;
/// Bytes per line. A flow schema has at most 1 MiB; this is enough for one with every character escaped.
const MAX_LINE: u64 = 8 << 20;
/// How many errors are listed one by one.
const MAX_ERRORS: usize = 100;

/// How many of each kind were imported.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub queues: u64,
    pub flow_schemas: u64,
    pub hooks: u64,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} queues, {} flow schemas and {} hooks", self.queues, self.flow_schemas, self.hooks)
    }
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum Refused {
    /// The wrong lines, by number from 1, and how many more there are.
    Lines { errors: Vec<(u64, String)>, more: u64 },
    /// The file could not be read, or the database could not be written.
    Fault(String),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Fault(error.cause().map_or_else(|| error.to_string(), str::to_owned))
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines { errors, more } => {
                writeln!(f, "Nothing was imported:")?;
                // A name in it may have line breaks.
                let one_line = |error: &str| error.replace(['\n', '\r'], " ");
                errors.iter().try_for_each(|(line, error)| writeln!(f, "line {line}: {}", one_line(error)))?;
                if *more > 0 {
                    writeln!(f, "and {more} more")?;
                }
                write!(f, "Correct the file and import it again")
            }
            Self::Fault(cause) => write!(f, "Nothing was imported: {cause}"),
        }
    }
}

/// Imports the data that `serve --demo` shows.
pub fn demonstration(db: &Db) -> Result<Imported, Refused> {
    import(db, include_bytes!("demonstration.jsonl").as_slice(), &ProgressBar::hidden())
}

pub fn import(db: &Db, input: impl BufRead, progress: &ProgressBar) -> Result<Imported, Refused> {
    db.write_now(|conn| {
        conn.make_ready_for_bulk()?;
        let mut importer = Importer { conn, imported: Imported::default(), errors: Vec::new(), more: 0 };
        importer.read(input, progress)?;
        if !importer.errors.is_empty() {
            return Err(Refused::Lines { errors: importer.errors, more: importer.more });
        }
        Ok(importer.imported)
    })
}

struct Importer<'a> {
    conn: &'a mut Conn,
    imported: Imported,
    errors: Vec<(u64, String)>,
    more: u64,
}

/// Rows of one kind, with their line numbers.
#[derive(Default)]
struct Batch {
    queues: Vec<(u64, Queue)>,
    flow_schemas: Vec<(u64, FlowSchema)>,
    hooks: Vec<(u64, Hook)>,
    bytes: usize,
}

impl Batch {
    fn len(&self) -> usize {
        self.queues.len() + self.flow_schemas.len() + self.hooks.len()
    }

    fn is_full(&self) -> bool {
        self.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Whether a record has to wait until the batch is stored: it may refer to rows in it.
    fn is_of_another_kind(&self, record: &Record) -> bool {
        self.len()
            != match record {
                Record::Queue(_) => self.queues.len(),
                Record::FlowSchema(_) => self.flow_schemas.len(),
                Record::Hook(_) => self.hooks.len(),
            }
    }
}

/// Inserts rows, with their line numbers, in one statement.
type Insert<R> = fn(&mut Conn, &[(u64, R)]) -> QueryResult<usize>;
/// Says why a row was refused.
type Explain<R> = fn(&mut Conn, &R) -> QueryResult<String>;

impl Importer<'_> {
    fn read(&mut self, mut input: impl BufRead, progress: &ProgressBar) -> Result<(), Refused> {
        let unread = |cause| Refused::Fault(format!("the input cannot be read: {cause}"));
        let mut head = Vec::new();
        input.by_ref().take(foreign::HEAD).read_to_end(&mut head).map_err(unread)?;
        if let Some(sentence) = foreign::recognize(&head) {
            return Err(Refused::Fault(sentence));
        }
        let mut input = head.as_slice().chain(input);
        let mut batch = Batch::default();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(unread)?;
            if read == 0 {
                break;
            }
            progress.inc(read as u64);
            if read as u64 == MAX_LINE {
                self.flush(&std::mem::take(&mut batch))?;
                self.refuse(number, format!("the line is longer than {} MiB", MAX_LINE >> 20));
                break;
            }
            // Each of several files that were put together may have its own.
            let text = line.strip_prefix(foreign::BYTE_ORDER_MARK).unwrap_or(&line).trim_ascii_end();
            if text.is_empty() {
                continue;
            }
            let record = match parse(text) {
                Ok(record) => record,
                Err(error) => {
                    // Errors are listed in the order of their lines.
                    self.flush(&std::mem::take(&mut batch))?;
                    self.refuse(number, error);
                    continue;
                }
            };
            if batch.is_full() || batch.is_of_another_kind(&record) {
                self.flush(&std::mem::take(&mut batch))?;
            }
            batch.bytes += read;
            match record {
                Record::Queue(queue) => batch.queues.push((number, queue)),
                Record::FlowSchema(schema) => batch.flow_schemas.push((number, schema)),
                Record::Hook(hook) => batch.hooks.push((number, hook)),
            }
        }
        self.flush(&batch)
    }

    fn refuse(&mut self, line: u64, error: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push((line, error));
        } else {
            self.more += 1;
        }
    }

    fn flush(&mut self, batch: &Batch) -> Result<(), Refused> {
        self.reserve("queues", batch.queues.iter().map(|(_, queue)| queue.id))?;
        self.reserve("flow_schemas", batch.flow_schemas.iter().map(|(_, schema)| schema.id))?;
        self.reserve("hooks", batch.hooks.iter().map(|(_, hook)| hook.id))?;
        self.imported.queues += self.insert(&batch.queues, insert_queues, explain_queue)?;
        self.imported.flow_schemas += self.insert(&batch.flow_schemas, insert_flow_schemas, explain_flow_schema)?;
        self.imported.hooks += self.insert(&batch.hooks, insert_hooks, explain_hook)?;
        Ok(())
    }

    /// Keeps anybody who adds something in the meantime from getting one of these ids.
    fn reserve(&mut self, table: &str, ids: impl Iterator<Item = Id>) -> QueryResult<()> {
        ids.map(|id| id.0).max().map_or(Ok(()), |last| reserve(self.conn, table, last))
    }

    /// Inserts rows of one kind, and explains those that a constraint refuses.
    fn insert<R>(&mut self, rows: &[(u64, R)], insert: Insert<R>, explain: Explain<R>) -> Result<u64, Refused> {
        if rows.is_empty() {
            return Ok(0);
        }
        match savepoint(self.conn, |conn| insert(conn, rows)) {
            Ok(inserted) => return Ok(inserted as u64),
            Err(error) if !is_refusal(&error) => return Err(error.into()),
            Err(_) => (),
        }
        for row in rows {
            match savepoint(self.conn, |conn| insert(conn, std::slice::from_ref(row))) {
                Ok(_) => (),
                Err(error) if is_refusal(&error) => {
                    let why = explain(self.conn, &row.1)?;
                    self.refuse(row.0, why);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(0)
    }
}

/// A line as a record that the database may accept, or what is wrong with it.
fn parse(line: &[u8]) -> Result<Record, String> {
    let text = std::str::from_utf8(line).map_err(|cause| format!("not UTF-8 after byte {}", cause.valid_up_to()))?;
    let mut record = serde_json::from_str(text).map_err(|cause| {
        let message = cause.to_string();
        let place = format!(" at line {} column {}", cause.line(), cause.column());
        format!("{} (column {})", message.strip_suffix(&place).unwrap_or(&message), cause.column())
    })?;
    match &mut record {
        Record::Queue(queue) => {
            queue.name = queue::read_name(&queue.name)?;
            QueueType::try_from(queue.queue_type)?;
        }
        Record::FlowSchema(schema) => {
            schema.name = flow_schema::read_name(&schema.name)?;
            if !schema.schema.get().starts_with('[') {
                return Err("a flow schema is an array of applications".into());
            }
            if schema.schema.get().len() > MAX_TEXT {
                return Err(format!("a flow schema is at most {} MiB", MAX_TEXT >> 20));
            }
        }
        Record::Hook(_) => (),
    }
    Ok(record)
}

fn is_refusal(error: &diesel::result::Error) -> bool {
    use DatabaseErrorKind as Kind;
    matches!(
        error,
        diesel::result::Error::DatabaseError(
            Kind::UniqueViolation | Kind::ForeignKeyViolation | Kind::RestrictViolation | Kind::CheckViolation,
            _
        )
    )
}

fn insert_queues(conn: &mut Conn, rows: &[(u64, Queue)]) -> QueryResult<usize> {
    let now = now();
    let rows: Vec<_> = rows
        .iter()
        .map(|(_, queue)| {
            let row = queue_rules::change::Row::new(&queue.name, queue.queue_type as i16, queue.enabled, now, None);
            (queues::id.eq(queue.id.0), queues::created_at.eq(now), row)
        })
        .collect();
    on_each!(conn, c => diesel::insert_into(queues::table).values(rows).execute(c))
}

fn explain_queue(conn: &mut Conn, queue: &Queue) -> QueryResult<String> {
    let taken = diesel::select(diesel::dsl::exists(queues::table.find(queue.id.0))).get_result(conn)?;
    Ok(if taken { format!("there is a queue {} already", queue.id.0) } else { refused() })
}

fn insert_flow_schemas(conn: &mut Conn, rows: &[(u64, FlowSchema)]) -> QueryResult<usize> {
    let now = now();
    let kept = |schema: &FlowSchema| KeptFlowSchema {
        name: schema.name.clone(),
        schema_type: schema.schema_type.into(),
        editor: schema.editor,
    };
    let kept: Vec<_> = rows.iter().map(|(_, schema)| (schema, kept(schema))).collect();
    let row = |(schema, kept)| {
        let (schema, kept): (&FlowSchema, &KeptFlowSchema) = (schema, kept);
        let row = schema_rules::change::Row::new(kept, schema.schema.get(), now, None);
        (flow_schemas::id.eq(schema.id.0), flow_schemas::created_at.eq(now), row)
    };
    let rows: Vec<_> = kept.iter().map(|(schema, kept)| row((*schema, kept))).collect();
    on_each!(conn, c => diesel::insert_into(flow_schemas::table).values(rows).execute(c))
}

fn explain_flow_schema(conn: &mut Conn, schema: &FlowSchema) -> QueryResult<String> {
    let taken = diesel::select(diesel::dsl::exists(flow_schemas::table.find(schema.id.0))).get_result(conn)?;
    if taken {
        return Ok(format!("there is a flow schema {} already", schema.id.0));
    }
    let namesake: Option<i64> = flow_schemas::table
        .filter(flow_schemas::name.eq(&schema.name))
        .select(flow_schemas::id)
        .first(conn)
        .optional()?;
    Ok(namesake.map_or_else(refused, |id| format!("flow schema {id} has the name “{}” already", schema.name)))
}

fn insert_hooks(conn: &mut Conn, rows: &[(u64, Hook)]) -> QueryResult<usize> {
    let now = now();
    let rows: Vec<_> = rows
        .iter()
        .map(|(_, hook)| {
            let row = hook_rules::change::Row::new(hook.schema.id.0, hook.event.into(), hook.enabled, now, None);
            (hooks::id.eq(hook.id.0), hooks::queue_id.eq(hook.queue_id.0), row)
        })
        .collect();
    on_each!(conn, c => diesel::insert_into(hooks::table).values(rows).execute(c))
}

fn explain_hook(conn: &mut Conn, hook: &Hook) -> QueryResult<String> {
    let queues: i64 = queues::table.find(hook.queue_id.0).count().get_result(conn)?;
    if queues == 0 {
        return Ok(format!("there is no queue {}", hook.queue_id.0));
    }
    let schemas: i64 = flow_schemas::table.find(hook.schema.id.0).count().get_result(conn)?;
    if schemas == 0 {
        return Ok(format!("there is no flow schema {}", hook.schema.id.0));
    }
    let namesakes: i64 = hooks::table.find(hook.id.0).count().get_result(conn)?;
    if namesakes > 0 {
        return Ok(format!("there is a hook {} already", hook.id.0));
    }
    // The rule and its sentence are the model's.
    let taken = holder(conn, hook.queue_id.0, hook.event)?.filter(|_| hook.enabled).map(HookRefused::Taken);
    Ok(taken.map_or_else(refused, |taken| taken.sentence()))
}

fn refused() -> String {
    "the database refused it".into()
}
