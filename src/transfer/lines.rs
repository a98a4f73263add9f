//! Reads the lines of an import on a thread of its own, while the database stores those before.
//!
//! Rows of one kind come together, in runs. Hooks come in long runs, sorted by queue and id, as most of their indexes are in
//! one way or another: a hook that stands near the last one needs no other pages of them.

use std::io::{BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use indicatif::ProgressBar;

use super::foreign;
use super::record::{FlowSchema, Hook, Queue, Record};
use super::refused::{Numbered, Refused};
use crate::flow::text::MAX_TEXT;
use crate::model::flow_schemas::flow_schema;
use crate::model::queues::queue;
use crate::model::queues::queue_type::QueueType;

/// Hooks in a run: some 5 MiB.
const HOOKS: usize = 100_000;
/// Other rows in a run, or lines that cannot be read.
const ROWS: usize = 500;
/// Bytes of lines in a run of other rows, give or take a line.
const BYTES: usize = 1 << 20;
/// Bytes per line. A flow schema has at most 1 MiB; this is enough for one with every character escaped.
const MAX_LINE: u64 = 8 << 20;

/// Rows of one kind that follow each other, and the wrong lines between them.
#[derive(Default)]
pub struct Run {
    pub queues: Vec<Numbered<Queue>>,
    pub flow_schemas: Vec<Numbered<FlowSchema>>,
    pub hooks: Vec<Numbered<Hook>>,
    pub wrong: Vec<Numbered<String>>,
    /// The input ends with it.
    pub is_last: bool,
    bytes: usize,
}

impl Run {
    fn is_empty(&self) -> bool {
        self.rows() + self.hooks.len() == 0
    }

    /// Without hooks.
    fn rows(&self) -> usize {
        self.queues.len() + self.flow_schemas.len() + self.wrong.len()
    }

    fn is_full(&self) -> bool {
        self.hooks.len() >= HOOKS || self.rows() >= ROWS || (self.hooks.is_empty() && self.bytes >= BYTES)
    }

    /// Whether a record has to wait until the run is stored: it may refer to rows in it.
    fn is_of_another_kind(&self, record: &Record) -> bool {
        let others = match record {
            Record::Queue(_) => [self.flow_schemas.len(), self.hooks.len()],
            Record::FlowSchema(_) => [self.queues.len(), self.hooks.len()],
            Record::Hook(_) => [self.queues.len(), self.flow_schemas.len()],
        };
        others != [0, 0]
    }

    fn add(&mut self, number: u64, record: Record, bytes: usize) {
        self.bytes += bytes;
        match record {
            Record::Queue(queue) => self.queues.push((number, queue)),
            Record::FlowSchema(schema) => self.flow_schemas.push((number, schema)),
            Record::Hook(hook) => self.hooks.push((number, hook)),
        }
    }
}

/// The runs of an input, as far as it can be read: whole, if one of them is the last.
pub struct Runs(Receiver<Result<Run, Refused>>);

impl Runs {
    pub fn next(&self) -> Result<Run, Refused> {
        let unfinished = || Err(Refused::Fault("the input was not read to its end".into()));
        self.0.recv().unwrap_or_else(|_| unfinished())
    }
}

pub fn runs(input: impl BufRead + Send + 'static, progress: &ProgressBar) -> Runs {
    let (sender, receiver) = sync_channel(1);
    let progress = progress.clone();
    // It is not waited for: after a failure of the database nobody wants what an input may send hours later.
    thread::spawn(move || {
        let mut lines = Lines { sender, run: Run::default() };
        match lines.read(input, &progress) {
            Ok(()) => {
                lines.run.is_last = true;
                drop(lines.send());
            }
            Err(End::Refused(refused)) => drop(lines.sender.send(Err(refused))),
            Err(End::Unwanted) => (),
        }
    });
    Runs(receiver)
}

/// Why reading ends early.
enum End {
    Refused(Refused),
    /// Nobody waits for the runs any more.
    Unwanted,
}

fn unread(cause: impl std::fmt::Display) -> End {
    End::Refused(Refused::Fault(format!("the input cannot be read: {cause}")))
}

struct Lines {
    sender: SyncSender<Result<Run, Refused>>,
    run: Run,
}

impl Lines {
    fn read(&mut self, mut input: impl BufRead, progress: &ProgressBar) -> Result<(), End> {
        let mut head = Vec::new();
        input.by_ref().take(foreign::HEAD).read_to_end(&mut head).map_err(unread)?;
        if let Some(sentence) = foreign::recognize(&head) {
            return Err(End::Refused(Refused::Fault(sentence)));
        }
        let mut input = head.as_slice().chain(input);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(unread)?;
            if read == 0 {
                break;
            }
            progress.inc(read as u64);
            if read as u64 == MAX_LINE {
                self.run.wrong.push((number, format!("the line is longer than {} MiB", MAX_LINE >> 20)));
                break;
            }
            // Each of several files that were put together may have its own.
            let text = line.strip_prefix(foreign::BYTE_ORDER_MARK).unwrap_or(&line).trim_ascii_end();
            if text.is_empty() {
                continue;
            }
            match parse(text) {
                Ok(record) => {
                    if self.run.is_of_another_kind(&record) {
                        self.send()?;
                    }
                    self.run.add(number, record, read);
                }
                Err(error) => self.run.wrong.push((number, error)),
            }
            if self.run.is_full() {
                self.send()?;
            }
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), End> {
        let mut run = std::mem::take(&mut self.run);
        if run.is_empty() && !run.is_last {
            return Ok(());
        }
        run.hooks.sort_by_key(|(_, hook)| (hook.queue_id.0, hook.id.0));
        self.sender.send(Ok(run)).map_err(|_| End::Unwanted)
    }
}

/// A line as a record that the database may accept, or what is wrong with it.
fn parse(line: &[u8]) -> Result<Record, String> {
    let text = std::str::from_utf8(line).map_err(|cause| format!("not UTF-8 after byte {}", cause.valid_up_to()))?;
    let mut record = serde_json::from_str(text).map_err(|cause| {
        let message = cause.to_string();
        let place = format!(" at line {} column {}", cause.line(), cause.column());
        format!("{} (column {})", message.strip_suffix(&place).unwrap_or(&message), cause.column())
    })?;
    match &mut record {
        Record::Queue(queue) => {
            queue.name = queue::read_name(&queue.name)?;
            QueueType::try_from(queue.queue_type)?;
        }
        Record::FlowSchema(schema) => {
            schema.name = flow_schema::read_name(&schema.name)?;
            if !schema.schema.get().starts_with('[') {
                return Err("a flow schema is an array of applications".into());
            }
            if schema.schema.get().len() > MAX_TEXT {
                return Err(format!("a flow schema is at most {} MiB", MAX_TEXT >> 20));
            }
        }
        Record::Hook(_) => (),
    }
    Ok(record)
}
