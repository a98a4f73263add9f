//! The lines of a JSON Lines file. What we do not know in a line is refused, not ignored.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::db::ids::MAX_ID;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::SchemaType;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Queue(Queue),
    FlowSchema(FlowSchema),
    Hook(Hook),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    #[serde(serialize_with = "as_string")]
    pub id: Id,
    pub name: String,
    #[serde(rename = "type")]
    pub queue_type: i64,
    pub enabled: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowSchema {
    #[serde(serialize_with = "as_string")]
    pub id: Id,
    pub name: String,
    #[serde(rename = "type")]
    pub schema_type: SchemaType,
    pub editor: bool,
    pub schema: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    pub id: Id,
    pub queue_id: Id,
    pub schema: SchemaId,
    pub event: Event,
    pub enabled: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaId {
    #[serde(serialize_with = "as_string")]
    pub id: Id,
}

/// An id: a number from 1 to [`MAX_ID`], written as a number or as a string of its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Id(pub i64);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn as_string<S: Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&id.0)
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an id: a whole number from 1 to {MAX_ID}, or a string of its digits")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
                let id = i64::try_from(number).ok().filter(|id| (1..=MAX_ID).contains(id));
                id.map(Id).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                let is_digits = text.bytes().all(|b| b.is_ascii_digit());
                let id = text.parse().ok().filter(|id| is_digits && (1..=MAX_ID).contains(id));
                id.map(Id).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}
