//! A flow schema: the named program that a hook runs.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::db::Time;
use crate::db::schema::flow_schemas;
use crate::model::journal::{Kept, Subject};
use crate::name::{self, composed};
use crate::secret::Hex;
use crate::stored_as_word;
use crate::word::{Stored, Word};

/// Characters of a flow schema's name.
pub const MAX_NAME: usize = 100;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = flow_schemas)]
pub struct FlowSchema {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = type_)]
    pub schema_type: Stored<SchemaType>,
    pub editor: bool,
    pub schema: String,
    #[diesel(deserialize_as = Time)]
    pub updated_at: Option<NaiveDateTime>,
}

impl FlowSchema {
    /// Tells one version of it from another.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&*self.name, self.schema_type.word(), &*self.schema] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Hex(&hash.finalize()).to_string()
    }

    pub fn kept(&self) -> KeptFlowSchema {
        KeptFlowSchema { name: self.name.clone(), schema_type: self.schema_type.clone(), editor: self.editor }
    }
}

/// A flow schema as the journal stores it; its text has a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFlowSchema {
    pub name: String,
    #[serde(rename = "type")]
    pub schema_type: Stored<SchemaType>,
    pub editor: bool,
}

impl Kept for KeptFlowSchema {
    const SUBJECT: Subject = Subject::FlowSchema;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn is(&self, other: &Self) -> bool {
        // An older version may have written another form of the name.
        let parts = |schema: &Self| (composed(&schema.name).into_owned(), schema.schema_type.clone(), schema.editor);
        parts(self) == parts(other)
    }

    fn details(&self) -> String {
        self.schema_type.name().into()
    }
}

/// A flow schema as somebody wants it to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: String,
    pub schema_type: SchemaType,
    pub text: String,
}

/// Reads the name of a flow schema; the error is a sentence.
pub fn read_name(typed: &str) -> Result<String, String> {
    name::read(typed, "name", MAX_NAME)
}

/// What a flow schema is made for.
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
    FromSqlRow,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum SchemaType {
    #[strum(message = "No type")]
    Default,
    #[strum(message = "Voice")]
    Voice,
    #[strum(message = "Chat")]
    Chat,
    #[strum(message = "Forms")]
    Processing,
    #[strum(message = "Service")]
    Service,
}

impl Word for SchemaType {}

stored_as_word!(SchemaType);

impl SchemaType {
    /// The types that a hook may run.
    pub const FOR_HOOKS: [Self; 2] = [Self::Service, Self::Default];

    /// Refuses the types that no hook may run; the error is a sentence.
    pub fn check_for_hooks(self) -> Result<(), &'static str> {
        if Self::FOR_HOOKS.contains(&self) {
            Ok(())
        } else {
            Err("A hook runs flow schemas of type Service or No type.")
        }
    }
}
