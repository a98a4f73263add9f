//! What the form for a way asks for: an event, a type of queue, and the values of variables.

use std::collections::HashMap;

use crate::flow::run::given::{Given, samples};
use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::pages::flow_schemas::form::Occasion;
use crate::web::params::Params;
use crate::word::Word;

/// What the names of variables begin with in the form.
pub const VALUE: &str = "value-";
/// How many variables have a field, and how long their names are in bytes.
const MAX_FIELDS: usize = 100;
const MAX_NAME: usize = 200;

pub struct Asked {
    pub event: Event,
    pub queue_type: QueueType,
    /// What the values in the form were samples for.
    before: (Option<Event>, Option<QueueType>),
    typed: HashMap<String, String>,
    pub is_run: bool,
}

/// A variable with its value in the form.
pub struct Field {
    pub given: Given,
    pub value: String,
}

impl Asked {
    pub fn read(params: &Params) -> Self {
        let Occasion { event, queue_type } = Occasion::read(params);
        let typed = params.pairs().iter().filter_map(|(name, value)| Some((name.strip_prefix(VALUE)?, value)));
        Self {
            event: event.unwrap_or(Event::ALL[0]),
            queue_type,
            before: (
                params.get("was_event").and_then(Event::from_word),
                params.get("was_queue_type").and_then(QueueType::from_word),
            ),
            typed: typed.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            is_run: params.has("run"),
        }
    }

    pub fn occasion(&self) -> Occasion {
        Occasion { event: Some(self.event), queue_type: self.queue_type }
    }

    /// The fields for variables, and how many more variables there are. A sample that nobody changed follows the event.
    pub fn fields(&self, mut given: Vec<Given>) -> (Vec<Field>, usize) {
        let count = given.len();
        given.retain(|given| given.name.len() <= MAX_NAME);
        given.truncate(MAX_FIELDS);
        let more = count - given.len();
        let now = samples(self.event, self.queue_type);
        let before = match self.before {
            (Some(event), Some(queue_type)) => samples(event, queue_type),
            _ => HashMap::new(),
        };
        let sample = |of: &HashMap<String, String>, name: &str| of.get(name).cloned().unwrap_or_default();
        let value = |name: &str| match self.typed.get(name) {
            Some(typed) if *typed != sample(&before, name) => typed.clone(),
            _ => sample(&now, name),
        };
        let field = |given: Given| Field { value: value(&given.name), given };
        (given.into_iter().map(field).collect(), more)
    }
}
