//! What others see of a run while it goes on, and how they stop it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Shared between a run and whoever waits for it.
#[derive(Default)]
pub struct Watch {
    is_stopped: AtomicBool,
    steps: AtomicUsize,
    requests: AtomicUsize,
}

impl Watch {
    /// Ends the run at its next step, or in the middle of a request.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// How many steps were taken.
    pub fn steps(&self) -> usize {
        self.steps.load(Ordering::Relaxed)
    }

    /// How many requests were begun.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn count_step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}
