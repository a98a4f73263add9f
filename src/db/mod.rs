//! The database: how it is opened, and how a request reads and writes it.
//!
//! **Which one** depends on the scheme of the URL, in [`url`] and nowhere else; an unknown scheme is refused.
//!
//! **Portable SQL.** A query is written once, on [`Conn`], and runs on SQLite and PostgreSQL. To mean the same on
//! both:
//! * Names are searched by `folded_name` and ordered by `sort_key`, which [`keys`](crate::name::keys) makes when a name
//!   is written: SQLite folds only ASCII, and PostgreSQL's order depends on the server's locale. [`names`] keeps them.
//! * Every order ends with `id`.
//! * Times are made in Rust ([`now`]): UTC, whole microseconds. Neither database's clock is used, except by the
//!   trigger that moves a queue's `updated_at` with its hooks.
//! * The operation that met a unique violation knows what it means; SQLite does not name constraints.
//! * At most [`MAX_IDS`] ids are bound in one statement.
//! * What does not compile on the enum (a batch insert) goes through [`on_each!`](crate::on_each).
//!
//! **Transactions.** [`Db::write`] is one transaction: everything or nothing. On SQLite it begins IMMEDIATE, because a
//! reader that starts to write is refused at once instead of waiting its turn.
//!
//! **Durability.** An acknowledged change survives `kill -9` and a power cut: on SQLite, which runs in WAL mode,
//! `disk.rs` sees to that. PostgreSQL keeps its own setting.
//!
//! **Faults.** A connection that met a fault is thrown away, and so are those opened before it: a restarted server
//! costs one failed request at most. A SQLite file that was deleted or replaced counts as gone, because writes into an
//! unlinked file would be lost. The same goes for the files beside it.
//!
//! **Those who wait to write** hold no connection until it is their turn, so that others can read pages. A SQLite file is
//! always changed through the same connection: it still has the pages that it wrote, which all others read anew.

pub mod abilities;
mod attempt;
pub mod backup;
mod beside;
mod conn;
mod disk;
mod files;
mod id;
pub mod ids;
mod load;
mod log;
pub mod migrations;
pub mod names;
mod pool;
pub mod portable;
mod postgres;
mod postgres_url;
mod prepared;
pub mod schema;
mod sqlite;
mod time;
mod transaction;
pub mod url;
pub mod webitel;

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

pub use self::abilities::Abilities;
use self::abilities::Known;
use self::attempt::{attempt, expect_rights, try_to_change, was_in_the_way};
use self::conn::PATIENCE;
pub use self::conn::{Conn, MultiBackend};
use self::disk::Disk;
pub use self::id::{Id, plain};
use self::load::Counts;
pub use self::load::Load;
use self::migrations::Tables;
use self::pool::{CONNECT_PATIENCE, Link, Manager, Pools, Use, no_connection};
pub use self::portable::{SUM_OF_IDS, coalesce, contains, now, one_at_a_time, planned_anew, savepoint, wildcards};
use self::postgres::Session;
pub use self::prepared::{update, write_author};
pub use self::time::Time;
use self::transaction::{begin, reading, transaction};
pub use self::url::DatabaseUrl;
use crate::error::{Error, Outage};

/// How many ids one request may name: the largest page.
pub const MAX_IDS: usize = 1000;

/// How long a request waits for the database in total; a server that hangs never answers.
const LIMIT: Duration = Duration::from_secs(15);
/// A SQLite connection keeps 3 MiB of pages; there is one more, for changes. A PostgreSQL connection waits for others,
/// so it is good to have more of them.
const SQLITE_CONNECTIONS: u32 = 5;
const POSTGRES_CONNECTIONS: u32 = 16;
/// A SQLite file has one writer at a time, and the next one waits in a thread for the connection: to be woken up takes
/// a good part of a change. On PostgreSQL some connections are kept free for readers.
const SQLITE_WRITERS: usize = 3;
const POSTGRES_WRITERS: usize = 12;

/// The pool of connections that the application works with. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    /// One for each that may write now. Those who wait for another writer take no connection away from readers.
    writers: Arc<Semaphore>,
    /// For the one that writes beside the requests.
    beside: Arc<Semaphore>,
    known: Known,
    /// Where the changes of a SQLite file go.
    disk: Option<Arc<Disk>>,
    counts: Counts,
}

impl Db {
    /// Opens the database, creates it if there is none, and brings it to this version.
    ///
    /// The error is one sentence for the person at the terminal.
    pub fn open(url: &DatabaseUrl) -> Result<Self, String> {
        let connections =
            if matches!(url, DatabaseUrl::Postgres(_)) { POSTGRES_CONNECTIONS } else { SQLITE_CONNECTIONS };
        let db = Self::open_with(url, connections, Tables::Create)?;
        db.mark_start().map_err(|cause| url.cannot("used", &cause))?;
        Ok(db)
    }

    fn mark_start(&self) -> Result<(), Error> {
        if self.disk.is_none() {
            return Ok(());
        }
        with(&self.pools, Use::Read, &self.counts, |link| {
            if let Conn::Sqlite(conn) = &mut link.conn {
                log::mark_start(conn);
            }
            Ok(())
        })
    }

    /// The same for a command, which does one thing after the other: nothing connects beside it, or as it ends.
    pub fn create_for_command(url: &DatabaseUrl) -> Result<Self, String> {
        Self::open_with(url, 1, Tables::Create)
    }

    /// The same for a command that has nothing to do where there is no database: a typing error creates none.
    pub fn open_for_command(url: &DatabaseUrl) -> Result<Self, String> {
        Self::open_with(url, 1, Tables::Expect)
    }

    fn open_with(url: &DatabaseUrl, connections: u32, tables: Tables) -> Result<Self, String> {
        match tables {
            Tables::Create => url.create(),
            Tables::Expect => url.expect_file()?,
        }
        if let DatabaseUrl::File(path) = url {
            log::expect_own(path).map_err(|cause| url.cannot("used", &cause))?;
        }
        let mut first = url.connect().map_err(|cause| url.cannot("opened", &cause))?;
        migrations::migrate(&mut first.0, tables).map_err(|cause| url.cannot("used", &*cause))?;
        names::keep(&mut first.0, first.1).map_err(|cause| url.cannot("used", &cause))?;
        let webitel = first.0.webitel().map_err(|cause| url.cannot("used", &cause))?;
        url.keep_private();
        let has_writer = matches!(url, DatabaseUrl::File(_)) && connections > 1;
        let pools = Pools::build(Manager::new(url.clone(), first), connections, has_writer);
        let pools = pools.map_err(|cause| url.cannot("opened", &cause))?;
        let disk = if let DatabaseUrl::File(path) = url { Some(Arc::new(Disk::of(path))) } else { None };
        let writers = match url {
            DatabaseUrl::Memory => 1,
            DatabaseUrl::File(_) => SQLITE_WRITERS,
            DatabaseUrl::Postgres(_) => POSTGRES_WRITERS,
        };
        Ok(Self {
            pools,
            writers: Arc::new(Semaphore::new(writers)),
            beside: Arc::new(Semaphore::new(1)),
            known: Known::of(webitel),
            disk,
            counts: Counts::default(),
        })
    }

    /// How many threads use the database at once: one for each connection, and those that wait for the one for changes.
    pub fn threads(&self) -> usize {
        let waiting = if self.disk.is_some() { SQLITE_WRITERS - 1 } else { 0 };
        self.pools.max_size() as usize + waiting
    }

    /// Runs queries that change nothing, off the async threads.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.run(Use::Read, None, |link| reading(link, work)).await
    }

    /// Runs one transaction, off the async threads; an error undoes all of it.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.in_turn(move |link, is_read_only| attempt(link, is_read_only, work)).await
    }

    /// The same, and once more if the transaction of somebody else was in the way.
    pub async fn write_twice<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Clone + Send + 'static,
    {
        let work = move |link: &mut Link, is_read_only| match attempt(link, is_read_only, work.clone()) {
            Err(error) if was_in_the_way(&error) => attempt(link, is_read_only, work),
            done => done,
        };
        self.in_turn(work).await
    }

    /// Does something when others leave room for one more who writes.
    async fn in_turn<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Link, bool) -> Result<T, Error> + Send + 'static,
    {
        let (waiting, next) = (self.counts.wait(), self.counts.wait_to_write());
        let turn = timeout(CONNECT_PATIENCE, self.writers.clone().acquire_owned()).await;
        drop(waiting);
        let turn = turn.map_err(|_| Error::Unavailable(Outage::Busy, "too many wait to write".into()));
        self.counts.learn(&turn);
        let turn = turn?;
        let (is_read_only, counts) = (!self.abilities().change, self.counts.clone());
        let outcome = self.run(Use::Write, self.disk.clone(), move |link| {
            let _turn = turn;
            drop(next);
            let done = match work(link, is_read_only) {
                // Perhaps because its rights were taken away.
                Err(Error::Unavailable(outage, cause)) => match expect_rights(&mut link.conn) {
                    Err(Error::ReadOnly(_)) => Err(Error::ReadOnly(cause)),
                    _ => Err(Error::Unavailable(outage, cause)),
                },
                done => done,
            };
            if !counts.is_next_waiting() {
                log::cut(&mut link.conn);
            }
            done
        });
        let outcome = outcome.await;
        self.known.learn(&outcome);
        outcome
    }

    /// What it did is on the disk then, where there is one.
    async fn run<T, F>(&self, how: Use, disk: Option<Arc<Disk>>, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Link) -> Result<T, Error> + Send + 'static,
    {
        let (pools, counts) = (self.pools.clone(), self.counts.clone());
        let work = move || {
            let done = with(&pools, how, &counts, work)?;
            // Others can write meanwhile, and use the connection.
            disk.map_or(Ok(()), |disk| disk.wait())?;
            Ok(done)
        };
        let outcome = match timeout(LIMIT, spawn_blocking(work)).await {
            Ok(done) => done.unwrap_or_else(|_| Err(Error::Internal("a query panicked".into()))),
            Err(_) => Err(Error::Unanswered(format!("no answer within {} s", LIMIT.as_secs()))),
        };
        self.counts.learn(&outcome);
        outcome
    }

    /// The same as [`Db::write`], for the command line, which has no async threads.
    pub fn write_now<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let done = with(&self.pools, Use::Write, &self.counts, |link| {
            let done = transaction(&mut link.conn, link.session, |conn| {
                expect_rights(conn)?;
                work(conn)
            });
            log::cut(&mut link.conn);
            done
        })?;
        self.disk.as_ref().map_or(Ok(()), |disk| disk.wait())?;
        Ok(done)
    }

    /// Whether the database can be read but not changed. Where somebody else holds it, nobody knows.
    pub fn is_read_only(&self) -> bool {
        let tried = with(&self.pools, Use::Read, &self.counts, |link| {
            // It changes nothing, and is refused all the same.
            let session = link.session;
            link.conn.wait(Duration::ZERO)?;
            let tried = transaction(&mut link.conn, session, try_to_change);
            link.conn.wait(PATIENCE)?;
            tried
        });
        self.known.learn(&tried);
        !self.abilities().change
    }

    /// Whether it has all tables and columns of this version.
    pub async fn is_current(&self) -> Result<bool, Error> {
        self.read(migrations::are_applied).await
    }

    /// How busy it is, and what went wrong.
    pub fn load(&self) -> Load {
        self.counts.load(&self.pools.states(), self.pools.max_size())
    }

    /// What the database lets us do, as far as it is known.
    pub fn abilities(&self) -> Abilities {
        self.known.abilities()
    }

    /// Moves everything into the one file of a SQLite database, so that a copy of that file is complete. Threads that
    /// end with the process do not close their connections.
    pub fn checkpoint(&self) -> Result<(), Error> {
        // Nothing is to be done, and perhaps nobody answers.
        if self.disk.is_none() || !self.abilities().change {
            return Ok(());
        }
        with(&self.pools, Use::Write, &self.counts, |link| match &mut link.conn {
            Conn::Sqlite(conn) => Ok(log::empty_whole(conn)?),
            Conn::Postgres(_) => Ok(()),
        })
    }

    /// Has a SQLite database look at what is in its tables, as far as that changed much since it last did: it plans its
    /// queries by that. PostgreSQL does so by itself.
    pub async fn learn_statistics(&self) -> Result<(), Error> {
        if self.disk.is_none() || !self.abilities().change {
            return Ok(());
        }
        let learn = |conn: &mut Conn| match conn {
            Conn::Sqlite(conn) => Ok(sqlite::learn_statistics(conn)?),
            Conn::Postgres(_) => Ok(()),
        };
        self.write(learn).await
    }

    /// Learns what Webitel wrote meanwhile, and what was attached in another way: makes what new names are searched and
    /// sorted by, and knows the name of the domain and what is written here.
    pub async fn learn_webitel(&self) -> Result<(), Error> {
        let look = |conn: &mut Conn| {
            let webitel = conn.webitel()?;
            let is_missing = webitel.is_some() && webitel::names::is_any_missing(conn)?;
            Ok((webitel, is_missing))
        };
        let (webitel, is_missing) = self.read(look).await?;
        self.known.learn_webitel(webitel);
        if is_missing && self.abilities().change {
            self.write(|conn| Ok(webitel::names::make_missing(conn)?)).await?;
        }
        Ok(())
    }

    /// Tells the database what an import did to its tables. PostgreSQL would find out only after a while, and until
    /// then it reads the table as well as each index.
    pub fn analyze(&self) -> Result<(), Error> {
        with(&self.pools, Use::Write, &self.counts, |link| match &mut link.conn {
            Conn::Sqlite(conn) => Ok(sqlite::learn_statistics(conn)?),
            Conn::Postgres(conn) => {
                // A session that others share has no limit of ours.
                if link.session == Session::Own {
                    conn.batch_execute("SET statement_timeout = 0")?;
                }
                Ok(conn.batch_execute("VACUUM (ANALYZE, TRUNCATE FALSE) queues, flow_schemas, hooks, hook_counts")?)
            }
        })
    }

    /// A reading transaction for the command line: everything it reads is as of one moment.
    pub fn snapshot<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        with(&self.pools, Use::Read, &self.counts, |link| {
            begin(&mut link.conn, link.session, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            let read = work(&mut link.conn);
            <Conn as Connection>::TransactionManager::rollback_transaction(&mut link.conn).map_err(Error::from)?;
            read
        })
    }
}

fn with<T, E: From<Error>>(
    pools: &Pools,
    how: Use,
    counts: &Counts,
    work: impl FnOnce(&mut Link) -> Result<T, E>,
) -> Result<T, E> {
    let waiting = counts.wait();
    let mut pooled = pools.get(how).map_err(|cause| no_connection(&cause.to_string()))?;
    drop(waiting);
    if pooled.has_lost() {
        return Err(Error::Unavailable(Outage::Away, "a file beside the database was removed".into()).into());
    }
    let done = work(&mut pooled);
    if done.is_err() && pooled.conn.check().is_err() {
        pooled.distrust();
    }
    done
}
