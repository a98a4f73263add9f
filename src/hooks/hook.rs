//! A hook: when this event happens in this queue, run that flow schema.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::journal::{self, Subject};
use crate::paging::short;
use crate::schema::{flow_schemas, hooks};
use crate::word::Word;

/// A hook with the name of its flow schema, as every page shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = hooks)]
pub struct Hook {
    pub id: i64,
    pub event: Event,
    pub enabled: bool,
    pub updated_at: NaiveDateTime,
    pub schema_id: i64,
    #[diesel(select_expression = flow_schemas::name)]
    pub schema_name: String,
}

/// What a person chooses of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub event: Event,
    pub schema_id: i64,
}

/// A hook as the journal keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub event: Event,
    pub schema: Schema,
    pub enabled: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schema {
    pub id: String,
    pub name: String,
}

impl journal::State for State {
    const SUBJECT: Subject = Subject::Hook;

    fn name(&self) -> String {
        format!("{} → {}", self.event.name(), self.schema.name)
    }

    fn details(&self) -> String {
        state_name(self.enabled).into()
    }
}

/// How people call the state of what can be switched.
pub fn state_name(enabled: bool) -> &'static str {
    if enabled { "Enabled" } else { "Disabled" }
}

impl Hook {
    /// The name that people know it by.
    pub fn name(&self) -> String {
        format!("{} → {}", self.event.name(), self.schema_name)
    }

    /// The name, short enough for a message.
    pub fn short_name(&self) -> String {
        format!("{} → {}", self.event.name(), short(&self.schema_name))
    }

    pub fn state(&self) -> State {
        let schema = Schema { id: self.schema_id.to_string(), name: self.schema_name.clone() };
        State { event: self.event, schema, enabled: self.enabled }
    }

    pub fn choice(&self) -> Choice {
        Choice { event: self.event, schema_id: self.schema_id }
    }
}
