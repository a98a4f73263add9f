//! How the list of people is filtered and sorted: by part of a name, and by display name.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::web::paging::{self, Query, read_search};
use crate::web::params::Params;
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    #[strum(message = "Display name")]
    Name,
}

impl Word for Column {}
