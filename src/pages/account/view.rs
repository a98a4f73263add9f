//! What the page of one's own account shows.

use askama::Template;

use crate::access::session::Signed;
use crate::access::sessions::Session;
use crate::pages::people::form::Errors;
use crate::web::paths;
use crate::web::token::Token;

#[derive(Template)]
#[template(path = "account/show.html")]
pub struct Show {
    pub signed: Signed,
    pub sessions: Vec<Session>,
    /// What is wrong with the passwords as typed.
    pub errors: Errors,
    pub current_error: Option<String>,
    pub token: Token,
}
