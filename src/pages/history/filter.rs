//! A history's filter in the address: which changes, and in which order.

use std::collections::BTreeSet;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::name::short;
use crate::web::paging::{self, Query};
use crate::web::params::Params;
use crate::word::Word;

pub type View<A> = paging::View<Filter<A>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<A> {
    /// Empty means all.
    pub actions: BTreeSet<A>,
}

impl<A: Word> Filter<A> {
    /// All the changes that can be chosen.
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

/// Newest first; in reverse, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    #[strum(message = "When")]
    Newest,
}

impl Word for Column {}
