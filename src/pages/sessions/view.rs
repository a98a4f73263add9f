//! What the sign-in pages show.

use askama::Template;

use crate::pages::people::form::{Errors, Typed};
use crate::secret::Secret;
use crate::web::paths;
use crate::web::token::Token;

#[derive(Template)]
#[template(path = "sessions/new.html")]
pub struct SignIn {
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    pub token: Token,
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "sessions/set_up.html")]
pub struct SetUp {
    pub link: Secret,
    pub typed: Typed,
    pub errors: Errors,
    pub token: Token,
}
