//! The database: which one, how it is opened, and how a request reads and writes it.
//!
//! **Which one** is decided by the URL's scheme, here and nowhere else; an unknown scheme is refused.
//!
//! **Portable SQL.** A query is written once, on [`Conn`], and runs on SQLite and PostgreSQL. So that it
//! means the same on both:
//! * Names are searched and ordered by `folded_name`, which [`fold`] makes when a name is written: SQLite
//!   folds only ASCII, and PostgreSQL's order depends on the server's locale.
//! * Every order ends with `id`.
//! * Times are made in Rust ([`now`]): UTC, whole microseconds. Neither database's clock is asked, except
//!   by the trigger that moves a queue's `updated_at` with its hooks.
//! * A unique violation is recognised by the operation that met it; SQLite does not name constraints.
//! * At most [`MAX_IDS`] ids are bound in one statement.
//! * What does not compile on the enum (a batch insert) goes through [`on_each!`](crate::on_each).
//!
//! **Transactions.** [`Db::write`] is one transaction: everything or nothing. On SQLite it begins IMMEDIATE,
//! because a reader that turns writer is refused at once instead of waiting its turn.
//!
//! **Durability.** SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives `kill -9`
//! and a power cut. PostgreSQL keeps its own setting.
//!
//! **Faults.** A connection that met a fault is thrown away, and so are those opened before it, so that one
//! failed request is all that a restarted server costs. A SQLite file that was deleted or replaced counts as
//! gone: writing on into an unlinked file would lose what was acknowledged.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, SubsecRound, Utc};
use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::Error;

/// As many ids as one request may name: the largest page.
pub const MAX_IDS: usize = 1000;

/// How long a writer waits for another one, and a query for its answer, before the person is told.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a request waits for the database in all; a server that hangs never answers.
const LIMIT: Duration = Duration::from_secs(15);
/// How long a request waits for a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// A connection that was at rest for longer is asked whether it still lives before it is used.
const REST: Duration = Duration::from_millis(500);
/// A SQLite connection keeps 1 MiB of pages; a PostgreSQL one waits for others, and then it is good to have more.
const SQLITE_CONNECTIONS: u32 = 6;
const POSTGRES_CONNECTIONS: u32 = 16;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A connection to either database; queries are written on this type.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// The same expression on the connection of the database at hand, for what the enum cannot do itself.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}

/// Orders a boxed query by columns and then by the id, all of them one way or all the other.
#[macro_export]
macro_rules! ordered {
    ($rows:expr, $descending:expr, $($column:expr),+) => {
        if $descending { $rows.order(($($column.desc(),)+)) } else { $rows.order(($($column,)+)) }
    };
}

/// Narrows a boxed query to some kinds of rows, none meaning any, and to those with a name that contains what was
/// typed.
#[macro_export]
macro_rules! narrowed {
    ($rows:expr, $filter:expr, $kind:expr, $folded_name:expr) => {{
        let mut rows = $rows;
        if !$filter.kinds.is_empty() {
            rows = rows.filter($kind.eq_any($filter.kinds.clone()));
        }
        if !$filter.q.is_empty() {
            rows = rows.filter($folded_name.like($crate::db::contains(&$filter.q)).escape('\\'));
        }
        rows
    }};
}

/// Keeps an enum in a column of text as its [`Word`](crate::word::Word).
#[macro_export]
macro_rules! stored_as_word {
    ($enum:ty) => {
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $enum
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                $crate::word::Word::word(*self).to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $enum
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = String::from_sql(bytes)?;
                <Self as $crate::word::Word>::from_word(&word).ok_or_else(|| format!("unknown word {word:?}").into())
            }
        }
    };
}

/// The time now, as precise as both databases keep it.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// A name as it is searched and ordered.
pub fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// The pattern that finds what was typed anywhere in a `folded_name`, with `\` as the escape.
pub fn contains(typed: &str) -> String {
    let mut pattern = String::from("%");
    // No name is longer, and SQLite refuses patterns of more than 50,000 bytes.
    for c in fold(typed).chars().take(1000) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Where the data is: parsed from `sqlite://FILE`, `sqlite::memory:`, `postgres://…` or `postgresql://…`.
#[derive(Clone)]
pub enum DatabaseUrl {
    Memory,
    File(PathBuf),
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if url == "sqlite::memory:" || url == "sqlite://:memory:" {
            Ok(Self::Memory)
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '#', '%', '\0']) {
                return Err(
                    "the database URL must name a file, as in sqlite://queue-hooks.db, without ?, # or %".into()
                );
            }
            Ok(Self::File(path.into()))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url.into()))
        } else {
            Err("the database URL must begin with sqlite://, postgres:// or postgresql://".into())
        }
    }
}

/// Without the password: what may be printed and logged.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("sqlite::memory:"),
            Self::File(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
                let rest = rest.split('?').next().unwrap_or_default();
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                write!(f, "{scheme}://{host}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The pool of connections that the application works with. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
}

impl Db {
    /// Opens the database, creates it if it is a file that does not exist, and brings it to this version.
    ///
    /// The error is one sentence for the person at the terminal.
    pub fn open(url: &DatabaseUrl) -> Result<Self, String> {
        let mut first = url.create().map_err(|cause| url.cannot("opened", &cause))?;
        migrate(&mut first).map_err(|cause| url.cannot("used", &*cause))?;
        let manager = Manager::new(url.clone());
        let pool = match url {
            // Each connection to a memory database is a database of its own: there is one, and it stays.
            DatabaseUrl::Memory => {
                manager.first.lock().expect("nobody panics with it").replace(first);
                Pool::builder().max_size(1).idle_timeout(None).max_lifetime(None)
            }
            DatabaseUrl::File(_) => Pool::builder().max_size(SQLITE_CONNECTIONS).min_idle(Some(1)),
            DatabaseUrl::Postgres(_) => Pool::builder().max_size(POSTGRES_CONNECTIONS).min_idle(Some(1)),
        };
        let pool = pool
            .connection_timeout(CONNECT_PATIENCE)
            .error_handler(Box::new(PoolErrors))
            .build(manager)
            .map_err(|cause| url.cannot("opened", &cause))?;
        Ok(Self { pool })
    }

    /// As many requests as can be at the database at once.
    pub fn connections(&self) -> usize {
        self.pool.max_size() as usize
    }

    /// Runs queries that change nothing, off the async threads.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.run(work).await
    }

    /// Runs one transaction, off the async threads; an error undoes all of it.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.run(|conn| transaction(conn, work)).await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let pool = self.pool.clone();
        actix_web::rt::time::timeout(LIMIT, actix_web::web::block(move || with(&pool, work)))
            .await
            .map_err(|_| Error::Unanswered(format!("no answer within {} s", LIMIT.as_secs())))?
            .map_err(|_| Error::Internal("a query panicked".into()))?
    }

    /// The same as [`Db::write`] for the command line, which has no async threads to spare.
    pub fn write_now<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        with(&self.pool, |conn| transaction(conn, work))
    }

    /// Puts everything into the one file of a SQLite database, so that a copy of it alone is whole. Threads that
    /// end with the process do not close their connections.
    pub fn settle(&self) -> Result<(), Error> {
        with(&self.pool, |conn| match conn {
            Conn::Sqlite(conn) => Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?),
            Conn::Postgres(_) => Ok(()),
        })
    }

    /// Tells PostgreSQL what an import made of its tables, instead of leaving it to find out in a while: until
    /// then it reads the table beside each index.
    pub fn analyze(&self) -> Result<(), Error> {
        with(&self.pool, |conn| match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(conn) => {
                conn.batch_execute("SET statement_timeout = 0")?;
                Ok(conn.batch_execute("VACUUM (ANALYZE) queues, flow_schemas, hooks, hook_counts")?)
            }
        })
    }

    /// A reading transaction for the command line: everything it reads is of one moment.
    pub fn snapshot<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        with(&self.pool, |conn| {
            begin(conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            let read = work(conn);
            <Conn as Connection>::TransactionManager::rollback_transaction(conn).map_err(Error::from)?;
            read
        })
    }
}

fn with<T, E: From<Error>>(pool: &Pool<Manager>, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    let mut pooled: PooledConnection<Manager> =
        pool.get().map_err(|cause| Error::Unavailable(format!("no connection: {cause}")))?;
    let done = work(&mut pooled.conn);
    if done.is_err() && pooled.conn.check().is_err() {
        pooled.generation.store(pooled.born + 1, Ordering::Relaxed);
    }
    done
}

fn begin(conn: &mut Conn, sqlite: &str, postgres: &str) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite)?,
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, postgres)?,
    }
    Ok(())
}

fn transaction<T, E: From<Error>>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    begin(conn, "BEGIN IMMEDIATE", "BEGIN")?;
    match work(conn) {
        Ok(done) => {
            let committed = <Conn as Connection>::TransactionManager::commit_transaction(conn);
            committed.map_err(|cause| Error::Unanswered(format!("commit: {cause}")))?;
            Ok(done)
        }
        Err(error) => {
            // The first error is the one that matters; a connection that cannot even roll back is dropped.
            let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Runs the part of a transaction that may be refused, so that the transaction can go on after a refusal.
pub fn savepoint<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
    conn.transaction(work)
}

/// Applies the migrations that are missing.
fn migrate(conn: &mut Conn) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match conn {
        // Nothing is locked when nothing is missing: somebody may be writing.
        Conn::Sqlite(conn) => {
            if conn.has_pending_migration(SQLITE_MIGRATIONS)? {
                conn.immediate_transaction(|conn| run_migrations(conn, SQLITE_MIGRATIONS))
            } else {
                run_migrations(conn, SQLITE_MIGRATIONS)
            }
        }
        Conn::Postgres(conn) => {
            // Several instances may start at once: one migrates, the others wait.
            conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7163041)")?;
            let done = run_migrations(conn, POSTGRES_MIGRATIONS);
            conn.batch_execute("SELECT pg_advisory_unlock(7163041)")?;
            done
        }
    }
}

fn run_migrations<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    known: EmbeddedMigrations,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let migrations: Vec<Box<dyn Migration<DB>>> = known.migrations()?;
    let is_known = |version: &_| migrations.iter().any(|migration| migration.name().version() == *version);
    if !conn.applied_migrations()?.iter().all(is_known) {
        return Err("it was written by a newer version of Queue Hooks; run that version or a newer one".into());
    }
    conn.run_pending_migrations(known)?;
    Ok(())
}

impl DatabaseUrl {
    /// The first connection: it alone may create the file.
    fn create(&self) -> ConnectionResult<Conn> {
        match self {
            Self::File(path) => Conn::sqlite(&format!("file:{}?mode=rwc", path.display())),
            _ => self.connect(),
        }
    }

    /// What is told at the terminal, on one line whatever the database says on several.
    fn cannot(&self, what: &str, cause: &dyn fmt::Display) -> String {
        let mut cause = cause.to_string();
        // What libpq says about a URL that it cannot read repeats the URL, or the password.
        if matches!(self, Self::Postgres(_)) && (cause.contains("in URI") || cause.contains("percent-encoded")) {
            cause = "the URL cannot be read; write % : / ? # [ ] and @ in a name or password as %25 %3A %2F %3F %23 \
                     %5B %5D and %40"
                .into();
        }
        let cause: Vec<_> = cause.split_whitespace().collect();
        format!("The database {self} cannot be {what}: {}", cause.join(" "))
    }

    fn connect(&self) -> ConnectionResult<Conn> {
        match self {
            Self::Memory => Conn::sqlite(":memory:"),
            Self::File(path) => Conn::sqlite(&format!("file:{}?mode=rw", path.display())),
            Self::Postgres(url) => Conn::postgres(&with_limits(url)),
        }
    }
}

/// A server's URL with the limits of time that libpq does not have by itself; what the URL says wins.
fn with_limits(url: &str) -> String {
    const LIMITS: &str =
        "connect_timeout=5&keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=10000";
    match url.split_once('?') {
        Some((server, params)) => format!("{server}?{LIMITS}&{params}"),
        None => format!("{url}?{LIMITS}"),
    }
}

impl Conn {
    fn sqlite(url: &str) -> ConnectionResult<Self> {
        let mut conn = diesel::SqliteConnection::establish(url)?;
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -1000;",
            PATIENCE.as_millis()
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(Self::Sqlite(conn))
    }

    fn postgres(url: &str) -> ConnectionResult<Self> {
        let mut conn = diesel::PgConnection::establish(url)?;
        conn.batch_execute(&format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0}; SET idle_in_transaction_session_timeout = 60000; \
             SET TIME ZONE 'UTC'; SET client_min_messages = warning;",
            PATIENCE.as_millis()
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(Self::Postgres(conn))
    }

    /// Asks whether the connection still reaches its data. SQLite answers `SELECT 1` without looking at the file.
    fn check(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.ping(),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA schema_version"),
        }
    }

    /// Makes ready for the command line's large transactions: PostgreSQL gives each statement the time that it
    /// takes, SQLite keeps more pages at hand (32 MiB).
    pub fn make_ready_for_bulk(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.batch_execute("SET LOCAL statement_timeout = 0"),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA cache_size = -32768"),
        }
    }
}

/// Opens connections for the pool and throws away those that cannot be trusted.
struct Manager {
    url: DatabaseUrl,
    /// The memory database's only connection, until the pool asks for it.
    first: Mutex<Option<Conn>>,
    generation: Arc<AtomicU64>,
}

/// A connection with what is needed to tell whether it can still be trusted.
struct Link {
    conn: Conn,
    /// Moved on by the first fault that one of its generation meets; older connections are not used again.
    generation: Arc<AtomicU64>,
    born: u64,
    used: Instant,
    file: Option<FileId>,
}

impl Link {
    fn is_stale(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != self.born
    }
}

impl Manager {
    fn new(url: DatabaseUrl) -> Self {
        Self { url, first: Mutex::default(), generation: Arc::default() }
    }

    fn file(&self) -> Option<FileId> {
        match &self.url {
            DatabaseUrl::File(path) => FileId::of(path),
            _ => None,
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Link;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Link, Self::Error> {
        let born = self.generation.load(Ordering::Relaxed);
        let first = self.first.lock().expect("nobody panics with it").take();
        let conn = match first {
            Some(conn) => conn,
            None => self.url.connect().map_err(Self::Error::ConnectionError)?,
        };
        Ok(Link { conn, generation: self.generation.clone(), born, used: Instant::now(), file: self.file() })
    }

    fn is_valid(&self, link: &mut Link) -> Result<(), Self::Error> {
        if matches!(self.url, DatabaseUrl::Memory) {
            return Ok(());
        }
        if link.is_stale() || link.file != self.file() {
            return Err(Self::Error::QueryError(diesel::result::Error::BrokenTransactionManager));
        }
        if link.used.elapsed() > REST {
            link.conn.check().map_err(Self::Error::QueryError)?;
        }
        link.used = Instant::now();
        Ok(())
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        std::thread::panicking() || link.is_stale() || link.conn.is_broken()
    }
}

/// Says in the log why there is no connection; r2d2 tries again by itself.
#[derive(Debug)]
struct PoolErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for PoolErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        log::warn!("no database connection: {error}");
    }
}

/// Which file a path leads to, so that a deleted or replaced database is noticed.
#[derive(PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).ok().map(|file| Self(file.dev(), file.ino()))
    }

    /// Elsewhere an open file cannot be deleted or replaced.
    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        path.exists().then_some(Self(0, 0))
    }
}
