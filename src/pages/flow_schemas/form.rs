//! What the form for a flow schema sends, turned once from what was typed into a flow schema, or into what is wrong
//! with it.

use crate::flow::download::unpacked;
use crate::flow::program::{check, shown};
use crate::flow::text::{Problem, without_bom};
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::{FlowSchema, SchemaType, Wanted, read_name};
use crate::model::journal::Change;
use crate::model::queues::queue::Queue;
use crate::model::queues::queue_type::QueueType;
use crate::web::params::Params;
use crate::web::paths::is_of_here;
use crate::word::Word;

/// Bytes of the form. A text that is too long is kept, with an error beside its field, unless it is far too long.
pub const MAX_BODY: usize = 4 << 20;

/// The form as typed.
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    pub schema_type: String,
    pub text: String,
    /// The digest of the flow schema when the form was made.
    pub seen: Option<String>,
    /// The id of the change that this form makes, once.
    pub change: String,
    /// Where to go back to: with a new flow schema, to the modal of a hook; with another one, to its try.
    pub back: Option<String>,
    pub pressed: Pressed,
    /// What is wrong with the file.
    pub file_error: Option<&'static str>,
    /// What to preview.
    pub occasion: Occasion,
}

/// What a preview is about: an event in a queue of some type.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    pub event: Option<Event>,
    pub queue_type: QueueType,
}

impl Occasion {
    pub fn read(params: &Params) -> Self {
        let queue_type = params.get("queue_type").and_then(QueueType::from_word);
        Self {
            event: params.get("event").and_then(Event::from_word),
            queue_type: queue_type.unwrap_or(QueueType::Inbound),
        }
    }

    /// A queue's type, or the most common one if we do not know it.
    pub fn queue_type(queue: &Queue) -> QueueType {
        queue.queue_type.known().unwrap_or(QueueType::Inbound)
    }
}

/// Which button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    Save,
    /// Indent the text.
    Format,
    /// Take the text from a file.
    Load,
    /// Show the requests that the text would send.
    Preview,
}

/// What is wrong, and beside which field to say so.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    pub name: Option<String>,
    pub schema_type: Option<&'static str>,
    pub text: Option<Box<Problem>>,
}

impl Errors {
    pub fn are_any(&self) -> bool {
        self.name.is_some() || self.schema_type.is_some() || self.text.is_some()
    }
}

/// The text of a new flow schema: a request with the variables that are always there.
const FIRST: &str = r#"[
  {
    "httpRequest": {
      "url": "https://example.com/hook",
      "method": "POST",
      "headers": {
        "content-type": "application/json"
      },
      "data": {
        "event": "${state}",
        "queue": "${queue_id}",
        "attempt": "${attempt_id}"
      }
    }
  }
]"#;

impl Typed {
    /// The form. If a download of Webitel's own client was loaded or pasted, it has the flow schema from that one:
    /// its type is chosen, and its name is used if none was typed.
    pub fn read(params: &Params) -> Self {
        let text = |text: &str| without_bom(text).replace("\r\n", "\n");
        let is_pressed = |name: &str| params.get(name).is_some();
        let pressed = match () {
            () if is_pressed("load") => Pressed::Load,
            () if is_pressed("format") => Pressed::Format,
            () if is_pressed("preview") => Pressed::Preview,
            () => Pressed::Save,
        };
        let file = params.get("file");
        let file_error = match (file, params.get("file_name")) {
            (None, Some(_)) => Some("This file is empty. Choose another."),
            (None, None) if pressed == Pressed::Load => Some("Choose a file first."),
            _ => None,
        };
        let text = text(file.or(params.get("text")).unwrap_or_default());
        let download = unpacked(&text);
        let of_file = params.get("file_name").map(|name| name.trim_end_matches(".json"));
        let of_download = download.as_ref().map(|download| &*download.name).filter(|name| !name.is_empty());
        let name = params.get("name").or(of_download).or(of_file).unwrap_or_default().to_owned();
        let of_download = download.as_ref().map(|download| &*download.schema_type);
        let schema_type = of_download.filter(|word| SchemaType::from_word(word).is_some());
        Self {
            name,
            schema_type: schema_type.map_or_else(|| params.text("type"), str::to_owned),
            text: download.map_or(text, |download| shown(&download.text)),
            seen: params.get("seen").map(str::to_owned),
            change: params.text("change"),
            back: back(params),
            pressed,
            file_error,
            occasion: Occasion::read(params),
        }
    }

    /// The form for a new flow schema.
    pub fn of_none(params: &Params) -> Self {
        Self {
            name: String::new(),
            schema_type: SchemaType::Service.word().into(),
            text: FIRST.into(),
            seen: None,
            change: Change::new_id(),
            back: back(params),
            pressed: Pressed::Save,
            file_error: None,
            occasion: Occasion::read(params),
        }
    }

    /// The form for a flow schema as it is.
    pub fn of(schema: &FlowSchema, params: &Params) -> Self {
        Self {
            name: schema.name.clone(),
            schema_type: schema.schema_type.word().into(),
            text: shown(&schema.schema),
            seen: Some(schema.digest()),
            change: Change::new_id(),
            ..Self::of_none(params)
        }
    }

    /// Whether the form holds something other than what is stored, or was refused.
    pub fn is_changed(&self, stored: Option<&FlowSchema>, errors: &Errors) -> bool {
        match stored {
            Some(stored) => {
                self.name != stored.name
                    || self.schema_type != stored.schema_type.word()
                    || self.text != shown(&stored.schema)
            }
            None => self.pressed != Pressed::Save || errors.are_any(),
        }
    }

    /// The flow schema that the form describes. A name and a text that are `stored` already may stay, whatever they
    /// are.
    pub fn wanted(&self, stored: Option<&FlowSchema>) -> Result<Wanted, Errors> {
        let stored_name = stored.map(|stored| &stored.name).filter(|name| **name == self.name);
        let name = stored_name.map_or_else(|| read_name(&self.name), |name| Ok(name.clone()));
        let stored_text = stored.map(|stored| &stored.schema).filter(|text| shown(text) == self.text);
        let text = match stored_text {
            Some(text) => Ok(text.clone()),
            None => check(&self.text).map(|_| self.text.clone()).map_err(Box::new),
        };
        let schema_type = match SchemaType::from_word(&self.schema_type) {
            None => Err("Choose a type."),
            // The modal of a hook waits for it.
            Some(schema_type) if self.back.is_some() && stored.is_none() => {
                schema_type.check_for_hooks().map(|()| schema_type)
            }
            Some(schema_type) => Ok(schema_type),
        };
        match (name, schema_type, text) {
            (Ok(name), Ok(schema_type), Ok(text)) => Ok(Wanted { name, schema_type, text }),
            (name, schema_type, text) => {
                Err(Errors { name: name.err(), schema_type: schema_type.err(), text: text.err() })
            }
        }
    }
}

/// Where to go back to, if that is a page of ours.
pub fn back(params: &Params) -> Option<String> {
    params.get("back").filter(|back| is_of_here(back) && !back.contains('#')).map(str::to_owned)
}
