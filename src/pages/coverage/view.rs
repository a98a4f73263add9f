//! What Coverage shows.

use askama::Template;

use crate::access::rights::{CHANGE_HOOKS, PLAN_HOOKS};
use crate::access::session::Signed;
use crate::model::event::Event;
use crate::model::queues::coverage::{Cell, Coverage, Covered, Row};
use crate::model::queues::filter::{Column, Filter, Queues};
use crate::web::paging::View;
use crate::web::registry::{May, Registry};
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

/// By which the rows are sorted; the events follow.
const COLUMNS: [Column; 3] = [Column::Name, Column::Type, Column::Missing];

#[derive(Template)]
#[template(path = "coverage/index.html")]
pub struct Index {
    pub registry: Registry<Queues>,
    pub events: Vec<(Event, Covered)>,
    pub rows: Vec<Row>,
    /// The person may open a hook.
    pub may_edit_hooks: bool,
}

impl Index {
    pub fn new(view: View<Filter>, found: Coverage, signed: &Signed, token: Token) -> Self {
        let may_edit_hooks = signed.may(CHANGE_HOOKS);
        let may = May { plan: signed.may(PLAN_HOOKS), ..May::default() };
        let rows = found.rows.rows;
        let shown = rows.iter().map(|row| row.queue.id).collect();
        let registry = Registry::new(paths::coverage(), view, found.rows.pages, shown, token, may);
        Self { registry, events: found.events, rows, may_edit_hooks }
    }

    /// All that match, as a file.
    fn file(&self) -> String {
        let view = View { order: self.registry.view.order, ..View::default() };
        view.filtered(self.registry.view.filter.clone()).url(&paths::coverage_file())
    }
}

impl Cell {
    /// What there is to say besides the flow schema.
    pub fn notes(&self) -> Vec<String> {
        let disabled = (self.disabled > 0).then(|| format!("{} disabled", self.disabled));
        disabled.into_iter().chain((!self.can_happen).then(|| "cannot happen".into())).collect()
    }

    /// How the cell is marked.
    fn mark(&self) -> Option<&'static str> {
        match self {
            _ if !self.can_happen => Some("never"),
            _ if self.misses() => Some("missing"),
            _ => None,
        }
    }
}
