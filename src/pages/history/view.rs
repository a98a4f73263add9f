//! What a history shows.

use std::collections::BTreeSet;

use askama::Template;

use super::filter::View;
use crate::access::rights::Access;
use crate::access::session::Signed;
use crate::model::history::{Entry, Place, Scope, Shown};
use crate::model::journal::{Action, Subject};
use crate::model::listing::Listed;
use crate::model::undo;
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
    /// What each entry offers to undo.
    pub offers: Vec<Offer>,
    pub may_edit_hooks: bool,
    /// The person may see the hooks that run a flow schema.
    pub may_see_uses: bool,
    pub notices: Vec<String>,
    /// Something was undone here: what its button was is another row's by now.
    pub is_told: bool,
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

    fn offered(&self) -> impl Iterator<Item = (&Entry, &Offer)> {
        self.list.rows.iter().zip(&self.offers)
    }

    fn offers_any(&self) -> bool {
        self.offers.iter().any(|offer| offer.one || offer.all)
    }

    /// The entry is about the queue itself, among those about its hooks.
    fn is_of_queue(&self, entry: &Entry) -> bool {
        matches!(self.place, Place::Queue(_)) && entry.subject == Subject::Queue
    }
}

/// What an entry offers to undo.
#[derive(Clone, Copy, Default)]
pub struct Offer {
    /// What the change did to this one thing.
    pub one: bool,
    /// All of the change.
    pub all: bool,
}

/// What each entry offers to undo: what is as the change left it, for so many days, to who may do it. All of a change is
/// offered once.
pub fn offers(entries: &[Entry], signed: &Signed) -> Vec<Offer> {
    let can_be_undone = |entry: &Entry| entry.is_as_left && undo::is_offered(entry.at) && signed.may(entry.needs());
    let whole: BTreeSet<&str> =
        entries.iter().filter(|entry| entry.is_part && can_be_undone(entry)).map(|entry| &*entry.change).collect();
    let mut offered = BTreeSet::new();
    let offer = |entry: &Entry| Offer {
        one: can_be_undone(entry),
        all: whole.contains(&*entry.change) && offered.insert(entry.change.clone()),
    };
    entries.iter().map(offer).collect()
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

    /// What somebody needs to undo this.
    fn needs(&self) -> Access {
        undo::needs(self.subject, self.before.is_none() || self.after.is_none())
    }

    /// “Restored” says it already.
    fn says_undo(&self) -> bool {
        self.undoes.is_some() && self.action != Action::Restore
    }

    fn was_removed(&self) -> bool {
        self.action == Action::Remove
    }
}
