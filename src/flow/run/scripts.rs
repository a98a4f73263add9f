//! The scripts of a run, in a process of their own. A script reads texts of megabytes as often as it likes before
//! `QuickJS` looks at the clock, and no thread can be stopped from outside: so this program starts itself once more, and
//! that process ends when a script is late (`command/scripts.rs`). A fault of `QuickJS` reaches no further either.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result as Done, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::engine::Failure;
use super::limits::{MAX_SCRIPT_MEMORY, SCRIPT_TIME};
use super::values::Values;
use crate::flow::variables::Variables;

/// The command of this program that runs scripts.
pub const COMMAND: &str = "scripts";
/// The code with which such a process ends when a script is late.
pub const LATE: i32 = 3;
/// So many processes wait for the next run.
const IDLE: usize = 2;
/// Bytes of what such a process says at once; each byte of a text can take six in JSON.
const MAX_SAID: u64 = 6 * MAX_SCRIPT_MEMORY as u64;

const TOO_LONG: &str = "It ran too long, so it was stopped.";
const TOO_LARGE: &str = "It needs more than 16 MiB of memory, so it was stopped.";
const BROKEN: &str = "It could not be run here, because the process for scripts ended.";
const NONE: &str = "It could not be run here, because the server cannot start a process for scripts.";

/// Where this program is, if the one that runs is another: a test, or a benchmark.
pub static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// What a process for scripts is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Forget everything, and be ready for another run.
    Begin,
    Script {
        script: String,
        wanted: Wanted,
        now: NaiveDateTime,
        /// How long it may take.
        time: Duration,
    },
    /// The value of a variable.
    Value(String),
}

/// What a script is to come to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Wanted {
    Text,
    /// `true` or `false`.
    Truth,
}

/// What such a process says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Say {
    /// It needs the value of the variable with this name.
    Variable(String),
    /// What a script came to.
    Done(Result<String, Failure>),
}

/// What scripts share: those of one run see each other's variables, as in Webitel.
#[derive(Default)]
pub struct Scripts {
    process: Option<Process>,
    /// No process could be started.
    is_without: bool,
}

impl Scripts {
    /// The text that a script comes to, or why there is none.
    pub fn text(
        &mut self,
        script: String,
        values: &mut Values,
        now: NaiveDateTime,
        end: Instant,
    ) -> Result<String, String> {
        self.evaluate(script, Wanted::Text, values, now, end)
    }

    /// Whether what a script comes to counts as true, or why nobody knows.
    pub fn holds(
        &mut self,
        script: String,
        values: &mut Values,
        now: NaiveDateTime,
        end: Instant,
    ) -> Result<bool, String> {
        self.evaluate(script, Wanted::Truth, values, now, end).map(|text| text == "true")
    }

    fn evaluate(
        &mut self,
        script: String,
        wanted: Wanted,
        values: &mut Values,
        now: NaiveDateTime,
        end: Instant,
    ) -> Result<String, String> {
        let time = SCRIPT_TIME.min(end.saturating_duration_since(Instant::now()));
        let ask = Ask::Script { script, wanted, now, time };
        let process = match self.process.take() {
            Some(process) => process,
            None if self.is_without => return Err(NONE.into()),
            None => Process::begin().map_err(|cause| {
                self.is_without = true;
                log::warn!("the process for scripts did not start: {cause}");
                NONE
            })?,
        };
        let process = self.process.insert(process);
        let Ok(done) = process.answer(&ask, values) else {
            let is_late = process.is_late();
            self.process = None;
            return Err(if is_late { TOO_LONG } else { BROKEN }.into());
        };
        done.map_err(|failure| match failure {
            Failure::TooLong => TOO_LONG.into(),
            Failure::TooLarge => TOO_LARGE.into(),
            Failure::Own(why) => format!("Its script failed: {why}.").replace("..", "."),
        })
    }
}

/// Those that wait for the next run, the one that waits longest first: it has had time to begin anew.
static WAITING: Mutex<VecDeque<Process>> = Mutex::new(VecDeque::new());

impl Drop for Scripts {
    fn drop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < IDLE && write(&mut process.asks, &Ask::Begin).is_ok() {
            waiting.push_back(process);
            // A run that follows at once finds one that is ready.
            if waiting.len() < IDLE {
                waiting.extend(Process::start());
            }
        }
    }
}

struct Process {
    child: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Process {
    /// One that knows nothing yet.
    fn begin() -> Done<Self> {
        let next = || WAITING.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        while let Some(mut process) = next() {
            if matches!(process.child.try_wait(), Ok(None)) {
                return Ok(process);
            }
        }
        Self::start()
    }

    /// It gets nothing of the environment, where passwords are.
    fn start() -> Done<Self> {
        let mut command = Command::new(program()?);
        command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Ctrl+C is meant for the server, which lets its tries end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (Some(asks), Some(says)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("it has no pipes"));
        };
        Ok(Self { child, asks, says: BufReader::new(says) })
    }

    fn answer(&mut self, ask: &Ask, values: &mut Values) -> Done<Result<String, Failure>> {
        write(&mut self.asks, ask)?;
        loop {
            match read(&mut self.says)? {
                Say::Variable(name) => {
                    let value = values.get(&name).unwrap_or_default().to_owned();
                    write(&mut self.asks, &Ask::Value(value))?;
                }
                Say::Done(done) => return Ok(done),
            }
        }
    }

    /// Whether it ended because a script was late.
    fn is_late(&mut self) -> bool {
        let _ = self.child.kill();
        self.child.wait().is_ok_and(|status| status.code() == Some(LATE))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file of this program, also after another version was put in its place.
fn program() -> Done<PathBuf> {
    match PROGRAM.get() {
        Some(program) => Ok(program.clone()),
        None if cfg!(target_os = "linux") => Ok("/proc/self/exe".into()),
        None => std::env::current_exe(),
    }
}

/// One message, in a line of its own.
pub fn write(to: &mut impl Write, message: &impl Serialize) -> Done<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

pub fn read<T: DeserializeOwned>(from: &mut impl BufRead) -> Done<T> {
    let mut line = Vec::new();
    from.take(MAX_SAID).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&line)?)
}
