//! `queue-hooks scripts`: the process that runs scripts for a server, which starts it. It ends when a script is late, and
//! with its server. The other end is [`crate::flow::run::scripts`].

use std::cell::RefCell;
use std::io::{BufReader, Result, Stdin, Stdout, stdin, stdout};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use rquickjs::Coerced;

use crate::flow::run::engine::{Engine, Failure};
use crate::flow::run::scripts::{Ask, LATE, Say, Wanted, read, write};
use crate::signals;

/// How much later than that of the engine the clock here is.
const GRACE: Duration = Duration::from_millis(200);
/// Between two looks at the clock.
const PAUSE: Duration = Duration::from_millis(20);

/// When a script is late, while one runs.
type Clock = Arc<Mutex<Option<Instant>>>;

/// The server at the other end.
struct Server {
    asks: BufReader<Stdin>,
    to: Stdout,
}

impl Server {
    fn value(&mut self, name: &str) -> Result<String> {
        write(&mut self.to, &Say::Variable(name.into()))?;
        match read(&mut self.asks)? {
            Ask::Value(value) => Ok(value),
            other => Err(std::io::Error::other(format!("no value, but {other:?}"))),
        }
    }
}

/// Runs scripts until the server is gone.
pub fn run() {
    let clock = Clock::default();
    let watched = Arc::clone(&clock);
    thread::spawn(move || watch(&watched));
    let server = Rc::new(RefCell::new(Server { asks: BufReader::new(stdin()), to: stdout() }));
    // It takes a millisecond, for which no run has to wait.
    let mut engine = start(&server).ok();
    loop {
        let asked = read(&mut server.borrow_mut().asks);
        match asked {
            Ok(Ask::Script { script, wanted, now, time }) => {
                let until = Instant::now() + time;
                set(&clock, Some(until + GRACE));
                let done = match engine.take().map_or_else(|| start(&server), Ok) {
                    Ok(started) => {
                        let done = evaluate(&started, &script, wanted, now, until);
                        // One that was stopped may have left anything behind.
                        if !matches!(done, Err(Failure::TooLong | Failure::TooLarge)) {
                            engine = Some(started);
                        }
                        done
                    }
                    Err(failure) => Err(failure),
                };
                set(&clock, None);
                if write(&mut server.borrow_mut().to, &Say::Done(done)).is_err() {
                    return;
                }
            }
            Ok(Ask::Begin) => {
                drop(engine.take());
                engine = start(&server).ok();
            }
            Ok(Ask::Value(_)) | Err(_) => return,
        }
    }
}

/// An engine that asks the server for the values of variables.
fn start(server: &Rc<RefCell<Server>>) -> std::result::Result<Engine, Failure> {
    let server = Rc::clone(server);
    Engine::new(move |name| server.borrow_mut().value(name).unwrap_or_else(|_| signals::exit(1)))
}

fn evaluate(
    engine: &Engine,
    script: &str,
    wanted: Wanted,
    now: NaiveDateTime,
    until: Instant,
) -> std::result::Result<String, Failure> {
    match wanted {
        Wanted::Text => engine.evaluate::<Coerced<String>>(script, now, until).map(|text| text.0),
        Wanted::Truth => engine.evaluate::<Coerced<bool>>(script, now, until).map(|holds| holds.0.to_string()),
    }
}

fn set(clock: &Clock, late: Option<Instant>) {
    *clock.lock().unwrap_or_else(PoisonError::into_inner) = late;
}

/// Ends the process when a script is late.
fn watch(clock: &Clock) -> ! {
    loop {
        thread::sleep(PAUSE);
        let late = *clock.lock().unwrap_or_else(PoisonError::into_inner);
        if late.is_some_and(|late| Instant::now() > late) {
            signals::exit(LATE);
        }
    }
}
