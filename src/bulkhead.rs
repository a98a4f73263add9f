//! Work that keeps a processor busy: hashing a password, looking at a large text. It runs off the async threads, so
//! much of it at once; a few more requests wait for their turn, and whoever comes then is sent away at once. So no kind
//! of work can stop the rest of the server, whoever asks for it and however often.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::Error;

/// How long a request waits for its turn. The line is short enough that this is never needed, unless the machine hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bounds of one kind of work.
pub struct Bulkhead {
    /// One for each request that is being worked for.
    turns: Semaphore,
    /// One for each of those and for each that waits.
    places: Semaphore,
}

impl Bulkhead {
    pub const fn new(at_once: usize, waiting: usize) -> Self {
        Self { turns: Semaphore::const_new(at_once), places: Semaphore::const_new(at_once + waiting) }
    }

    /// Does the work when its turn comes. Work that nobody waits for any more is not begun; what was begun keeps its
    /// turn until it is done.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait already.
    pub async fn run<T: Send + 'static>(&'static self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        let turn = timeout(PATIENCE, self.turns.acquire()).await.map_err(|_| Error::Busy)?;
        let done = spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        done.await.map_err(|_| Error::Internal("work off the async threads panicked".into()))
    }
}
