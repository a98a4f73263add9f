//! Where the data is, and the first connection to it.

use std::fmt;
use std::path::PathBuf;

use diesel::prelude::*;

use super::conn::Conn;
use super::files;
use super::postgres_url::PostgresUrl;

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
    /// The first connection; only this one may create the file.
    pub(super) fn create(&self) -> ConnectionResult<Conn> {
        match self {
            // If it cannot be created, SQLite says why it cannot be opened.
            Self::File(path) => {
                let _ = files::create(path);
                self.connect()
            }
            _ => self.connect(),
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

    pub(super) fn connect(&self) -> ConnectionResult<Conn> {
        match self {
            Self::Memory => Conn::sqlite(":memory:"),
            Self::File(path) => Conn::sqlite(&format!("file:{}?mode=rw", path.display())),
            Self::Postgres(url) => Conn::postgres(&url.with_limits()).map_err(|error| match error {
                ConnectionError::BadConnection(said) => ConnectionError::BadConnection(url.clean(&said)),
                error => error,
            }),
        }
    }
}
