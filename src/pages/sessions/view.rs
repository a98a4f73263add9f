//! What the sign-in pages show.

use askama::Template;

use crate::pages::people::form::{Errors, Typed};
use crate::secret::Secret;
use crate::web::form::Held;
use crate::web::token::Token;
use crate::web::{assets, paths};

#[derive(Template)]
#[template(path = "sessions/new.html")]
pub struct SignIn {
    pub action: String,
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// The form is in a message, and the page around it stays.
    pub stay: bool,
    /// What was typed into the form at `action` before the session ended.
    pub held: Option<Held>,
    pub token: Token,
    pub error: Option<String>,
}

impl SignIn {
    /// The page on its own.
    pub fn new(next: String, token: Token) -> Self {
        Self { action: paths::sign_in(), name: String::new(), next, stay: false, held: None, token, error: None }
    }

    /// What the names of the fields begin with, where others stand beside them.
    fn prefix(&self) -> &'static str {
        if self.stay || self.held.is_some() { PREFIX } else { "" }
    }
}

pub const PREFIX: &str = "sign_in_";

/// The message to somebody who signed in on a page that they stay on.
#[derive(Template)]
#[template(path = "sessions/stayed.html")]
pub struct Stayed {
    pub signed_as: String,
    pub token: Token,
}

/// Asks whoever follows the demonstration's link. What only looks at an address in advance does not use it up.
#[derive(Template)]
#[template(path = "sessions/demonstration.html")]
pub struct Demonstration {
    pub link: Secret,
    pub token: Token,
}

#[derive(Template)]
#[template(path = "sessions/set_up.html")]
pub struct SetUp {
    pub link: Secret,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    pub token: Token,
}

impl SetUp {
    /// It came with what somebody typed.
    fn is_dirty(&self) -> bool {
        !self.typed.name.is_empty() || !self.typed.display_name.is_empty()
    }
}
