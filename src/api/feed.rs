//! How far the changes can be followed now. Many may wait for the next one: they hold neither a connection nor a
//! thread, and all of them together cost one look a second.

use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::db::Db;
use crate::error::Error;
use crate::model::changes::{Settled, look};

/// How old a look may be for those who wait.
pub const FRESH: Duration = Duration::from_secs(1);
/// How often somebody who does not wait looks, and the time between, while others are writing.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);
/// How many wait at once; whoever comes then is answered at once.
const MOST_WAITING: usize = 1000;

pub struct Feed {
    settled: Mutex<(Settled, Option<Instant>)>,
    places: Semaphore,
}

impl Default for Feed {
    fn default() -> Self {
        Self { settled: Mutex::default(), places: Semaphore::new(MOST_WAITING) }
    }
}

impl Feed {
    /// Up to which id the changes can be told now. Those who are writing get a moment to end.
    pub async fn now(&self, db: &Db) -> Result<i64, Error> {
        let first = learn(&mut *self.settled.lock().await, db).await?;
        let mut settled = first.settled;
        for _ in 1..LOOKS {
            if settled >= first.last {
                break;
            }
            sleep(PAUSE).await;
            settled = learn(&mut *self.settled.lock().await, db).await?.settled;
        }
        Ok(settled)
    }

    /// The same as of a moment ago.
    pub async fn lately(&self, db: &Db) -> Result<i64, Error> {
        let mut settled = self.settled.lock().await;
        if settled.1.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(settled.0.id());
        }
        Ok(learn(&mut settled, db).await?.settled)
    }

    /// A place among those who wait, if there is one.
    pub fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }
}

/// What a look has shown: the last id there is, and the last that is settled.
struct Seen {
    last: i64,
    settled: i64,
}

/// One look after the other: each learns from the one before.
async fn learn((settled, at): &mut (Settled, Option<Instant>), db: &Db) -> Result<Seen, Error> {
    let look = db.read(|conn| Ok(look(conn)?)).await?;
    let last = look.last;
    settled.learn(look);
    *at = Some(Instant::now());
    Ok(Seen { last, settled: settled.id() })
}
