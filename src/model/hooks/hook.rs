//! A hook: when this event happens in this queue, run that flow schema.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::{hook_schemas, hooks};
use crate::db::{Id, Time};
use crate::model::event::Event;
use crate::model::journal::{Kept, Subject};
use crate::model::queues::queue::state_name;
use crate::model::queues::queue_type::QueueType;
use crate::name::short;
use crate::word::Stored;

/// A hook with the name of its flow schema, as every page shows it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = hooks)]
pub struct Hook {
    #[diesel(deserialize_as = Id)]
    pub id: i64,
    pub event: Stored<Event>,
    pub enabled: bool,
    #[diesel(deserialize_as = Time)]
    pub updated_at: Option<NaiveDateTime>,
    #[diesel(deserialize_as = Id)]
    pub schema_id: i64,
    #[diesel(select_expression = hook_schemas::name)]
    pub schema_name: String,
}

/// A hook as somebody wants it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub event: Event,
    pub schema_id: i64,
    pub enabled: bool,
}

/// A hook as the journal stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptHook {
    pub event: Stored<Event>,
    pub schema: KeptSchema,
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSchema {
    pub id: String,
    pub name: String,
}

impl Kept for KeptHook {
    const SUBJECT: Subject = Subject::Hook;

    fn name(&self) -> String {
        format!("{} → {}", self.event.name(), self.schema.name)
    }

    fn short_name(&self) -> String {
        format!("{} → {}", self.event.name(), short(&self.schema.name))
    }

    fn is(&self, other: &Self) -> bool {
        let parts = |hook: &Self| (hook.event.clone(), hook.schema.id.clone(), hook.enabled);
        parts(self) == parts(other)
    }

    fn details(&self) -> String {
        state_name(self.enabled).into()
    }
}

/// What Webitel's views call a flow schema that belongs to another domain.
pub const UNSEEN: &str = "a flow schema of another domain";

impl Hook {
    /// Whether nobody here may see its flow schema.
    pub fn runs_unseen(&self) -> bool {
        self.schema_name == UNSEEN
    }

    /// The name that people know it by.
    pub fn name(&self) -> String {
        [&*self.event.name(), " → ", &self.schema_name].concat()
    }

    /// The name, short enough for a message.
    pub fn short_name(&self) -> String {
        format!("{} → {}", self.event.name(), short(&self.schema_name))
    }

    pub fn kept(&self) -> KeptHook {
        let schema = KeptSchema { id: self.schema_id.to_string(), name: self.schema_name.clone() };
        KeptHook { event: self.event.clone(), schema, enabled: self.enabled }
    }

    /// Whether its event can happen in a queue of this type; for unknown words and types nobody can tell.
    pub fn can_happen_in(&self, queue_type: &Stored<QueueType>) -> bool {
        match (self.event.known(), queue_type.known()) {
            (Some(event), Some(queue_type)) => event.happens_in(queue_type),
            _ => true,
        }
    }
}
