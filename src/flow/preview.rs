//! The HTTP requests that a flow schema would send, with sample values for the variables. Nothing is sent.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::changes::changes;
use super::program::{Application, Program, each_set};
use super::request::{Request, request};
use super::room::{Room, Used};
use super::text::{MAX_TEXT, shortened};
use super::variables::Variables;
use super::warnings::no_event_brings;
use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::model::variable::{Presence, Variable};

/// How many requests are shown.
const MAX_REQUESTS: usize = 50;
/// Bytes that all requests may have together; the values that the flow sets may have as many.
pub const MAX_WRITTEN: usize = MAX_TEXT;
/// Look-ups, together with the bytes of their names. A text of 1 MiB that reads a variable in every possible place
/// needs half of that.
pub const MAX_LOOK_UPS: usize = 4 * MAX_TEXT;
/// How many names one sentence lists.
const MAX_NAMES: usize = 20;

/// The requests of a flow schema, in the order of its text.
#[derive(Default)]
pub struct Requests {
    pub shown: Vec<Shown>,
    /// How many more there are.
    pub more: usize,
    /// What they used, together with the values that the flow sets.
    pub used: Used,
}

/// A request, and its place in the text.
pub struct Shown {
    /// The line of its application.
    pub line: usize,
    pub inside: Option<String>,
    pub request: Request,
    /// What is odd about it, in sentences.
    pub notes: Vec<String>,
}

pub fn requests(program: &Program, event: Event, queue_type: QueueType) -> Requests {
    let mut samples = Samples::new(program, event, queue_type);
    let mut room = Room::new(MAX_WRITTEN, MAX_LOOK_UPS);
    let mut requests = Requests::default();
    for application in program.applications() {
        if application.name == "httpRequest" {
            if requests.shown.len() < MAX_REQUESTS && !room.is_full() {
                samples.asked = Asked::default();
                let mut request = request(&application, &mut samples, &mut room);
                let notes = notes(&mut request, &samples.asked);
                let inside = application.place.map(|place| place.to_string());
                requests.shown.push(Shown { line: application.line, inside, request, notes });
            } else {
                requests.more += 1;
            }
        }
        let is_certain = application.place.is_none();
        for (name, value) in samples.changes(&application) {
            samples.set.insert(name, value.filter(|_| is_certain));
        }
    }
    requests.used = room.used() + samples.room.used();
    requests
}

/// What to say about a request.
fn notes(request: &mut Request, asked: &Asked) -> Vec<String> {
    let mut notes = std::mem::take(&mut request.notes);
    notes.extend(asked.unknown.listed().map(|names| no_event_brings(&names)));
    notes.extend(asked.later.listed().map(|names| format!("Set only further down, so empty here: {names}.")));
    notes.extend(asked.absent.listed().map(|names| format!("Always empty with this event: {names}.")));
    notes.extend(asked.at_run.listed().map(|names| format!("Known only when the flow runs: {names}.")));
    notes.extend(request.remarks());
    notes
}

/// What is known about a run's variables up to some place, and which of them were read.
struct Samples<'p> {
    event: Event,
    queue_type: QueueType,
    /// What the flow has set so far; `None` is a value that only a run can tell.
    set: HashMap<Cow<'p, str>, Option<String>>,
    /// Set somewhere in the program, perhaps later.
    ever_set: HashSet<Cow<'p, str>>,
    asked: Asked,
    /// For the values that the flow sets.
    room: Room,
}

/// The variables that a request read, by what to say about them.
#[derive(Default)]
struct Asked {
    /// No event brings them.
    unknown: Names,
    /// Set, but only further down.
    later: Names,
    /// This event never brings them here.
    absent: Names,
    /// Left as they are, because only a run can tell.
    at_run: Names,
}

impl<'p> Samples<'p> {
    fn new(program: &'p Program, event: Event, queue_type: QueueType) -> Self {
        let mut ever_set = HashSet::new();
        for application in program.applications() {
            each_set(&application, &mut |name, _| {
                ever_set.insert(name);
            });
        }
        let room = Room::new(MAX_WRITTEN, MAX_LOOK_UPS);
        Self { event, queue_type, set: HashMap::new(), ever_set, asked: Asked::default(), room }
    }

    fn changes(&mut self, application: &Application<'p>) -> Vec<(Cow<'p, str>, Option<String>)> {
        let mut room = std::mem::replace(&mut self.room, Room::new(0, 0));
        let changes = changes(application, self, &mut room);
        self.room = room;
        changes
    }
}

impl Variables for Samples<'_> {
    fn get(&mut self, name: &str) -> Option<&str> {
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        match (self.set.get(name), self.set.get(first)) {
            (Some(Some(value)), _) => return Some(value),
            (Some(None), _) | (None, Some(None)) => {
                self.asked.at_run.add(name);
                return None;
            }
            (None, _) => (),
        }
        let Some(variable) = Variable::find(name) else {
            let names = if self.ever_set.contains(name) { &mut self.asked.later } else { &mut self.asked.unknown };
            names.add(name);
            return Some("");
        };
        if variable.presence(self.event, self.queue_type) == Presence::Never {
            self.asked.absent.add(name);
        }
        Some(variable.sample(self.event, self.queue_type))
    }
}

/// The alphabetically first of any number of names.
#[derive(Default)]
struct Names {
    first: BTreeSet<String>,
    are_more: bool,
}

impl Names {
    fn add(&mut self, name: &str) {
        if self.first.contains(name) {
            return;
        }
        let is_full = self.first.len() == MAX_NAMES;
        self.are_more |= is_full;
        if is_full && self.first.last().is_some_and(|last| name > &**last) {
            return;
        }
        self.first.insert(name.to_owned());
        if is_full {
            self.first.pop_last();
        }
    }

    fn listed(&self) -> Option<String> {
        let names: Vec<_> = self.first.iter().map(|name| shortened(name)).collect();
        let others = if self.are_more { " and others" } else { "" };
        (!names.is_empty()).then(|| format!("{}{others}", names.join(", ")))
    }
}
