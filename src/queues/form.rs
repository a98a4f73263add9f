//! What the form of a queue sends, turned once from strings as typed into a queue, or into what is wrong with it.

use super::queue::{Queue, QueueType, State};
use crate::journal::Change;
use crate::name;
use crate::params::Params;
use crate::word::Word;

/// Characters of a queue's name.
pub const MAX_NAME: usize = 250;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub queue_type: String,
    pub enabled: bool,
    /// The queue as it was when the form was made.
    pub seen: Option<State>,
    /// The id of the change that this form makes once.
    pub change: String,
}

/// What is wrong, beside which field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    pub name: Option<String>,
    pub queue_type: Option<&'static str>,
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        // Browsers send the line breaks of an imported name as two characters.
        let seen = |name: &str| Some(params.get(&format!("seen_{name}"))?.replace("\r\n", "\n"));
        let seen = || {
            let (name, queue_type, enabled) = (seen("name")?, seen("type")?, seen("enabled")?);
            Some(State { name, queue_type: QueueType::from_word(&queue_type)?, enabled: enabled == "true" })
        };
        Self {
            name: params.text("name"),
            queue_type: params.text("type"),
            enabled: params.get("enabled") == Some("true"),
            seen: seen(),
            change: params.text("change"),
        }
    }

    /// The form of a queue to be added.
    pub fn of_none() -> Self {
        Self { enabled: true, change: Change::new_id(), ..Self::default() }
    }

    /// The form of a queue as it is.
    pub fn of(queue: &Queue) -> Self {
        Self {
            name: queue.name.clone(),
            queue_type: queue.queue_type.word().into(),
            enabled: queue.enabled,
            seen: Some(queue.state()),
            change: String::new(),
        }
    }

    /// The queue that the form describes. A name that was there already may stay, whatever it is.
    pub fn state(&self) -> Result<State, Errors> {
        let is_kept = self.seen.as_ref().is_some_and(|seen| seen.name == self.name);
        let name = if is_kept { Ok(self.name.clone()) } else { name::read(&self.name, "name", MAX_NAME) };
        match (name, QueueType::from_word(&self.queue_type)) {
            (Ok(name), Some(queue_type)) => Ok(State { name, queue_type, enabled: self.enabled }),
            (name, queue_type) => {
                Err(Errors { name: name.err(), queue_type: queue_type.is_none().then_some("Choose a type.") })
            }
        }
    }
}
