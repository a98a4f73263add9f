//! The eight events of a queue: their words, their meaning, and in which types of queue they happen.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::queues::queue_type::QueueType;
use crate::stored_as_word;
use crate::word::Word;

/// An event that a hook waits for, in the order of the drop-down list.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[diesel(sql_type = Text)]
pub enum Event {
    #[strum(message = "Joined")]
    Joined,
    #[strum(message = "Answered")]
    Answered,
    #[strum(message = "Offering")]
    Offering,
    #[strum(message = "Bridged")]
    Bridged,
    #[strum(message = "Missed")]
    Missed,
    #[strum(message = "Leaving")]
    Leaving,
    #[strum(message = "Processing")]
    Processing,
    #[strum(message = "Active")]
    Active,
}

impl Word for Event {}

impl Event {
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Joined => "the subscriber entered the queue",
            Self::Answered => "an agent answered",
            Self::Offering => "the call, chat or task is offered to an agent",
            Self::Bridged => "agent and subscriber are connected",
            Self::Missed => "the agent did not accept the offer",
            Self::Leaving => "the attempt left the queue, for any reason",
            Self::Processing => "the wrap-up after the conversation began",
            Self::Active => "the agent accepted, the subscriber is not connected yet",
        }
    }

    /// Something odd about the event.
    pub fn note(self) -> Option<&'static str> {
        (self == Self::Answered).then_some("documented for these types, where current versions say Active instead")
    }

    /// Whether the event can happen in a queue of this type. Webitel lets hooks wait for the others too. The column
    /// `queues.missing` is made of the same facts.
    pub fn happens_in(self, queue_type: QueueType) -> bool {
        let types: &[i16] = match self {
            Self::Joined => &[1, 2, 6, 8, 9],
            Self::Answered | Self::Active => &[0, 3],
            Self::Offering => &[0, 1, 2, 3, 4, 5, 6, 7, 9],
            Self::Missed | Self::Processing => &[0, 1, 3, 4, 5, 6, 7, 9],
            Self::Bridged | Self::Leaving => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        };
        types.contains(&queue_type.number())
    }

    /// The types of queue in which the event can happen.
    pub fn queue_types(self) -> Vec<QueueType> {
        QueueType::ALL.iter().copied().filter(|queue_type| self.happens_in(*queue_type)).collect()
    }
}

stored_as_word!(Event);
