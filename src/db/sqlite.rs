//! A connection to a SQLite database, and the settings that it gets when it is opened.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::PATIENCE;
use super::files;

/// A database in memory, which is this connection's alone.
pub(super) fn in_memory() -> ConnectionResult<SqliteConnection> {
    open(":memory:")
}

/// A file that is there already.
///
/// Where nothing can be written beside the file, SQLite cannot keep the memory that its users share, and gives up.
/// Without a log of changes the file is complete, and nobody writes: then it can be read as it is.
pub(super) fn file(path: &Path) -> ConnectionResult<SqliteConnection> {
    let shown = path.display();
    let opened = open(&format!("file:{shown}?mode=rw"));
    if opened.is_err() && files::has_no_log(path) && std::fs::File::open(path).is_ok() {
        return open(&format!("file:{shown}?immutable=1")).or(opened);
    }
    opened
}

/// Statements that need more room than a page take it in memory: perhaps there is no other folder to write to.
fn open(url: &str) -> ConnectionResult<SqliteConnection> {
    let mut conn = SqliteConnection::establish(url)?;
    let settings = format!(
        "PRAGMA busy_timeout = {}; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; \
         PRAGMA trusted_schema = OFF; PRAGMA cache_size = -1000; PRAGMA synchronous = FULL;",
        PATIENCE.as_millis()
    );
    conn.batch_execute(&settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
    let logged =
        conn.batch_execute("PRAGMA journal_mode = WAL").and_then(|()| conn.batch_execute("PRAGMA schema_version"));
    match logged {
        // A backup that was never opened for writing has another mode, and can be read.
        Err(cause) if cause.to_string() == "attempt to write a readonly database" => Ok(conn),
        logged => logged.map(|()| conn).map_err(ConnectionError::CouldntSetupConfiguration),
    }
}
