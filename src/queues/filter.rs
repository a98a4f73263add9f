//! What the registry of queues can be narrowed and sorted by.

use super::queue::QueueType;
use crate::paging;
use crate::registry::{self, Noun, Rows};
use crate::word::Word;

pub type View = paging::View<Filter>;
pub type Filter = registry::Filter<Queues>;
pub type Selection = registry::Selection<Queues>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queues;

impl Rows for Queues {
    type Kind = QueueType;
    type Column = Column;

    const NOUN: Noun = Noun { one: "queue", many: "queues", title: "Queues" };
    const KIND: (&'static str, &'static str) = ("type", "Type");
    const STATE: (&'static str, &'static str, [&'static str; 2]) = ("enabled", "State", ["Enabled", "Disabled"]);
    const SEARCH: (&'static str, &'static str) = ("Search queues", "Name");
}

/// “1 queue”, “2 queues”.
pub fn queues(count: i64) -> String {
    Queues::NOUN.count(count)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    #[default]
    Name,
    Type,
    Hooks,
    Enabled,
    UpdatedAt,
}

impl Word for Column {
    const ALL: &'static [Self] = &[Self::Name, Self::Type, Self::Hooks, Self::Enabled, Self::UpdatedAt];

    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Hooks => "hooks",
            Self::Enabled => "enabled",
            Self::UpdatedAt => "updated_at",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Type => "Type",
            Self::Hooks => "Hooks",
            Self::Enabled => "State",
            Self::UpdatedAt => "Changed",
        }
    }
}
