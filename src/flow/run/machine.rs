//! The machine: where a run is, and its next step.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::{Duration, Instant};

use chrono::NaiveDateTime;

use super::code::{Code, Node};
use super::limits::{MAX_REQUESTS, MAX_STEPS, MAX_VARIABLES};
use super::scripts::Scripts;
use super::values::Values;
use super::watch::Watch;
use super::way::{Step, Way};
use super::wire::Wire;
use crate::flow::applications::homes;
use crate::flow::preview::{MAX_LOOK_UPS, MAX_WRITTEN};
use crate::flow::program::Program;
use crate::flow::room::Room;
use crate::flow::text::shortened;
use crate::flow::variables::fill;
use crate::zone::Zone;

/// The applications that can be run here. `function` and `trigger` are no steps, and `break` may stand alone.
const RUN_HERE: [&str; 20] = [
    "break",
    "dump",
    "execute",
    "function",
    "goto",
    "httpRequest",
    "if",
    "js",
    "log",
    "math",
    "schema",
    "set",
    "softSleep",
    "start",
    "string",
    "switch",
    "timezone",
    "trigger",
    "unSet",
    "while",
];

/// A flow schema that a run goes through.
pub struct Source<'p> {
    pub name: String,
    pub program: Program<'p>,
}

/// What a run begins with.
pub struct Start<'p> {
    pub first: &'p Source<'p>,
    /// The flow schemas that are called, by their ids.
    pub called: &'p BTreeMap<i64, Source<'p>>,
    pub variables: HashMap<String, String>,
    /// In UTC.
    pub now: NaiveDateTime,
    pub time: Duration,
    pub watch: &'p Watch,
}

pub struct Machine<'p, W> {
    pub(super) called: &'p BTreeMap<i64, Source<'p>>,
    pub(super) scopes: Vec<Scope<'p>>,
    /// The functions of all flow schemas that were entered, and where their lists are.
    pub(super) functions: HashMap<String, (&'p Source<'p>, Rc<Code<'p>>)>,
    pub(super) values: Values,
    pub(super) wire: W,
    pub(super) scripts: Scripts,
    pub(super) zone: Zone,
    pub(super) now: NaiveDateTime,
    pub(super) deadline: Instant,
    pub(super) watch: &'p Watch,
    /// For everything that is written into requests.
    pub(super) room: Room,
    /// For the other texts of a step.
    texts: Room,
    pub(super) requests: usize,
    pub(super) end: Option<String>,
}

/// A list of applications that was entered with its own tags: a flow schema, or a function.
pub(super) struct Scope<'p> {
    pub source: &'p Source<'p>,
    pub code: Rc<Code<'p>>,
    pub is_schema: bool,
    /// The list that it is in, and the next position in each.
    pub list: usize,
    pub positions: HashMap<usize, usize>,
    /// How often each application with a limit ran.
    pub counts: HashMap<usize, u64>,
    pub loops: HashMap<usize, Loop>,
    pub jumps: usize,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Loop {
    /// Passes since it was entered.
    pub step: usize,
    /// Passes in all.
    pub passes: usize,
}

/// Where an application is.
#[derive(Clone)]
pub(super) struct At<'p> {
    pub source: &'p Source<'p>,
    pub code: Rc<Code<'p>>,
    pub node: usize,
    /// The list that it came from: a `while` is in two.
    pub list: usize,
}

impl<'p> At<'p> {
    pub fn node(&self) -> &Node<'p> {
        &self.code.nodes[self.node]
    }
}

/// Runs a flow schema.
pub fn run<W: Wire>(start: Start, wire: W) -> Way {
    let mut all = [start.first].into_iter().chain(start.called.values());
    if let Some(end) = all.find_map(|source| refused(source, start.first)) {
        return Way::ended(end);
    }
    let mut machine = Machine {
        called: start.called,
        scopes: Vec::new(),
        functions: HashMap::new(),
        values: Values::new(start.variables),
        wire,
        scripts: Scripts::default(),
        zone: Zone::UTC,
        now: start.now,
        deadline: Instant::now() + start.time,
        watch: start.watch,
        room: Room::new(MAX_WRITTEN, MAX_LOOK_UPS),
        texts: texts(),
        requests: 0,
        end: None,
    };
    let code = Rc::new(Code::of(&start.first.program, start.first.program.list()));
    machine.enter(start.first, code, true);
    machine.go()
}

/// What one step may write as arguments is not more than all variables may have.
fn texts() -> Room {
    Room::new(MAX_VARIABLES, MAX_LOOK_UPS)
}

/// Why a flow schema cannot be run here, if so.
fn refused(source: &Source, first: &Source) -> Option<String> {
    let is_foreign = |name: &str| homes(name).is_some() && !RUN_HERE.contains(&name);
    let application = source.program.applications().find(|application| is_foreign(&application.name))?;
    let name = &application.name;
    let place =
        if std::ptr::eq(source, first) { String::new() } else { format!(" of “{}”", shortened(&source.name)) };
    Some(format!("Line {}{place}: “{name}” needs what only Webitel has, so nothing was run.", application.line))
}

impl<'p, W: Wire> Machine<'p, W> {
    fn go(mut self) -> Way {
        let (mut way, mut steps) = (Way::default(), 0);
        while self.end.is_none() {
            let Some(at) = self.next() else { break };
            if self.is_at_its_limit(&at) {
                continue;
            }
            if steps == MAX_STEPS {
                self.end = Some("It was stopped after 10,000 steps.".into());
                break;
            }
            if Instant::now() > self.deadline {
                self.end = Some("It took too long, so it was stopped.".into());
                break;
            }
            if let Some(why) = self.watch.stopped() {
                self.end = Some(why.sentence().into());
                break;
            }
            steps += 1;
            self.watch.count_step();
            let since = Instant::now();
            let step = self.step(&at);
            way.push(Step { time: since.elapsed(), ..step });
            if self.values.are_too_large() || self.texts.is_full() {
                self.end =
                    Some(format!("Its variables have more than {} MiB, so it was stopped.", MAX_VARIABLES >> 20));
            } else if self.requests > MAX_REQUESTS {
                self.end = Some(format!("It was stopped at more than {MAX_REQUESTS} requests."));
            } else if self.room.is_full() {
                self.end = Some("Its requests have more than 1 MiB together, so it was stopped.".into());
            }
        }
        way.end = self.end;
        way
    }

    /// Enters a list of applications, whose functions are known from now on.
    pub(super) fn enter(&mut self, source: &'p Source<'p>, code: Rc<Code<'p>>, is_schema: bool) {
        for (name, actions) in &code.functions {
            let code = Rc::new(Code::of(&source.program, *actions));
            self.functions.insert(name.clone(), (source, code));
        }
        self.scopes.push(Scope {
            source,
            code,
            is_schema,
            list: 0,
            positions: HashMap::new(),
            counts: HashMap::new(),
            loops: HashMap::new(),
            jumps: 0,
        });
    }

    /// The next application; none at the end.
    fn next(&mut self) -> Option<At<'p>> {
        loop {
            let scope = self.scopes.last_mut()?;
            let list = &scope.code.lists[scope.list];
            let position = scope.positions.entry(scope.list).or_default();
            if let Some(node) = list.nodes.get(*position) {
                *position += 1;
                let (source, code, list) = (scope.source, Rc::clone(&scope.code), scope.list);
                return Some(At { source, code, node: *node, list });
            }
            *position = 0;
            match list.parent {
                Some((parent, _)) => scope.list = parent,
                None => drop(self.scopes.pop()),
            }
        }
    }

    /// Takes a step.
    fn step(&mut self, at: &At<'p>) -> Step {
        let application = &at.node().application;
        let is_first = self.scopes.first().is_some_and(|first| std::ptr::eq(first.source, at.source));
        let mut step = Step {
            application: shortened(&application.name).into_owned(),
            line: application.line,
            inside: application.place.map(|place| place.to_string()),
            schema: (!is_first).then(|| shortened(&at.source.name).into_owned()),
            set: Vec::new(),
            secrets: Vec::new(),
            request: None,
            exchange: None,
            time: Duration::ZERO,
            notes: Vec::new(),
        };
        self.values.unknown.clear();
        self.texts = texts();
        if let Err(note) = self.take(at, &mut step) {
            step.notes.push(note);
        }
        let unknown = std::mem::take(&mut self.values.unknown);
        if !unknown.is_empty() {
            let unknown: Vec<_> = unknown.into_iter().collect();
            step.notes.push(format!("Only an answer could tell: {}.", unknown.join(", ")));
        }
        if at.node().ends && self.end.is_none() {
            step.notes.push("The flow ends here, because of “break”.".into());
            self.scopes.clear();
        }
        step
    }

    /// A text with its variables filled in, as far as there is room in this step; what is not known stays as it is.
    pub(super) fn fill(&mut self, text: &str) -> String {
        let mut out = self.texts.text(usize::MAX);
        fill(text, &mut self.values, &mut self.texts, &mut out, |value, out| out.push(value));
        self.texts.take(out).0
    }

    /// What clocks show at this point of the run.
    pub(super) fn local(&self) -> NaiveDateTime {
        self.zone.local(self.now)
    }
}
