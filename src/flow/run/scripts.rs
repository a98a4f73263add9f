//! The scripts of a run, in a thread of their own. `QuickJS` looks at the clock every 10,000 turns of a loop, and one turn
//! takes milliseconds where it reads a text of megabytes: so whoever waits for a script looks at the clock as well, and
//! leaves it to itself when it is late. Few scripts of the whole server may be left so. None is begun while they run on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use rquickjs::FromJs;

use super::engine::{Engine, Failure};
use super::limits::{MAX_SCRIPTS_LEFT, SCRIPT_TIME};
use super::values::Values;
use crate::flow::variables::Variables;

const TOO_LONG: &str = "It ran too long, so it was stopped.";
const TOO_LARGE: &str = "It needs more than 16 MiB of memory, so it was stopped.";
const CROWDED: &str = "It was not run: scripts of other tries still run on after their time. Try again in a minute.";
/// How much later than the engine's own clock the one here is.
const GRACE: Duration = Duration::from_millis(200);
/// Between two looks whether there is room.
const PAUSE: Duration = Duration::from_millis(10);

/// How many scripts run on that nobody waits for.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// What scripts share: those of one run see each other's variables, as in Webitel.
#[derive(Default)]
pub struct Scripts {
    thread: Option<Thread>,
}

type Work = Box<dyn FnOnce(&Result<Engine, Failure>) + Send>;

struct Thread {
    work: Sender<Work>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    values: Mutex<Values>,
    is_left: AtomicBool,
}

impl Shared {
    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scripts {
    /// What a script comes to, or why there is nothing.
    pub fn evaluate<T>(
        &mut self,
        script: String,
        values: &mut Values,
        now: NaiveDateTime,
        end: Instant,
    ) -> Result<T, String>
    where
        T: for<'js> FromJs<'js> + Send + 'static,
    {
        let until = end.min(Instant::now() + SCRIPT_TIME);
        let thread = match self.thread.take() {
            Some(thread) => thread,
            None => Thread::start(until)?,
        };
        std::mem::swap(&mut *thread.shared.values(), values);
        let result = thread.evaluate(script, now, until);
        *values = std::mem::take(&mut *thread.shared.values());
        match result {
            // One that was stopped may have left anything behind.
            Err(Failure::TooLong) => Err(TOO_LONG.into()),
            Err(Failure::TooLarge) => Err(TOO_LARGE.into()),
            Err(Failure::Own(why)) => {
                self.thread = Some(thread);
                Err(format!("Its script failed: {why}.").replace("..", "."))
            }
            Ok(value) => {
                self.thread = Some(thread);
                Ok(value)
            }
        }
    }
}

impl Thread {
    /// Most of those that are left end soon, so that there is room before the time is over.
    fn start(until: Instant) -> Result<Self, String> {
        while LEFT.load(Ordering::Relaxed) >= MAX_SCRIPTS_LEFT {
            if Instant::now() > until {
                return Err(CROWDED.into());
            }
            thread::sleep(PAUSE);
        }
        let shared = Arc::new(Shared::default());
        let (work, coming) = channel();
        let of_thread = Arc::clone(&shared);
        let started = thread::Builder::new().name("script".into()).spawn(move || run(&of_thread, &coming));
        started.map_err(|_| CROWDED.to_owned())?;
        Ok(Self { work, shared })
    }

    fn evaluate<T>(&self, script: String, now: NaiveDateTime, until: Instant) -> Result<T, Failure>
    where
        T: for<'js> FromJs<'js> + Send + 'static,
    {
        let (result, coming) = channel();
        let work = move |engine: &Result<Engine, Failure>| {
            let engine = engine.as_ref().map_err(Failure::clone);
            // Nobody waits for one that is late.
            let _ = result.send(engine.and_then(|engine| engine.evaluate(&script, now, until)));
        };
        // A thread that is gone gives no result either.
        let _ = self.work.send(Box::new(work));
        match coming.recv_timeout(until.saturating_duration_since(Instant::now()) + GRACE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                self.leave();
                Err(Failure::TooLong)
            }
            Err(RecvTimeoutError::Disconnected) => Err(Failure::TooLarge),
        }
    }

    fn leave(&self) {
        LEFT.fetch_add(1, Ordering::Relaxed);
        self.shared.is_left.store(true, Ordering::Relaxed);
    }
}

/// What the thread does, until it is let go.
fn run(shared: &Arc<Shared>, coming: &Receiver<Work>) {
    let _end = End(shared);
    let values = Arc::clone(shared);
    let variable = move |name: &str| values.values().get(name).unwrap_or_default().to_owned();
    let engine = Engine::new(variable);
    for work in coming {
        work(&engine);
    }
}

/// The end of a thread, however it comes.
struct End<'t>(&'t Shared);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if self.0.is_left.load(Ordering::Relaxed) {
            LEFT.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
