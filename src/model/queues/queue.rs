//! A queue: calls, chats and tasks wait in it for agents, and hooks belong to it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::queue_type::QueueType;
use crate::db::schema::queues;
use crate::db::{Id, Time};
use crate::model::journal::{Kept, Subject};
use crate::name::{self, composed};
use crate::word::Stored;

/// Characters of a queue's name.
pub const MAX_NAME: usize = 250;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = queues)]
pub struct Queue {
    #[diesel(deserialize_as = Id)]
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub queue_type: Stored<QueueType>,
    pub enabled: bool,
    #[diesel(deserialize_as = Time)]
    pub updated_at: Option<NaiveDateTime>,
}

impl Queue {
    /// What waits here; calls, if the type is unknown.
    pub fn channel(&self) -> &'static str {
        self.queue_type.known().map_or("call", QueueType::channel)
    }

    pub fn kept(&self) -> KeptQueue {
        KeptQueue { name: self.name.clone(), queue_type: self.queue_type.clone(), enabled: self.enabled }
    }
}

/// A queue as the journal stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptQueue {
    pub name: String,
    #[serde(rename = "type")]
    pub queue_type: Stored<QueueType>,
    pub enabled: bool,
}

impl Kept for KeptQueue {
    const SUBJECT: Subject = Subject::Queue;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn is(&self, other: &Self) -> bool {
        // An older version may have written another form of the name.
        let parts = |queue: &Self| (composed(&queue.name).into_owned(), queue.queue_type.clone(), queue.enabled);
        parts(self) == parts(other)
    }

    fn details(&self) -> String {
        format!("{}, {}", self.queue_type.name(), state_name(self.enabled))
    }
}

/// A queue as somebody wants it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub queue_type: QueueType,
    pub enabled: bool,
}

impl Wanted {
    pub fn kept(&self) -> KeptQueue {
        KeptQueue { name: self.name.clone(), queue_type: self.queue_type.into(), enabled: self.enabled }
    }
}

/// Reads the name of a queue; the error is a sentence.
pub fn read_name(typed: &str) -> Result<String, String> {
    name::read(typed, "name", MAX_NAME)
}

/// What people call the state of something that can be switched.
pub fn state_name(enabled: bool) -> &'static str {
    if enabled { "Enabled" } else { "Disabled" }
}
