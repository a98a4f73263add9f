//! What changed, for programs that follow it: the entries of the journal in the order of their ids, and none of them is
//! missed.
//!
//! PostgreSQL gives an entry its id before the entry can be seen, so one with a smaller id may appear after one with a
//! larger id. Whoever reads up to an id therefore has to know that it is settled: nothing with a smaller id can still
//! appear. Whoever may still bring such an entry holds a lock on the journal, as every writer does until its
//! transaction ends, and PostgreSQL tells who they are. So an id that could be seen is settled as soon as all have
//! ended who were writing after that. Nobody is kept from writing for it, and a transaction may take as long as it
//! likes.
//!
//! SQLite has one writer at a time: what can be seen is settled.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::journal::{Action, Subject};
use crate::access::rights::{Right, Rights};
use crate::db::Conn;
use crate::db::schema::journal;

/// What happened to one thing.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = journal)]
pub struct Entry {
    pub id: i64,
    pub change: String,
    pub at: NaiveDateTime,
    pub author_id: Option<i64>,
    pub author: String,
    pub subject: Subject,
    pub subject_id: i64,
    pub queue_id: Option<i64>,
    pub action: Action,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What somebody may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    /// Queues and their hooks.
    Queues,
    FlowSchemas,
}

impl Scope {
    /// Only what they may see.
    pub fn of(rights: &Rights) -> Option<Self> {
        match (rights.has(Right::ReadQueues), rights.has(Right::ReadFlowSchemas)) {
            (true, true) => Some(Self::All),
            (true, false) => Some(Self::Queues),
            (false, true) => Some(Self::FlowSchemas),
            (false, false) => None,
        }
    }
}

/// Entries of a scope after one and up to another, which is settled; at most so many.
pub fn list(conn: &mut Conn, scope: Scope, after: i64, settled: i64, limit: i64) -> QueryResult<Vec<Entry>> {
    // One kind after the other: an index has the entries of each in their order, however many there are of the others.
    let kinds: &[Option<Subject>] = match scope {
        Scope::All => &[None],
        Scope::Queues => &[Some(Subject::Queue), Some(Subject::Hook)],
        Scope::FlowSchemas => &[Some(Subject::FlowSchema)],
    };
    let mut all = Vec::new();
    for kind in kinds {
        let mut entries = journal::table
            // Not up to where as well: PostgreSQL would take it for few, and read all the others between for one kind.
            .filter(journal::id.gt(after))
            .order(journal::id)
            .limit(limit)
            .select(Entry::as_select())
            .into_boxed();
        if let Some(kind) = kind {
            entries = entries.filter(journal::subject.eq(*kind));
        }
        all.extend(entries.load(conn)?);
    }
    all.retain(|entry: &Entry| entry.id <= settled);
    all.sort_unstable_by_key(|entry| entry.id);
    all.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(all)
}

/// The last entry that could be seen, and who may have been writing after that.
#[derive(Debug)]
pub struct Look {
    pub last: i64,
    writers: BTreeSet<String>,
}

#[derive(QueryableByName)]
struct Writer {
    #[diesel(sql_type = Text)]
    name: String,
}

const WRITERS: &str = "SELECT DISTINCT virtualtransaction AS name FROM pg_locks WHERE locktype = 'relation' \
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                       AND relation = 'journal'::regclass AND mode = 'RowExclusiveLock'";

pub fn look(conn: &mut Conn) -> QueryResult<Look> {
    // In this order: whoever has a smaller id took the lock before the entry was there.
    let last: Option<i64> = journal::table.select(max(journal::id)).first(conn)?;
    let writers: Vec<Writer> = match conn {
        Conn::Postgres(conn) => diesel::sql_query(WRITERS).load(conn)?,
        Conn::Sqlite(_) => Vec::new(),
    };
    Ok(Look { last: last.unwrap_or_default(), writers: writers.into_iter().map(|writer| writer.name).collect() })
}

/// Up to which id everything is there, as far as the looks so far have shown.
#[derive(Debug, Default)]
pub struct Settled {
    id: i64,
    /// An id, and who still has to end before it is settled.
    next: Option<Look>,
}

impl Settled {
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Learns from a look, which began after the one before it had ended.
    pub fn learn(&mut self, look: Look) {
        if let Some(next) = self.next.take_if(|next| next.writers.is_disjoint(&look.writers)) {
            self.id = self.id.max(next.last);
        }
        if look.writers.is_empty() {
            self.id = self.id.max(look.last);
            self.next = None;
        } else if self.next.is_none() && look.last > self.id {
            self.next = Some(look);
        }
    }
}
