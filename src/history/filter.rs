//! What a history can be narrowed and sorted by: which changes, and when.

use std::collections::BTreeSet;

use crate::paging::{self, Query, short};
use crate::params::Params;
use crate::word::Word;

pub type View<A> = paging::View<Filter<A>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<A> {
    /// None means any.
    pub actions: BTreeSet<A>,
}

impl<A: Word> Filter<A> {
    /// Everything that it can be narrowed to.
    pub fn all(&self) -> &'static [A] {
        A::ALL
    }
}

impl<A> Default for Filter<A> {
    fn default() -> Self {
        Self { actions: BTreeSet::new() }
    }
}

impl<A: Word> paging::Filter for Filter<A> {
    type Column = Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        let mut actions = BTreeSet::new();
        for word in params.all("action") {
            match A::from_word(word) {
                Some(action) => drop(actions.insert(action)),
                None => notices.push(format!("There is no change “{}”, so it was left out.", short(word))),
            }
        }
        Self { actions }
    }

    fn write(&self, query: &mut Query) {
        for action in &self.actions {
            query.append_pair("action", action.word());
        }
    }
}

/// Newest first; the other way round, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    #[default]
    Newest,
}

impl Word for Column {
    const ALL: &'static [Self] = &[Self::Newest];

    fn word(self) -> &'static str {
        "newest"
    }

    fn name(self) -> &'static str {
        "When"
    }
}
