//! What the registry of hooks can be narrowed and sorted by.

use crate::event::Event;
use crate::paging;
use crate::registry::{self, Noun, Rows};
use crate::word::Word;

pub type View = paging::View<Filter>;
pub type Filter = registry::Filter<Hooks>;
pub type Selection = registry::Selection<Hooks>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hooks;

impl Rows for Hooks {
    type Kind = Event;
    type Column = Column;

    const NOUN: Noun = Noun { one: "hook", many: "hooks", title: "Hooks" };
    const KIND: (&'static str, &'static str) = ("event", "Event");
    const STATE: (&'static str, &'static str, [&'static str; 2]) = ("enabled", "State", ["Enabled", "Disabled"]);
    const SEARCH: (&'static str, &'static str) = ("Search flow schemas", "Flow schema");
}

/// “1 hook”, “2 hooks”.
pub fn hooks(count: i64) -> String {
    Hooks::NOUN.count(count)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    #[default]
    Event,
    Schema,
    Enabled,
    UpdatedAt,
}

impl Word for Column {
    const ALL: &'static [Self] = &[Self::Event, Self::Schema, Self::Enabled, Self::UpdatedAt];

    fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Schema => "schema",
            Self::Enabled => "enabled",
            Self::UpdatedAt => "updated_at",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Event => "Event",
            Self::Schema => "Flow schema",
            Self::Enabled => "State",
            Self::UpdatedAt => "Changed",
        }
    }
}
