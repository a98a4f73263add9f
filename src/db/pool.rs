//! The pool: opens connections and throws away those that cannot be trusted.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::r2d2::{ManageConnection, R2D2Connection};

use super::conn::Conn;
use super::url::DatabaseUrl;

/// A connection that was at rest for longer is asked whether it still lives before it is used.
const REST: Duration = Duration::from_millis(500);

/// Opens connections for the pool and throws away those that cannot be trusted.
pub(super) struct Manager {
    url: DatabaseUrl,
    /// The memory database's only connection, until the pool asks for it.
    pub(super) first: Mutex<Option<Conn>>,
    generation: Arc<AtomicU64>,
}

/// A connection with what is needed to tell whether it can still be trusted.
pub(super) struct Link {
    pub(super) conn: Conn,
    /// Moved on by the first fault that one of its generation meets; older connections are not used again.
    generation: Arc<AtomicU64>,
    born: u64,
    used: Instant,
    file: Option<FileId>,
}

impl Link {
    /// It met a fault: it and those opened before it are not used again.
    pub(super) fn distrust(&self) {
        self.generation.store(self.born + 1, Ordering::Relaxed);
    }

    fn is_stale(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != self.born
    }
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl) -> Self {
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
pub(super) struct PoolErrors;

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
