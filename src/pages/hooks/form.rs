//! What the modal of the Hooks tab sends, turned once from text as typed into what the model takes, or into what is
//! wrong with it.

use crate::model::event::Event;
use crate::model::hooks::change::{IfTaken, Patch};
use crate::model::hooks::hook::{Hook, Wanted};
use crate::web::params::Params;
use crate::word::Word;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub event: String,
    pub schema: String,
    /// The search in the flow-schema field.
    pub schema_q: String,
    /// The hook as it was when the form was made.
    pub seen: Option<Seen>,
    /// The id of the change that this form makes, once.
    pub change: String,
    pub pressed: Pressed,
    pub if_taken: IfTaken,
}

/// What the form was filled in with. The state is not in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub event: String,
    pub schema: String,
}

/// Which button was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pressed {
    #[default]
    Save,
    /// Search for flow schemas.
    Search,
    /// Show the requests that the flow schema would send.
    Preview,
    /// Leave to add a flow schema, and come back with it.
    NewSchema,
    /// Leave to try the flow schema, and come back.
    Try,
}

/// What is wrong, and beside which field to say so.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    pub event: Option<&'static str>,
    pub schema: Option<String>,
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        Self {
            event: params.text("event"),
            schema: params.text("schema"),
            schema_q: params.text("schema_q"),
            seen: seen(params),
            change: params.text("change"),
            pressed: pressed(params),
            if_taken: if_taken(params),
        }
    }

    /// The form as it was left, with what another page has chosen since, if the person comes back from one. What others
    /// saved meanwhile was not seen.
    pub fn chosen(mut self, params: &Params) -> (Self, bool) {
        let (event, schema) = (params.get(CHOOSE_EVENT), params.get(CHOOSE_SCHEMA));
        if let Some(event) = event {
            self.event = event.into();
        }
        if let Some(schema) = schema {
            self.schema = schema.into();
        }
        self.seen = seen(params).or(self.seen);
        (self, event.is_some() || schema.is_some())
    }

    /// The form for a hook as it is.
    pub fn of(hook: &Hook) -> Self {
        let (event, schema) = (hook.event.word().to_owned(), hook.schema_id.to_string());
        let seen = Some(Seen { event: event.clone(), schema: schema.clone() });
        Self { event, schema, seen, ..Self::default() }
    }

    pub fn event(&self) -> Option<Event> {
        Event::from_word(&self.event)
    }

    pub fn schema_id(&self) -> Option<i64> {
        self.schema.parse().ok()
    }

    /// The hook that the form describes. New hooks start enabled.
    pub fn wanted(&self) -> Result<Wanted, Errors> {
        match (self.event(), self.schema_id()) {
            (Some(event), Some(schema_id)) => Ok(Wanted { event, schema_id, enabled: true }),
            (event, schema) => Err(Errors {
                event: event.is_none().then_some("Choose an event."),
                schema: schema.is_none().then(|| "Choose a flow schema.".into()),
            }),
        }
    }

    /// What the person saw of the hook when the form was made.
    pub fn seen(&self) -> Patch {
        let Some(seen) = &self.seen else { return Patch::default() };
        Patch { event: Event::from_word(&seen.event), schema_id: seen.schema.parse().ok(), enabled: None }
    }
}

fn seen(params: &Params) -> Option<Seen> {
    let (event, schema) = (params.get(SEEN_EVENT)?, params.get(SEEN_SCHEMA)?);
    Some(Seen { event: event.into(), schema: schema.into() })
}

/// The parameters that say how the hook was when the form was made.
pub const SEEN_EVENT: &str = "seen_event";
pub const SEEN_SCHEMA: &str = "seen_schema";
/// The parameters that choose something in the modal when a person comes back to it.
pub const CHOOSE_EVENT: &str = "choose_event";
pub const CHOOSE_SCHEMA: &str = "choose_schema";

fn pressed(params: &Params) -> Pressed {
    let is = |name: &str| params.get(name).is_some();
    match () {
        () if is("search") => Pressed::Search,
        () if is("preview") => Pressed::Preview,
        () if is("new_schema") => Pressed::NewSchema,
        () if is("try") => Pressed::Try,
        () => Pressed::Save,
    }
}

pub fn if_taken(params: &Params) -> IfTaken {
    match params.get("if_taken") {
        Some("disable") => IfTaken::Disable,
        Some("replace") => IfTaken::Replace,
        _ => IfTaken::Ask,
    }
}
