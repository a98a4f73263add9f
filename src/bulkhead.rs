//! Work that keeps a processor busy: hashing a password, examining a large text. It runs off the async threads, only
//! so much of it at once. A few more requests may wait their turn; further ones are turned away immediately. So no
//! kind of work can stop the rest of the server, however often it is asked for.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::Error;

/// How long a request waits for its turn. The line is so short that only a machine that hangs takes this long.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bounds of one kind of work.
pub struct Bulkhead {
    /// One for each request whose work is running.
    turns: Semaphore,
    /// One for each of those, and for each request that waits.
    places: Semaphore,
}

impl Bulkhead {
    pub const fn new(at_once: usize, waiting: usize) -> Self {
        Self { turns: Semaphore::const_new(at_once), places: Semaphore::const_new(at_once + waiting) }
    }

    /// Does the work when its turn comes. Work whose caller is gone is not started; work that has started keeps its
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
