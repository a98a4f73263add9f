//! What the History tab shows.

use askama::Template;

use super::filter::{View, Word};
use super::query::{Entry, List};
use crate::assets;
use crate::hooks;
use crate::journal::{Action, State};
use crate::token::Token;

/// The path of a queue's History tab.
pub fn path(queue_id: i64) -> String {
    format!("{}/history", hooks::view::path(queue_id))
}

#[derive(Template)]
#[template(path = "history/index.html")]
pub struct Index {
    /// The path of the Hooks tab.
    pub hooks_path: String,
    pub path: String,
    pub view: View<Action>,
    /// The person may bring hooks back.
    pub may_restore: bool,
    pub notices: Vec<String>,
    pub list: List,
    pub token: Token,
}

impl Entry {
    /// The hook as it was left, or as it was before it was removed.
    fn state(&self) -> Option<&State> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// What was before, where that says more than what came of it.
    fn was(&self) -> Option<&State> {
        self.before.as_ref().filter(|_| self.action == Action::Edit)
    }

    fn can_return(&self) -> bool {
        self.action == Action::Remove && !self.exists
    }
}

impl State {
    fn name(&self) -> String {
        format!("{} → {}", self.event.name(), self.schema.name)
    }
}
