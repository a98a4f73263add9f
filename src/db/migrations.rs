//! Brings a database to this version.

use std::error::Error;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
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
            // Several instances may start at once: one of them migrates, and the others wait.
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
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let migrations: Vec<Box<dyn Migration<DB>>> = known.migrations()?;
    let is_known = |version: &_| migrations.iter().any(|migration| migration.name().version() == *version);
    if !conn.applied_migrations()?.iter().all(is_known) {
        return Err("it was written by a newer version of Queue Hooks; run that version or a newer one".into());
    }
    conn.run_pending_migrations(known)?;
    Ok(())
}
