//! A flow schema as a program: the applications that it runs, the variables that it reads and sets, and what of it
//! may not do what its author meant. The facts are those of Webitel's flow manager.

use std::collections::{BTreeMap, BTreeSet};

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;

use super::flow_schema::SchemaType;
use super::text::Lines;
use crate::event::Event;
use crate::events::variable::{Presence, Variable};
use crate::queues::queue::QueueType;
use crate::word::Word;

/// The names that stand beside an application's own in its object.
const MODIFIERS: [&str; 6] = ["_id", "async", "break", "limit", "tag", "trace"];

/// Applications of every flow schema.
const COMMON: &[&str] = &[
    "addContact",
    "break",
    "broadcastChatMessage",
    "cache",
    "calendar",
    "callbackQueue",
    "ccPosition",
    "chatHistory",
    "classifier",
    "createCase",
    "createLink",
    "createRelatedCase",
    "deleteLink",
    "dump",
    "ewt",
    "execute",
    "feedback",
    "findContact",
    "function",
    "generateLink",
    "getCases",
    "getContact",
    "getEmail",
    "getQueueAgents",
    "getQueueInfo",
    "getQueueMetrics",
    "getServiceCatalogs",
    "global",
    "goto",
    "httpRequest",
    "if",
    "joinAgentToTask",
    "js",
    "lastBridged",
    "linkCommunication",
    "linkContact",
    "list",
    "listAdd",
    "listCaseFiles",
    "locateCase",
    "locateService",
    "log",
    "makeCall",
    "math",
    "memberInfo",
    "mergeContactPhones",
    "mergeContactVariables",
    "monoPay",
    "mq",
    "notification",
    "openLink",
    "patchMembers",
    "printFile",
    "publishComment",
    "schema",
    "sendEmail",
    "set",
    "softSleep",
    "sql",
    "start",
    "string",
    "switch",
    "timezone",
    "topicExtraction",
    "trigger",
    "unSet",
    "updateCase",
    "updateContact",
    "userInfo",
    "while",
];
/// Applications of flow schemas for calls alone.
const VOICE: &[&str] = &[
    "amd",
    "answer",
    "audioStream",
    "bridge",
    "cancelQueue",
    "conference",
    "cv",
    "echo",
    "export",
    "flushDtmf",
    "gemini",
    "hangup",
    "inBandDTMF",
    "joinAgent",
    "joinQueue",
    "markIVR",
    "openai",
    "park",
    "playback",
    "preAnswer",
    "recordFile",
    "recordSession",
    "ringReady",
    "ringback",
    "scheduleHangup",
    "setAll",
    "setGrantee",
    "setNoLocal",
    "setSounds",
    "setUser",
    "sipRedirect",
    "sleep",
    "tts",
    "updateCid",
];
/// Applications of flow schemas for chats alone.
const CHAT: &[&str] = &[
    "STT",
    "bridge",
    "cancelQueue",
    "chatAi",
    "export",
    "joinQueue",
    "menu",
    "recvMessage",
    "sendAction",
    "sendFile",
    "sendImage",
    "sendMessage",
    "sendText",
    "sendTts",
    "stt",
];
/// Applications of flow schemas for forms alone.
const FORMS: &[&str] = &[
    "attemptResult",
    "export",
    "formComponent",
    "formFile",
    "formSelectCaseStatus",
    "formTable",
    "generateForm",
    "resumeAttempt",
];

/// As many warnings as are told one by one.
const MAX_WARNINGS: usize = 20;
/// As many places as one warning names.
const MAX_PLACES: usize = 3;

/// A checked list of applications.
pub struct Program<'a> {
    root: Array<'a>,
    lines: Lines,
}

/// An application, wherever in the program it stands.
pub struct Application<'p> {
    pub name: &'p str,
    pub arguments: &'p Value<'p>,
    /// The line of its name, from 1.
    pub line: usize,
    /// The list that it stands in, if that is not the program itself.
    pub inside: Option<String>,
}

impl<'a> Program<'a> {
    /// Checks that each element of each list is an object with one application. The error is a byte and a sentence.
    pub fn new(text: &str, root: Array<'a>) -> Result<Self, (usize, String)> {
        check_list(&root)?;
        Ok(Self { root, lines: Lines::of(text) })
    }

    /// All applications in the order in which they stand.
    pub fn applications(&self) -> Vec<Application<'_>> {
        let mut applications = Vec::new();
        collect(&self.root, None, &self.lines, &mut applications);
        applications
    }
}

/// The name of an application and its arguments; an object that only says `break` is an application too.
fn application<'p>(object: &'p Object) -> Result<(usize, &'p str, &'p Value<'p>), (usize, String)> {
    let mut named = object.properties.iter().filter(|property| !MODIFIERS.contains(&property.name.as_str()));
    let named = (named.next(), named.next());
    let only = match named {
        (Some(first), Some(second)) => {
            let (first, name) = (first.name.as_str(), second.name.as_str());
            let sentence =
                format!("This object names two applications, “{first}” and “{name}”. Give each an object of its own.");
            return Err((second.start(), sentence));
        }
        (only, _) => only.or_else(|| object.get("break")),
    };
    let only = only.ok_or_else(|| {
        (object.start(), "This object names no application. Write one, such as {\"log\": \"hello\"}.".to_owned())
    })?;
    Ok((only.start(), only.name.as_str(), &only.value))
}

fn check_list(list: &Array) -> Result<(), (usize, String)> {
    for element in &list.elements {
        let Value::Object(object) = element else {
            let sentence = "An application is an object, such as {\"log\": \"hello\"}.";
            return Err((element.start(), sentence.into()));
        };
        let (_, name, arguments) = application(object)?;
        for (_, list) in lists(name, arguments) {
            check_list(list)?;
        }
    }
    Ok(())
}

fn collect<'p>(list: &'p Array, inside: Option<&str>, lines: &Lines, applications: &mut Vec<Application<'p>>) {
    for element in &list.elements {
        let Value::Object(object) = element else { continue };
        let Ok((byte, name, arguments)) = application(object) else { continue };
        let (line, inside) = (lines.line(byte), inside.map(str::to_owned));
        applications.push(Application { name, arguments, line, inside });
        for (place, list) in lists(name, arguments) {
            collect(list, Some(&place), lines, applications);
        }
    }
}

/// The lists of applications in an application's arguments, and how people call their place.
fn lists<'p>(name: &str, arguments: &'p Value<'p>) -> Vec<(String, &'p Array<'p>)> {
    let Value::Object(arguments) = arguments else { return Vec::new() };
    let list = |name: &'static str| arguments.get_array(name).map(|list| (format!("in “{name}”"), list));
    let each = |object: Option<&'p Object<'p>>, what: &str| -> Vec<_> {
        let properties = object.map(|object| object.properties.iter()).into_iter().flatten();
        properties
            .filter_map(|property| {
                Some((format!("in {what} “{}”", property.name.as_str()), property.value.as_array()?))
            })
            .collect()
    };
    match name {
        "if" => [list("then"), list("else")].into_iter().flatten().collect(),
        "while" => list("do").into_iter().collect(),
        "switch" => each(arguments.get_object("case"), "case"),
        "function" => {
            let name = arguments.get_string("name").map_or("", |name| &*name.value);
            let list = arguments.get_array("actions");
            list.map(|list| (format!("in function “{name}”"), list)).into_iter().collect()
        }
        "trigger" => {
            let mut lists = each(Some(arguments), "trigger");
            lists.extend(each(arguments.get_object("commands"), "command"));
            lists
        }
        _ => Vec::new(),
    }
}

/// The variables that an application sets while the flow runs, with what it sets them to where that is written down.
pub fn sets<'p>(application: &Application<'p>) -> Vec<(&'p str, Option<&'p Value<'p>>)> {
    let mut names = Vec::new();
    match (application.name, application.arguments) {
        ("set" | "setAll" | "setNoLocal", Value::Object(values)) => {
            names.extend(values.properties.iter().map(|property| (property.name.as_str(), Some(&property.value))));
        }
        // Their lists are applications of their own.
        ("if" | "while" | "switch" | "function" | "trigger", _) => (),
        (_, arguments) => outputs(arguments, &mut names),
    }
    names
}

/// What arguments name as the place for a result.
fn outputs<'p>(arguments: &'p Value<'p>, names: &mut Vec<(&'p str, Option<&'p Value<'p>>)>) {
    let Value::Object(object) = arguments else { return };
    for property in &object.properties {
        match (property.name.as_str(), &property.value) {
            ("setVar" | "responseCode" | "exportCookie", Value::StringLit(name)) => names.push((&name.value, None)),
            ("set" | "exportVariables", Value::Object(values)) => {
                names.extend(values.properties.iter().map(|property| (property.name.as_str(), None)));
            }
            (_, nested) => outputs(nested, names),
        }
    }
}

/// The variables that a text reads: what stands between `${` and `}`. Those with one `$` more are not of the run.
pub fn reads(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find("${")?;
            let (before, after) = rest.split_at(start);
            let end = after.find('}')?;
            rest = &after[end + 1..];
            if !before.ends_with('$') {
                return Some(&after[2..end]);
            }
        }
    })
}

/// The variables that values read, with the byte of the text that reads each first.
fn read_in<'p>(value: &'p Value<'p>, own: &BTreeSet<&str>, found: &mut BTreeMap<&'p str, usize>) {
    let mut see = |text: &'p str, byte| {
        for name in reads(text).filter(|name| !own.contains(name)) {
            found.entry(name).or_insert(byte);
        }
    };
    match value {
        Value::StringLit(text) => see(&text.value, text.start()),
        Value::Array(list) => list.elements.iter().for_each(|element| read_in(element, own, found)),
        Value::Object(object) => {
            for property in &object.properties {
                see(property.name.as_str(), property.start());
            }
            object.properties.iter().for_each(|property| read_in(&property.value, own, found));
        }
        _ => (),
    }
}

/// What a flow schema may get wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Warning {
    pub line: Option<usize>,
    pub sentence: String,
}

/// What may go wrong in a program of some type that hooks run with these events in queues of these types.
pub fn warnings(program: &Program, schema_type: Option<SchemaType>, given: &[(Event, QueueType)]) -> Vec<Warning> {
    let applications = program.applications();
    let mut warnings = Vec::new();
    let mut told = BTreeSet::new();
    for application in &applications {
        let line = Some(application.line);
        if application.name == "httpRequest" && url(application).is_none() {
            warnings.push(Warning { line, sentence: "This httpRequest has no url, so it sends nothing.".into() });
        }
        if let Some(sentence) = misplaced(application.name, schema_type).filter(|_| told.insert(application.name)) {
            warnings.push(Warning { line, sentence });
        }
    }
    let set: BTreeSet<&str> = applications.iter().flat_map(sets).map(|(name, _)| name).collect();
    // Another flow schema may set anything.
    let is_whole = !applications.iter().any(|application| application.name == "schema");
    let mut read = BTreeMap::new();
    for application in &applications {
        let own = path_names(application);
        match application.name {
            "if" | "while" | "switch" | "function" | "trigger" => read_around_lists(application, &own, &mut read),
            _ => read_in(application.arguments, &own, &mut read),
        }
    }
    let mut read: Vec<_> = read.into_iter().filter(|(name, _)| !is_set(&set, name)).collect();
    read.sort_by_key(|(_, byte)| *byte);
    for (name, byte) in read {
        let line = Some(program.lines.line(byte));
        match Variable::find(name) {
            Some(variable) => {
                if let Some(sentence) = never_given(variable, given) {
                    warnings.push(Warning { line, sentence });
                }
            }
            None if is_whole => {
                let sentence = format!(
                    "No event brings {name}. Unless the member, the call, the form or the queue sets it, it is empty."
                );
                warnings.push(Warning { line, sentence });
            }
            None => (),
        }
    }
    warnings.sort_by_key(|warning| warning.line);
    if warnings.len() > MAX_WARNINGS {
        let more = warnings.len() - MAX_WARNINGS;
        warnings.truncate(MAX_WARNINGS);
        warnings.push(Warning { line: None, sentence: format!("And {more} more.") });
    }
    warnings
}

/// Whether a program sets a variable, or the one that a path leads into.
pub fn is_set(set: &BTreeSet<&str>, name: &str) -> bool {
    set.contains(name) || name.split_once('.').is_some_and(|(first, _)| set.contains(first))
}

/// The names in a request's url that only its `path` gives.
pub fn path_names<'p>(application: &Application<'p>) -> BTreeSet<&'p str> {
    let arguments = application.arguments.as_object().filter(|_| application.name == "httpRequest");
    let path = arguments.and_then(|arguments| arguments.get_object("path"));
    path.map(|path| path.properties.iter().map(|property| property.name.as_str()).collect()).unwrap_or_default()
}

pub fn url<'p>(application: &Application<'p>) -> Option<&'p str> {
    let url = application.arguments.as_object()?.get_string("url")?;
    Some(url.value.trim_matches(' ')).filter(|url| !url.is_empty())
}

/// The variables that an application with lists reads outside of these.
fn read_around_lists<'p>(application: &Application<'p>, own: &BTreeSet<&str>, found: &mut BTreeMap<&'p str, usize>) {
    let Value::Object(arguments) = application.arguments else { return };
    for property in &arguments.properties {
        if let Value::StringLit(_) = property.value {
            read_in(&property.value, own, found);
        }
    }
}

/// Why an application does nothing in a flow schema of some type.
fn misplaced(name: &str, schema_type: Option<SchemaType>) -> Option<String> {
    if COMMON.contains(&name) {
        return None;
    }
    let homes: Vec<SchemaType> =
        [(SchemaType::Voice, VOICE), (SchemaType::Chat, CHAT), (SchemaType::Processing, FORMS)]
            .into_iter()
            .filter(|(_, names)| names.contains(&name))
            .map(|(home, _)| home)
            .collect();
    match schema_type {
        _ if homes.is_empty() => {
            Some(format!("No application “{name}” is known. Webitel logs an error there and goes on."))
        }
        Some(schema_type) if schema_type != SchemaType::Default && !homes.contains(&schema_type) => {
            let homes: Vec<_> = homes.into_iter().map(Word::name).collect();
            Some(format!("The application “{name}” works only in flow schemas of type {}.", homes.join(" or ")))
        }
        _ => None,
    }
}

/// Where hooks run a flow schema with an event that never brings a variable.
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
    Some(format!("{} is always empty at {places}{more}, where hooks run this.", variable.name))
}
