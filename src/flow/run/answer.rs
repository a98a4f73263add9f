//! What Webitel's flow manager reads of an answer: its status, its cookies, and what the paths of `exportVariables`
//! find in its body.

use std::time::Duration;

use super::limits::{MAX_ANSWER, MAX_VARIABLES, PATIENCE};
use super::paths::{Document, Found};
use super::secrets::names::is_secret_property;
use crate::flow::program::Application;
use crate::flow::request::plain;
use crate::flow::text::shortened;
use crate::flow::tree::{Kind, Value};

/// An answer, with its body as far as it was read.
pub struct Answered<'a> {
    pub status: u16,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
    pub body_is: Body,
    /// How long it took since the request began: until its head was there, and until all of it was.
    pub head_after: Duration,
    pub whole_after: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Body {
    Whole,
    /// There was more of it than is read here.
    Longer,
    /// It ended before its end.
    Broken,
}

/// The variables that it sets, and what is to be said.
#[derive(Default)]
pub struct Set {
    pub variables: Vec<(String, Option<String>)>,
    pub notes: Vec<String>,
}

/// How long Webitel waits for an answer; `None` if for ever.
pub fn patience(application: &Application) -> Option<Duration> {
    let timeout = application.arguments.get("timeout");
    let number = timeout.and_then(|timeout| match timeout.kind() {
        Kind::Number => timeout.written().parse::<f64>().ok().map(|number| number as i64),
        Kind::Text => timeout.text().and_then(|text| text.parse().ok()),
        _ => None,
    });
    match number {
        None => Some(PATIENCE),
        Some(time) if time > 0 => Some(Duration::from_millis(time as u64)),
        Some(_) => None,
    }
}

/// What to say when Webitel did not wait so long.
pub fn gave_up(patience: Duration) -> String {
    format!("Webitel gave up after {} ms", patience.as_millis())
}

/// Whether an answer sets a variable to a secret: to its cookies, or to what a path finds by the name of one.
pub fn sets_secret(application: &Application, name: &str) -> bool {
    let arguments = application.arguments;
    let paths = arguments.get_object("exportVariables").into_iter().flat_map(Value::properties);
    let mut its = paths.filter(|(variable, _)| variable.text().is_some_and(|it| it == name));
    let is_end = |c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-');
    arguments.get_text("exportCookie").is_some_and(|cookie| cookie == name)
        || its.any(|(_, path)| plain(path).split(is_end).any(is_secret_property))
}

/// The variables that an answer sets. `goes_on` says whether there is still time to read it.
pub fn read(application: &Application, answer: &Answered, goes_on: impl Fn() -> bool) -> Set {
    let arguments = application.arguments;
    let mut set = Set::default();
    let patience = patience(application).unwrap_or(Duration::MAX);
    if answer.head_after > patience {
        set.notes.push(format!("{}, before this answer began, so nothing is set.", gave_up(patience)));
        return set;
    }
    if let Some(name) = arguments.get_text("responseCode").filter(|name| !name.is_empty()) {
        set.variables.push((name.into_owned(), Some(answer.status.to_string())));
    }
    if let Some(name) = arguments.get_text("exportCookie").filter(|name| !name.is_empty()) {
        let cookies: Vec<_> = answer.all("set-cookie").collect();
        if cookies.is_empty() {
            set.notes.push(format!("The answer has no cookie, so {} stays as it is.", shortened(&name)));
        } else {
            set.variables.push((name.into_owned(), Some(cookies.join(";"))));
        }
    }
    if let Some(paths) = arguments.get_object("exportVariables").filter(|paths| paths.properties().next().is_some()) {
        export(&mut set, arguments, paths, answer, patience, goes_on);
    }
    set
}

fn export(
    set: &mut Set,
    arguments: Value,
    paths: Value,
    answer: &Answered,
    patience: Duration,
    goes_on: impl Fn() -> bool,
) {
    let nothing = "so exportVariables sets nothing.";
    if answer.all("content-length").next() == Some("0") || matches!(answer.status, 204 | 304) {
        set.notes.push(format!("The answer has no body, {nothing}"));
        return;
    }
    let parser = arguments.get_text("parser").filter(|parser| !parser.is_empty());
    let content_type = parser.as_deref().or_else(|| answer.all("content-type").next()).unwrap_or_default();
    let is_json = content_type.contains("application/json");
    if !is_json && !content_type.contains("text/xml") {
        let is = if content_type.is_empty() {
            "The answer has no content-type".to_owned()
        } else {
            format!("The answer is {}", shortened(content_type))
        };
        set.notes.push(format!("{is}; Webitel reads application/json and text/xml alone, {nothing}"));
        return;
    }
    if answer.whole_after > patience {
        set.notes.push(format!("{}, before this answer was whole, {nothing}", gave_up(patience)));
        return;
    }
    if answer.body_is == Body::Broken {
        set.notes.push(format!("The answer is not whole, {nothing}"));
        return;
    }
    let paths = paths.properties().map(|(name, path)| (name.text().unwrap_or_default().into_owned(), plain(path)));
    if !is_json || answer.body_is == Body::Longer {
        set.variables.extend(paths.map(|(name, _)| (name, None)));
        set.notes.push(if is_json {
            format!("Webitel reads all of the answer; here it is read up to {} MiB.", MAX_ANSWER >> 20)
        } else {
            "Webitel reads XML with XPath, which is not done here.".into()
        });
        return;
    }
    let body = String::from_utf8_lossy(answer.body);
    let document = Document::of(&body);
    if document.is_broken() {
        let sentence = "The body is no JSON. Webitel takes from it what it can, which is mostly nothing.";
        set.notes.push(sentence.into());
    }
    let mut bytes = 0;
    for (name, path) in paths {
        if !goes_on() {
            return;
        }
        if bytes > MAX_VARIABLES {
            let most = MAX_VARIABLES >> 20;
            set.notes.push(format!("exportVariables asks for more than {most} MiB, so the rest is not set."));
            break;
        }
        let value = match document.find(&path) {
            Found::Text(text) => Some(text),
            Found::Nothing => {
                set.notes.push(format!(
                    "The path “{}” finds nothing, so {} becomes empty.",
                    shortened(&path),
                    shortened(&name)
                ));
                Some(String::new())
            }
            Found::TooMuch => {
                set.notes.push(format!("The path “{}” asks for too much to be followed here.", shortened(&path)));
                None
            }
        };
        bytes += value.as_ref().map_or(0, String::len);
        set.variables.push((name, value));
    }
    let more = set.notes.len().saturating_sub(20);
    if more > 0 {
        set.notes.truncate(20);
        set.notes.push(format!("So do {more} more."));
    }
}

impl Answered<'_> {
    /// The values of a header.
    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let found = self.headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
