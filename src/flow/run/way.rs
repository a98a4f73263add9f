//! The way that a run took.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::secrets::Secrets;
use crate::flow::request::Request;
use crate::flow::text::boundary;

/// How many steps are kept, apart from those with a request.
const MAX_KEPT: usize = 500;
/// How many bytes of a value are kept.
const MAX_VALUE: usize = 1000;
/// How many variables of a step are kept.
const MAX_SET: usize = 100;
/// Bytes of the names, values and notes of all steps. The requests have bounds of their own.
const MAX_BYTES: usize = 2 << 20;

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Way {
    pub steps: Vec<Step>,
    /// How many more steps there were.
    pub more: usize,
    /// Why it ended before the end of the flow schema.
    pub end: Option<String>,
    /// What is secret in what its steps set and said, also in those that are not kept.
    #[serde(skip)]
    pub secrets: Secrets,
    /// What its steps have in bytes.
    #[serde(skip)]
    bytes: usize,
}

/// A step, and what came of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Step {
    pub application: String,
    /// The line of its application.
    pub line: usize,
    pub inside: Option<String>,
    /// The flow schema that it is in, unless that is the first one.
    pub schema: Option<String>,
    /// What it set; `None` is a value that only an answer could tell.
    pub set: Vec<(String, Option<String>)>,
    /// Variables that it set to secrets, whatever their names.
    #[serde(skip)]
    pub secrets: Vec<String>,
    pub request: Option<Request>,
    /// What went over the line for it.
    pub exchange: Option<Exchange>,
    pub time: Duration,
    /// What else there is to say, in sentences.
    pub notes: Vec<String>,
}

impl Way {
    /// A way that ended before its first step.
    pub fn ended(end: String) -> Self {
        Self { end: Some(end), ..Self::default() }
    }

    pub fn push(&mut self, mut step: Step) {
        self.see_secrets(&step);
        if (self.steps.len() >= MAX_KEPT || self.bytes > MAX_BYTES) && step.request.is_none() {
            self.more += 1;
            return;
        }
        let more = step.set.len().saturating_sub(MAX_SET);
        if more > 0 {
            step.set.truncate(MAX_SET);
            step.set.shrink_to_fit();
            step.notes.push(format!("It set {more} more."));
        }
        for value in step.set.iter_mut().filter_map(|(_, value)| value.as_mut()).chain(&mut step.notes) {
            shorten(value);
            self.bytes += value.len();
        }
        self.bytes += step.set.iter().map(|(name, _)| name.len()).sum::<usize>();
        self.steps.push(step);
    }

    /// Notes the secrets of a step as long as its values are whole.
    fn see_secrets(&mut self, step: &Step) {
        for (name, value) in &step.set {
            let Some(value) = value else { continue };
            if step.secrets.contains(name) {
                self.secrets.see_secret(value);
            } else {
                self.secrets.see(name, value);
            }
        }
        step.notes.iter().for_each(|note| self.secrets.see_text(note));
    }
}

fn shorten(value: &mut String) {
    if value.len() > MAX_VALUE {
        value.truncate(boundary(value, MAX_VALUE));
        value.push('…');
        value.shrink_to_fit();
    }
}
