//! What the forms of the Hooks tab send, turned once from strings as typed into what the queries take, or into
//! what is wrong with them.

use std::collections::BTreeSet;

use super::filter::View;
use super::hook::Choice;
use super::query::{IfTaken, Selection};
use crate::db::MAX_IDS;
use crate::event::Event;
use crate::params::Params;

/// The form of the modal, as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub event: String,
    pub schema: String,
    /// The search in the flow-schema field.
    pub schema_q: String,
    /// The hook as it was when the form was made.
    pub seen: Option<Choice>,
    /// The id of the change that this form makes once.
    pub change: String,
    /// **Search** was pressed, not **Save**.
    pub search: bool,
    pub if_taken: IfTaken,
}

/// What is wrong, beside which field.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    pub event: Option<&'static str>,
    pub schema: Option<&'static str>,
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        let seen = match (params.get("seen_event"), params.get("seen_schema")) {
            (Some(event), Some(schema)) => choice(event, schema),
            _ => None,
        };
        Self {
            event: params.text("event"),
            schema: params.text("schema"),
            schema_q: params.text("schema_q"),
            seen,
            change: params.text("change"),
            search: params.get("search").is_some(),
            if_taken: if_taken(params),
        }
    }

    /// The form for a hook as it is.
    pub fn of(choice: Choice) -> Self {
        let Choice { event, schema_id } = choice;
        Self { event: event.word().into(), schema: schema_id.to_string(), seen: Some(choice), ..Self::default() }
    }

    pub fn event(&self) -> Option<Event> {
        Event::from_word(&self.event)
    }

    pub fn schema_id(&self) -> Option<i64> {
        self.schema.parse().ok()
    }

    pub fn choice(&self) -> Result<Choice, Errors> {
        choice(&self.event, &self.schema).ok_or_else(|| Errors {
            event: self.event().is_none().then_some("Choose an event."),
            schema: self.schema_id().is_none().then_some("Choose a flow schema."),
        })
    }
}

fn choice(event: &str, schema: &str) -> Option<Choice> {
    Some(Choice { event: Event::from_word(event)?, schema_id: schema.parse().ok()? })
}

pub fn if_taken(params: &Params) -> IfTaken {
    match params.get("if_taken") {
        Some("disable") => IfTaken::Disable,
        Some("replace") => IfTaken::Replace,
        _ => IfTaken::Ask,
    }
}

/// The view that a form was in, from the query string that it carries.
pub fn view(params: &Params) -> View {
    View::from_query(&params.text("view"))
}

/// The state that a switch asks for.
pub fn enabled(params: &Params) -> Result<bool, &'static str> {
    params.bool("enabled").ok_or("Say whether the hook is to be enabled or disabled.")
}

/// The hooks that a form selects: the ones with a tick, the whole page, or all that match. Nothing selected
/// is refused; it never means all.
pub fn selection(params: &Params) -> Result<Selection, &'static str> {
    let all: BTreeSet<&str> = params.all("all").collect();
    if all.contains("matching") {
        let seen = params.get("count").and_then(|count| count.parse().ok()).filter(|count| *count > 0);
        let (view, notices) = match params.get("view") {
            Some(_) => (view(params), Vec::new()),
            None => View::read(params),
        };
        // A filter that cannot be read would match more than was meant.
        if !notices.is_empty() {
            return Err("The filter of the selection cannot be read.");
        }
        let seen = seen.ok_or("Say how many hooks matched when they were selected.")?;
        return Ok(Selection::Matching { view, seen });
    }
    let ids: Option<BTreeSet<i64>> = if all.contains("page") {
        params.text("shown").split('.').map(|id| id.parse().ok()).collect()
    } else {
        params.all("id").chain(params.all("hook")).map(|id| id.parse().ok()).collect()
    };
    match ids {
        None => Err("The selection holds something that is not a hook."),
        Some(ids) if ids.is_empty() => Err("Select at least one hook first."),
        Some(ids) if ids.len() > MAX_IDS => Err("Select at most 1000 hooks at once, or all that match."),
        Some(ids) => Ok(Selection::Ids(ids)),
    }
}
