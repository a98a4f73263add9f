//! What the list of people can be narrowed and sorted by: part of a name, and the display name.

use crate::paging::{self, Query, read_search};
use crate::params::Params;
use crate::word::Word;

pub type View = paging::View<Filter>;

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of a name.
    pub q: String,
}

impl paging::Filter for Filter {
    type Column = Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        Self { q: read_search(params, notices) }
    }

    fn write(&self, query: &mut Query) {
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    #[default]
    Name,
}

impl Word for Column {
    const ALL: &'static [Self] = &[Self::Name];

    fn word(self) -> &'static str {
        "name"
    }

    fn name(self) -> &'static str {
        "Display name"
    }
}
