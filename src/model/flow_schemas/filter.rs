//! How the registry of flow schemas is filtered and sorted, and the registry of the hooks that run one.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::flow_schema::SchemaType;
use crate::model::event::Event;
use crate::model::listing::{self, Noun, Rows};
use crate::word::Word;

pub type Filter = listing::Filter<FlowSchemas>;
pub type Order = listing::Order<Column>;
pub type Selection = listing::Selection<FlowSchemas>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowSchemas;

impl Rows for FlowSchemas {
    type Kind = SchemaType;
    type Column = Column;

    const NOUN: Noun = Noun { one: "flow schema", many: "flow schemas", title: "Flow schemas" };
    const KIND: (&'static str, &'static str) = ("type", "Type");
    const STATE: (&'static str, &'static str, [&'static str; 2]) = ("used", "Use", ["Used", "Not used"]);
    const SEARCH: (&'static str, &'static str) = ("Search flow schemas", "Name");
}

/// “1 flow schema”, “2 flow schemas”.
pub fn flow_schemas(count: i64) -> String {
    FlowSchemas::NOUN.count(count)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    #[strum(message = "Name")]
    Name,
    #[strum(message = "Type")]
    Type,
    #[strum(message = "Editor")]
    Editor,
    #[strum(message = "Used by")]
    UsedBy,
    #[strum(message = "Changed")]
    UpdatedAt,
}

impl Word for Column {}

/// The hooks that run a flow schema, in all queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses;

impl Rows for Uses {
    type Kind = Event;
    type Column = UsesColumn;

    const NOUN: Noun = Noun { one: "hook", many: "hooks", title: "Hooks" };
    const KIND: (&'static str, &'static str) = ("event", "Event");
    const STATE: (&'static str, &'static str, [&'static str; 2]) = ("enabled", "State", ["Enabled", "Disabled"]);
    const SEARCH: (&'static str, &'static str) = ("Search queues", "Queue");
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum UsesColumn {
    #[default]
    #[strum(message = "Queue")]
    Queue,
    #[strum(message = "Event")]
    Event,
    #[strum(message = "State")]
    Enabled,
    #[strum(message = "Changed")]
    UpdatedAt,
}

impl Word for UsesColumn {}
