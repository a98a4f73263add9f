//! The ten types of queue, by Webitel's numbers.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::SmallInt;
use serde::{Deserialize, Serialize};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::word::{Stored, Word};

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsExpression,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[serde(try_from = "i64", into = "i16")]
#[diesel(sql_type = SmallInt)]
pub enum QueueType {
    #[strum(serialize = "0", message = "Offline queue")]
    Offline,
    #[strum(serialize = "1", message = "Inbound queue")]
    Inbound,
    #[strum(serialize = "2", message = "Outbound IVR queue")]
    OutboundIvr,
    #[strum(serialize = "3", message = "Preview dialer")]
    PreviewDialer,
    #[strum(serialize = "4", message = "Progressive dialer")]
    ProgressiveDialer,
    #[strum(serialize = "5", message = "Predictive dialer")]
    PredictiveDialer,
    #[strum(serialize = "6", message = "Chat inbound queue")]
    ChatInbound,
    #[strum(serialize = "7", message = "Inbound task queue")]
    InboundTask,
    #[strum(serialize = "8", message = "Outbound task queue")]
    OutboundTask,
    #[strum(serialize = "9", message = "IM chat queue")]
    ImChat,
}

impl Word for QueueType {}

impl QueueType {
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|number| Self::ALL.get(number)).copied()
    }

    pub fn number(self) -> i16 {
        self as i16
    }

    pub fn channel(self) -> &'static str {
        match self {
            Self::ChatInbound => "chat",
            Self::InboundTask | Self::OutboundTask => "task",
            Self::ImChat => "im",
            _ => "call",
        }
    }
}

impl Stored<QueueType> {
    /// The number in the database, whatever it means.
    pub fn number(&self) -> i16 {
        match self {
            Self::Known(queue_type) => queue_type.number(),
            Self::Other(number) => number.parse().unwrap_or_default(),
        }
    }
}

impl TryFrom<i64> for QueueType {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        Self::from_number(number).ok_or_else(|| format!("a queue's type is 0 to 9, not {number}"))
    }
}

impl From<QueueType> for i16 {
    fn from(queue_type: QueueType) -> Self {
        queue_type.number()
    }
}

impl<DB: Backend> ToSql<SmallInt, DB> for QueueType
where
    i16: ToSql<SmallInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        // Each variant has its number here, so that a reference to one lives long enough.
        const NUMBERS: [i16; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        NUMBERS[*self as usize].to_sql(out)
    }
}

/// An unknown number is kept as its digits.
impl<DB: Backend> FromSql<SmallInt, DB> for Stored<QueueType>
where
    i16: FromSql<SmallInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let number = i16::from_sql(bytes)?;
        Ok(QueueType::from_number(number.into()).map_or_else(|| Self::Other(number.to_string()), Self::Known))
    }
}
