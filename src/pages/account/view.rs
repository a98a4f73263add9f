//! What the page of one's own account shows.

use askama::Template;

use crate::access::rights::CHANGE_ACCOUNT;
use crate::access::session::Signed;
use crate::access::sessions::Session;
use crate::pages::people::form::Errors;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::zone::Zone;

#[derive(Template)]
#[template(path = "account/show.html")]
pub struct Show {
    pub signed: Signed,
    pub sessions: Vec<Session>,
    /// What is wrong with the passwords as typed.
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    pub current_error: Option<String>,
    /// The time zone, as typed or as stored.
    pub zone: String,
    pub zone_error: Option<String>,
    /// The zone was typed and refused just now.
    pub is_refused_zone: bool,
    pub token: Token,
}
