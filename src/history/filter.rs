//! What the history can be narrowed and sorted by.

use std::collections::BTreeSet;

use crate::journal::Action;
use crate::paging::{self, Query, short};
use crate::params::Params;

pub type View = paging::View<Filter>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// None means any.
    pub actions: BTreeSet<Action>,
}

impl paging::Filter for Filter {
    type Column = Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        let mut actions = BTreeSet::new();
        for word in params.all("action") {
            match Action::from_word(word) {
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Newest,
}

impl paging::Column for Column {
    const ALL: &'static [Self] = &[Self::Newest];

    fn word(self) -> &'static str {
        "newest"
    }
}
