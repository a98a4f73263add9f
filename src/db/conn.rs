//! A connection to either database.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

/// How long a writer waits for another one, or a query for its answer, before the person gets an error.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

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
    /// Checks whether the connection still reaches its data. SQLite answers `SELECT 1` without looking at the file.
    pub(super) fn check(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.ping(),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA schema_version"),
        }
    }

    /// How long SQLite waits while somebody else writes. On PostgreSQL several can.
    pub(super) fn wait(&mut self, patience: Duration) -> QueryResult<()> {
        match self {
            Self::Postgres(_) => Ok(()),
            Self::Sqlite(conn) => wait(conn, patience),
        }
    }

    /// Prepares for the command line's large transactions: PostgreSQL gives each statement as much time as it takes,
    /// and SQLite keeps more pages in memory (20 MiB).
    pub fn make_ready_for_bulk(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.batch_execute("SET LOCAL statement_timeout = 0"),
            Self::Sqlite(conn) => conn.batch_execute("PRAGMA cache_size = -20480"),
        }
    }
}

/// How long it waits while somebody else writes.
pub(super) fn wait(conn: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))
}
