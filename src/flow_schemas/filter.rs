//! What the registry of flow schemas, and the one of the hooks that run one, can be narrowed and sorted by.

use super::flow_schema::SchemaType;
use crate::event::Event;
use crate::paging;
use crate::registry::{self, Noun, Rows};
use crate::word::Word;

pub type View = paging::View<Filter>;
pub type Filter = registry::Filter<FlowSchemas>;
pub type Selection = registry::Selection<FlowSchemas>;

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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    #[default]
    Name,
    Type,
    Editor,
    UsedBy,
    UpdatedAt,
}

impl Word for Column {
    const ALL: &'static [Self] = &[Self::Name, Self::Type, Self::Editor, Self::UsedBy, Self::UpdatedAt];

    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Editor => "editor",
            Self::UsedBy => "used_by",
            Self::UpdatedAt => "updated_at",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Type => "Type",
            Self::Editor => "Editor",
            Self::UsedBy => "Used by",
            Self::UpdatedAt => "Changed",
        }
    }
}

pub type UsesView = paging::View<registry::Filter<Uses>>;

/// The hooks that run a flow schema, of all queues.
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsesColumn {
    #[default]
    Queue,
    Event,
    Enabled,
    UpdatedAt,
}

impl Word for UsesColumn {
    const ALL: &'static [Self] = &[Self::Queue, Self::Event, Self::Enabled, Self::UpdatedAt];

    fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Event => "event",
            Self::Enabled => "enabled",
            Self::UpdatedAt => "updated_at",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Queue => "Queue",
            Self::Event => "Event",
            Self::Enabled => "State",
            Self::UpdatedAt => "Changed",
        }
    }
}
