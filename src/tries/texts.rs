//! The flow schema that is to run, with those that it calls. A program borrows its text, so this is what moves between
//! threads.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::db::now;
use crate::flow::program::{Program, check};
use crate::flow::run::given::{Given, given};
use crate::flow::run::machine::{Source, Start, run};
use crate::flow::run::watch::Watch;
use crate::flow::run::way::Way;
use crate::flow::run::wire::Wire;
use crate::flow::text::Problem;

/// A flow schema by its name and its text.
pub struct Named {
    pub name: String,
    pub text: String,
}

pub struct Texts {
    pub first: Named,
    /// Those that are called, by their ids.
    pub called: BTreeMap<i64, Named>,
}

impl Texts {
    /// The variables that they read.
    pub fn given(&self) -> Result<Vec<Given>, Problem> {
        let first = check(&self.first.text)?;
        let called: Vec<Program> = self.called.values().filter_map(|called| check(&called.text).ok()).collect();
        Ok(given(&[&first].into_iter().chain(&called).collect::<Vec<_>>()))
    }

    /// Runs the first one.
    pub fn run(
        &self,
        variables: HashMap<String, String>,
        wire: impl Wire,
        time: Duration,
        watch: &Watch,
    ) -> Result<Way, Problem> {
        let first = Source { name: self.first.name.clone(), program: check(&self.first.text)? };
        let called = self
            .called
            .iter()
            .filter_map(|(id, named)| {
                Some((*id, Source { name: named.name.clone(), program: check(&named.text).ok()? }))
            })
            .collect();
        Ok(run(Start { first: &first, called: &called, variables, now: now(), time, watch }, wire))
    }
}
