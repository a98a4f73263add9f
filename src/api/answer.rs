//! What handlers answer: a page of a list, or one thing with a tag that tells its versions apart.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Map, Value};

use super::query::{Fields, Page};
use crate::secret::hash;

#[derive(Serialize)]
struct Listed<T> {
    next: bool,
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

/// A page of a list. One row more than it has was read, if there is one.
pub fn page<'a, R, T: Serialize>(
    rows: &'a [R],
    page: Page,
    fields: &Fields,
    total: Option<i64>,
    show: impl Fn(&'a R) -> T,
) -> HttpResponse {
    let (size, mut answer) = (page.size as usize, HttpResponse::Ok());
    let next = rows.len() > size;
    let items = rows.iter().take(size).map(show);
    if fields.are_all() {
        answer.json(Listed { next, items: items.collect(), total })
    } else {
        answer.json(Listed { next, items: items.map(|item| few(&item, fields)).collect(), total })
    }
}

/// The fields of an item that somebody asked for; all of them if it has none of these.
fn few(item: &impl Serialize, fields: &Fields) -> Map<String, Value> {
    let Ok(Value::Object(all)) = serde_json::to_value(item) else { return Map::new() };
    let few: Map<_, _> =
        all.iter().filter(|(name, _)| fields.have(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    if few.is_empty() { all } else { few }
}

/// A thing in one of its versions: whatever `parts` are changes the tag.
pub fn tag(parts: &str, at: Option<NaiveDateTime>) -> HeaderValue {
    let at = at.map(|at| at.and_utc().timestamp_micros());
    let whole = hash(&format!("{at:?}:{parts}"));
    HeaderValue::try_from(format!("\"{}\"", &whole[..20])).expect("digits are a header")
}

/// One thing, with its tag.
pub fn one(tag: HeaderValue, shown: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, tag)).json(shown)
}

/// The same for somebody who may have it already, as `If-None-Match` says.
pub fn one_unless_known(headers: &HeaderMap, tag: HeaderValue, shown: impl Serialize) -> HttpResponse {
    if is_named(headers, &IF_NONE_MATCH, &tag) == Some(true) {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    one(tag, shown)
}

/// Whether `If-Match` lets a thing with this tag be changed.
pub fn may_change(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    is_named(headers, &IF_MATCH, tag).unwrap_or(true)
}

/// Whether a header names this tag, or any; `None` if there is no such header. A weak tag counts as well: a proxy that
/// packs answers makes all tags weak, and nobody behind it could change anything.
fn is_named(headers: &HeaderMap, name: &HeaderName, tag: &HeaderValue) -> Option<bool> {
    let tag = tag.to_str().unwrap_or_default();
    let mut values = headers.get_all(name).peekable();
    values.peek()?;
    let is_it = |named: &str| named.strip_prefix("W/").unwrap_or(named) == tag;
    let mut values = values.filter_map(|value| value.to_str().ok().map(str::trim));
    Some(values.any(|value| value == "*" || value.split(',').map(str::trim).any(is_it)))
}

/// A moment as Webitel writes it: milliseconds since 1970, in a string.
pub fn moment(at: Option<NaiveDateTime>) -> Option<String> {
    at.map(|at| at.and_utc().timestamp_millis().to_string())
}
