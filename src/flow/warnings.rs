//! What in a flow schema may not do what its author meant.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::applications::{WEBITEL, homes};
use super::program::{Application, Program, each_set, has_lists, reads, sets_anything, url};
use super::text::shortened;
use super::tree::{Kind, Value};
use super::variables::variable;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::SchemaType;
use crate::model::queues::queue_type::QueueType;
use crate::model::variable::{Presence, Variable};
use crate::word::Word;

/// How many warnings are shown one by one.
const MAX_WARNINGS: usize = 20;
/// How many places one warning names.
const MAX_PLACES: usize = 3;

/// Something that may be wrong with a flow schema.
#[derive(Debug, PartialEq, Eq)]
pub struct Warning {
    pub line: Option<usize>,
    pub sentence: String,
}

/// The first warnings in the order of their lines, and how many more there are. No sentence is made that is not shown.
#[derive(Default)]
struct First {
    warnings: Vec<Warning>,
    more: usize,
}

impl First {
    fn warn(&mut self, line: usize, sentence: impl FnOnce() -> String) {
        let at = self.warnings.partition_point(|warning| warning.line <= Some(line));
        if at < MAX_WARNINGS {
            self.warnings.insert(at, Warning { line: Some(line), sentence: sentence() });
        } else {
            self.more += 1;
        }
        if self.warnings.len() > MAX_WARNINGS {
            self.warnings.pop();
            self.more += 1;
        }
    }

    fn all(mut self) -> Vec<Warning> {
        if self.more > 0 {
            self.warnings.push(Warning { line: None, sentence: format!("And {} more.", self.more) });
        }
        self.warnings
    }
}

/// Where each variable is read first, as a byte.
pub type Reads<'p> = HashMap<Cow<'p, str>, usize>;

/// What may go wrong in a program of this type, when hooks run it with these events in queues of these types.
pub fn warnings(program: &Program, schema_type: Option<SchemaType>, given: &[(Event, QueueType)]) -> Vec<Warning> {
    let mut first = First::default();
    let (mut warned, mut set, mut read) = (HashSet::new(), HashSet::new(), Reads::new());
    // A flow that runs without an event, for a call or a chat, has variables that we do not know here.
    let is_for_hooks = schema_type.is_none_or(|schema_type| schema_type.check_for_hooks().is_ok());
    let mut is_whole = is_for_hooks;
    for application in program.applications() {
        if application.name == "httpRequest" && url(&application).is_none() {
            first.warn(application.line, || "This httpRequest has no url, so it sends nothing.".into());
        }
        is_whole &= !sets_anything(&application.name);
        each_set(&application, &mut |name, _| {
            set.insert(name);
        });
        read_by(&application, &mut read);
        if is_misplaced(&application.name, schema_type) && !warned.contains(&application.name) {
            first.warn(application.line, || misplaced(&application.name));
            warned.insert(application.name);
        }
    }
    let is_set = |name: &str| set.contains(name) || name.split_once('.').is_some_and(|(first, _)| set.contains(first));
    let mut read: Vec<_> = read.into_iter().filter(|(name, _)| !is_set(name)).collect();
    read.sort_unstable_by(|(a, first_a), (b, first_b)| first_a.cmp(first_b).then_with(|| a.cmp(b)));
    for (name, byte) in read {
        let line = program.line(byte);
        match Variable::find(&name) {
            Some(variable) => {
                if let Some(sentence) = never_given(variable, given) {
                    first.warn(line, || sentence);
                }
            }
            None if is_whole => first.warn(line, || no_event_brings(&shortened(&name))),
            None => (),
        }
    }
    first.all()
}

/// What to say about unknown variables.
pub fn no_event_brings(names: &str) -> String {
    format!("No event brings {names}. Unless the member, the call, the form or the queue sets it, it is empty.")
}

/// Finds the variables that an application reads outside its lists.
pub fn read_by<'p>(application: &Application<'p>, found: &mut Reads<'p>) {
    let arguments = application.arguments;
    if has_lists(&application.name) {
        let texts = arguments.properties().filter(|(_, value)| value.kind() == Kind::Text);
        return texts.for_each(|(_, text)| read_in(text, &HashSet::new(), found));
    }
    // Names in a request's url that only its path provides.
    let path = (application.name == "httpRequest").then(|| arguments.get_object("path")).flatten();
    let own = path.into_iter().flat_map(Value::properties).filter_map(|(name, _)| name.text()).collect();
    read_in(arguments, &own, found);
}

fn read_in<'p>(value: Value<'p>, own: &HashSet<Cow<str>>, found: &mut Reads<'p>) {
    match value.kind() {
        Kind::Text => read_by_text(value, own, found),
        Kind::List => value.elements().for_each(|element| read_in(element, own, found)),
        Kind::Object => {
            for (name, value) in value.properties() {
                read_by_text(name, own, found);
                read_in(value, own, found);
            }
        }
        _ => (),
    }
}

fn read_by_text<'p>(text: Value<'p>, own: &HashSet<Cow<str>>, found: &mut Reads<'p>) {
    let mut see = |name: Cow<'p, str>| {
        if !own.contains(&name) {
            let byte = found.entry(name).or_insert(usize::MAX);
            *byte = text.start().min(*byte);
        }
    };
    match text.text() {
        Some(Cow::Borrowed(text)) => reads(text).for_each(|read| see(Cow::Borrowed(variable(read).0))),
        Some(Cow::Owned(text)) => reads(&text).for_each(|read| see(Cow::Owned(variable(read).0.to_owned()))),
        None => (),
    }
}

/// Whether an application has no effect in a flow schema of this type.
fn is_misplaced(name: &str, schema_type: Option<SchemaType>) -> bool {
    homes(name).is_none_or(|homes| {
        schema_type.is_some_and(|schema_type| schema_type != SchemaType::Default && !homes.contains(&schema_type))
    })
}

/// What to say about an application that has no effect.
pub fn misplaced(name: &str) -> String {
    match homes(name) {
        None => {
            let name = shortened(name);
            format!("Webitel {WEBITEL} knows no application “{name}”. It logs an error there and goes on.")
        }
        Some(homes) => {
            let homes: Vec<_> = homes.iter().map(|home| home.name()).collect();
            format!("The application “{name}” works only in flow schemas of type {}.", homes.join(" or "))
        }
    }
}

/// Where hooks run a flow schema with an event that never brings this variable.
fn never_given(variable: &Variable, given: &[(Event, QueueType)]) -> Option<String> {
    let places: Vec<_> = given
        .iter()
        .filter(|(event, queue_type)| variable.presence(*event, *queue_type) == Presence::Never)
        .map(|(event, queue_type)| format!("{} ({})", event.name(), queue_type.name()))
        .collect();
    if places.is_empty() {
        return None;
    }
    let more = places.len().saturating_sub(MAX_PLACES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let places = places[..places.len().min(MAX_PLACES)].join(", ");
    Some(format!("Hooks run this at {places}{more}, where {} is always empty.", variable.name))
}
