//! What the forms of the Hooks tab send, turned once from strings as typed into what the queries take, or into
//! what is wrong with them.

use super::hook::Choice;
use super::query::IfTaken;
use crate::event::Event;
use crate::params::Params;
use crate::word::Word;

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
    pub wish: Wish,
    pub if_taken: IfTaken,
}

/// Which button was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    #[default]
    Save,
    /// Search for flow schemas.
    Search,
    /// Show the requests that the flow schema would send.
    Preview,
    /// Leave for a new flow schema, and come back with it.
    NewSchema,
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
            wish: wish(params),
            if_taken: if_taken(params),
        }
    }

    /// The form with what a page that was left for has chosen since, if it has.
    pub fn chosen(mut self, params: &Params) -> (Self, bool) {
        let (event, schema) = (params.get(CHOOSE_EVENT), params.get(CHOOSE_SCHEMA));
        if let Some(event) = event {
            self.event = event.into();
        }
        if let Some(schema) = schema {
            self.schema = schema.into();
        }
        (self, event.is_some() || schema.is_some())
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

/// What the address of the modal chooses in it, where a person comes back to it.
pub const CHOOSE_EVENT: &str = "choose_event";
pub const CHOOSE_SCHEMA: &str = "choose_schema";

fn wish(params: &Params) -> Wish {
    let pressed = |name: &str| params.get(name).is_some();
    match () {
        () if pressed("search") => Wish::Search,
        () if pressed("preview") => Wish::Preview,
        () if pressed("new_schema") => Wish::NewSchema,
        () => Wish::Save,
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
