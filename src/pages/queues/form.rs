//! What the form for a queue sends, turned once from text as typed into a queue, or into what is wrong with it.

use crate::model::journal::Change;
use crate::model::queues::change::Patch;
use crate::model::queues::queue::{Queue, Wanted, read_name};
use crate::model::queues::queue_type::QueueType;
use crate::web::params::Params;
use crate::word::{Stored, Word};

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub queue_type: String,
    pub enabled: bool,
    /// The queue as it was when the form was made.
    pub seen: Option<Seen>,
    /// The id of the change that this form makes, once.
    pub change: String,
}

/// What the form was filled in with.
#[derive(Clone, Debug)]
pub struct Seen {
    pub name: String,
    pub queue_type: String,
    pub enabled: bool,
}

/// What is wrong, and beside which field to say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    pub name: Option<String>,
    pub queue_type: Option<&'static str>,
}

impl Seen {
    fn of(queue: &Queue) -> Self {
        Self { name: queue.name.clone(), queue_type: queue.queue_type.word().into(), enabled: queue.enabled }
    }
}

impl Typed {
    pub fn read(params: &Params) -> Self {
        // Browsers send a line break in an imported name as two characters.
        let seen = |name: &str| Some(params.get(&format!("seen_{name}"))?.replace("\r\n", "\n"));
        let seen =
            || Some(Seen { name: seen("name")?, queue_type: seen("type")?, enabled: seen("enabled")? == "true" });
        Self {
            name: params.text("name"),
            queue_type: params.text("type"),
            enabled: params.get("enabled") == Some("true"),
            seen: seen(),
            change: params.text("change"),
        }
    }

    /// The form for a new queue.
    pub fn of_none() -> Self {
        Self { enabled: true, change: Change::new_id(), ..Self::default() }
    }

    /// The form for a queue as it is.
    pub fn of(queue: &Queue) -> Self {
        let seen = Seen::of(queue);
        let Seen { name, queue_type, enabled } = seen.clone();
        Self { name, queue_type, enabled, seen: Some(seen), change: Change::new_id() }
    }

    /// Now that the person knows what the queue is like, saving again is meant.
    pub fn knows(&mut self, queue: &Queue) {
        self.seen = Some(Seen::of(queue));
    }

    /// The queue that the form describes. A name that the queue has already may stay, whatever it is.
    pub fn wanted(&self) -> Result<Wanted, Errors> {
        let is_kept = self.seen.as_ref().is_some_and(|seen| seen.name == self.name);
        let name = if is_kept { Ok(self.name.clone()) } else { read_name(&self.name) };
        match (name, QueueType::from_word(&self.queue_type)) {
            (Ok(name), Some(queue_type)) => Ok(Wanted { name, queue_type, enabled: self.enabled }),
            (name, queue_type) => {
                Err(Errors { name: name.err(), queue_type: queue_type.is_none().then_some("Choose a type.") })
            }
        }
    }

    /// What the person saw of the queue when the form was made.
    pub fn seen(&self) -> Patch {
        let Some(seen) = self.seen.clone() else { return Patch::default() };
        let queue_type = QueueType::from_word(&seen.queue_type).map_or(Stored::Other(seen.queue_type), Stored::Known);
        Patch { name: Some(seen.name), queue_type: Some(queue_type), enabled: Some(seen.enabled) }
    }
}
