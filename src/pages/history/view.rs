//! What a history shows.

use askama::Template;

use super::filter::View;
use crate::model::history::{Entry, Place, Scope, Shown};
use crate::model::journal::{Action, Subject};
use crate::model::listing::Listed;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

pub fn path(scope: Scope) -> String {
    paths::history(&match scope {
        Scope::Queue(id) => paths::hooks(id),
        Scope::Queues => paths::queues(),
        Scope::FlowSchema(id) => paths::flow_schema(id),
        Scope::FlowSchemas => paths::flow_schemas(),
    })
}

#[derive(Template)]
#[template(path = "history/index.html")]
pub struct Index {
    pub path: String,
    pub view: View<Action>,
    /// Where removed things are brought back, if the person may do that.
    pub restoration: Option<String>,
    pub may_edit_hooks: bool,
    /// The person may see the hooks that run a flow schema.
    pub may_see_uses: bool,
    pub notices: Vec<String>,
    pub place: Place,
    pub list: Listed<Entry>,
    pub token: Token,
}

impl Index {
    /// Where an entry's subject is, if it exists and the person may go there.
    fn link(&self, entry: &Entry) -> Option<String> {
        let id = entry.subject_id;
        match (&self.place, entry.subject) {
            (Place::Queue(queue), Subject::Hook) if entry.exists && self.may_edit_hooks => {
                Some(paths::hook(queue.id, id))
            }
            (_, Subject::Queue) if entry.exists => Some(paths::queue(id)),
            (_, Subject::FlowSchema) if entry.exists => Some(paths::version(id, entry.id)),
            _ => None,
        }
    }

    /// The entry is about the queue itself, among those about its hooks.
    fn is_of_queue(&self, entry: &Entry) -> bool {
        matches!(self.place, Place::Queue(_)) && entry.subject == Subject::Queue
    }
}

impl Entry {
    /// The subject as the change left it, or as it was before its removal.
    fn state(&self) -> Option<&Shown> {
        self.after.as_ref().or(self.before.as_ref())
    }

    fn was_name(&self) -> Option<&String> {
        self.was(|shown| &shown.name)
    }

    fn was_details(&self) -> Option<&String> {
        self.was(|shown| &shown.details)
    }

    /// What it was before an edit, where that differs.
    fn was(&self, part: fn(&Shown) -> &String) -> Option<&String> {
        let (Action::Edit, Some(before), Some(after)) = (self.action, &self.before, &self.after) else { return None };
        Some(part(before)).filter(|was| *was != part(after))
    }

    fn can_return(&self) -> bool {
        self.action == Action::Remove && !self.exists
    }
}
