//! Brings a database to this version.

use std::collections::BTreeSet;
use std::error::Error;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies the migrations that are missing.
pub fn migrate(conn: &mut Conn) -> Result<(), Box<dyn Error + Send + Sync>> {
    match conn {
        // If nothing is missing, nothing is locked: somebody may be writing.
        Conn::Sqlite(conn) => {
            if conn.has_pending_migration(SQLITE_MIGRATIONS)? {
                conn.immediate_transaction(|conn| run_migrations(conn, SQLITE_MIGRATIONS))
            } else {
                run_migrations(conn, SQLITE_MIGRATIONS)
            }
        }
        Conn::Postgres(conn) => {
            if is_read_only(conn)? {
                return expect_this_version(conn);
            }
            // Several instances may start at once: one of them migrates, and the others wait.
            conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7163041)")?;
            let done = run_migrations(conn, POSTGRES_MIGRATIONS);
            conn.batch_execute("SELECT pg_advisory_unlock(7163041)")?;
            done
        }
    }
}

/// A row of one text.
#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Text)]
    said: String,
}

fn is_read_only(conn: &mut PgConnection) -> QueryResult<bool> {
    let said: Said = diesel::sql_query("SELECT current_setting('transaction_read_only') AS said").get_result(conn)?;
    Ok(said.said == "on")
}

/// A database that cannot be changed must be of this version already. Diesel would create its own table first.
fn expect_this_version(conn: &mut PgConnection) -> Result<(), Box<dyn Error + Send + Sync>> {
    let applied = diesel::sql_query("SELECT version AS said FROM __diesel_schema_migrations").load::<Said>(conn);
    let applied: BTreeSet<String> = applied.unwrap_or_default().into_iter().map(|version| version.said).collect();
    let known: Vec<Box<dyn Migration<Pg>>> = POSTGRES_MIGRATIONS.migrations()?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect();
    if applied == known { Ok(()) } else { Err("it is read-only, and of another version of Queue Hooks".into()) }
}

fn run_migrations<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    known: EmbeddedMigrations,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let migrations: Vec<Box<dyn Migration<DB>>> = known.migrations()?;
    let is_known = |version: &_| migrations.iter().any(|migration| migration.name().version() == *version);
    if !conn.applied_migrations()?.iter().all(is_known) {
        return Err("it was written by a newer version of Queue Hooks; run that version or a newer one".into());
    }
    conn.run_pending_migrations(known)?;
    Ok(())
}
