//! How queues are filtered and sorted, in their registry and in Coverage.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::queue_type::QueueType;
use crate::model::listing::{self, Noun, Rows};
use crate::word::Word;

pub type Filter = listing::Filter<Queues>;
pub type Order = listing::Order<Column>;
pub type Selection = listing::Selection<Queues>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queues;

impl Rows for Queues {
    type Kind = QueueType;
    type Column = Column;

    const NOUN: Noun = Noun { one: "queue", many: "queues", title: "Queues" };
    const KIND: (&'static str, &'static str) = ("type", "Type");
    const STATE: (&'static str, &'static str, [&'static str; 2]) = ("enabled", "State", ["Enabled", "Disabled"]);
    const SEARCH: (&'static str, &'static str) = ("Search queues", "Name");
    const MISSING: Option<(&'static str, &'static str)> = Some(("missing", "Missing"));
    const COLUMNS: &'static [Column] = &[Column::Name, Column::Type, Column::Hooks, Column::Enabled, Column::UpdatedAt];
}

/// “1 queue”, “2 queues”.
pub fn queues(count: i64) -> String {
    Queues::NOUN.count(count)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    #[strum(message = "Name")]
    Name,
    #[strum(message = "Type")]
    Type,
    #[strum(message = "Hooks")]
    Hooks,
    #[strum(message = "State")]
    Enabled,
    #[strum(message = "Changed")]
    UpdatedAt,
    /// How many events that can happen in the queue have no enabled hook: a column of Coverage.
    #[strum(message = "Missing")]
    Missing,
}

impl Word for Column {}
