//! A flow schema: the named program that a hook runs.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::schema::flow_schemas;
use crate::stored_as_word;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct FlowSchema {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub schema_type: SchemaType,
    pub editor: bool,
    pub schema: String,
    pub updated_at: NaiveDateTime,
}

/// What a flow schema is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum SchemaType {
    Default,
    Voice,
    Chat,
    Processing,
    Service,
}

impl SchemaType {
    pub const ALL: [Self; 5] = [Self::Default, Self::Voice, Self::Chat, Self::Processing, Self::Service];

    /// The types that a hook may run.
    pub const FOR_HOOKS: [Self; 2] = [Self::Service, Self::Default];

    /// The word in files and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Voice => "voice",
            Self::Chat => "chat",
            Self::Processing => "processing",
            Self::Service => "service",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema_type| schema_type.word() == word)
    }

    /// The name that people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "No type",
            Self::Voice => "Voice",
            Self::Chat => "Chat",
            Self::Processing => "Forms",
            Self::Service => "Service",
        }
    }
}

stored_as_word!(SchemaType);
