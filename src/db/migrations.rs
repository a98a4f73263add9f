//! Brings a database to this version.
//!
//! What is there is read first, and where nothing is missing nothing is written: so a role that may not change tables,
//! or change anything, can work with a database of this version.
//!
//! Where the tables are those of a Webitel system ([`webitel`]), they are made by whoever attaches it and not here.

use std::collections::BTreeSet;
use std::error::Error;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::{log, webitel};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const WEBITEL_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/webitel");

/// A part of a sentence that says why a database cannot be used.
type Unusable = Box<dyn Error + Send + Sync>;

/// What there is of the tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Empty,
    Older,
    Current,
    Newer,
}

/// Whether tables are made where there are none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    Create,
    Expect,
}

/// Applies the migrations that are missing.
pub(super) fn migrate(conn: &mut Conn, tables: Tables) -> Result<(), Unusable> {
    let standing = standing(conn)?;
    if conn.is_attached()? {
        return match standing {
            Standing::Current if webitel::has_our_views(conn)? => Ok(()),
            Standing::Newer => Err(NEWER.into()),
            _ => Err(ATTACH.into()),
        };
    }
    if standing == Standing::Empty && webitel::is_of_webitel(conn)? {
        return Err(OTHER_ROLE.into());
    }
    match standing {
        Standing::Current => return Ok(()),
        Standing::Newer => return Err(NEWER.into()),
        Standing::Empty if tables == Tables::Expect => {
            return Err("it has no tables of Queue Hooks; “queue-hooks migrate” makes them".into());
        }
        Standing::Empty | Standing::Older => (),
    }
    if let Some(why) = prevents_change(conn)? {
        return Err(why.into());
    }
    match conn {
        Conn::Sqlite(conn) => {
            let migrated = conn.immediate_transaction(|conn| {
                log::mark_if_there(conn)?;
                run(conn, SQLITE_MIGRATIONS)
            });
            migrated.map_err(
                |cause: Unusable| {
                    if cause.to_string().contains("readonly") { READ_ONLY.into() } else { cause }
                },
            )
        }
        // Several instances may start at once: one of them migrates, and the others wait.
        Conn::Postgres(conn) => conn.transaction(|conn| {
            conn.batch_execute(
                "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7163041)",
            )?;
            run(conn, POSTGRES_MIGRATIONS)
        }),
    }
}

/// Brings what is ours in an attached database to this version, in a transaction that has begun.
pub(super) fn migrate_attached(conn: &mut PgConnection) -> Result<(), Unusable> {
    run(conn, WEBITEL_MIGRATIONS)
}

/// Checks that a database is whole, ours, and not of a newer version. It may be of an older one.
pub(super) fn expect_ours(conn: &mut Conn) -> Result<(), Unusable> {
    match standing(conn)? {
        Standing::Empty => Err("it has no tables of Queue Hooks".into()),
        Standing::Newer => Err(NEWER.into()),
        Standing::Older | Standing::Current => Ok(()),
    }
}

const NEWER: &str = "it was written by a newer version of Queue Hooks; run that version or a newer one";

const READ_ONLY: &str = "it is read-only, and of another version of Queue Hooks";
const NOT_OURS: &str =
    "it is of an older version of Queue Hooks, and only the owner of its tables can bring them to this one";

const ATTACH: &str = "it is a Webitel system that is detached, or was attached by another version of Queue Hooks; \
                      “queue-hooks webitel attach” brings it to this one";

const OTHER_ROLE: &str = "it is that of a Webitel system, where Queue Hooks makes no tables of its own; use it as the role \
                          that “queue-hooks webitel attach” makes";

const APPLIED: &str = "SELECT version AS said FROM __diesel_schema_migrations";

/// Reads it without writing. Diesel would first create its own table, if there is none.
fn standing(conn: &mut Conn) -> Result<Standing, Unusable> {
    let known = known(conn)?;
    let table = match conn {
        Conn::Sqlite(_) => "SELECT name AS said FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => "SELECT coalesce(to_regclass('__diesel_schema_migrations')::text, '') AS said",
    };
    if said(conn, table)?.iter().all(String::is_empty) {
        return Ok(Standing::Empty);
    }
    let applied: BTreeSet<String> = said(conn, APPLIED)?.into_iter().collect();
    Ok(match () {
        () if applied.is_empty() => Standing::Empty,
        () if !applied.is_subset(&known) => Standing::Newer,
        () if applied == known => Standing::Current,
        () => Standing::Older,
    })
}

/// Why nothing can be changed here, if nothing can.
fn prevents_change(conn: &mut Conn) -> Result<Option<&'static str>, Unusable> {
    let Conn::Postgres(_) = conn else { return Ok(None) };
    let is_read_only = "SELECT current_setting('transaction_read_only') AS said";
    if said(conn, is_read_only)? == ["on"] {
        return Ok(Some(READ_ONLY));
    }
    let is_ours = "SELECT pg_has_role(relowner, 'USAGE')::text AS said FROM pg_class \
                   WHERE oid = to_regclass('__diesel_schema_migrations')";
    Ok((said(conn, is_ours)? == ["false"]).then_some(NOT_OURS))
}

/// Whether none is missing. Those of a newer version may be there as well: until this server is replaced, it serves on.
pub(super) fn are_applied(conn: &mut Conn) -> Result<bool, crate::error::Error> {
    let known = known(conn).map_err(|cause| crate::error::Error::Internal(cause.to_string()))?;
    let applied: BTreeSet<String> = said(conn, APPLIED)?.into_iter().collect();
    Ok(known.is_subset(&applied) && (!conn.is_attached()? || webitel::has_our_views(conn)?))
}

fn known(conn: &mut Conn) -> Result<BTreeSet<String>, Unusable> {
    let of_postgres = if conn.is_attached()? { WEBITEL_MIGRATIONS } else { POSTGRES_MIGRATIONS };
    match conn {
        Conn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE_MIGRATIONS),
        Conn::Postgres(_) => versions::<diesel::pg::Pg>(&of_postgres),
    }
}

/// A row of one text.
#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    said: String,
}

fn said(conn: &mut Conn, query: &str) -> QueryResult<Vec<String>> {
    let rows: Vec<Said> = diesel::sql_query(query).load(conn)?;
    Ok(rows.into_iter().map(|row| row.said).collect())
}

fn versions<DB: Backend>(known: &EmbeddedMigrations) -> Result<BTreeSet<String>, Unusable> {
    let migrations: Vec<Box<dyn Migration<DB>>> = known.migrations()?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn run<DB: Backend>(conn: &mut impl MigrationHarness<DB>, known: EmbeddedMigrations) -> Result<(), Unusable> {
    // Somebody else may have brought it to another version meanwhile.
    let versions = versions::<DB>(&known)?;
    if !conn.applied_migrations()?.iter().all(|version| versions.contains(&version.to_string())) {
        return Err(NEWER.into());
    }
    conn.run_pending_migrations(known)?;
    Ok(())
}
