//! The names and values of a query string or a form, as typed. Reading them cannot fail: what is not UTF-8 becomes
//! U+FFFD, and so does NUL, which PostgreSQL cannot store.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of the request's URL.
    pub fn of(request: &HttpRequest) -> Self {
        Self::parse(request.query_string().as_bytes())
    }

    pub fn parse(encoded: &[u8]) -> Self {
        Self::new(form_urlencoded::parse(encoded).into_owned())
    }

    pub fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        let kept = |value: String| if value.contains('\0') { value.replace('\0', "\u{fffd}") } else { value };
        Self(values.into_iter().map(|(name, value)| (name, kept(value))).collect())
    }

    /// The first value of that name; an empty one counts as missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether the name is there, if only with an empty value.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// The first value of that name, or an empty text.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// The first value of that name, if it is true or false.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get(name)?.parse().ok()
    }

    /// Every value of that name; empty ones count as missing.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.iter().filter(move |(n, value)| n == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All names and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// How many bytes all names and values have.
    pub fn length(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// The same without these names.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// Whether these are the names and values of a query string, in the same order.
    pub fn are(&self, query: &str) -> bool {
        Self::parse(query.trim_start_matches('?').as_bytes()).0 == self.0
    }
}

/// The parameters of the request's URL.
impl FromRequest for Params {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
