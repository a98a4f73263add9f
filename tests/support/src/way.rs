//! The way that a flow schema takes, without a server.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime};
use queue_hooks::flow::program::check;
use queue_hooks::flow::run::machine::{Source, Start, run};
use queue_hooks::flow::run::scripts::PROGRAM;
use queue_hooks::flow::run::watch::Watch;
use queue_hooks::flow::run::way::{Step, Way};
use queue_hooks::flow::run::wire::{Silent, Wire};

use super::process::binary;

/// A run in a test: its flow schema, and what it is given.
pub struct Walk<'t> {
    pub text: &'t str,
    pub called: &'t [(i64, &'t str)],
    pub variables: &'t [(&'t str, &'t str)],
    pub answers: &'t [(&'t str, &'t str)],
    pub time: Duration,
}

impl<'t> Walk<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, called: &[], variables: &[], answers: &[], time: Duration::from_secs(2) }
    }

    /// The way with the answers that it was given; nothing is sent.
    pub fn way(self) -> Way {
        let map = |of: &[(&str, &str)]| of.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let answers = map(self.answers);
        self.over(Silent { answers }, &Watch::default())
    }

    /// The way with what a wire brings.
    pub fn over(self, wire: impl Wire, watch: &Watch) -> Way {
        let program = |text: &'t str| check(text).unwrap_or_else(|problem| panic!("{text:.200}: {problem:?}"));
        let source = |name: String, text| Source { name, program: program(text) };
        let first = source("First".into(), self.text);
        let called: BTreeMap<_, _> =
            self.called.iter().map(|(id, text)| (*id, source(format!("Schema {id}"), *text))).collect();
        let map = |of: &[(&str, &str)]| -> HashMap<String, String> {
            of.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
        };
        let variables = map(self.variables);
        use_program();
        let start = Start { first: &first, called: &called, variables, now: noon(), time: self.time, watch };
        run(start, wire)
    }
}

/// Scripts are run by the program, and not by the test that runs now.
pub fn use_program() {
    PROGRAM.get_or_init(binary);
}

/// The moment of these runs: Thursday, the 26th of November 2026, five past noon, in UTC.
pub fn noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 26).and_then(|day| day.and_hms_opt(12, 5, 9)).expect("a moment")
}

pub fn walk(text: &str) -> Way {
    Walk::new(text).way()
}

/// What a variable was set to last.
pub fn set_to<'w>(way: &'w Way, name: &str) -> Option<&'w str> {
    let mut sets = way.steps.iter().flat_map(|step| &step.set).rev();
    sets.find(|(set, _)| set == name).and_then(|(_, value)| value.as_deref())
}

/// The applications of a way with their lines, such as `set 3`.
pub fn trail(way: &Way) -> Vec<String> {
    way.steps.iter().map(|step| format!("{} {}", step.application, step.line)).collect()
}

/// What is said of the steps, without a word for those of which nothing is said.
pub fn notes(way: &Way) -> Vec<&str> {
    way.steps.iter().flat_map(|step| step.notes.iter().map(String::as_str)).collect()
}

/// The first lines of the requests.
pub fn requests(way: &Way) -> Vec<String> {
    let requests = way.steps.iter().filter_map(|step: &Step| step.request.as_ref());
    requests.map(|request| format!("{} {}", request.method, request.url)).collect()
}
