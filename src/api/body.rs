//! What a request says in its body: one JSON object, strictly read. Names that are not asked for are passed over, and
//! null counts as absent.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, dev, web};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use super::failure::Failure;
use super::query::{self, words};
use crate::flow::text::{MAX_TEXT, Problem};
use crate::flow::tree::{Kind, Tree, Value};
use crate::name::short;
use crate::web::body;
use crate::word::Word;

/// Bytes of a body: a flow schema, with each of its characters escaped.
const MAX: usize = 2 * MAX_TEXT + 64 * 1024;
/// How many ids a body may name.
pub const MAX_IDS: usize = crate::db::MAX_IDS;

/// A body that is JSON, as it came.
pub struct Body(String);

impl FromRequest for Body {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let is_json = is_plain_json(request.headers());
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            let payload = payload.await.map_err(|_| Failure::http(StatusCode::BAD_REQUEST))?;
            let (body, pace) = body::Body::new(payload);
            let bytes = pace.keep(body.whole(MAX)).await?;
            String::from_utf8(bytes.into()).map(Self).map_err(|_| Failure::body("The body is not UTF-8."))
        })
    }
}

/// A body without a type is taken for JSON, as Webitel does. One that is packed is not read.
fn is_plain_json(headers: &HeaderMap) -> bool {
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return false;
    }
    let Some(kind) = headers.get(CONTENT_TYPE) else { return true };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

impl Body {
    /// Reads the body, which has to be one object.
    pub fn read<T>(&self, read: impl FnOnce(Object) -> Result<T, Failure>) -> Result<T, Failure> {
        let text = self.0.as_str();
        if text.trim().is_empty() {
            return Err(Failure::body("The body is empty. It has to be an object: {…}."));
        }
        let tree = Tree::read(text).map_err(|(byte, what)| {
            let Problem { line, column, sentence, .. } = Problem::at(text, byte, what);
            Failure::body(format!("The body is not JSON, line {line}, column {column}: {sentence}"))
        })?;
        if let Some(name) = repeated(&tree) {
            return Err(Failure::body(format!("The name “{}” stands twice in an object.", short(&name))));
        }
        let root = tree.root();
        if root.kind() != Kind::Object {
            return Err(Failure::body("The body has to be an object: {…}."));
        }
        read(Object { value: root, path: String::new() })
    }
}

/// An object in a body, and the path that leads to it.
#[derive(Clone)]
pub struct Object<'b> {
    value: Value<'b>,
    path: String,
}

impl<'b> Object<'b> {
    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.into() } else { format!("{}.{name}", self.path) }
    }

    fn get(&self, name: &str) -> Option<Value<'b>> {
        self.value.get(name).filter(|value| value.kind() != Kind::Null)
    }

    /// The error of a value that a rule refuses, in the words of that rule.
    pub fn refused(&self, name: &str, sentence: &str) -> Failure {
        Failure::rule(format!("“{}”: {sentence}", self.path(name)))
    }

    /// A list as it is written, or what is in a string.
    pub fn program(&self, name: &str, expected: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.kind() {
            Kind::List => Ok(Some(value.written().to_owned())),
            Kind::Text => Ok(value.text().map(Cow::into_owned)),
            _ => Err(self.wrong(name, expected)),
        }
    }

    /// A whole number.
    pub fn number(&self, name: &str, expected: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        id(value).map(Some).ok_or_else(|| self.wrong(name, expected))
    }

    pub fn wrong(&self, name: &str, expected: &str) -> Failure {
        Failure::body(format!("“{}” has to be {expected}.", self.path(name)))
    }

    /// The error of a name that must be there.
    pub fn missing(&self, name: &str, expected: &str) -> Failure {
        Failure::body(format!("“{}” is missing. It has to be {expected}.", self.path(name)))
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.text().map(|text| Some(text.into_owned())).ok_or_else(|| self.wrong(name, "a string"))
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.get(name).map(Value::kind) {
            None => Ok(None),
            Some(Kind::True) => Ok(Some(true)),
            Some(Kind::False) => Ok(Some(false)),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    pub fn object(&self, name: &str) -> Result<Option<Self>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let value = value.of_kind(Kind::Object).ok_or_else(|| self.wrong(name, "an object"))?;
        Ok(Some(Self { value, path }))
    }

    /// An id, which is a number or a string of digits.
    pub fn id(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        id(value).map(Some).ok_or_else(|| self.wrong(name, "an id: a whole number, or one in a string"))
    }

    /// A list of ids.
    pub fn ids(&self, name: &str) -> Result<Option<Vec<i64>>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let list = value.of_kind(Kind::List).ok_or_else(|| self.wrong(name, "a list of ids"))?;
        let mut ids = Vec::new();
        for (nth, element) in list.elements().enumerate() {
            if nth == MAX_IDS {
                return Err(self.wrong(name, &format!("a list of at most {MAX_IDS} ids")));
            }
            ids.push(id(element).ok_or_else(|| self.wrong(&format!("{name}[{nth}]"), "an id"))?);
        }
        Ok(Some(ids))
    }

    /// A word of a closed list.
    pub fn word<W: Word>(&self, name: &str) -> Result<Option<W>, Failure> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        W::from_word(&text).map(Some).ok_or_else(|| self.wrong(name, &format!("one of: {}", words::<W>())))
    }
}

/// A name that stands twice in one object: programs disagree about what that means.
fn repeated(tree: &Tree) -> Option<String> {
    let objects = tree.values().filter(|value| value.kind() == Kind::Object);
    objects.into_iter().find_map(|object| {
        let mut names = BTreeSet::new();
        let mut all = object.properties().filter_map(|(name, _)| name.text());
        all.find(|name| !names.insert(name.clone())).map(Cow::into_owned)
    })
}

fn id(value: Value) -> Option<i64> {
    match value.kind() {
        Kind::Number => query::id(value.written()).or_else(|| whole(value.written())),
        Kind::Text => query::id(&value.text()?),
        _ => None,
    }
}

/// A whole number that is written with a point or an exponent: for JSON, 17.0 is 17. Beyond 2⁵³ it might be another
/// one.
fn whole(written: &str) -> Option<i64> {
    let number: f64 = written.parse().ok()?;
    (number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number)).then_some(number as i64)
}
