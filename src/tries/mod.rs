//! Tries that run now. Each has a thread of its own, because it waits for others: not those of the requests, nor those
//! of the database. There are only so many at once. They are in the memory of this server, and their person alone finds
//! them, by an id that nobody can guess. The log of tries ([`crate::model::tries::log`]) tells what came of them
//! everywhere, and for longer.

pub mod outcome;
pub mod texts;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use self::outcome::ended;
use self::texts::Texts;
use crate::db::Db;
use crate::error::Error;
use crate::flow::run::watch::{Stop, Watch};
use crate::flow::run::way::Way;
use crate::flow::run::wire::Wire;
use crate::model::tries::log as entries;
use crate::secret::{Hex, random};

/// How many run at once, of one person and of all.
pub const EACH: usize = 2;
pub const ALL: usize = 8;
/// How long a result waits for somebody to see it.
const LEFT: Duration = Duration::from_mins(1);
/// Somebody whose browser has not asked for so long is gone. One in the background asks seldom.
const PATIENCE: Duration = Duration::from_secs(15);
/// Before what came of a try is written down once more.
const PAUSE: Duration = Duration::from_secs(1);
const FAULT: &str =
    "It ended by a fault of Queue Hooks, which the server's log tells. Some of its requests may have been sent.";
/// At the end of the server, how long is waited until all is written down.
const FAREWELL: Duration = Duration::from_secs(5);

/// Why a try does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    OfPerson,
    OfAll,
    /// The server ends.
    Closed,
}

impl Full {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::OfPerson => {
                "Nothing was sent: two of your tries are running. Wait until one of them ends, or stop it."
            }
            Self::OfAll => "Nothing was sent: eight tries are running on this server. Wait a moment and try again.",
            Self::Closed => "Nothing was sent: the server is being stopped. Try again in a moment.",
        }
    }
}

/// All tries of a server. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tries(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    is_closed: bool,
    /// The people whose tries run, once for each of them.
    people: Vec<i64>,
    /// What runs, and what ended and was not seen yet.
    runs: Vec<Arc<Run>>,
}

/// Room for one try, until this is dropped.
pub struct Place {
    tries: Tries,
    person_id: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let people = &mut self.tries.all().people;
        if let Some(at) = people.iter().position(|person_id| *person_id == self.person_id) {
            people.swap_remove(at);
        }
    }
}

/// A try that runs, or has just ended.
pub struct Run {
    pub id: String,
    pub schema_id: i64,
    /// Its entry in the log.
    pub entry_id: i64,
    person_id: i64,
    since: Instant,
    watch: Watch,
    /// When somebody last wanted to know of it.
    asked: Mutex<Instant>,
    done: Mutex<Option<Arc<Done>>>,
    /// Whether it has ended.
    end: watch::Sender<Option<Instant>>,
}

/// What came of a try.
pub struct Done {
    pub way: Way,
    pub took: Duration,
    pub ended: Arc<entries::Ended>,
    /// It is in the log.
    pub is_logged: bool,
}

impl Tries {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for a try of a person.
    pub fn admit(&self, person_id: i64) -> Result<Place, Full> {
        let mut all = self.all();
        all.runs.retain(|run| run.end.borrow().is_none_or(|end| end.elapsed() < LEFT));
        let of_person = all.people.iter().filter(|id| **id == person_id).count();
        match () {
            () if all.is_closed => return Err(Full::Closed),
            () if of_person >= EACH => return Err(Full::OfPerson),
            () if all.people.len() >= ALL => return Err(Full::OfAll),
            () => all.people.push(person_id),
        }
        // Who begins another try has seen what came of the ones before, or does not want to.
        let ended: Vec<String> =
            all.runs.iter().filter(|run| run.is_of(person_id) && run.has_ended()).map(|run| run.id.clone()).collect();
        let unseen = ended.len().saturating_sub(EACH - 1);
        all.runs.retain(|run| !ended[..unseen].contains(&run.id));
        drop(all);
        Ok(Place { tries: self.clone(), person_id })
    }

    /// A run by its id, for the person who began it.
    pub fn find(&self, id: &str, person_id: i64, schema_id: i64) -> Option<Arc<Run>> {
        let all = self.all();
        let run = all.runs.iter().find(|run| run.id == id && run.is_of(person_id) && run.schema_id == schema_id)?;
        *run.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Some(Arc::clone(run))
    }

    /// The latest run of a person that goes on with this flow schema.
    pub fn running(&self, person_id: i64, schema_id: i64) -> Option<Arc<Run>> {
        let all = self.all();
        let is_it = |run: &&Arc<Run>| run.is_of(person_id) && run.schema_id == schema_id && !run.has_ended();
        all.runs.iter().rev().find(is_it).map(Arc::clone)
    }

    /// What came of a run is wanted no more.
    pub fn forget(&self, run: &Run) {
        self.all().runs.retain(|other| other.id != run.id);
    }

    /// Stops what runs, and begins nothing any more.
    pub fn close(&self) {
        let mut all = self.all();
        all.is_closed = true;
        all.runs.iter().for_each(|run| run.stop(Stop::Closed));
    }

    /// Waits until what was stopped is in the log.
    pub async fn end(&self) {
        let is_over = async {
            while !self.all().people.is_empty() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        if timeout(FAREWELL, is_over).await.is_err() {
            log::warn!("not every try that was stopped is in its log");
        }
    }
}

impl Place {
    /// Begins to run a flow schema, whose try is `entry_id` in the log. What carries the requests out stays in its thread.
    pub fn begin<W: Wire>(
        self,
        db: Db,
        (schema_id, entry_id): (i64, i64),
        (texts, variables): (Texts, HashMap<String, String>),
        wire: impl FnOnce() -> W + Send + 'static,
        time: Duration,
    ) -> Result<Arc<Run>, Error> {
        let run = Arc::new(Run {
            id: Hex(&random::<16>()).to_string(),
            schema_id,
            entry_id,
            person_id: self.person_id,
            since: Instant::now(),
            watch: Watch::default(),
            asked: Mutex::new(Instant::now()),
            done: Mutex::default(),
            end: watch::Sender::new(None),
        });
        {
            let mut all = self.tries.all();
            if all.is_closed {
                run.stop(Stop::Closed);
            }
            all.runs.push(Arc::clone(&run));
        }
        let ending = Ending { run: Arc::clone(&run), place: Some(self) };
        let thread = thread::Builder::new().name("try".into()).spawn(move || {
            let run = &ending.run;
            let began: Vec<_> = variables.clone().into_iter().collect();
            let way = catch_unwind(AssertUnwindSafe(|| texts.run(variables, wire(), time, &run.watch)));
            let way = way.unwrap_or_else(|_| Ok(Way::ended(FAULT.into())));
            let way = way.unwrap_or_else(|problem| Way::ended(problem.sentence));
            run.end_with(&db, way, &began);
        });
        thread.map_err(|cause| Error::Internal(format!("no thread for a try: {cause}")))?;
        Ok(run)
    }
}

/// Says that a run has ended, however it did.
struct Ending {
    run: Arc<Run>,
    place: Option<Place>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        drop(self.place.take());
        self.run.end.send_replace(Some(Instant::now()));
    }
}

/// Writes down what came of a try, in turn with everybody else who writes, from a thread that has no runtime. Once more
/// if that fails, because a database may be away for a moment.
fn write_down(db: &Db, entry_id: i64, ended: &Arc<entries::Ended>) -> Result<bool, Error> {
    let runtime = Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|cause| Error::Internal(format!("no runtime for a try: {cause}")))?;
    let write = || {
        let ended = Arc::clone(ended);
        runtime.block_on(db.write(move |conn| entries::end(conn, entry_id, &ended)))
    };
    let written = write().or_else(|cause| {
        log::info!("what came of a try is written down once more: {cause}");
        thread::sleep(PAUSE);
        write()
    });
    // One that has no answer is not waited for.
    runtime.shutdown_background();
    written
}

impl Run {
    fn is_of(&self, person_id: i64) -> bool {
        self.person_id == person_id
    }

    pub fn has_ended(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// Ends it at its next step, or in the middle of a request.
    pub fn stop(&self, why: Stop) {
        self.watch.stop(why);
    }

    pub fn steps(&self) -> usize {
        self.watch.steps()
    }

    pub fn requests(&self) -> usize {
        self.watch.requests()
    }

    pub fn seconds(&self) -> u64 {
        self.since.elapsed().as_secs()
    }

    /// Waits until it has ended, for a while; whether it has.
    pub async fn wait(&self, time: Duration) -> bool {
        let mut end = self.end.subscribe();
        let has_ended = timeout(time, end.wait_for(Option::is_some)).await;
        matches!(has_ended, Ok(Ok(_)))
    }

    /// What came of it, once it has ended.
    pub fn done(&self) -> Option<Arc<Done>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops it when nobody asks for it any more. What came of it is there for a while: an answer may be lost.
    pub fn stop_when_left(self: &Arc<Self>, tries: &Tries) {
        let (run, tries) = (Arc::clone(self), tries.clone());
        tokio::spawn(async move {
            while !run.wait(Duration::from_secs(1)).await {
                if run.asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() > PATIENCE {
                    run.stop(Stop::Left);
                }
            }
            sleep(LEFT).await;
            tries.forget(&run);
        });
    }

    fn end_with(&self, db: &Db, way: Way, variables: &[(String, String)]) {
        let took = self.since.elapsed();
        let ended = ended(&way, variables, took, &self.watch);
        let ended = Arc::new(ended);
        let written = write_down(db, self.entry_id, &ended);
        if let Err(cause) = &written {
            log::warn!("what came of a try was not written down: {cause}");
        }
        let done = Done { way, took, ended, is_logged: written.unwrap_or_default() };
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(done));
    }
}
