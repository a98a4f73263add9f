//! A queue: what waits for agents, and what hooks belong to.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::SmallInt;
use serde::{Deserialize, Serialize};

use crate::hooks::hook::state_name;
use crate::journal::{self, Subject};
use crate::schema::queues;
use crate::word::Word;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = queues)]
pub struct Queue {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub queue_type: QueueType,
    pub enabled: bool,
    pub updated_at: NaiveDateTime,
}

/// A queue as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub name: String,
    #[serde(rename = "type")]
    pub queue_type: QueueType,
    pub enabled: bool,
}

impl journal::State for State {
    const SUBJECT: Subject = Subject::Queue;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn details(&self) -> String {
        format!("{}, {}", self.queue_type.name(), state_name(self.enabled))
    }
}

impl Queue {
    pub fn state(&self) -> State {
        State { name: self.name.clone(), queue_type: self.queue_type, enabled: self.enabled }
    }
}

/// One of the ten types of queue, by Webitel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[serde(try_from = "i64", into = "i16")]
#[diesel(sql_type = SmallInt)]
pub struct QueueType(i16);

impl QueueType {
    pub const INBOUND: Self = Self(1);

    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|queue_type| i64::from(queue_type.0) == number)
    }

    pub fn number(self) -> i16 {
        self.0
    }

    pub fn channel(self) -> &'static str {
        match self.0 {
            6 => "chat",
            7 | 8 => "task",
            9 => "im",
            _ => "call",
        }
    }
}

impl TryFrom<i64> for QueueType {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        Self::from_number(number).ok_or_else(|| format!("unknown queue type {number}"))
    }
}

impl From<QueueType> for i16 {
    fn from(queue_type: QueueType) -> Self {
        queue_type.0
    }
}

impl Word for QueueType {
    const ALL: &'static [Self] =
        &[Self(0), Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7), Self(8), Self(9)];

    fn word(self) -> &'static str {
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"][usize::from(self.0.unsigned_abs())]
    }

    fn name(self) -> &'static str {
        [
            "Offline queue",
            "Inbound queue",
            "Outbound IVR queue",
            "Preview dialer",
            "Progressive dialer",
            "Predictive dialer",
            "Chat inbound queue",
            "Inbound task queue",
            "Outbound task queue",
            "IM chat queue",
        ][usize::from(self.0.unsigned_abs())]
    }
}

impl<DB: Backend> ToSql<SmallInt, DB> for QueueType
where
    i16: ToSql<SmallInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<SmallInt, DB> for QueueType
where
    i16: FromSql<SmallInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::try_from(i64::from(i16::from_sql(bytes)?))?)
    }
}
