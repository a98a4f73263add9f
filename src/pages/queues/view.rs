//! What the pages of the Queues section show.

use askama::Template;

use super::form::{Errors, Typed};
use crate::access::rights::{ADD_QUEUES, EDIT_QUEUES, PLAN_HOOKS, REMOVE_QUEUES, SWITCH_QUEUES};
use crate::access::session::Signed;
use crate::model::event::Event;
use crate::model::hooks::filter::hooks;
use crate::model::listing::Listed;
use crate::model::queues::change::Refused;
use crate::model::queues::filter::{Filter, Queues};
use crate::model::queues::query::Hooks;
use crate::model::queues::queue::Queue;
use crate::model::queues::queue_type::QueueType;
use crate::web::paging::View;
use crate::web::registry::{May, Registry};
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

#[derive(Template)]
#[template(path = "queues/index.html")]
pub struct Index {
    pub registry: Registry<Queues>,
    pub rows: Vec<(Queue, Hooks)>,
}

impl Index {
    pub fn new(view: View<Filter>, list: Listed<(Queue, Hooks)>, signed: &Signed, token: Token) -> Self {
        let may = May {
            add: signed.may(ADD_QUEUES),
            edit: signed.may(EDIT_QUEUES),
            switch: signed.may(SWITCH_QUEUES),
            remove: signed.may(REMOVE_QUEUES),
            plan: signed.may(PLAN_HOOKS),
        };
        let shown = list.rows.iter().map(|(queue, _)| queue.id).collect();
        let mut registry = Registry::new(paths::queues(), view, list.pages, shown, token, may);
        registry.elsewhere = signed.elsewhere(ADD_QUEUES);
        Self { registry, rows: list.rows }
    }
}

impl Hooks {
    /// “12, 8 enabled”.
    pub fn words(self) -> String {
        if self.all == 0 { "0".into() } else { format!("{}, {} enabled", self.all, self.enabled) }
    }
}

/// The page to add a queue.
#[derive(Template)]
#[template(path = "queues/new.html")]
pub struct New {
    /// The view of the registry that the person came from.
    pub query: String,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    pub token: Token,
}

impl New {
    pub fn of(query: String, typed: Typed, token: Token) -> Self {
        Self { query, typed, errors: Errors::default(), again: None, token }
    }
}

/// The General tab: the queue's form, or its facts for people who may not change them.
#[derive(Template)]
#[template(path = "queues/show.html")]
pub struct Show {
    pub queue: Queue,
    /// The events that can happen in the queue.
    pub events: Vec<Event>,
    pub may_change: bool,
    /// Where names and types are changed, if not here.
    pub elsewhere: Option<&'static str>,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The queue as somebody else saved it in the meantime.
    pub theirs: Option<Queue>,
    pub token: Token,
}

impl Show {
    pub fn new(queue: Queue, typed: Typed, signed: &Signed, token: Token) -> Self {
        let happens = |event: &Event| queue.queue_type.known().is_some_and(|queue_type| event.happens_in(queue_type));
        let events = Event::ALL.iter().copied().filter(happens).collect();
        let may_change = signed.may(EDIT_QUEUES);
        let elsewhere = signed.elsewhere(EDIT_QUEUES);
        let errors = Errors::default();
        Self { queue, events, may_change, elsewhere, typed, errors, again: None, theirs: None, token }
    }
}

/// What the list before a removal says beside a queue.
pub fn badge(count: i64) -> Option<String> {
    (count > 0).then(|| hooks(count))
}
