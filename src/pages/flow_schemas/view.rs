//! What the pages of the Flow schemas section show.

use std::ops::Range;

use askama::Template;

use super::form::{Errors, Occasion, Pressed, Typed};
use crate::access::rights::{ADD_FLOW_SCHEMAS, CHANGE_FLOW_SCHEMAS, PLAN_HOOKS, REMOVE_FLOW_SCHEMAS, SEE_USES};
use crate::access::session::Signed;
use crate::flow::difference::{Difference, difference};
use crate::flow::preview::{self, Requests};
use crate::flow::program::{Program, check, shown};
use crate::flow::warnings::Warning;
use crate::model::event::Event;
use crate::model::flow_schemas::change::Refused;
use crate::model::flow_schemas::filter::{Filter, FlowSchemas, Uses};
use crate::model::flow_schemas::flow_schema::{FlowSchema, KeptFlowSchema, MAX_NAME, SchemaType};
use crate::model::flow_schemas::query::{Item, Options, Row};
use crate::model::flow_schemas::uses::Use;
use crate::model::flow_schemas::version;
use crate::model::listing::{self, Listed};
use crate::model::queues::queue_type::QueueType;
use crate::name::keys::{folded, place};
use crate::web::paging::{Query, View};
use crate::web::registry::{May, Registry};
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

#[derive(Template)]
#[template(path = "flow_schemas/index.html")]
pub struct Index {
    pub registry: Registry<FlowSchemas>,
    pub rows: Vec<(Row, i64)>,
    /// The person may see the hooks that run a flow schema.
    pub may_see_uses: bool,
}

impl Index {
    pub fn new(view: View<Filter>, list: Listed<(Row, i64)>, signed: &Signed, token: Token) -> Self {
        let may = May {
            add: signed.may(ADD_FLOW_SCHEMAS),
            edit: signed.may(CHANGE_FLOW_SCHEMAS),
            switch: false,
            remove: signed.may(REMOVE_FLOW_SCHEMAS),
            ..May::default()
        };
        let shown = list.rows.iter().map(|(row, _)| row.item.id).collect();
        let mut registry = Registry::new(paths::flow_schemas(), view, list.pages, shown, token, may);
        let elsewhere = signed.elsewhere(ADD_FLOW_SCHEMAS);
        registry.elsewhere = elsewhere.or_else(|| signed.elsewhere(REMOVE_FLOW_SCHEMAS));
        Self { registry, rows: list.rows, may_see_uses: signed.may(SEE_USES) }
    }
}

/// What people call the editor that made a flow schema.
pub fn editor_name(editor: bool) -> &'static str {
    if editor { "Diagram" } else { "Text" }
}

/// A flow schema for people who may not change it.
#[derive(Template)]
#[template(path = "flow_schemas/show.html")]
pub struct Show {
    pub schema: FlowSchema,
    /// The schema's text as the form would show it.
    pub text: String,
    pub warnings: Vec<Warning>,
    pub uses: Option<i64>,
    pub preview: Preview,
    /// Where it is written, if not here.
    pub elsewhere: Option<&'static str>,
}

/// The form for a new flow schema, or for a stored one.
#[derive(Template)]
#[template(path = "flow_schemas/edit.html")]
pub struct Edit {
    pub schema: Option<FlowSchema>,
    /// The view of the registry that the person came from.
    pub query: String,
    pub typed: Typed,
    pub errors: Errors,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The flow schema as somebody else saved it in the meantime, and how that differs from what was typed.
    pub theirs: Option<(FlowSchema, Difference)>,
    /// The form holds something other than what is stored.
    pub is_changed: bool,
    /// The form holds a version from the history.
    pub is_version: bool,
    pub warnings: Vec<Warning>,
    /// How many hooks run it, if the person may see them.
    pub uses: Option<i64>,
    pub preview: Preview,
    pub token: Token,
}

impl Edit {
    fn action(&self) -> String {
        self.schema.as_ref().map_or_else(paths::flow_schemas, |schema| paths::flow_schema(schema.id))
    }

    fn cancel(&self) -> String {
        self.typed.back.clone().unwrap_or_else(|| paths::flow_schemas() + &self.query)
    }

    fn focus_is_on_name(&self) -> bool {
        let is_first = self.again.is_none()
            && self.schema.is_none()
            && self.typed.pressed == Pressed::Save
            && !self.errors.are_any();
        self.errors.name.is_some() || is_first
    }
}

/// The requests that a flow schema would send, if somebody asked for them.
pub struct Preview {
    pub occasion: Occasion,
    pub requests: Option<Requests>,
}

impl Preview {
    /// The requests of a text, if it can be read and `occasion` has an event.
    pub fn of(text: &str, occasion: Occasion) -> Self {
        match check(text) {
            Ok(program) => Self::of_program(&program, occasion),
            Err(_) => Self { occasion, requests: None },
        }
    }

    pub fn of_program(program: &Program, occasion: Occasion) -> Self {
        let requests = occasion.event.map(|event| preview::requests(program, event, occasion.queue_type));
        Self { occasion, requests }
    }
}

/// The hooks that run a flow schema.
#[derive(Template)]
#[template(path = "flow_schemas/hooks.html")]
pub struct Hooks {
    pub registry: Registry<Uses>,
    pub schema: Item,
    pub rows: Vec<Use>,
}

impl Hooks {
    pub fn new(
        schema: Item,
        view: View<listing::Filter<Uses>>,
        uses: Listed<Use>,
        signed: &Signed,
        token: Token,
    ) -> Self {
        let shown = uses.rows.iter().map(|hook| hook.id).collect();
        let may = May { plan: signed.may(PLAN_HOOKS), ..May::default() };
        let registry = Registry::new(paths::uses(schema.id), view, uses.pages, shown, token, may);
        Self { registry, schema, rows: uses.rows }
    }
}

/// A change of a flow schema, from its history.
#[derive(Template)]
#[template(path = "flow_schemas/version.html")]
pub struct Version {
    pub schema: Item,
    pub version: version::Version,
    pub texts: Texts,
    pub may_change: bool,
    pub may_see_uses: bool,
}

/// What to say about the texts of a change.
pub struct Texts {
    /// What the change did.
    pub did: Option<Difference>,
    /// What changed after it.
    pub since: Option<Difference>,
    /// The only text, if the flow schema was added, removed or brought back.
    pub whole: Option<String>,
}

impl Texts {
    /// Compares the texts of a change with each other, and with what there is now.
    pub fn of(version: &version::Version, now: &str) -> Self {
        let texts = (version.before.as_ref().map(|(_, text)| text), version.after.as_ref().map(|(_, text)| text));
        let (did, whole) = match texts {
            (Some(before), Some(after)) => (Some((before, after)), None),
            (before, after) => (None, before.or(after)),
        };
        Self {
            did: did.and_then(|(before, after)| compared(before, after)),
            since: texts.1.or(texts.0).and_then(|text| compared(text, now)),
            whole: whole.map(|text| shown(text)),
        }
    }
}

/// How two texts differ, if they do.
fn compared(before: &str, after: &str) -> Option<Difference> {
    (before != after).then(|| difference(before, after))
}

impl Version {
    /// The only state to show, if the flow schema was added, removed or brought back.
    fn only(&self) -> Option<&KeptFlowSchema> {
        match (&self.version.before, &self.version.after) {
            (Some(_), Some(_)) => None,
            (before, after) => before.as_ref().or(after.as_ref()).map(|(kept, _)| kept),
        }
    }
}

/// The answer to a removal that cannot remove anything.
#[derive(Template)]
#[template(path = "flow_schemas/used.html")]
pub struct Used {
    pub query: String,
    pub first: Vec<(Item, i64)>,
    pub more: i64,
    /// If there is only one, the first hooks that run it, if the person may see them.
    pub hooks: Vec<Use>,
    pub may_see_uses: bool,
    /// The person may have those hooks run another one.
    pub may_plan: bool,
}

impl Used {
    /// Where to choose another flow schema for all hooks that run this one.
    #[expect(clippy::unused_self, reason = "a template calls methods alone")]
    fn successor(&self, id: i64, uses: i64) -> String {
        let mut query = Query::new(String::new());
        query.append_pair("all", "matching").append_pair("count", &uses.to_string());
        format!("{}?{}", paths::successor(id), query.finish())
    }
}

/// The rows of the hook's drop-down, without a page around them.
#[derive(Template)]
#[template(path = "flow_schemas/options.html")]
pub struct OptionRows {
    pub options: Options,
    pub q: String,
}

impl Options {
    /// The chosen flow schema, if the list does not offer it.
    pub fn unlisted<'a>(&self, chosen: Option<&'a (i64, String)>) -> Option<&'a (i64, String)> {
        chosen.filter(|(id, _)| !self.rows.iter().any(|item| item.id == *id))
    }

    /// How many flow schemas the list offers, in words.
    pub fn found(&self) -> String {
        match (self.rows.len(), self.more) {
            (0, _) => "No flow schemas match.".into(),
            (1, _) => "1 flow schema matches.".into(),
            (count, false) => format!("{count} flow schemas match."),
            (count, true) => format!("These are the first {count}. Search to find others."),
        }
    }
}

impl OptionRows {
    /// A name in three parts; the middle one is what was searched for.
    fn marked<'a>(&self, name: &'a str) -> (&'a str, &'a str, &'a str) {
        match place(name, &self.q) {
            Some(Range { start, end }) => (&name[..start], &name[start..end], &name[end..]),
            None => (name, "", ""),
        }
    }

    /// Whether this is the name that was searched for.
    fn is_named(&self, name: &str) -> bool {
        folded(name) == folded(&self.q)
    }

    fn next_limit(&self) -> usize {
        self.options.rows.len() * 2
    }
}
