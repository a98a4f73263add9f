//! What the form for a try asks for: an event, a type of queue, and the values of variables.

use std::collections::{BTreeMap, HashMap};

use crate::flow::run::given::{Given, samples};
use crate::flow::run::masked::without_secrets;
use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::model::tries::typed::Typed;
use crate::pages::flow_schemas::form::{Occasion, back};
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
    /// What the values in the form were samples for: a sample that nobody changed follows the event. None if all values
    /// are meant as they are.
    before: Option<HashMap<String, String>>,
    values: HashMap<String, String>,
    /// Where somebody came from and wants to go back to.
    pub back: Option<String>,
}

/// A variable with its value in the form.
pub struct Field {
    pub given: Given,
    pub value: String,
}

impl Asked {
    /// The form as it was sent, or with the samples instead of what was typed.
    pub fn read(params: &Params) -> Self {
        let Occasion { event, queue_type } = Occasion::read(params);
        let typed = params.pairs().iter().filter_map(|(name, value)| Some((name.strip_prefix(VALUE)?, value)));
        let before = (
            params.get("was_event").and_then(Event::from_word),
            params.get("was_queue_type").and_then(QueueType::from_word),
        );
        let values = typed.map(|(name, value)| (name.to_owned(), value.clone()));
        Self {
            event: event.unwrap_or(Event::ALL[0]),
            queue_type,
            before: match before {
                (Some(event), Some(queue_type)) => Some(samples(event, queue_type)),
                _ => None,
            },
            values: if params.has("samples") { HashMap::new() } else { values.collect() },
            back: back(params),
        }
    }

    /// The form of somebody who comes to it, with what they typed the last time.
    pub fn begin(params: &Params, kept: Option<Typed>) -> Self {
        let occasion = Occasion::read(params);
        let (event, queue_type) = kept.as_ref().map_or((None, None), |kept| (Some(kept.event), Some(kept.queue_type)));
        let is_asked = params.get("queue_type").and_then(QueueType::from_word).is_some();
        Self {
            event: occasion.event.or(event).unwrap_or(Event::ALL[0]),
            queue_type: queue_type.filter(|_| !is_asked).unwrap_or(occasion.queue_type),
            before: None,
            values: kept.map(|kept| kept.values.into_iter().collect()).unwrap_or_default(),
            back: back(params),
        }
    }

    pub fn occasion(&self) -> Occasion {
        Occasion { event: Some(self.event), queue_type: self.queue_type }
    }

    /// The fields for variables, and how many more variables there are.
    pub fn fields(&self, mut given: Vec<Given>) -> (Vec<Field>, usize) {
        let count = given.len();
        given.retain(|given| given.name.len() <= MAX_NAME);
        given.truncate(MAX_FIELDS);
        let more = count - given.len();
        let now = samples(self.event, self.queue_type);
        let sample = |of: &HashMap<String, String>, name: &str| of.get(name).cloned().unwrap_or_default();
        let is_typed =
            |name: &str, value: &String| self.before.as_ref().is_none_or(|before| *value != sample(before, name));
        let value = |name: &str| match self.values.get(name) {
            Some(typed) if is_typed(name, typed) => typed.clone(),
            _ => sample(&now, name),
        };
        let field = |given: Given| Field { value: value(&given.name), given };
        (given.into_iter().map(field).collect(), more)
    }

    /// What is kept for the next time: neither secrets nor what has any in it.
    pub fn kept(&self, fields: &[Field]) -> Typed {
        let samples = samples(self.event, self.queue_type);
        let is_sample = |name: &str, value: &str| samples.get(name).map_or("", String::as_str) == value;
        let kept = without_secrets(&pairs(fields)).into_iter().filter(|(name, value)| !is_sample(name, value));
        let values: BTreeMap<_, _> = kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Typed { event: self.event, queue_type: self.queue_type, values }
    }

    /// The variables of a run: the samples of the event, and what is in the fields, except what an answer sets.
    pub fn variables(&self, fields: &[Field]) -> HashMap<String, String> {
        let mut variables = samples(self.event, self.queue_type);
        variables.extend(fields.iter().filter(|field| !field.given.is_of_answer).map(Field::pair));
        variables
    }

    /// What somebody says that the answers set.
    pub fn answers(fields: &[Field]) -> HashMap<String, String> {
        fields.iter().filter(|field| field.given.is_of_answer && !field.value.is_empty()).map(Field::pair).collect()
    }
}

impl Field {
    fn pair(&self) -> (String, String) {
        (self.given.name.clone(), self.value.clone())
    }
}

/// The names of variables and their values.
pub fn pairs(fields: &[Field]) -> Vec<(&str, &str)> {
    fields.iter().map(|field| (field.given.name.as_str(), field.value.as_str())).collect()
}
