//! What this installation can do. The check of rights and the pages ask it, so that nobody is offered what the database
//! will refuse. Today that is one thing: a database that may only be read is shown, and nothing on it changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Rows can be added, changed and removed.
    pub change: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { change: true }
    }
}

/// What the transactions of a database have shown. Each one teaches it, so it needs no restart: the use of a session,
/// which is written down once a minute, is a try too.
#[derive(Clone, Default)]
pub(super) struct Known {
    is_read_only: Arc<AtomicBool>,
}

impl Known {
    pub(super) fn abilities(&self) -> Abilities {
        Abilities { change: !self.is_read_only.load(Ordering::Relaxed) }
    }

    pub(super) fn learn<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.is_read_only.store(false, Ordering::Relaxed),
            Err(Error::ReadOnly(_)) => self.is_read_only.store(true, Ordering::Relaxed),
            Err(_) => (),
        }
    }
}
