//! The pool: opens connections and throws away those that cannot be trusted.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::ConnectionError;
use diesel::r2d2::{Builder, ManageConnection, Pool, PoolError, PooledConnection, R2D2Connection, State};

use super::conn::Conn;
use super::files::{Files, Paths};
use super::log;
use super::postgres::Session;
use super::url::DatabaseUrl;
use crate::error::{Error, Outage};
use crate::seldom::Seldom;

/// A connection that was idle for longer is checked before it is used.
const REST: Duration = Duration::from_millis(500);

/// Opens connections for the pool, and throws away those that cannot be trusted.
pub(super) struct Manager {
    url: DatabaseUrl,
    /// Those of a SQLite file.
    paths: Option<Paths>,
    /// The first connection, until the pool asks for it.
    first: Mutex<Option<(Conn, Session)>>,
    generation: Arc<AtomicU64>,
    opened: Arc<Opened>,
}

/// What the connections to a SQLite file share.
#[derive(Default)]
struct Opened {
    /// How many there are, and which files they opened.
    links: Mutex<(usize, Option<Files>)>,
    /// A file beside the database was removed, and no request has reported it yet.
    has_lost: AtomicBool,
    /// The files that they opened are others by now.
    are_replaced: AtomicBool,
}

/// The pools of a database.
#[derive(Clone)]
pub(super) struct Pools {
    pool: Pool<Manager>,
    /// For changes of a SQLite file alone.
    writer: Option<Pool<Manager>>,
    opened: Arc<Opened>,
}

/// What somebody does with a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

impl Pools {
    /// With so many connections; `has_writer` says whether there is one more for changes.
    pub(super) fn build(manager: Manager, connections: u32, has_writer: bool) -> Result<Self, PoolError> {
        let opened = manager.opened.clone();
        let of_writer = has_writer.then(|| (Pool::builder().max_size(1).min_idle(Some(0)), manager.beside()));
        let pool = match manager.url {
            // Each connection to a memory database is a database of its own, so there is only one and it stays.
            DatabaseUrl::Memory => Pool::builder().max_size(1).idle_timeout(None).max_lifetime(None),
            DatabaseUrl::File(_) | DatabaseUrl::Postgres(_) => Pool::builder().max_size(connections).min_idle(Some(1)),
        };
        let build = |(pool, manager): (Builder<Manager>, Manager)| {
            pool.connection_timeout(CONNECT_PATIENCE).error_handler(Box::new(PoolErrors)).build(manager)
        };
        Ok(Self { pool: build((pool, manager))?, writer: of_writer.map(build).transpose()?, opened })
    }

    fn all(&self) -> impl Iterator<Item = &Pool<Manager>> {
        [&self.pool].into_iter().chain(&self.writer)
    }

    pub(super) fn max_size(&self) -> u32 {
        self.all().map(Pool::max_size).sum()
    }

    pub(super) fn states(&self) -> Vec<State> {
        self.all().map(Pool::state).collect()
    }

    /// A connection that can be trusted, as soon as there is one.
    pub(super) fn get(&self, work: Use) -> Result<PooledConnection<Manager>, PoolError> {
        let writer = self.writer.as_ref().filter(|_| work == Use::Write);
        let pool = writer.unwrap_or(&self.pool);
        let idle = pool.try_get();
        if idle.is_none() && self.opened.are_replaced.load(Ordering::Relaxed) {
            // Whoever looks for a connection closes those to the old files; until all are closed, none is opened.
            self.all().for_each(|pool| drop(pool.try_get()));
        }
        let mut link = idle.map_or_else(|| pool.get(), Ok)?;
        link.may_have_written = work == Use::Write;
        Ok(link)
    }
}

/// Counts a connection until it is closed.
struct Counted(Arc<Opened>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.links.lock().expect("nobody panics with it").0 -= 1;
    }
}

/// A connection, and what tells whether it can still be trusted.
pub(super) struct Link {
    pub(super) conn: Conn,
    pub(super) session: Session,
    /// Moves on with the first fault in a generation; older connections are not used again.
    generation: Arc<AtomicU64>,
    born: u64,
    used: Instant,
    files: Option<Files>,
    /// Whoever took it from the pool may have changed something.
    may_have_written: bool,
    /// Must come after `conn`, so that it is dropped when that is closed.
    counted: Counted,
}

impl Link {
    /// It met a fault: neither it nor those opened before it are used again.
    pub(super) fn distrust(&self) {
        self.generation.store(self.born + 1, Ordering::Relaxed);
    }

    /// Whether the `-wal` or `-shm` file was removed since the last request. The request that finds out is refused;
    /// the next one gets new connections and new files.
    pub(super) fn has_lost(&self) -> bool {
        self.counted.0.has_lost.swap(false, Ordering::Relaxed)
    }

    /// Whether its files are still those of the database. If only those beside it are gone, their content is put into
    /// the database: this connection can still read it, but nobody could after a kill.
    fn keeps_its_files(&mut self, now: Option<&Files>) -> bool {
        let (Some(files), Some(now)) = (&self.files, now) else { return true };
        if files.lost_beside(now) {
            if !self.counted.0.has_lost.swap(true, Ordering::Relaxed) {
                ::log::error!(
                    "the -wal or -shm file of the database was removed or replaced while it was in use. What it held is \
                     put into the database now. Stop the server before you touch these files"
                );
            }
            if let Conn::Sqlite(conn) = &mut self.conn
                && let Err(cause) = conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
            {
                ::log::error!("the latest changes could not be put into the database: {cause}");
            }
        }
        if files != now {
            self.counted.0.are_replaced.store(true, Ordering::Relaxed);
        }
        files == now
    }

    fn is_stale(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != self.born
    }
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl, first: (Conn, Session)) -> Self {
        let paths = if let DatabaseUrl::File(path) = &url { Some(Paths::of(path)) } else { None };
        Self { url, paths, first: Mutex::new(Some(first)), generation: Arc::default(), opened: Arc::default() }
    }

    /// For another pool of the same database: what one of them learns, the other one knows.
    fn beside(&self) -> Self {
        Self {
            url: self.url.clone(),
            paths: self.paths.clone(),
            first: Mutex::default(),
            generation: self.generation.clone(),
            opened: self.opened.clone(),
        }
    }

    fn files(&self) -> Option<Files> {
        self.paths.as_ref().map(Files::of)
    }
}

impl ManageConnection for Manager {
    type Connection = Link;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Link, Self::Error> {
        let born = self.generation.load(Ordering::Relaxed);
        let mut links = self.opened.links.lock().expect("nobody panics with it");
        // Two logs of changes beside one database would damage it.
        if links.0 > 0 && links.1 != self.files() {
            self.opened.are_replaced.store(true, Ordering::Relaxed);
            let why = "the files of the database are others than those that are still open";
            return Err(Self::Error::ConnectionError(ConnectionError::BadConnection(why.into())));
        }
        let first = self.first.lock().expect("nobody panics with it").take();
        let (conn, session) = if let Some(first) = first {
            first
        } else {
            if let (0, DatabaseUrl::File(path)) = (links.0, &self.url) {
                let others = |cause| ConnectionError::BadConnection(format!("the database was replaced: {cause}"));
                log::expect_own(path).map_err(|cause| Self::Error::ConnectionError(others(cause)))?;
            }
            self.url.connect().map_err(Self::Error::ConnectionError)?
        };
        if links.0 == 0 {
            self.opened.are_replaced.store(false, Ordering::Relaxed);
        }
        links.0 += 1;
        links.1 = self.files();
        let counted = Counted(self.opened.clone());
        let (generation, files) = (self.generation.clone(), links.1.clone());
        Ok(Link { conn, session, generation, born, used: Instant::now(), files, may_have_written: false, counted })
    }

    fn is_valid(&self, link: &mut Link) -> Result<(), Self::Error> {
        if matches!(self.url, DatabaseUrl::Memory) {
            return Ok(());
        }
        if !link.keeps_its_files(self.files().as_ref()) || link.is_stale() {
            return Err(Self::Error::QueryError(diesel::result::Error::BrokenTransactionManager));
        }
        if link.used.elapsed() > REST {
            link.conn.check().map_err(Self::Error::QueryError)?;
        }
        link.used = Instant::now();
        Ok(())
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        std::thread::panicking()
            || link.is_stale()
            || link.conn.is_broken()
            // Nothing is lost by reading, and whoever takes it next looks again.
            || (link.may_have_written || self.opened.are_replaced.load(Ordering::Relaxed))
                && !link.keeps_its_files(self.files().as_ref())
    }
}

/// How long a request waits for a connection, and before that for its turn to write.
pub(super) const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

static NO_CONNECTION: Seldom = Seldom::new();

/// Logs why there is no connection; r2d2 tries again on its own, and again.
#[derive(Debug)]
struct PoolErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for PoolErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        NO_CONNECTION.warn(|| format!("no database connection: {error}"));
    }
}

/// Why the pool has none: it says what the last try to open one met. If it tried none, all are in use.
pub(super) fn no_connection(said: &str) -> Error {
    let (_, cause) = said.split_once(':').unwrap_or_default();
    let outage = if cause.is_empty() { Outage::Busy } else { Outage::of(cause) };
    Error::Unavailable(outage, format!("no connection: {said}"))
}
