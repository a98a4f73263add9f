//! What the sign-in pages show.

use askama::Template;

use crate::pages::people::form::{Errors, Typed};
use crate::secret::Secret;
use crate::web::token::Token;
use crate::web::{assets, paths};

#[derive(Template)]
#[template(path = "sessions/new.html")]
pub struct SignIn {
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// The form is in a message, and the page around it stays.
    pub stay: bool,
    pub token: Token,
    pub error: Option<String>,
}

impl SignIn {
    /// What the names of the fields begin with, where they stand beside another form.
    fn prefix(&self) -> &'static str {
        if self.stay { PREFIX } else { "" }
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
    pub token: Token,
}
