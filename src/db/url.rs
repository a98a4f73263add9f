//! Where the data is, and the first connection to it.

use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use diesel::prelude::*;

use super::conn::Conn;
use super::postgres::{self, Session};
use super::postgres_url::PostgresUrl;
use super::{files, sqlite};

/// Where the data is: parsed from `sqlite://FILE`, `sqlite::memory:`, `postgres://…` or `postgresql://…`.
#[derive(Clone)]
pub enum DatabaseUrl {
    Memory,
    File(PathBuf),
    Postgres(PostgresUrl),
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
            PostgresUrl::read(url).map(Self::Postgres)
        } else {
            Err("the database URL must begin with sqlite://, postgres:// or postgresql://".into())
        }
    }
}

/// Without name and password, so that it may be printed and logged.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("sqlite::memory:"),
            Self::File(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl DatabaseUrl {
    /// Creates the file if there is none. If it cannot be created, SQLite says why it cannot be opened.
    pub(super) fn create(&self) {
        if let Self::File(path) = self {
            let _ = files::create(path);
        }
    }

    /// The error is one sentence for the person at the terminal.
    pub(super) fn expect_file(&self) -> Result<(), String> {
        match self {
            Self::File(path) if std::fs::metadata(path).is_err_and(|cause| cause.kind() == ErrorKind::NotFound) => {
                Err(format!(
                    "There is no database {self}. Name another with --database-url, or make this one with “queue-hooks migrate”"
                ))
            }
            _ => Ok(()),
        }
    }

    /// Lets only the owner read a file, because it has the hashes of passwords.
    pub(super) fn keep_private(&self) {
        if let Self::File(path) = self {
            files::keep_private(path);
        }
    }

    /// The sentence for the terminal, on one line even if the database says several.
    pub(super) fn cannot(&self, what: &str, cause: &dyn fmt::Display) -> String {
        let mut cause = cause.to_string();
        if let Self::Postgres(url) = self {
            cause = url.clean(&cause);
        }
        let cause: Vec<_> = cause.split_whitespace().collect();
        format!("The database {self} cannot be {what}: {}", cause.join(" "))
    }

    pub(super) fn connect(&self) -> ConnectionResult<(Conn, Session)> {
        let own = |conn| (Conn::Sqlite(conn), Session::Own);
        match self {
            Self::Memory => sqlite::in_memory().map(own),
            Self::File(path) => sqlite::file(path).map(own),
            Self::Postgres(url) => postgres::open(url).map(|(conn, session)| (Conn::Postgres(conn), session)),
        }
    }
}
