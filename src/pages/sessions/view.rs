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
