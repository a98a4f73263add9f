//! Takes queues, flow schemas and hooks from JSON Lines: all of them or none, in one transaction and in constant
//! memory.
//!
//! Rows are inserted many at once. When the database refuses some, each refused one is found and explained. Reading
//! goes on, so that one import names every wrong line.

use std::fmt;
use std::io::BufRead;

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use indicatif::ProgressBar;

use super::lines::{Run, runs};
use super::record::{FlowSchema, Hook, Id, Queue};
use super::refused::Numbered;
pub use super::refused::Refused;
use crate::db::ids::reserve;
use crate::db::schema::{flow_schemas, hooks, queues};
use crate::db::{Conn, Db, now, savepoint};
use crate::model::flow_schemas::flow_schema::KeptFlowSchema;
use crate::model::hooks::change::{Refused as HookRefused, holder};
use crate::model::{flow_schemas as schema_rules, hooks as hook_rules, queues as queue_rules};
use crate::on_each;

/// Hooks per statement. Until it ends, SQLite keeps in memory what each page that it changes was before.
const SQLITE_ROWS: usize = 500;
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

/// Imports the data that `serve --demo` shows.
pub fn demonstration(db: &Db) -> Result<Imported, Refused> {
    import(db, include_bytes!("demonstration.jsonl").as_slice(), &ProgressBar::hidden())
}

/// The transaction begins when the first rows are read: an input that takes its time to begin keeps nobody from
/// writing.
pub fn import(db: &Db, input: impl BufRead + Send + 'static, progress: &ProgressBar) -> Result<Imported, Refused> {
    let runs = runs(input, progress);
    let mut run = runs.next()?;
    db.write_now(|conn| {
        conn.make_ready_for_bulk()?;
        let mut importer = Importer { conn, imported: Imported::default(), errors: Vec::new(), more: 0 };
        while !run.is_last {
            importer.store(run)?;
            run = runs.next()?;
        }
        importer.store(run)?;
        if !importer.errors.is_empty() {
            return Err(Refused::Lines { errors: importer.errors, more: importer.more });
        }
        Ok(importer.imported)
    })
}

struct Importer<'a> {
    conn: &'a mut Conn,
    imported: Imported,
    errors: Vec<Numbered<String>>,
    more: u64,
}

/// Inserts rows in one statement.
type Insert<R> = fn(&mut Conn, &[Numbered<R>]) -> QueryResult<usize>;
/// Says why a row was refused.
type Explain<R> = fn(&mut Conn, &R) -> QueryResult<String>;

impl Importer<'_> {
    fn store(&mut self, run: Run) -> Result<(), Refused> {
        let Run { queues, flow_schemas, hooks, mut wrong, .. } = run;
        self.reserve("queues", queues.iter().map(|(_, queue)| queue.id))?;
        self.reserve("flow_schemas", flow_schemas.iter().map(|(_, schema)| schema.id))?;
        self.reserve("hooks", hooks.iter().map(|(_, hook)| hook.id))?;
        self.imported.queues += self.insert(&queues, insert_queues, explain_queue, &mut wrong)?;
        self.imported.flow_schemas +=
            self.insert(&flow_schemas, insert_flow_schemas, explain_flow_schema, &mut wrong)?;
        let rows = if matches!(self.conn, Conn::Sqlite(_)) { SQLITE_ROWS } else { hooks.len().max(1) };
        for hooks in hooks.chunks(rows) {
            self.imported.hooks += self.insert(hooks, insert_hooks, explain_hook, &mut wrong)?;
        }
        wrong.sort_unstable();
        let room = MAX_ERRORS - self.errors.len();
        self.more += wrong.len().saturating_sub(room) as u64;
        self.errors.extend(wrong.into_iter().take(room));
        Ok(())
    }

    /// Keeps anybody who adds something in the meantime from getting one of these ids.
    fn reserve(&mut self, table: &str, ids: impl Iterator<Item = Id>) -> QueryResult<()> {
        ids.map(|id| id.0).max().map_or(Ok(()), |last| reserve(self.conn, table, last))
    }

    /// Inserts rows of one kind. Where a constraint refuses some, it looks for them in each tenth, and explains them.
    fn insert<R>(
        &mut self,
        rows: &[Numbered<R>],
        insert: Insert<R>,
        explain: Explain<R>,
        wrong: &mut Vec<Numbered<String>>,
    ) -> Result<u64, Refused> {
        if rows.is_empty() {
            return Ok(0);
        }
        match savepoint(self.conn, |conn| insert(conn, rows)) {
            Ok(inserted) => Ok(inserted as u64),
            Err(error) if !is_refusal(&error) => Err(error.into()),
            Err(_) => {
                if let [(number, row)] = rows {
                    wrong.push((*number, explain(self.conn, row)?));
                    return Ok(0);
                }
                let parts = rows.chunks(rows.len().div_ceil(10));
                parts.map(|rows| self.insert(rows, insert, explain, wrong)).sum()
            }
        }
    }
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

fn insert_queues(conn: &mut Conn, rows: &[Numbered<Queue>]) -> QueryResult<usize> {
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

fn insert_flow_schemas(conn: &mut Conn, rows: &[Numbered<FlowSchema>]) -> QueryResult<usize> {
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

fn insert_hooks(conn: &mut Conn, rows: &[Numbered<Hook>]) -> QueryResult<usize> {
    let now = now();
    let row = |(_, hook): &Numbered<Hook>| {
        let row = hook_rules::row::Row::new(hook.schema.id.0, hook.event.into(), hook.enabled, now, None);
        row.with_id(hook.id.0, hook.queue_id.0)
    };
    hook_rules::row::load_with_ids(conn, rows.iter().map(row).collect())
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
