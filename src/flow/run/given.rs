//! The variables that somebody gives a run, and the flow schemas that it calls.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::control::called;
use crate::flow::program::{Program, each_set};
use crate::flow::warnings::{Reads, read_by};
use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::model::variable::{VARIABLES, Variable};

/// A variable that a flow schema reads and does not make itself.
#[derive(Clone)]
pub struct Given {
    pub name: String,
    /// The answer to a request sets it.
    pub is_of_answer: bool,
}

/// The variables that programs read, in the order of their texts: those that an event may bring, those that nobody
/// sets, and those that the answer to a request sets.
pub fn given(programs: &[&Program]) -> Vec<Given> {
    let (mut made, mut answered) = (HashSet::new(), HashSet::new());
    for application in programs.iter().flat_map(|program| program.applications()) {
        let set = if application.name == "httpRequest" { &mut answered } else { &mut made };
        each_set(&application, &mut |name, _| {
            set.insert(name.into_owned());
        });
    }
    let (mut seen, mut given) = (HashSet::new(), Vec::new());
    for program in programs {
        let mut reads = Reads::new();
        program.applications().for_each(|application| read_by(&application, &mut reads));
        let mut reads: Vec<_> = reads.into_iter().map(|(name, byte)| (byte, name)).collect();
        reads.sort_unstable();
        for (_, name) in reads {
            let root = name.split_once('.').map_or(&*name, |(root, _)| root);
            let is_made = made.contains(&*name) || root != name && (made.contains(root) || answered.contains(root));
            if (is_made && Variable::find(&name).is_none()) || name.is_empty() || !seen.insert(name.to_string()) {
                continue;
            }
            let is_of_answer = answered.contains(&*name) && Variable::find(&name).is_none();
            given.push(Given { name: name.into_owned(), is_of_answer });
        }
    }
    given
}

/// The sample of every variable that an event brings to a queue of this type.
pub fn samples(event: Event, queue_type: QueueType) -> HashMap<String, String> {
    let sample = |variable: &Variable| (variable.name.to_owned(), variable.sample(event, queue_type).to_owned());
    VARIABLES.iter().map(sample).filter(|(_, sample)| !sample.is_empty()).collect()
}

/// The flow schemas that a program calls by an id in its text.
pub fn calls(program: &Program) -> BTreeSet<i64> {
    let schemas = program.applications().filter(|application| application.name == "schema");
    schemas.filter_map(|application| called(application.arguments)).collect()
}
