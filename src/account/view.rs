//! What the page of one's own account shows.

use askama::Template;

use crate::people::form::Errors;
use crate::sessions::Signed;
use crate::sessions::query::Session;
use crate::token::Token;

pub const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "account/show.html")]
pub struct Show {
    pub signed: Signed,
    pub sessions: Vec<Session>,
    /// What is wrong with the passwords that were typed.
    pub errors: Errors,
    pub current_error: Option<String>,
    pub token: Token,
}
