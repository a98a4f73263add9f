//! Enums whose values have a word in addresses, forms, files and the database, and a name that people read.

use std::borrow::Cow;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use strum::{EnumMessage, VariantArray};

use crate::db::MultiBackend;

/// One of a few values. Each variant has its word and its name as strum's `serialize` and `message`.
pub trait Word: Copy + Ord + EnumMessage + Into<&'static str> + VariantArray + 'static {
    /// In the order in which people see them.
    const ALL: &'static [Self] = Self::VARIANTS;

    /// The word in addresses, forms and the database.
    fn word(self) -> &'static str {
        self.into()
    }

    /// The words that people read.
    fn name(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// A word in a column that others may write to as well: one that we know, or whatever else is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow, Serialize, Deserialize)]
#[diesel(sql_type = Text)]
#[serde(untagged)]
pub enum Stored<W> {
    Known(W),
    Other(String),
}

impl<W: Word> Stored<W> {
    pub fn known(&self) -> Option<W> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Other(_) => None,
        }
    }

    pub fn word(&self) -> &str {
        match self {
            Self::Known(value) => value.word(),
            Self::Other(word) => word,
        }
    }

    /// What people read. A word that we do not know is shown as it is, and marked.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Known(value) => value.name().into(),
            Self::Other(word) if word.is_empty() => "(none)".into(),
            Self::Other(word) => format!("{word} (unknown)").into(),
        }
    }

    pub fn is(&self, value: W) -> bool {
        self.known() == Some(value)
    }
}

impl<W: Word> From<W> for Stored<W> {
    fn from(value: W) -> Self {
        Self::Known(value)
    }
}

impl<W: Word + std::fmt::Debug, DB: Backend> ToSql<Text, DB> for Stored<W>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.word().to_sql(out)
    }
}

impl<W: Word> From<&str> for Stored<W> {
    fn from(word: &str) -> Self {
        W::from_word(word).map_or_else(|| Self::Other(word.into()), Self::Known)
    }
}

impl<W: Word> FromSql<Text, Pg> for Stored<W> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(std::str::from_utf8(value.as_bytes())?.into())
    }
}

impl<W: Word> FromSql<Text, Sqlite> for Stored<W> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(value.read_text().into())
    }
}

impl<W: Word> FromSql<Text, MultiBackend> for Stored<W> {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Text>()
    }
}

/// Stores an enum in a text column as its [`Word`], where nobody else writes to the column.
#[macro_export]
macro_rules! stored_as_word {
    ($enum:ty) => {
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $enum
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                $crate::word::Word::word(*self).to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $enum
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = String::from_sql(bytes)?;
                <Self as $crate::word::Word>::from_word(&word).ok_or_else(|| format!("unknown word {word:?}").into())
            }
        }
    };
}
