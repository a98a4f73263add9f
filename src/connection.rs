//! A connection to somebody who may be slow on purpose. The server bounds how long the head of the first request takes
//! and how long nothing is asked; what it leaves open is closed here: a later head that never ends, and an answer that
//! nobody reads.

use std::io::{BufRead, Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A body may take as long as it moves: in each window of time so many bytes of it come, or all that are left.
pub const WINDOW: Duration = Duration::from_secs(10);
pub const LEAST: usize = 10 * 1024;
/// How long the other side may take for a head, and for reading on.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long an answer may take after the body, with everything that it may have to wait for: the longest is that of a
/// try on a page without script, a minute and what it takes to write that down.
const ANSWER: Duration = Duration::from_secs(90);

/// What the other side is doing.
enum Stage {
    /// Nothing has come since the last answer. The server closes what stays so for too long.
    Idle,
    /// A head comes: whether the line that comes is blank so far, and whether any line was not.
    Head { is_blank: bool, has_begun: bool },
    /// A head is whole, and waits for its answer; whether more came after it, a body or another head, and how much of that
    /// since the answer was given more time.
    Asked { has_more: bool, came: usize },
}

pub struct Connection<Io> {
    io: Io,
    stage: Stage,
    asking: Deadline,
    reading: Deadline,
}

impl<Io> Connection<Io> {
    pub fn new(io: Io) -> Self {
        Self { io, stage: Stage::Idle, asking: Deadline::default(), reading: Deadline::default() }
    }

    fn came(&mut self, bytes: &[u8]) {
        if matches!(self.stage, Stage::Idle) && !bytes.is_empty() {
            self.stage = Stage::Head { is_blank: true, has_begun: false };
            self.asking.set(PATIENCE);
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            match &mut self.stage {
                Stage::Head { is_blank, has_begun } => {
                    let line = next_line(&mut rest);
                    let (ends, is_empty) = (line.ends_with(b"\n"), line.iter().all(|byte| b"\r\n".contains(byte)));
                    if ends && *is_blank && is_empty && *has_begun {
                        self.stage = Stage::Asked { has_more: false, came: 0 };
                        self.asking.set(ANSWER);
                    } else {
                        (*is_blank, *has_begun) = (ends || *is_blank && is_empty, *has_begun || !is_empty);
                    }
                }
                Stage::Asked { has_more, came } => {
                    *has_more = true;
                    *came += rest.len();
                    if *came >= LEAST {
                        *came = 0;
                        self.asking.set(ANSWER);
                    }
                    break;
                }
                Stage::Idle => break,
            }
        }
    }

    fn went(&mut self) {
        self.reading.clear();
        match self.stage {
            // What came too early may be the beginning of a head.
            Stage::Asked { has_more: true, .. } => {
                self.stage = Stage::Head { is_blank: false, has_begun: true };
                self.asking.set(PATIENCE);
            }
            Stage::Asked { has_more: false, .. } => {
                self.stage = Stage::Idle;
                self.asking.clear();
            }
            Stage::Head { .. } => self.asking.set(PATIENCE),
            Stage::Idle => (),
        }
    }
}

/// Takes the next line, or what there is of it.
fn next_line<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let all = *bytes;
    // A slice has no faults; and this is as quick as the processor.
    let _ = bytes.skip_until(b'\n');
    &all[..all.len() - bytes.len()]
}

impl<Io: AsyncRead + Unpin> AsyncRead for Connection<Io> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.io).poll_read(context, buffer);
        match read {
            Poll::Ready(Ok(())) => this.came(&buffer.filled()[before..]),
            // For the server it is as if the other side had left.
            Poll::Pending if this.asking.is_over(context) => return Poll::Ready(Ok(())),
            _ => (),
        }
        read
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Connection<Io> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        match written {
            Poll::Ready(Ok(_)) => this.went(),
            Poll::Ready(Err(_)) => (),
            Poll::Pending => {
                this.reading.begin(PATIENCE);
                if this.reading.is_over(context) {
                    return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
                }
            }
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

/// A moment that wakes whoever waits for it.
#[derive(Default)]
struct Deadline {
    sleep: Option<Pin<Box<Sleep>>>,
    is_set: bool,
}

impl Deadline {
    fn set(&mut self, after: Duration) {
        self.is_set = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(Instant::now() + after),
            None => self.sleep = Some(Box::pin(sleep(after))),
        }
    }

    /// Sets it, unless it is set already.
    fn begin(&mut self, after: Duration) {
        if !self.is_set {
            self.set(after);
        }
    }

    fn clear(&mut self) {
        self.is_set = false;
    }

    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.is_set && self.sleep.as_mut().is_some_and(|sleep| sleep.as_mut().poll(context).is_ready())
    }
}
