//! The real program, in processes of its own.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use queue_hooks::access::journal::By;
use queue_hooks::access::people::{self, Saved, Wanted};
use queue_hooks::access::person::{DisplayName, Name};
use queue_hooks::access::rights::Preset;
use queue_hooks::access::sessions;
use queue_hooks::db::Db;
use queue_hooks::error::Error;
use queue_hooks::web::site::Site;

use crate::Result;

fn program(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queue-hooks"));
    command.args(arguments).env("DATABASE_URL", url).env("RUST_LOG", "warn");
    command
}

/// Imports what is written, and returns how long that took.
pub fn import(url: &str, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<Duration> {
    let begin = Instant::now();
    let mut import = program(url, &["import", "-"]).stdin(Stdio::piped()).spawn()?;
    let mut lines = BufWriter::with_capacity(1 << 16, import.stdin.take().ok_or("the import has no input")?);
    write(&mut lines)?;
    lines.flush()?;
    drop(lines);
    let ended = import.wait()?;
    if ended.success() { Ok(begin.elapsed()) } else { Err("the import failed".into()) }
}

/// Runs a command that has to end well.
pub fn run(url: &str, arguments: &[&str]) -> Result<()> {
    let ended = program(url, arguments).output()?;
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into()) }
}

/// Adds an administrator, and returns the cookie of a session of theirs.
pub fn sign_in(url: &str) -> Result<String> {
    let db = Db::open(&url.parse()?)?;
    let wanted = Wanted {
        name: Name("clients".into()),
        display_name: DisplayName("The clients".into()),
        rights: Preset::Administrator.rights(),
    };
    let begun = db.write_now(|conn| match people::add(conn, &wanted, "", &By::command_line())? {
        Saved::Done(person) => Ok(sessions::begin(conn, person.id, "", "", Site::default().limits)?),
        _ => Err(Error::Internal("the name is taken".into())),
    });
    let secret = begun.map_err(|error| error.to_string())?;
    Ok(format!("queue-hooks-session={}", secret.reveal()))
}

/// A token of that administrator.
pub fn token(url: &str) -> Result<String> {
    let made = program(url, &["token", "add", "clients", "--name", "Clients"]).output()?;
    if made.status.success() { Ok(String::from_utf8(made.stdout)?.trim().into()) } else { Err("no token".into()) }
}

/// The program serving pages, until this is dropped.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start(url: &str) -> Result<Self> {
        let mut process = program(url, &["serve", "--listen", "127.0.0.1:0", "--api-rate", "1000000"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        let address = line.split(['/', ' ']).find_map(|word| word.parse().ok());
        let address = address.ok_or_else(|| format!("no address in “{line}”"))?;
        Ok(Self { process, address })
    }

    /// MiB of resident memory, now and at its peak, on systems that report it in `/proc`.
    pub fn memory(&self) -> Option<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let mib = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse().ok().map(|kib: f64| kib / 1024.0)
        };
        Some((mib("VmRSS:")?, mib("VmHWM:")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
