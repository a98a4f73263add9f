//! Standard output and standard error. Either may be closed or full, and nobody may read what is written.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

/// Why a command ended without having done its work.
pub enum Failure {
    /// One sentence for the person at the terminal.
    Told(String),
    /// Whoever read the output has enough of it, as in `… | head`, and wants to hear nothing.
    Unread,
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::Told(sentence)
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Self {
        Self::Told(sentence.into())
    }
}

/// Says something on standard error. If that fails, there is nobody to tell.
pub fn say(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "{sentence}");
}

/// Standard output for a command that writes much.
pub struct Output {
    out: BufWriter<StdoutLock<'static>>,
    is_unread: bool,
}

impl Output {
    pub fn new() -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, io::stdout().lock()), is_unread: false }
    }

    /// How a command ended that wrote here.
    pub fn end(&self, done: Result<(), String>) -> Result<(), Failure> {
        if self.is_unread { Err(Failure::Unread) } else { Ok(done?) }
    }

    fn learn<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.is_unread |= done.as_ref().is_err_and(|cause| cause.kind() == ErrorKind::BrokenPipe);
        done
    }
}

impl Default for Output {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.learn(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.learn(done)
    }
}
