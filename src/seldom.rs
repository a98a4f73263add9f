//! What may happen at every request and is told once in a while, so that nobody can flood the log.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_mins(1);

/// A warning that is logged once a minute at most.
pub struct Seldom(Mutex<Told>);

struct Told {
    last: Option<Instant>,
    /// How often it happened since then.
    missed: u64,
}

impl Seldom {
    pub const fn new() -> Self {
        Self(Mutex::new(Told { last: None, missed: 0 }))
    }

    pub fn warn(&self, sentence: impl FnOnce() -> String) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.last.is_some_and(|last| last.elapsed() < PAUSE) {
            told.missed += 1;
            return;
        }
        let missed = std::mem::take(&mut told.missed);
        told.last = Some(Instant::now());
        drop(told);
        let more =
            if missed == 0 { String::new() } else { format!(" (and {missed} more like this since the last time)") };
        log::warn!("{}{more}", sentence());
    }
}

impl Default for Seldom {
    fn default() -> Self {
        Self::new()
    }
}
