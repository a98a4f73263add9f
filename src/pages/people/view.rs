//! What the pages of the People section show.

use askama::Template;

use super::filter::{Column, View};
use super::form::{Errors, Typed};
use crate::access::journal::{Action, Entry};
use crate::access::person::{KeptPerson, Person};
use crate::access::rights::{CHANGE_PEOPLE, Preset, Right, Rights};
use crate::access::session::Signed;
use crate::model::listing::Listed;
use crate::pages::history;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

#[derive(Template)]
#[template(path = "people/index.html")]
pub struct Index {
    pub path: String,
    pub view: View,
    pub notices: Vec<String>,
    pub list: Listed<Person>,
    pub may_change: bool,
    pub token: Token,
}

/// The form for a new person, or for one who exists.
#[derive(Template)]
#[template(path = "people/edit.html")]
pub struct Edit {
    pub path: String,
    /// The view of the list that the person came from.
    pub query: String,
    pub person: Option<Person>,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The person as somebody else saved them in the meantime.
    pub theirs: Option<Person>,
    /// The person is the one who looks.
    pub is_own: bool,
    pub may_change: bool,
    pub token: Token,
}

impl Edit {
    pub fn new(person: Option<Person>, typed: Typed, query: String, signed: &Signed, token: Token) -> Self {
        let is_own = person.as_ref().is_some_and(|person| person.id == signed.person.id);
        Self {
            path: paths::people(),
            query,
            person,
            typed,
            errors: Errors::default(),
            again: None,
            theirs: None,
            is_own,
            may_change: signed.may(CHANGE_PEOPLE),
            token,
        }
    }
}

#[derive(Template)]
#[template(path = "people/history.html")]
pub struct History {
    pub path: String,
    pub view: history::filter::View<Action>,
    pub notices: Vec<String>,
    pub list: Listed<Entry>,
}

impl KeptPerson {
    fn differs(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.name != other.name {
            differences.push(format!("name {} → {}", self.name, other.name));
        }
        if self.display_name != other.display_name {
            differences.push(format!("display name {} → {}", self.display_name, other.display_name));
        }
        if self.rights != other.rights {
            let summary = |words: &str| Rights::from_words(words.split(' ')).summary();
            differences.push(format!("rights {} → {}", summary(&self.rights), summary(&other.rights)));
        }
        differences
    }
}

impl Entry {
    /// What changed, in words.
    fn details(&self) -> String {
        match (self.before(), self.after()) {
            (Some(before), Some(after)) => before.differs(&after).join("; "),
            (None, Some(after)) => format!("rights {}", Rights::from_words(after.rights.split(' ')).summary()),
            _ => self.about.clone(),
        }
    }
}
