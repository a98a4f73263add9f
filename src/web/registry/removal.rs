//! Removing rows, in the words of the pages: the question before a removal, and the message after one.

use askama::Template;

use super::selection::{self, Asked, Sent, fields};
use crate::model::hooks::filter::hooks;
use crate::model::listing::Rows;
use crate::web::failure::Answer;
use crate::web::token::Token;

/// The question before a removal.
#[derive(Template)]
#[template(path = "removal.html")]
pub struct Removal {
    pub path: String,
    pub query: String,
    pub token: Token,
    /// What is asked.
    pub question: String,
    /// What the button says.
    pub remove: String,
    /// The first things to be removed, each with what is worth knowing about it.
    pub things: Vec<(String, Option<String>)>,
    /// How many more are removed.
    pub more: i64,
    /// What else to know, in sentences.
    pub notes: Vec<String>,
    pub fields: Vec<(&'static str, String)>,
}

impl Removal {
    /// How many things the page lists by name.
    pub const LISTED: i64 = 10;

    /// The question about a selection of which `count` rows still exist; `of` says what they belong to.
    pub fn new<R: Rows>(path: String, sent: &Sent<R>, token: Token, count: i64, of: &str) -> Self {
        let remove = format!("Remove {}", R::NOUN.count(count));
        let gone = sent.selection.size() - count;
        let notes = if gone > 0 { vec![gone_already(gone)] } else { Vec::new() };
        Self {
            path,
            query: sent.view.query(),
            token,
            question: format!("{remove}{of}?"),
            remove,
            things: Vec::new(),
            more: 0,
            notes,
            fields: fields(&sent.selection),
        }
    }

    /// The question as the title of its page.
    pub fn title(&self) -> String {
        self.question.strip_suffix('?').unwrap_or(&self.question).to_owned()
    }
}

/// Asks about a selection that came by POST.
pub async fn ask<R: Rows, F: Future<Output = Answer>>(sent: Sent<R>, question: impl FnOnce(Asked<R>) -> F) -> Answer {
    let address = format!("{}/removal", sent.path);
    selection::ask(sent, &address, &[], |sent| question(Asked(sent))).await
}

/// What a message adds about hooks that go or come back with their queues.
pub fn with_hooks(count: i64) -> String {
    if count == 0 { String::new() } else { format!(" with {}", hooks(count)) }
}

/// What the question says about selected rows that no longer exist.
pub fn gone_already(count: i64) -> String {
    format!("{count} of the selection {} gone already.", if count == 1 { "is" } else { "are" })
}

/// What a message adds about selected rows that no longer exist.
pub fn gone(count: i64) -> String {
    match count {
        0 => String::new(),
        1 => ". 1 of the selection was gone already".into(),
        count => format!(". {count} of the selection were gone already"),
    }
}
