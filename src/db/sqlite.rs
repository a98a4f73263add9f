//! A connection to a SQLite database, and the settings that it gets when it is opened.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::conn::PATIENCE;
use super::files;

/// Between two attempts to open a database that is locked.
const PAUSE: Duration = Duration::from_millis(10);

/// A database in memory, which is this connection's alone.
pub(super) fn in_memory() -> ConnectionResult<SqliteConnection> {
    open(":memory:")
}

/// A file that is there already.
///
/// Where nothing can be written beside the file, SQLite cannot keep the memory that its users share, and gives up.
/// Without a log of changes the file is complete, and nobody writes: then it can be read as it is.
pub(super) fn file(path: &Path) -> ConnectionResult<SqliteConnection> {
    let since = Instant::now();
    loop {
        match open(&uri(path, "mode=rw")).and_then(with_log) {
            // SQLite does not wait by itself while others open the database for the first time.
            Err(cause) if is_locked(&cause) && since.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Err(cause) if !is_locked(&cause) && files::has_no_log(path) && std::fs::File::open(path).is_ok() => {
                return without_log(path).or(Err(cause));
            }
            opened => return opened,
        }
    }
}

fn is_locked(cause: &ConnectionError) -> bool {
    cause.to_string() == "database is locked"
}

/// A copy, which stays as it is.
pub(super) fn to_read(path: &Path) -> ConnectionResult<SqliteConnection> {
    if files::has_no_log(path) { without_log(path) } else { open(&uri(path, "mode=ro")) }
}

/// A copy that is only ours yet.
pub(super) fn to_write(path: &Path) -> ConnectionResult<SqliteConnection> {
    open(&uri(path, "mode=rw"))
}

/// The file alone, to be read, whatever lies beside it.
pub(super) fn without_log(path: &Path) -> ConnectionResult<SqliteConnection> {
    open(&uri(path, "immutable=1"))
}

fn uri(path: &Path, how: &str) -> String {
    const OF_URIS: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    format!("file:{}?{how}", utf8_percent_encode(&path.to_string_lossy(), OF_URIS))
}

/// Statements that need more room than a page take it in memory: perhaps there is no other folder to write to.
fn open(url: &str) -> ConnectionResult<SqliteConnection> {
    let mut conn = SqliteConnection::establish(url)?;
    let settings = format!(
        "PRAGMA busy_timeout = {}; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA cache_size = -3000; PRAGMA synchronous = NORMAL; \
         PRAGMA wal_autocheckpoint = 0;",
        PATIENCE.as_millis()
    );
    conn.batch_execute(&settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Looks at some rows of each table whose size changed much; at all tables, the first time.
pub(super) fn learn_statistics(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002")
}

/// Writes changes into a log first. We put them into the database ourselves: `log.rs` says when.
fn with_log(mut conn: SqliteConnection) -> ConnectionResult<SqliteConnection> {
    let set = conn.batch_execute("PRAGMA journal_mode = WAL");
    match set.and_then(|()| conn.batch_execute("PRAGMA schema_version")) {
        // A backup that was never opened for writing has another mode, and can be read.
        Err(cause) if cause.to_string() == "attempt to write a readonly database" => Ok(conn),
        set => set.map(|()| conn).map_err(ConnectionError::CouldntSetupConfiguration),
    }
}
