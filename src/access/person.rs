//! A person: somebody who may sign in.

use std::fmt;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::rights::Rights;
use crate::db::schema::people;
use crate::name;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = people)]
pub struct Person {
    pub id: i64,
    /// What the person signs in with: see [`Name`].
    pub name: String,
    pub display_name: String,
    /// The person has access.
    pub enabled: bool,
    pub rights: Rights,
    /// The name of the time zone in which they want to see times; none is that of their browser.
    pub zone: Option<String>,
}

impl Person {
    pub fn author(&self) -> Author {
        Author { id: Some(self.id), name: self.to_string() }
    }

    pub fn kept(&self) -> KeptPerson {
        let Self { name, display_name, enabled, rights, .. } = self.clone();
        KeptPerson { name, display_name, enabled, rights: rights.words() }
    }
}

/// How journals and lists name a person. The name in parentheses is unique, whatever the display name looks like.
impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.display_name, self.name)
    }
}

/// A person as the journal stores them, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPerson {
    pub name: String,
    pub display_name: String,
    pub enabled: bool,
    pub rights: String,
}

/// Who makes a change.
#[derive(Clone, Debug)]
pub struct Author {
    /// None if it is not a person.
    pub id: Option<i64>,
    pub name: String,
}

impl Author {
    /// Somebody at the machine's terminal. People are always written with parentheses, so nobody can be mistaken for
    /// this.
    pub fn command_line() -> Self {
        Self { id: None, name: "Command line".into() }
    }

    /// Somebody who has not yet shown who they are.
    pub fn nobody() -> Self {
        Self { id: None, name: String::new() }
    }
}

/// What somebody signs in with: 1 to 64 letters a to z, digits and `.` `_` `-` `@` `+`, in lower case. So no two names
/// look alike, and a name cannot be mistaken for anything else, wherever it is written.
#[derive(Clone, Debug)]
pub struct Name(pub String);

impl Name {
    pub fn new(typed: &str) -> Result<Self, &'static str> {
        let name = typed.trim().to_ascii_lowercase();
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-@+".contains(&b);
        match name.len() {
            0 => Err("Type a name."),
            1..=64 if name.bytes().all(is_allowed) => Ok(Self(name)),
            _ => Err("A name has 1 to 64 letters a to z, digits and . _ - @ +."),
        }
    }
}

/// What others call the person: 1 to 100 characters, none of them invisible or changing the direction of the text.
#[derive(Clone, Debug)]
pub struct DisplayName(pub String);

impl DisplayName {
    pub fn new(typed: &str) -> Result<Self, String> {
        let words: Vec<_> = typed.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        name::read(&words.join(" "), "display name", 100).map(Self)
    }
}
