//! How the registry of hooks is filtered and sorted.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::model::event::Event;
use crate::model::listing::{self, Noun, Rows};
use crate::word::Word;

pub type Filter = listing::Filter<Hooks>;
pub type Order = listing::Order<Column>;
pub type Selection = listing::Selection<Hooks>;

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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    #[strum(message = "Event")]
    Event,
    #[strum(message = "Flow schema")]
    Schema,
    #[strum(message = "State")]
    Enabled,
    #[strum(message = "Changed")]
    UpdatedAt,
}

impl Word for Column {}
