//! What the pages of plans show.

use askama::Template;

use crate::model::event::Event;
use crate::model::flow_schemas::query::Options;
use crate::model::hooks::hook::Hook;
use crate::model::plans::MAX_QUEUES;
use crate::model::queues::filter::Queues;
use crate::model::queues::query::Hooks;
use crate::model::queues::queue::Queue;
use crate::pages::hooks::form::{Errors, Pressed, Typed};
use crate::web::registry::Registry;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

/// The form that asks which hook the queues get, or which flow schema the hooks run.
#[derive(Template)]
#[template(path = "plans/new.html")]
pub struct New {
    pub title: String,
    /// The event is asked for too.
    pub asks_event: bool,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The chosen flow schema, which may be missing from the options.
    pub schema: Option<(i64, String)>,
    pub options: Options,
    pub notes: Vec<String>,
    /// How many hooks one change may be about.
    pub max_hooks: i64,
    pub action: String,
    pub back: String,
    pub fields: Vec<(&'static str, String)>,
    pub token: Token,
}

impl New {
    /// The focus goes to the message, else to the first bad field, else to the first field.
    fn focus_is_on_schema(&self) -> bool {
        let is_searched = self.typed.pressed == Pressed::Search;
        let is_first = !self.asks_event || self.errors.event.is_none() && self.typed.event().is_some();
        self.again.is_none() && (is_searched || is_first)
    }

    fn focus_is_on_event(&self) -> bool {
        self.again.is_none() && !self.focus_is_on_schema()
    }
}

/// The registry of queues, to choose those that get copies of hooks.
#[derive(Template)]
#[template(path = "plans/queues.html")]
pub struct Targets {
    pub registry: Registry<Queues>,
    pub rows: Vec<(Queue, Hooks)>,
    pub title: String,
    pub hooks: Vec<Hook>,
    /// The tab that the hooks are in.
    pub back: String,
}

/// A plan, and the form that carries it out.
#[derive(Template)]
#[template(path = "plans/plan.html")]
pub struct Plan {
    pub title: String,
    /// It is not what the person saw before.
    pub has_changed: bool,
    pub groups: Vec<Group>,
    pub notes: Vec<String>,
    pub action: String,
    pub back: String,
    pub fields: Vec<(&'static str, String)>,
    /// What the button says; there is none if there is nothing to do.
    pub carry_out: Option<&'static str>,
    pub token: Token,
}

/// Things with which the same happens.
pub struct Group {
    pub title: &'static str,
    /// How many they are, in words.
    pub count: String,
    /// Each with what is worth knowing about it.
    pub things: Vec<(String, Option<String>)>,
    pub ask: Ask,
}

/// What a plan asks about a group.
#[derive(Default)]
pub enum Ask {
    #[default]
    Nothing,
    /// A checkbox.
    Tick { name: &'static str, label: &'static str, is_chosen: bool },
    /// One of these, each with its word and its label.
    One { name: &'static str, options: Vec<(&'static str, &'static str)>, chosen: &'static str },
}

impl Group {
    /// How many things are named at once.
    const LISTED: usize = 10;

    fn first(&self) -> &[(String, Option<String>)] {
        &self.things[..self.things.len().min(Self::LISTED)]
    }

    fn rest(&self) -> &[(String, Option<String>)] {
        &self.things[self.first().len()..]
    }
}
