//! What the pages of the Queues section show.

use askama::Template;

use super::filter::{Queues, View};
use super::form::{Errors, Typed};
use super::query::{Hooks, List};
use super::queue::{Queue, QueueType};
use crate::assets;
use crate::event::Event;
use crate::hooks::filter::hooks;
use crate::registry::{May, Registry};
use crate::rights::{ADD_QUEUES, CHANGE_QUEUES, REMOVE_QUEUES};
use crate::sessions::Signed;
use crate::token::Token;
use crate::word::Word;

pub const PATH: &str = "/contact-center/queues";

/// The path of a queue's General tab.
pub fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

#[derive(Template)]
#[template(path = "queues/index.html")]
pub struct Index {
    pub registry: Registry<Queues>,
    pub rows: Vec<(Queue, Hooks)>,
}

impl Index {
    pub fn new(view: View, list: List, signed: &Signed, token: Token) -> Self {
        let may_change = signed.may(CHANGE_QUEUES);
        let may = May {
            add: signed.may(ADD_QUEUES),
            edit: may_change,
            switch: may_change,
            remove: signed.may(REMOVE_QUEUES),
        };
        let shown = list.rows.iter().map(|(queue, _)| queue.id).collect();
        let registry = Registry::new(PATH.into(), view, list.pages, shown, token, may);
        Self { registry, rows: list.rows }
    }
}

impl Hooks {
    /// “12, 8 enabled”.
    fn words(self) -> String {
        if self.all == 0 { "0".into() } else { format!("{}, {} enabled", self.all, self.enabled) }
    }
}

/// The page to add a queue on.
#[derive(Template)]
#[template(path = "queues/new.html")]
pub struct New {
    /// The view of the registry that the person came from.
    pub query: String,
    pub typed: Typed,
    pub errors: Errors,
    pub token: Token,
}

/// The General tab: the queue's form, or its facts for who may not change them.
#[derive(Template)]
#[template(path = "queues/show.html")]
pub struct Show {
    pub queue: Queue,
    /// The events that can happen in the queue.
    pub events: Vec<Event>,
    pub may_change: bool,
    pub typed: Typed,
    pub errors: Errors,
    /// What somebody else made of the queue meanwhile.
    pub theirs: Option<Queue>,
    pub token: Token,
}

impl Show {
    pub fn new(queue: Queue, typed: Typed, signed: &Signed, token: Token) -> Self {
        let events = Event::ALL.iter().copied().filter(|event| event.happens_in(queue.queue_type)).collect();
        let may_change = signed.may(CHANGE_QUEUES);
        Self { queue, events, may_change, typed, errors: Errors::default(), theirs: None, token }
    }
}

/// What the list of a removal says beside a queue.
pub fn badge(count: i64) -> Option<String> {
    (count > 0).then(|| hooks(count))
}
