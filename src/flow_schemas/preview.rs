//! The HTTP requests that a flow schema would send, with sample values for the variables. Nothing is sent. They are put
//! together as Webitel's flow manager does it, its oddities included: a header or a value of a form is replaced only
//! when a variable is all of it, and the names in a JSON body are sorted.

use std::collections::{BTreeMap, BTreeSet};

use jsonc_parser::ast::{Object, Value};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::program::{Application, Program, path_names, reads, sets, url};
use super::text::MAX_TEXT;
use crate::event::Event;
use crate::events::variable::{Presence, Variable};
use crate::queues::queue::QueueType;

/// As many requests as are shown.
const MAX_REQUESTS: usize = 50;

/// What cannot stand in an address and is escaped.
const ADDRESS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');
/// What is escaped in a part of a query.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The requests of a flow schema, in the order of its text.
#[derive(Default)]
pub struct Requests {
    pub shown: Vec<Request>,
    /// How many there are besides.
    pub more: usize,
}

/// A request as it would be sent.
pub struct Request {
    /// The line of its application.
    pub line: usize,
    pub inside: Option<String>,
    pub method: String,
    pub url: String,
    /// In the order of their names.
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    /// What is odd about it, in sentences.
    pub notes: Vec<String>,
}

/// What a variable has while the flow runs.
#[derive(Clone)]
enum Set {
    To(String),
    /// To something that only a run can tell.
    AtRun,
}

/// What is known of a run's variables up to a place, and which were asked for.
struct Run {
    event: Event,
    queue_type: QueueType,
    set: BTreeMap<String, Set>,
    /// Set somewhere in the program, perhaps later.
    ever_set: BTreeSet<String>,
    /// Asked for, but no event brings them.
    unknown: BTreeSet<String>,
    /// Asked for, but this event never brings them here.
    absent: BTreeSet<String>,
    /// Asked for and left as they stand, because only a run can tell.
    left: BTreeSet<String>,
    global: bool,
    /// Asked for and left as they stand, because they would take too much room.
    long: BTreeSet<String>,
    /// Bytes that values from the program may still take: some that double each other would soon fill the memory.
    room: usize,
}

pub fn requests(program: &Program, event: Event, queue_type: QueueType) -> Requests {
    let applications = program.applications();
    let ever_set = applications.iter().flat_map(sets).map(|(name, _)| name.to_owned()).collect();
    let mut run = Run {
        event,
        queue_type,
        set: BTreeMap::new(),
        ever_set,
        unknown: BTreeSet::new(),
        absent: BTreeSet::new(),
        left: BTreeSet::new(),
        global: false,
        long: BTreeSet::new(),
        room: 4 * MAX_TEXT,
    };
    let mut requests = Requests::default();
    for application in &applications {
        if application.name == "httpRequest" {
            if requests.shown.len() < MAX_REQUESTS {
                requests.shown.push(run.request(application));
            } else {
                requests.more += 1;
            }
        }
        for (name, value) in sets(application) {
            let is_certain = application.inside.is_none();
            let value = value.filter(|_| is_certain).map(|value| run.value(value));
            run.set.insert(name.to_owned(), value.unwrap_or(Set::AtRun));
        }
    }
    requests
}

impl Run {
    fn request(&mut self, application: &Application) -> Request {
        self.unknown.clear();
        self.absent.clear();
        self.left.clear();
        self.long.clear();
        self.global = false;
        let mut notes = Vec::new();
        let (line, inside) = (application.line, application.inside.clone());
        let Value::Object(arguments) = application.arguments else {
            notes.push("Its arguments are not an object, so it sends nothing.".into());
            let (url, headers) = (String::new(), BTreeMap::new());
            return Request { line, inside, method: "POST".into(), url, headers, body: None, notes };
        };
        let url = url(application).map(|url| self.url(url, application, arguments)).unwrap_or_default();
        if url.is_empty() {
            notes.push("It has no url, so it sends nothing.".into());
        } else if !["http://", "https://"].iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme)) {
            notes.push("Its url begins neither with http:// nor with https://, so it sends nothing.".into());
        }
        let mut headers = BTreeMap::new();
        for property in arguments.get_object("headers").into_iter().flat_map(|headers| &headers.properties) {
            let name = property.name.as_str().to_lowercase();
            let value = self.whole(&property.value);
            let source = plain(&property.value);
            if reads(&source).next().is_some() && !(source.starts_with("${") && source.ends_with('}')) {
                notes.push(format!(
                    "The header {name} is sent as it stands: a variable counts only as the whole value."
                ));
            }
            headers.insert(name, value);
        }
        let content_type = headers.entry("content-type".into()).or_insert_with(|| "application/json".into()).clone();
        let body = arguments.get("data").and_then(|data| self.body(&data.value, &content_type));
        let method = arguments.get_string("method").map_or("POST", |method| &*method.value).to_uppercase();
        notes.extend(self.notes());
        Request { line, inside, method, url, headers, body, notes }
    }

    fn url(&mut self, url: &str, application: &Application, arguments: &Object) -> String {
        let names = path_names(application);
        let path = arguments.get_object("path");
        let url = replaced(url, |name, _| {
            let value = self.whole(&path?.get(name)?.value);
            self.spend(value.len()).then_some(value)
        });
        let url = self.filled(&url, str::to_owned);
        let address = utf8_percent_encode(&url, ADDRESS).to_string();
        match address.split_once('?') {
            // With a path the query is put together anew.
            Some((address, _)) if !names.is_empty() => {
                let query = url.split_once('?').map_or("", |(_, query)| query);
                let (query, fragment) = query.split_once('#').map_or((query, ""), |(query, rest)| (query, rest));
                let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
                let pairs: Vec<_> =
                    pairs.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect();
                let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
                format!("{address}?{}{fragment}", pairs.join("&"))
            }
            _ => address,
        }
    }

    fn body(&mut self, data: &Value, content_type: &str) -> Option<String> {
        let is_xml = content_type.contains("text/xml") || content_type.contains("application/soap+xml");
        match data {
            Value::StringLit(text) if content_type.starts_with("application/x-www-form-urlencoded") => {
                Some(text.value.to_string())
            }
            Value::StringLit(text) => Some(self.filled(&text.value, str::to_owned)),
            _ if is_xml => None,
            Value::Object(object) if content_type.starts_with("application/x-www-form-urlencoded") => {
                let mut pairs = BTreeMap::new();
                for property in &object.properties {
                    pairs.insert(property.name.as_str(), self.whole(&property.value));
                }
                Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
            }
            data => {
                let mut json = String::new();
                write_json(data, &mut json);
                Some(self.filled(&json, escape))
            }
        }
    }

    /// A value of a header, a form or a path: a variable if that is all of it.
    fn whole(&mut self, value: &Value) -> String {
        let text = plain(value);
        match text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) {
            Some(name) => self.get(name).unwrap_or_else(|| text.clone()),
            None => text,
        }
    }

    /// Whether so many bytes more may be shown.
    fn spend(&mut self, bytes: usize) -> bool {
        let room = self.room.checked_sub(bytes);
        self.room = room.unwrap_or(self.room);
        room.is_some()
    }

    /// A text with the values of its variables.
    fn filled(&mut self, text: &str, escape: impl Fn(&str) -> String) -> String {
        let mut global = false;
        let filled = replaced(text, |name, before| {
            global |= before.ends_with('$');
            (!before.ends_with('$')).then(|| self.get(name)).flatten().map(|value| escape(&value))
        });
        self.global |= global;
        filled
    }

    /// What a variable has; `None` if only a run can tell.
    fn get(&mut self, name: &str) -> Option<String> {
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        match self.set.get(name).or_else(|| self.set.get(first).filter(|set| matches!(set, Set::AtRun))) {
            Some(Set::To(value)) => {
                let value = value.clone();
                if self.spend(value.len()) {
                    return Some(value);
                }
                self.long.insert(name.to_owned());
                return None;
            }
            Some(Set::AtRun) => {
                self.left.insert(name.to_owned());
                return None;
            }
            None => (),
        }
        let Some(variable) = Variable::find(name) else {
            self.unknown.insert(name.to_owned());
            return Some(String::new());
        };
        if variable.presence(self.event, self.queue_type) == Presence::Never {
            self.absent.insert(name.to_owned());
        }
        Some(variable.sample(self.event, self.queue_type).to_owned())
    }

    fn value(&mut self, value: &Value) -> Set {
        let text = plain(value);
        let filled = self.filled(&text, str::to_owned);
        if reads(&filled).next().is_some() { Set::AtRun } else { Set::To(filled) }
    }

    /// What there is to say of the variables that were asked for.
    fn notes(&self) -> Vec<String> {
        let joined = |names: &[&String]| names.iter().map(|name| &***name).collect::<Vec<_>>().join(", ");
        let (later, unknown): (Vec<_>, Vec<_>) = self.unknown.iter().partition(|name| self.ever_set.contains(*name));
        let mut notes = Vec::new();
        if !unknown.is_empty() {
            notes.push(format!(
                "No event brings {}. Unless the member, the call, the form or the queue sets it, it is empty.",
                joined(&unknown)
            ));
        }
        if !later.is_empty() {
            notes.push(format!("Set only further down, so empty here: {}.", joined(&later)));
        }
        if !self.absent.is_empty() {
            notes.push(format!("Always empty with this event: {}.", joined(&self.absent.iter().collect::<Vec<_>>())));
        }
        if !self.left.is_empty() {
            notes.push(format!("Known only when the flow runs: {}.", joined(&self.left.iter().collect::<Vec<_>>())));
        }
        if !self.long.is_empty() {
            notes.push(format!("Too long to be shown here: {}.", joined(&self.long.iter().collect::<Vec<_>>())));
        }
        if self.global {
            notes.push("Global variables, as in $${name}, are left as they stand.".into());
        }
        notes
    }
}

/// A text with each `${name}` that has a value replaced, once; the value is told what stands before it too.
fn replaced(text: &str, mut value: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        replaced.push_str(before);
        match value(name, before) {
            Some(value) => replaced.push_str(&value),
            None => replaced.push_str(&format!("${{{name}}}")),
        }
        rest = after;
    }
    replaced + rest
}

/// A part of a query, escaped.
fn part(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// A value as text; lists and objects have none.
fn plain(value: &Value) -> String {
    match value {
        Value::StringLit(text) => text.value.to_string(),
        Value::NumberLit(number) => number_text(number.value),
        Value::BooleanLit(boolean) => boolean.value.to_string(),
        _ => String::new(),
    }
}

/// A number as Webitel writes it after having read it.
fn number_text(number: &str) -> String {
    let Ok(read) = number.parse::<f64>() else { return number.to_owned() };
    let size = read.abs();
    if size >= 1e21 || size > 0.0 && size < 1e-6 {
        format!("{read:e}").replace('e', "e+").replace("+-", "-")
    } else {
        read.to_string()
    }
}

/// A text as the inside of a JSON string.
fn escape(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a string is JSON");
    let inner = &quoted[1..quoted.len() - 1];
    inner.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// A value as JSON without spaces, the names of objects sorted.
fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::StringLit(text) => out.push_str(&format!("\"{}\"", escape(&text.value))),
        Value::NumberLit(number) => out.push_str(&number_text(number.value)),
        Value::BooleanLit(boolean) => out.push_str(if boolean.value { "true" } else { "false" }),
        Value::NullKeyword(_) => out.push_str("null"),
        Value::Array(list) => {
            out.push('[');
            for (index, element) in list.elements.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_json(element, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut properties: Vec<_> = object.properties.iter().collect();
            properties.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
            out.push('{');
            for (index, property) in properties.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&format!("\"{}\":", escape(property.name.as_str())));
                write_json(&property.value, out);
            }
            out.push('}');
        }
    }
}
