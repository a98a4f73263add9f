//! How the server is doing: whether it can do its work, and how busy the database is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Notify};
use tokio::task::spawn;
use tokio::time::timeout;

use crate::access::session::Limits;
use crate::access::sessions;
use crate::db::{Db, Load};

/// How old an answer of the database may be: it is asked once in this time, however often somebody wants to know.
const FRESH: Duration = Duration::from_secs(1);
/// How long somebody waits who wants to know. What asks often does not wait for long.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ready,
    Stopping,
    /// The database does not answer.
    Away,
    /// The database misses tables or columns of this version.
    Outdated,
}

impl State {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Stopping => "the server is stopping",
            Self::Away => "the database is away",
            Self::Outdated => "the database is of an older version: run queue-hooks migrate",
        }
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Condition {
    db: Db,
    limits: Limits,
    is_stopping: Arc<AtomicBool>,
    stopped: Arc<Notify>,
    /// What the database showed last.
    last: Arc<Mutex<Option<(Instant, State)>>>,
}

impl Condition {
    pub fn new(db: Db, limits: Limits) -> Self {
        Self { db, limits, is_stopping: Arc::default(), stopped: Arc::default(), last: Arc::default() }
    }

    /// From now on nobody should come here any more.
    pub fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
        self.stopped.notify_waiters();
    }

    /// Ends when nobody should wait for anything here any more.
    pub async fn stopped(&self) {
        let stopped = self.stopped.notified();
        if !self.is_stopping.load(Relaxed) {
            stopped.await;
        }
    }

    pub async fn state(&self) -> State {
        if self.is_stopping.load(Relaxed) {
            return State::Stopping;
        }
        // A task of its own looks: whoever asked may leave, and the next one finds the answer.
        let looking = spawn(self.clone().look());
        timeout(PATIENCE, looking).await.ok().and_then(Result::ok).unwrap_or(State::Away)
    }

    /// Asks the database, unless somebody has just done so.
    async fn look(self) -> State {
        let mut last = self.last.lock().await;
        if let Some((at, state)) = *last
            && at.elapsed() < FRESH
        {
            return state;
        }
        let (state, cause) = match self.db.is_current().await {
            Ok(true) => (State::Ready, String::new()),
            Ok(false) => (State::Outdated, String::new()),
            Err(cause) => (State::Away, format!(" ({cause})")),
        };
        // A change is told, and not each answer.
        match last.map(|(_, state)| state) {
            Some(before) if before == state => (),
            None if state == State::Ready => (),
            _ if state == State::Ready => log::info!("ready again"),
            _ => log::warn!("not ready: {}{cause}", state.sentence()),
        }
        *last = Some((Instant::now(), state));
        state
    }

    pub fn load(&self) -> Load {
        self.db.load()
    }

    /// How many sessions are valid, if the database says so.
    pub async fn sessions(&self) -> Option<i64> {
        let limits = self.limits;
        timeout(PATIENCE, self.db.read(move |conn| Ok(sessions::count(conn, limits)?))).await.ok()?.ok()
    }
}
