//! The variables of a run.

use std::collections::{BTreeSet, HashMap};

use super::limits::MAX_VARIABLES;
use crate::flow::text::shortened;
use crate::flow::variables::Variables;

/// How many names are kept of those that were read without being known. A script may ask for any number of them.
const MAX_UNKNOWN: usize = 20;

/// The variables as they are at a step. `None` is a value that only an answer could tell.
#[derive(Default)]
pub struct Values {
    known: HashMap<String, Option<String>>,
    bytes: usize,
    /// The first names that were read without being known, as a note shows them.
    pub unknown: BTreeSet<String>,
}

impl Values {
    pub fn new(given: HashMap<String, String>) -> Self {
        let bytes = given.iter().map(|(name, value)| name.len() + value.len()).sum();
        let known = given.into_iter().map(|(name, value)| (name, Some(value))).collect();
        Self { known, bytes, unknown: BTreeSet::new() }
    }

    pub fn set(&mut self, name: &str, value: Option<String>) {
        let size = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        self.bytes += size(&value);
        if let Some(old) = self.known.get_mut(name) {
            self.bytes -= size(&std::mem::replace(old, value));
        } else {
            self.bytes += name.len();
            self.known.insert(name.to_owned(), value);
        }
    }

    pub fn are_too_large(&self) -> bool {
        self.bytes > MAX_VARIABLES
    }

    pub fn count(&self) -> usize {
        self.known.values().flatten().filter(|value| !value.is_empty()).count()
    }
}

impl Variables for Values {
    fn get(&mut self, name: &str) -> Option<&str> {
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        let is_unknown = match self.known.get(name) {
            Some(value) => value.is_none(),
            None => self.known.get(first).is_some_and(Option::is_none),
        };
        if is_unknown {
            if self.unknown.len() < MAX_UNKNOWN {
                self.unknown.insert(shortened(name).into_owned());
            }
            return None;
        }
        Some(self.known.get(name).and_then(Option::as_deref).unwrap_or_default())
    }
}
