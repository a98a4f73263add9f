//! The HTTP request of an `httpRequest`, built as Webitel's flow manager builds it, oddities included: a variable in a
//! form's value counts only if it is the whole value, and the names in a JSON body are sorted. This module does not
//! know where the values come from.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::applications::WEBITEL;
use super::program::{Application, url};
use super::room::{Room, Text};
use super::text::shortened;
use super::tree::{Kind, Value};
use super::variables::{COMPONENT, Variables, fill, is_mixed, keep, replace, whole};

/// Bytes of an address; no server accepts one as long as this.
const MAX_URL: usize = 64 << 10;
/// How many headers are mentioned one by one.
const MAX_NOTED: usize = 20;

/// Characters that are escaped in an address, where they are not allowed.
pub const ADDRESS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// A request as it would be sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    pub url: String,
    /// Sorted by name.
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    /// What is odd about it, in sentences.
    pub notes: Vec<String>,
    /// It reads global variables, which stay in it unchanged.
    pub reads_globals: bool,
    /// There was no room for all of it.
    pub is_cut: bool,
}

impl Request {
    /// What else there is to say about it.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        let cut = self.is_cut.then_some("It is too long to be shown whole.");
        let globals = self.reads_globals.then_some("Global variables, as in $${name}, are left as they are.");
        cut.into_iter().chain(globals).map(str::to_owned)
    }
}

/// The request of an `httpRequest`.
pub fn request(application: &Application, variables: &mut impl Variables, room: &mut Room) -> Request {
    let mut request = Request {
        method: "POST".into(),
        url: String::new(),
        headers: BTreeMap::new(),
        body: None,
        notes: Vec::new(),
        reads_globals: false,
        is_cut: false,
    };
    let arguments = application.arguments;
    if arguments.kind() != Kind::Object {
        request.notes.push("Its arguments are not an object, so it sends nothing.".into());
        return request;
    }
    let mut builder = Builder { variables, room, request };
    let url = url(application);
    if let Some(url) = &url {
        builder.url(url, arguments.get_object("path"));
    }
    let request = &mut builder.request;
    if request.url.is_empty() && !request.is_cut {
        request.notes.push("It has no url, so it sends nothing.".into());
    } else if !has_scheme(&request.url) && !request.is_cut {
        request.notes.push("Its url begins neither with http:// nor with https://, so it sends nothing.".into());
    }
    let headers = arguments.get_object("headers");
    builder.headers(headers);
    if let Some(data) = arguments.get("data") {
        builder.body(data);
    }
    if let Some(method) = arguments.get_text("method") {
        let mut text = builder.text();
        text.push(&method.to_uppercase());
        builder.request.method = builder.take(text);
    }
    builder.request
}

fn has_scheme(url: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

struct Builder<'b, V> {
    variables: &'b mut V,
    room: &'b mut Room,
    request: Request,
}

impl<V: Variables> Builder<'_, V> {
    fn text(&self) -> Text {
        self.room.text(usize::MAX)
    }

    fn take(&mut self, text: Text) -> String {
        let (text, is_cut) = self.room.take(text);
        self.request.is_cut |= is_cut;
        text
    }

    fn take_draft(&mut self, text: Text) -> String {
        let (text, is_cut) = self.room.take_draft(text);
        self.request.is_cut |= is_cut;
        text
    }

    fn fill(&mut self, text: &str, out: &mut Text, write: impl Fn(&str, &mut Text)) {
        self.request.reads_globals |= fill(text, self.variables, self.room, out, write);
    }

    fn url(&mut self, url: &str, path: Option<Value>) {
        let path: HashMap<_, _> = path
            .into_iter()
            .flat_map(Value::properties)
            .map(|(name, value)| (name.text().unwrap_or_default(), plain(value)))
            .collect();
        let mut with_path = self.room.text(MAX_URL);
        replace(url, &mut with_path, |name, _, out| match path.get(name).filter(|_| self.room.look_up(name)) {
            Some(value) => out.push(&whole(value, self.variables, self.room)),
            None => keep(name, out),
        });
        let with_path = self.take_draft(with_path);
        let mut filled = self.room.text(MAX_URL);
        self.fill(&with_path, &mut filled, |value, out| out.push(value));
        let filled = self.take_draft(filled);
        let mut address = self.room.text(MAX_URL);
        utf8_percent_encode(&filled, ADDRESS).for_each(|piece| address.push(piece));
        let address = self.take_draft(address);
        let mut url = self.room.text(MAX_URL);
        match address.split_once('?') {
            // With a path, the query is rebuilt.
            Some((address, _)) if !path.is_empty() => {
                url.push(address);
                url.push("?");
                push_sorted_query(&filled, &mut url);
            }
            _ => url.push(&address),
        }
        self.request.url = self.take(url);
    }

    fn headers(&mut self, headers: Option<Value>) {
        let mut mixed = 0;
        for (name, value) in headers.into_iter().flat_map(Value::properties) {
            let (name, source) = (name.text().unwrap_or_default(), plain(value));
            if is_mixed(&source) {
                mixed += 1;
                if mixed <= MAX_NOTED {
                    let name = shortened(&name);
                    self.request.notes.push(format!("Before Webitel {WEBITEL} the header {name} was sent as written."));
                }
            }
            let (mut own_name, mut own_value) = (self.text(), self.text());
            own_name.push(&name);
            self.fill(&source, &mut own_value, |value, out| out.push(value));
            let (name, value) = (self.take(own_name), self.take(own_value));
            if self.request.is_cut {
                break;
            }
            self.request.headers.insert(name, value);
        }
        if mixed > MAX_NOTED {
            self.request.notes.push(format!("So were {} more headers.", mixed - MAX_NOTED));
        }
        if self.content_type().is_none() {
            self.request.headers.insert("content-type".into(), "application/json".into());
        }
    }

    /// Header names keep their case.
    fn content_type(&self) -> Option<&String> {
        let mut headers = self.request.headers.iter();
        headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value)
    }

    fn body(&mut self, data: Value) {
        let content_type = self.content_type().cloned().unwrap_or_default();
        let is_xml = content_type.contains("text/xml") || content_type.contains("application/soap+xml");
        let is_form = content_type.starts_with("application/x-www-form-urlencoded");
        let mut body = self.text();
        match data.text() {
            Some(text) if is_form => body.push(&text),
            Some(text) => self.fill(&text, &mut body, |value, out| out.push(value)),
            None if is_xml => return,
            None if is_form && data.kind() == Kind::Object => self.form(data, &mut body),
            None => {
                let mut json = self.text();
                write_json(data, &mut json);
                let json = self.take_draft(json);
                body = self.text();
                self.fill(&json, &mut body, escape);
            }
        }
        self.request.body = Some(self.take(body));
    }

    fn form(&mut self, data: Value, body: &mut Text) {
        for (index, (name, value)) in sorted(data).into_iter().enumerate() {
            let value = plain(value);
            body.push(if index > 0 { "&" } else { "" });
            form_urlencoded::byte_serialize(name.as_bytes()).for_each(|piece| body.push(piece));
            body.push("=");
            let value = whole(&value, self.variables, self.room);
            for piece in form_urlencoded::byte_serialize(value.as_bytes()) {
                body.push(piece);
                if body.is_cut() {
                    return;
                }
            }
        }
    }
}

/// Writes the query of an address with its parts sorted by name, and what follows it.
fn push_sorted_query(url: &str, out: &mut Text) {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let (query, fragment) = query.split_once('#').map_or((query, ""), |(query, rest)| (query, rest));
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    for (index, (name, value)) in pairs.iter().enumerate() {
        out.push(if index > 0 { "&" } else { "" });
        utf8_percent_encode(name, COMPONENT).for_each(|piece| out.push(piece));
        out.push("=");
        utf8_percent_encode(value, COMPONENT).for_each(|piece| out.push(piece));
    }
    if !fragment.is_empty() {
        out.push("#");
        out.push(fragment);
    }
}

/// The properties of an object, sorted by name.
fn sorted(object: Value<'_>) -> Vec<(Cow<'_, str>, Value<'_>)> {
    let properties = object.properties().map(|(name, value)| (name.text().unwrap_or_default(), value));
    let mut properties: Vec<_> = properties.collect();
    properties.sort_by(|a, b| a.0.cmp(&b.0));
    properties
}

/// A value as text; a list or an object gives none.
pub fn plain(value: Value<'_>) -> Cow<'_, str> {
    match value.kind() {
        Kind::Text => value.text().unwrap_or_default(),
        Kind::Number => number_text(value.written()),
        Kind::True | Kind::False => value.written().into(),
        Kind::Null | Kind::List | Kind::Object => Cow::Borrowed(""),
    }
}

/// A number as Webitel writes it after reading it.
fn number_text(number: &str) -> Cow<'_, str> {
    let Ok(read) = number.parse::<f64>() else { return number.into() };
    let size = read.abs();
    if size >= 1e21 || size > 0.0 && size < 1e-6 {
        format!("{read:e}").replace('e', "e+").replace("+-", "-").into()
    } else {
        read.to_string().into()
    }
}

/// A text as it stands in the JSON of a body.
pub fn escaped(text: &str) -> String {
    let mut room = Room::new(usize::MAX, 0);
    let mut out = room.text(usize::MAX);
    escape(text, &mut out);
    room.take_draft(out).0
}

/// Writes a text as the inside of a JSON string.
fn escape(text: &str, out: &mut Text) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || matches!(c, '"' | '\\' | '<' | '>' | '&')) {
        out.push(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push("\\\""),
            b'\\' => out.push("\\\\"),
            b'\n' => out.push("\\n"),
            b'\r' => out.push("\\r"),
            b'\t' => out.push("\\t"),
            0x08 => out.push("\\b"),
            0x0c => out.push("\\f"),
            other => out.push(&format!("\\u{other:04x}")),
        }
        if out.is_cut() {
            return;
        }
        rest = &rest[at + 1..];
    }
    out.push(rest);
}

/// Writes a value as JSON without spaces, with the names in objects sorted.
fn write_json(value: Value, out: &mut Text) {
    if out.is_cut() {
        return;
    }
    let quoted = |text: &str, out: &mut Text| {
        out.push("\"");
        escape(text, out);
        out.push("\"");
    };
    match value.kind() {
        Kind::Text => quoted(&value.text().unwrap_or_default(), out),
        Kind::Number => out.push(&number_text(value.written())),
        Kind::True | Kind::False | Kind::Null => out.push(value.written()),
        Kind::List => {
            out.push("[");
            for (index, element) in value.elements().enumerate() {
                out.push(if index > 0 { "," } else { "" });
                write_json(element, out);
            }
            out.push("]");
        }
        Kind::Object => {
            out.push("{");
            for (index, (name, value)) in sorted(value).into_iter().enumerate() {
                out.push(if index > 0 { "," } else { "" });
                quoted(&name, out);
                out.push(":");
                write_json(value, out);
            }
            out.push("}");
        }
    }
}
