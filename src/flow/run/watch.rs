//! What others see of a run while it goes on, and how they stop it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a run is stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody pressed Stop.
    Asked,
    /// Whoever began it went away.
    Left,
    /// The server ends.
    Closed,
}

impl Stop {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Asked => "Somebody stopped it.",
            Self::Left => "It was stopped, because nobody waited for it any more.",
            Self::Closed => "It was stopped, because the server was.",
        }
    }
}

/// Shared between a run and whoever waits for it.
#[derive(Default)]
pub struct Watch {
    /// Why it is stopped, if it is.
    stop: OnceLock<Stop>,
    steps: AtomicUsize,
    requests: AtomicUsize,
}

impl Watch {
    /// Ends the run at its next step, or in the middle of a request. The first reason counts.
    pub fn stop(&self, why: Stop) {
        self.stop.get_or_init(|| why);
    }

    /// Why it is stopped, if it is.
    pub fn stopped(&self) -> Option<Stop> {
        self.stop.get().copied()
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
