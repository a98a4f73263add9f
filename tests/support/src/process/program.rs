//! The binary as a process: run until it ends, or serving until the test is over.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Browser, PASSWORD, wait_for};

/// Longer than any test needs; a process that takes longer is hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// Every variable that is an option.
pub const VARIABLES: [&str; 12] = [
    "DATABASE_URL",
    "QUEUE_HOOKS_LISTEN",
    "QUEUE_HOOKS_PUBLIC_URL",
    "QUEUE_HOOKS_TRUSTED_PROXY",
    "QUEUE_HOOKS_SESSION_IDLE",
    "QUEUE_HOOKS_SESSION_LIMIT",
    "QUEUE_HOOKS_API_RATE",
    "QUEUE_HOOKS_KEEP_HISTORY",
    "QUEUE_HOOKS_DESTINATIONS",
    "QUEUE_HOOKS_USE_PROXY_VARIABLES",
    "QUEUE_HOOKS_METRICS",
    "QUEUE_HOOKS_LOG_FORMAT",
];

/// A command line. The environment has nothing that the program reads, unless the test puts it there.
pub struct Program {
    command: Command,
    input: Vec<u8>,
}

impl Program {
    pub fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments);
        Self::of(command)
    }

    /// The program started by a shell after `setup`, which may set limits and traps for it to inherit.
    pub fn behind(setup: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")]).arg(binary()).args(arguments);
        Self::of(command)
    }

    /// The program without a terminal to ask at, wherever the tests run.
    pub fn without_terminal(arguments: &[&str]) -> Self {
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(binary()).args(arguments);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        for name in VARIABLES.into_iter().chain(["RUST_LOG"]) {
            command.env_remove(name);
        }
        Self { command, input: Vec::new() }
    }

    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Its standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    fn spawn(mut self, input: Stdio) -> Process {
        self.command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        Process(self.command.spawn().expect("the program starts"))
    }

    /// Starts it and lets the test continue; it is killed when the test is over.
    pub fn start(self) -> Process {
        self.spawn(Stdio::null())
    }

    /// Runs it to its end at a terminal, where somebody waits for each question and types the answer as soon as the
    /// terminal hides it. The output is everything that the terminal showed.
    #[track_caller]
    pub fn run_at_terminal(self, answers: &[(&str, &str)]) -> Ended {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words: Vec<_> = words.map(|word| format!("'{}'", word.to_str().expect("UTF-8"))).collect();
        let command = format!("tty && exec {}", words.join(" "));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--echo", "always", "--command", &command, "/dev/null"]);
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let mut process = Self { command: script, input: Vec::new() }.spawn(Stdio::piped());
        let mut keyboard = process.0.stdin.take().expect("a pipe");
        let mut screen = BufReader::new(process.0.stdout.take().expect("a pipe"));
        let errors = read_all(process.0.stderr.take().expect("a pipe"));
        let mut terminal = String::new();
        screen.read_line(&mut terminal).expect("UTF-8");
        let terminal = terminal.trim_end();
        let mut output = String::new();
        for (question, answer) in answers {
            let mut asked = String::new();
            while !asked.ends_with(question) {
                let mut byte = [0];
                assert!(screen.read(&mut byte).expect("a pipe") > 0, "no {question:?} but {output}{asked}");
                asked.push(char::from(byte[0]));
            }
            output += &asked;
            wait_for("the terminal not to show what is typed", || {
                let state = Command::new("stty").args(["-F", terminal, "-a"]).output().expect("stty runs");
                String::from_utf8_lossy(&state.stdout).contains(" -echo ").then_some(())
            });
            keyboard.write_all(format!("{answer}\r").as_bytes()).expect("the terminal listens");
        }
        screen.read_to_string(&mut output).expect("UTF-8");
        let errors = String::from_utf8(errors.join().expect("a pipe")).expect("UTF-8");
        Ended { code: process.end(), output, errors }
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(mut self) -> Ended {
        let input = std::mem::take(&mut self.input);
        let mut process = self.spawn(Stdio::piped());
        let mut stdin = process.0.stdin.take().expect("a pipe");
        // A program that stops reading early says why when it ends.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = read_all(process.0.stdout.take().expect("a pipe"));
        let errors = read_all(process.0.stderr.take().expect("a pipe"));
        let code = process.end();
        writer.join().expect("the input is written");
        let text = |bytes: JoinHandle<Vec<u8>>| String::from_utf8(bytes.join().expect("a pipe")).expect("UTF-8");
        Ended { code, output: text(output), errors: text(errors) }
    }

    /// Starts a server and waits for its address.
    #[track_caller]
    pub fn serve(self) -> Server {
        let mut process = self.spawn(Stdio::null());
        let mut output = BufReader::new(process.0.stdout.take().expect("a pipe"));
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|read| read > 0) {
                let _ = send.send(std::mem::take(&mut line));
            }
        });
        let (errors, log) = mpsc::channel();
        let stderr = BufReader::new(process.0.stderr.take().expect("a pipe"));
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| errors.send(line)));
        let announced = lines.recv_timeout(PATIENCE).expect("the server says where it listens");
        let address = announced.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.replace("localhost", "127.0.0.1").parse().ok());
        let Some(address) = address else {
            panic!("no address in {announced:?}; it said {:?}", log.try_iter().collect::<Vec<_>>());
        };
        Server { process, address, announced, lines: Mutex::new(lines), log: Mutex::new(log), cookie: OnceLock::new() }
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe");
        bytes
    })
}

/// The program, which Cargo builds before any test, into the folder above the tests' own binaries.
pub fn binary() -> PathBuf {
    let of_test = std::env::current_exe().expect("a test is a program too");
    let folder = of_test.parent().and_then(Path::parent).expect("a folder of the build");
    folder.join("queue-hooks")
}

/// For [`Program::behind`]: the program with mounts that nobody else sees, after a command has made them.
pub fn in_mounts_of_its_own(mount: &str) -> String {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let unshare = if is_root { "unshare --mount" } else { "unshare --mount --map-root-user" };
    format!("exec {unshare} sh -c '{mount} && exec \"$0\" \"$@\"' \"$0\" \"$@\"")
}

/// A running process, which is killed when this is dropped.
pub struct Process(Child);

impl Process {
    pub(super) fn of(child: Child) -> Self {
        Self(child)
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Bytes of memory: `VmRSS:` those that it has now, `VmHWM:` the most that it ever had.
    pub fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("a process of ours");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of it");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("a process").is_some()
    }

    /// Waits until it ends and returns its exit code, unless it was killed.
    #[track_caller]
    pub fn end(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().expect("a process") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "the program does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal by its name without SIG.
pub fn signal(name: &str, process: u32) {
    let kill = format!("kill -{name} {process}");
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success(), "{kill}");
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Ended {
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// What it said when it failed: one sentence on one line, for a person.
    #[track_caller]
    pub fn sentence(self) -> String {
        let lines: Vec<_> = self.failed().trim_end_matches('\n').split('\n').map(str::to_owned).collect();
        assert_eq!(lines.len(), 1, "one line: {lines:?}");
        lines.concat()
    }

    /// What it said when it failed.
    #[track_caller]
    pub fn failed(self) -> String {
        assert!(self.code.is_some_and(|code| code != 0), "an exit code that says so: {self:?}");
        for word in ["panicked", "Error(", "Err(", "Some(", "RUST_BACKTRACE", "secret"] {
            assert!(!self.errors.contains(word), "{word} in {self:?}");
        }
        assert!(!self.errors.trim().is_empty(), "it says nothing");
        self.errors
    }
}

/// The program as a server.
pub struct Server {
    pub process: Process,
    pub address: SocketAddr,
    /// The first line that it printed.
    pub announced: String,
    /// The other lines.
    lines: Mutex<Receiver<String>>,
    log: Mutex<Receiver<String>>,
    /// The session of the demonstration.
    cookie: OnceLock<String>,
}

impl Server {
    /// The tests' administrator, signed in.
    pub fn browser(&self) -> Browser {
        Browser::admitted(self.address)
    }

    /// Somebody who has not been here yet.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.address)
    }

    /// The demonstration's administrator, who came by the link.
    #[track_caller]
    pub fn guest(&self) -> Browser {
        let browser = self.stranger();
        let cookie = self.cookie.get_or_init(|| {
            browser.get(&self.link()).expect(200).press("Sign in", &[]).expect(200);
            browser.cookie("queue-hooks-session").expect("the link signs in")
        });
        browser.set_cookie("queue-hooks-session", cookie);
        browser
    }

    /// Somebody who signed in with the password that everybody in the tests has.
    #[track_caller]
    pub fn signed_in(&self, name: &str) -> Browser {
        let browser = self.stranger();
        assert_eq!(sign_in(&browser, name, PASSWORD), 303, "{name} signs in");
        browser
    }

    /// Path and query of the link that it printed.
    #[track_caller]
    pub fn link(&self) -> String {
        let lines = self.lines.lock().expect("nobody panics with it");
        loop {
            let line = lines.recv_timeout(PATIENCE).expect("the server prints a link");
            if let Some((_, link)) = line.trim_end().split_once("http://").filter(|_| line.contains("?link=")) {
                return link[link.find('/').expect("a path")..].into();
            }
        }
    }

    /// What it has logged since the last call.
    pub fn logged(&self) -> Vec<String> {
        self.log.lock().expect("nobody panics with it").try_iter().collect()
    }

    /// Tells it to stop and waits until it ends.
    #[track_caller]
    pub fn stop(self) {
        self.last_words();
    }

    /// Tells it to stop, and returns the rest of what it printed and logged.
    #[track_caller]
    pub fn last_words(mut self) -> (Vec<String>, Vec<String>) {
        signal("TERM", self.process.id());
        let code = self.process.end();
        let rest = |lines: Mutex<Receiver<String>>| lines.into_inner().expect("nobody panics with it").iter().collect();
        let (printed, logged) = (rest(self.lines), rest(self.log));
        assert_eq!(code, Some(0), "{logged:?}");
        (printed, logged)
    }
}

/// Tries to sign in, and returns the status of the answer.
#[track_caller]
pub fn sign_in(browser: &Browser, name: &str, password: &str) -> u16 {
    browser.post("/sign-in", &[("name", name), ("password", password)]).status
}
