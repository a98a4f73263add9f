//! What the pages of the Hooks tab show.

use askama::Template;

use super::form::{Errors, Pressed, Typed};
use crate::access::rights::{ADD_FLOW_SCHEMAS, CHANGE_HOOKS, PLAN_HOOKS, SEE_FLOW_SCHEMAS};
use crate::access::session::Signed;
use crate::model::event::Event;
use crate::model::flow_schemas::query::Options;
use crate::model::hooks::change::Refused;
use crate::model::hooks::filter::{Filter, Hooks};
use crate::model::hooks::hook::Hook;
use crate::model::hooks::tab::Tab;
use crate::model::queues::queue::Queue;
use crate::model::variable::{Presence, VARIABLES};
use crate::pages::flow_schemas::view::Preview;
use crate::web::paging::View;
use crate::web::registry::{May, Registry};
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

#[derive(Template)]
#[template(path = "hooks/index.html")]
pub struct Index {
    pub registry: Registry<Hooks>,
    pub tab: Tab,
    /// The person may see flow schemas, and choose one for a hook.
    pub may_choose: bool,
    /// The person may add a flow schema.
    pub may_add_schema: bool,
    /// The modal, when it is open.
    pub edit: Option<Edit>,
    /// The hook that could not be enabled, and the one that is enabled instead.
    pub taken: Option<(Hook, Hook)>,
}

impl Index {
    pub fn new(view: View<Filter>, tab: Tab, signed: &Signed, token: Token) -> Self {
        let may_change = signed.may(CHANGE_HOOKS);
        let plan = signed.may(PLAN_HOOKS);
        let may = May { add: may_change, edit: may_change, switch: may_change, remove: may_change, plan };
        let shown = tab.hooks.rows.iter().map(|hook| hook.id).collect();
        let mut registry = Registry::new(paths::hooks(tab.queue.id), view, tab.hooks.pages, shown, token, may);
        registry.counts = Event::ALL.iter().map(|event| (event.word(), tab.counts.of(*event))).collect();
        let (may_choose, may_add_schema) = (signed.may(SEE_FLOW_SCHEMAS), signed.may(ADD_FLOW_SCHEMAS));
        Self { registry, tab, may_choose, may_add_schema, edit: None, taken: None }
    }
}

/// The modal: **Add hook**, or **Edit hook** for the hook with that id.
pub struct Edit {
    pub id: Option<i64>,
    pub typed: Typed,
    /// The form holds something other than what is stored.
    pub was_sent: bool,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The chosen flow schema, which may be missing from the options.
    pub schema: Option<(i64, String)>,
    pub options: Options,
    /// What the chosen flow schema would send on the chosen event, if somebody asked for that.
    pub preview: Option<Preview>,
    /// The queue's enabled hooks, other than this one.
    pub enabled: Vec<Hook>,
    /// Another hook is enabled for the chosen event.
    pub taken: Option<Hook>,
    /// The hook as somebody else saved it in the meantime.
    pub theirs: Option<Hook>,
}

impl Edit {
    fn title(&self) -> &'static str {
        if self.id.is_some() { "Edit hook" } else { "Add hook" }
    }

    /// What the drop-down says about an event: its name, and what is special about it.
    fn hint(&self, event: Event, queue: &Queue) -> String {
        let mut hint = format!("{} – {}", event.name(), event.meaning());
        if let Some(holder) = self.enabled.iter().find(|hook| hook.event.is(event)) {
            hint.push_str(&format!(" · already enabled by {}", holder.schema_name));
        }
        if queue.queue_type.known().is_some_and(|queue_type| !event.happens_in(queue_type)) {
            hint.push_str(" · cannot happen in this queue type");
        }
        hint
    }

    /// The names of the variables that a flow schema receives with an event in this queue.
    #[expect(clippy::unused_self, reason = "a template calls methods alone")]
    fn variables(&self, presence: Presence, event: Event, queue: &Queue) -> String {
        let Some(queue_type) = queue.queue_type.known() else { return String::new() };
        let variables = VARIABLES.iter().filter(|variable| variable.presence(event, queue_type) == presence);
        variables.map(|variable| variable.name).collect::<Vec<_>>().join(", ")
    }

    /// The focus goes to the message, else to the first bad field, else to the first field.
    fn focus_is_on_event(&self) -> bool {
        self.theirs.is_none()
            && self.again.is_none()
            && self.preview.is_none()
            && self.typed.pressed != Pressed::Search
            && (self.errors.event.is_some() || self.errors.schema.is_none())
    }

    fn focus_is_on_schema(&self) -> bool {
        self.theirs.is_none()
            && (self.typed.pressed == Pressed::Search || self.errors.event.is_none() && self.errors.schema.is_some())
    }

    /// Why the event cannot be chosen.
    fn taken_sentence(&self) -> String {
        self.taken.clone().map_or_else(String::new, |holder| Refused::Taken(holder).sentence())
    }

    fn chosen_name(&self) -> &str {
        self.schema.as_ref().map_or("–", |(_, name)| name)
    }
}
