//! A connection to either database, and the settings that it gets when it is opened.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

/// How long a writer waits for another one, or a query for its answer, before the person gets an error.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to either database; queries are written on this type.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// Uses the same expression on the connection of either database, where the enum cannot do it itself.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}

impl Conn {
    pub(super) fn sqlite(url: &str) -> ConnectionResult<Self> {
        let mut conn = diesel::SqliteConnection::establish(url)?;
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -1000;",
            PATIENCE.as_millis()
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(Self::Sqlite(conn))
    }

    pub(super) fn postgres(url: &str) -> ConnectionResult<Self> {
        let mut conn = diesel::PgConnection::establish(url)?;
        conn.batch_execute(&format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0}; SET idle_in_transaction_session_timeout = 60000; \
             SET TIME ZONE 'UTC'; SET client_min_messages = warning;",
            PATIENCE.as_millis()
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(Self::Postgres(conn))
    }

    /// Checks whether the connection still reaches its data. SQLite answers `SELECT 1` without looking at the file.
    pub(super) fn check(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.ping(),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA schema_version"),
        }
    }

    /// Prepares for the command line's large transactions: PostgreSQL gives each statement as much time as it takes,
    /// and SQLite keeps more pages in memory (32 MiB).
    pub fn make_ready_for_bulk(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.batch_execute("SET LOCAL statement_timeout = 0"),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA cache_size = -32768"),
        }
    }
}
