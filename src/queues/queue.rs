//! A queue: what waits for agents, and what hooks belong to.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::SmallInt;

use crate::schema::queues;

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

/// One of the ten types of queue, by Webitel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromSqlRow)]
pub struct QueueType(i16);

impl QueueType {
    const NAMES: [&str; 10] = [
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
    ];

    pub fn all() -> impl Iterator<Item = Self> {
        (0..10).map(Self)
    }

    pub fn from_number(number: i64) -> Option<Self> {
        i16::try_from(number).ok().filter(|number| (0..10).contains(number)).map(Self)
    }

    pub fn number(self) -> i16 {
        self.0
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0.unsigned_abs())]
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

impl<DB: Backend> FromSql<SmallInt, DB> for QueueType
where
    i16: FromSql<SmallInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let number = i16::from_sql(bytes)?;
        Self::from_number(number.into()).ok_or_else(|| format!("unknown queue type {number}").into())
    }
}
