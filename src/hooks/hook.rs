//! A hook: when this event happens in this queue, run that flow schema.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::event::Event;
use crate::schema::{flow_schemas, hooks};

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

impl Hook {
    pub fn choice(&self) -> Choice {
        Choice { event: self.event, schema_id: self.schema_id }
    }
}
