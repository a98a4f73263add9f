//! A flow schema: the named program that a hook runs.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::journal::{self, Subject};
use crate::schema::flow_schemas;
use crate::stored_as_word;
use crate::token::Hex;
use crate::word::Word;

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

/// A flow schema as the journal keeps it; its text stands beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub name: String,
    #[serde(rename = "type")]
    pub schema_type: SchemaType,
    pub editor: bool,
}

impl journal::State for State {
    const SUBJECT: Subject = Subject::FlowSchema;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn details(&self) -> String {
        self.schema_type.name().into()
    }
}

impl FlowSchema {
    /// What tells one version of it from another.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&*self.name, self.schema_type.word(), &*self.schema] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Hex(&hash.finalize()).to_string()
    }

    pub fn state(&self) -> State {
        State { name: self.name.clone(), schema_type: self.schema_type, editor: self.editor }
    }
}

/// What a flow schema is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, AsExpression, FromSqlRow)]
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
    /// The types that a hook may run.
    pub const FOR_HOOKS: [Self; 2] = [Self::Service, Self::Default];
}

impl Word for SchemaType {
    const ALL: &'static [Self] = &[Self::Default, Self::Voice, Self::Chat, Self::Processing, Self::Service];

    fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Voice => "voice",
            Self::Chat => "chat",
            Self::Processing => "processing",
            Self::Service => "service",
        }
    }

    fn name(self) -> &'static str {
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
