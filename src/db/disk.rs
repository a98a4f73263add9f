//! When a change is on the disk of a SQLite database.
//!
//! A transaction appends to the log and does not wait for the disk (`synchronous=NORMAL`), so the next one can begin.
//! Whoever made a change waits here until the log is on the disk, before anybody hears that the change was made. The disk
//! is the slowest part of a change: all who wait at the same time share one turn of it.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};

use super::files;
use crate::error::Error;

pub(super) struct Disk {
    log: PathBuf,
    turns: Mutex<Turns>,
    ended: Condvar,
}

/// Turns of the disk, counted from one.
#[derive(Default)]
struct Turns {
    begun: u64,
    ended: u64,
    /// The last one that failed, and why.
    failed: (u64, String),
}

impl Disk {
    pub(super) fn of(database: &Path) -> Self {
        Self { log: files::log_of(database), turns: Mutex::default(), ended: Condvar::new() }
    }

    /// Waits until everything that the log has now is on the disk.
    pub(super) fn wait(&self) -> Result<(), Error> {
        let mut turns = self.turns.lock().expect("nobody panics with it");
        // A turn that has begun may have begun too early for us.
        let ours = turns.begun + 1;
        while turns.ended < ours {
            if turns.begun > turns.ended {
                turns = self.ended.wait(turns).expect("nobody panics with it");
                continue;
            }
            turns.begun += 1;
            drop(turns);
            let written = self.write();
            turns = self.turns.lock().expect("nobody panics with it");
            turns.ended = turns.begun;
            if let Err(cause) = written {
                turns.failed = (turns.ended, cause.to_string());
            }
            self.ended.notify_all();
        }
        match &turns.failed {
            (turn, cause) if *turn >= ours => {
                Err(Error::Unanswered(format!("the log is perhaps not on the disk: {cause}")))
            }
            _ => Ok(()),
        }
    }

    fn write(&self) -> std::io::Result<()> {
        match OpenOptions::new().write(true).open(&self.log) {
            Ok(log) => log.sync_data(),
            // Somebody removed it. The connection found that out, and put everything into the database.
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(cause),
        }
    }
}
