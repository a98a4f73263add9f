//! How busy a database is, and what went wrong with it: for those who watch the program.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// What the users of a database count.
#[derive(Clone)]
pub(super) struct Counts(Arc<Counted>);

struct Counted {
    waiting: AtomicU64,
    /// Those who are about to write.
    writers: AtomicU64,
    faults: Mutex<BTreeMap<&'static str, u64>>,
}

/// Somebody who waits, until this is dropped.
pub(super) struct Waiting(Counts);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.waiting.fetch_sub(1, Relaxed);
    }
}

/// Somebody who is about to write, until this is dropped.
pub(super) struct NextWriter(Counts);

impl Drop for NextWriter {
    fn drop(&mut self) {
        self.0.0.writers.fetch_sub(1, Relaxed);
    }
}

impl Default for Counts {
    fn default() -> Self {
        let faults = Error::faults().map(|fault| (fault, 0)).collect();
        Self(Arc::new(Counted { waiting: AtomicU64::new(0), writers: AtomicU64::new(0), faults: Mutex::new(faults) }))
    }
}

impl Counts {
    pub(super) fn wait(&self) -> Waiting {
        self.0.waiting.fetch_add(1, Relaxed);
        Waiting(self.clone())
    }

    pub(super) fn wait_to_write(&self) -> NextWriter {
        self.0.writers.fetch_add(1, Relaxed);
        NextWriter(self.clone())
    }

    /// Whether somebody writes as soon as this turn is over.
    pub(super) fn is_next_waiting(&self) -> bool {
        self.0.writers.load(Relaxed) > 0
    }

    pub(super) fn learn<T>(&self, outcome: &Result<T, Error>) {
        if let Some(fault) = outcome.as_ref().err().and_then(Error::fault) {
            *self.0.faults.lock().unwrap_or_else(PoisonError::into_inner).entry(fault).or_default() += 1;
        }
    }

    pub(super) fn load(&self, pools: &[diesel::r2d2::State], most: u32) -> Load {
        let idle = pools.iter().map(|pool| pool.idle_connections).sum();
        Load {
            used: pools.iter().map(|pool| pool.connections).sum::<u32>() - idle,
            idle,
            most,
            waiting: self.0.waiting.load(Relaxed),
            faults: self.0.faults.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// How a database is doing at one moment.
pub struct Load {
    /// Connections that are open: those that are used, and those that are not.
    pub used: u32,
    pub idle: u32,
    /// As many as there may be.
    pub most: u32,
    /// Requests that wait for a connection, or for their turn to write.
    pub waiting: u64,
    /// How often it could not do its work, by what went wrong.
    pub faults: BTreeMap<&'static str, u64>,
}
