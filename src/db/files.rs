//! The files of a SQLite database: who owns them, and whether they are still those that were opened.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The permissions of everybody but the owner.
#[cfg(unix)]
const OF_OTHERS: u32 = 0o077;

/// A database and the two files that SQLite keeps beside it while somebody has it open.
fn all(database: &Path) -> [PathBuf; 3] {
    // SQLite puts them beside the file itself, not beside a link to it.
    let database = real(database);
    let beside = |end: &str| {
        let mut name = database.clone().into_os_string();
        name.push(end);
        PathBuf::from(name)
    };
    [database.clone(), beside("-wal"), beside("-shm")]
}

/// Creates the file if there is none, for its owner alone, whatever the umask. SQLite gives the files beside it the
/// same permissions.
pub(super) fn create(database: &Path) -> Result<()> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = new.mode(0o600).open(database)?;
        // The umask may have taken away the owner's permissions too.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    new.open(database).map(drop)
}

/// Takes away everybody's permissions but the owner's, and logs that: older versions left them to the umask.
#[cfg(unix)]
pub(super) fn keep_private(database: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for path in all(database) {
        let Ok(file) = std::fs::metadata(&path) else { continue };
        let mut rights = file.permissions();
        let mode = rights.mode() & 0o7777;
        if mode & OF_OTHERS == 0 {
            continue;
        }
        rights.set_mode(mode & !OF_OTHERS);
        let changed = std::fs::set_permissions(&path, rights);
        let path = path.display();
        match changed {
            Ok(()) => {
                log::warn!("{path} was open to others on this machine ({mode:04o}): now only its owner can read it");
            }
            Err(cause) => log::warn!(
                "others on this machine can open {path} ({mode:04o}), and with it the hashes of passwords. That cannot \
                 be changed from here ({cause}): let its owner run chmod 600"
            ),
        }
    }
}

#[cfg(not(unix))]
pub(super) fn keep_private(_: &Path) {}

/// Where a path leads to.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.into())
}

/// The file with the changes that are not in the database yet.
pub(super) fn log_of(database: &Path) -> PathBuf {
    let [_, log, _] = all(database);
    log
}

/// A database that nobody else has open, or can open, as long as this is there. No connection of this process may be open
/// at that time: they would lose their locks with it.
pub(super) struct Alone(#[expect(dead_code, reason = "its lock ends with it")] File);

impl Alone {
    #[cfg(unix)]
    pub(super) fn with(database: &Path) -> Option<Self> {
        use rustix::fs::{FlockOperation, fcntl_lock};
        let file = OpenOptions::new().read(true).write(true).open(database).ok()?;
        fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some(Self(file))
    }

    /// Elsewhere a file that is open cannot be replaced.
    #[cfg(not(unix))]
    pub(super) fn with(database: &Path) -> Option<Self> {
        File::open(database).ok().map(Self)
    }
}

/// Lets whoever owns one file own another, if that is ours to give.
pub(super) fn give_to_owner_of(old: &Metadata, path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        if let Err(cause) = chown(path, Some(old.uid()), Some(old.gid())) {
            log::warn!("the database has another owner now: {cause}");
        }
    }
}

/// Removes what SQLite left beside a database: it belongs to what was there before.
pub(super) fn remove_beside(database: &Path) -> Result<()> {
    let [_, log, memory] = all(database);
    let mut journal = database.as_os_str().to_owned();
    journal.push("-journal");
    for path in [log, memory, journal.into()] {
        match std::fs::remove_file(path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
            _ => (),
        }
    }
    Ok(())
}

/// Whether no changes are kept beside the database.
pub(super) fn has_no_log(database: &Path) -> bool {
    std::fs::metadata(log_of(database)).map_or_else(|cause| cause.kind() == ErrorKind::NotFound, |log| log.len() == 0)
}

/// Which files a path leads to, so that we notice when they are deleted or replaced.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Files {
    database: Option<FileId>,
    /// The log of changes, and the memory that everybody with the database open shares.
    beside: [Option<FileId>; 2],
    /// When the database was written last, if changes go to no log: one that we may only read is not watched otherwise.
    written: Option<SystemTime>,
}

/// The paths that lead to a database and the two files beside it. Where the database lies is found out once; the path to it
/// stays as it was given, so that a link that leads elsewhere is noticed.
#[derive(Clone)]
pub(super) struct Paths([PathBuf; 3]);

impl Paths {
    pub(super) fn of(database: &Path) -> Self {
        let [_, log, memory] = all(database);
        Self([database.into(), log, memory])
    }
}

impl Files {
    pub(super) fn of(Paths([database, log, memory]): &Paths) -> Self {
        let [database, log, memory] = [database, log, memory].map(|path| std::fs::metadata(path).ok());
        let beside = [log, memory].map(|file| file.as_ref().map(FileId::of));
        let is_alone = beside.iter().all(Option::is_none);
        let written = database.as_ref().filter(|_| is_alone).and_then(|file| file.modified().ok());
        Self { database: database.as_ref().map(FileId::of), beside, written }
    }

    /// Whether the database is still there, but not what was written lately.
    pub(super) fn lost_beside(&self, now: &Self) -> bool {
        let is_lost = |(then, now): (&Option<FileId>, &Option<FileId>)| then.is_some() && then != now;
        self.database == now.database && self.beside.iter().zip(&now.beside).any(is_lost)
    }
}

#[derive(Clone, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(file.dev(), file.ino())
    }

    /// Elsewhere an open file cannot be deleted or replaced.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }
}
