//! Copies of a SQLite database: whole ones, as of one moment, while it is in use; and one put in its place.

use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::{Builder, TempPath};

use super::conn::Conn;
use super::url::DatabaseUrl;
use super::{files, log, migrations, sqlite};

/// Writes a copy to a file that is not there yet. The error is one sentence for the person at the terminal.
pub fn back_up(url: &DatabaseUrl, copy: &Path) -> Result<(), String> {
    let database = file_of(url, "pg_dump")?;
    url.expect_file()?;
    let shown = copy.display();
    let cannot = |cause: &dyn std::fmt::Display| format!("{shown} cannot be written: {cause}");
    if fs::symlink_metadata(copy).is_ok() {
        return Err(format!("{shown} is there already, and was left as it is"));
    }
    log::expect_own(database).map_err(|cause| url.cannot("used", &cause))?;
    let conn = sqlite::file(database).map_err(|cause| url.cannot("opened", &cause))?;
    let mut conn = expect_ours(conn).map_err(|cause| url.cannot("used", &cause))?;
    let written = write_copy(&mut conn, copy).map_err(|cause| cannot(&cause))?;
    written.persist_noclobber(copy).map_err(|cause| cannot(&cause.error))?;
    keep_name(copy).map_err(|cause| cannot(&cause))
}

/// Puts a copy in the place of the database, which nobody may have open. Nothing is touched before the copy was read
/// whole. The error is one sentence for the person at the terminal.
pub fn restore(url: &DatabaseUrl, copy: &Path) -> Result<(), String> {
    let database = &files::real(file_of(url, "pg_restore")?);
    let shown = copy.display();
    let unfit = |cause: &dyn std::fmt::Display| format!("{shown} cannot be restored: {cause}");
    let old = fs::metadata(database).ok();
    if old.is_some() && files::real(copy) == *database {
        return Err(unfit(&"it is the database itself"));
    }
    File::open(copy).map_err(|cause| unfit(&cause))?;
    log::expect_own(copy).map_err(|cause| unfit(&cause))?;
    let conn = sqlite::to_read(copy).map_err(|cause| unfit(&cause))?;
    let mut conn = expect_whole(conn).and_then(expect_ours).map_err(|cause| unfit(&cause))?;
    let cannot = |cause: &dyn std::fmt::Display| url.cannot("replaced", cause);
    // From here on nobody can open it, until it is another one.
    let alone = old.as_ref().map(|_| files::Alone::with(database));
    if matches!(alone, Some(None)) {
        return Err(cannot(&"a server or a command has it open, or you may not write to it; stop the server first"));
    }
    let written = write_copy(&mut conn, database).map_err(|cause| cannot(&cause))?;
    if let Some(old) = &old {
        files::give_to_owner_of(old, &written);
    }
    written.persist(database).map_err(|cause| cannot(&cause.error))?;
    files::remove_beside(database).and_then(|()| keep_name(database)).map_err(|cause| cannot(&cause))
}

fn file_of<'a>(url: &'a DatabaseUrl, instead: &str) -> Result<&'a Path, String> {
    match url {
        DatabaseUrl::File(path) => Ok(path),
        DatabaseUrl::Memory => {
            Err("A database in memory is gone with its program; name a file with --database-url".into())
        }
        DatabaseUrl::Postgres(_) => {
            Err(format!("This is for SQLite; for PostgreSQL use {instead}, as docs/backup.md says"))
        }
    }
}

/// A copy beside the place that it is for, safe on the disk. It is not there yet under that name, and gone if it gets no
/// other.
fn write_copy(conn: &mut SqliteConnection, place: &Path) -> Result<TempPath, Error> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
    remove_interrupted(&folder);
    let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    let path = file.into_temp_path();
    let name = path.to_str().ok_or_else(|| Error::new(ErrorKind::InvalidInput, "its path is not UTF-8"))?;
    let copied = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(name).execute(conn).map(drop);
    // It is another state: no log of changes is its own.
    let marked = copied.and_then(|()| {
        let mut copy =
            sqlite::to_write(&path).map_err(|cause| diesel::result::Error::QueryBuilderError(cause.into()))?;
        log::mark_if_there(&mut copy)
    });
    marked.map_err(|cause| Error::other(cause.to_string()))?;
    File::open(&path)?.sync_all()?;
    Ok(path)
}

const PREFIX: &str = ".queue-hooks-";
const SUFFIX: &str = ".part";
/// A copy that is being written changes all the time.
const INTERRUPTED: Duration = Duration::from_hours(1);

/// Removes what a copy left that was interrupted.
fn remove_interrupted(folder: &Path) {
    for file in folder.read_dir().into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let changed = file.metadata().and_then(|file| file.modified()).ok().and_then(|at| at.elapsed().ok());
        if name.starts_with(PREFIX) && name.contains(SUFFIX) && changed.is_some_and(|age| age > INTERRUPTED) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Lets the name of a file survive a power cut, too.
fn keep_name(file: &Path) -> Result<(), Error> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Checks every page, and that nothing refers to what is not there.
fn expect_whole(mut conn: SqliteConnection) -> Result<SqliteConnection, Box<dyn std::error::Error + Send + Sync>> {
    #[derive(QueryableByName)]
    struct Said {
        #[diesel(sql_type = Text)]
        said: String,
    }
    let said: Said = diesel::sql_query("SELECT integrity_check AS said FROM pragma_integrity_check LIMIT 1")
        .get_result(&mut conn)?;
    if said.said != "ok" {
        let first = said.said.lines().find(|line| !line.starts_with('*')).unwrap_or_default();
        return Err(format!("it is damaged: {first}").into());
    }
    let alone: Vec<Said> =
        diesel::sql_query("SELECT \"table\" AS said FROM pragma_foreign_key_check LIMIT 1").load(&mut conn)?;
    match alone.first() {
        Some(table) => Err(format!("it is damaged: {} refer to what is not there", table.said).into()),
        None => Ok(conn),
    }
}

fn expect_ours(conn: SqliteConnection) -> Result<SqliteConnection, Box<dyn std::error::Error + Send + Sync>> {
    let mut conn = Conn::Sqlite(conn);
    migrations::expect_ours(&mut conn)?;
    match conn {
        Conn::Sqlite(conn) => Ok(conn),
        Conn::Postgres(_) => Err("it is no file".into()),
    }
}
