//! A way without its secrets, for whoever sees it later. What counts as one:
//!
//! * the values of `authorization`, `proxy-authorization`, `cookie` and `set-cookie`, and of headers that are named like
//!   secrets;
//! * name and password in an address, and what parts of a query, fields of a form, texts in JSON and variables are worth
//!   that are named like secrets;
//! * the same values wherever else they stand in the way, escaped for addresses or JSON too, if they have [`MIN`]
//!   bytes. Shorter ones stand everywhere by chance.
//!
//! A name is like a secret if its last word is one of [`WORDS`], as in `X-Api-Key` and `accessToken`. A secret without
//! such a name, such as a number in the path of an address, is not known as one.

use std::collections::BTreeSet;
use std::ops::Range;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::way::{Step, Way};
use crate::flow::text::boundary;

/// What stands in the place of a secret.
pub const MASK: &str = "•••";
/// The last words of names.
pub const WORDS: [&str; 17] = [
    "auth",
    "authorization",
    "apikey",
    "cookie",
    "credentials",
    "jwt",
    "key",
    "pass",
    "passwd",
    "password",
    "pin",
    "pwd",
    "secret",
    "sid",
    "sig",
    "signature",
    "token",
];
/// Bytes that a secret has at least to be looked for elsewhere.
pub const MIN: usize = 6;
/// How many secrets are looked for. With more than these, only what cannot have any is left.
const MAX: usize = 100;

/// Masks the secrets of a way.
pub fn mask(way: &mut Way) {
    let mut secrets = Secrets::default();
    for step in &mut way.steps {
        named(step, &mut secrets);
    }
    let secrets = Known::of(secrets);
    for step in &mut way.steps {
        each_text(step, &mut |text| secrets.mask(text));
    }
    way.end.iter_mut().for_each(|end| secrets.mask(end));
}

/// Masks what has the name of a secret, and notes it.
fn named(step: &mut Step, secrets: &mut Secrets) {
    for (_, value) in step.set.iter_mut().filter(|(name, _)| is_secret(name)) {
        if let Some(value) = value {
            secrets.take(value);
        }
    }
    if let Some(request) = &mut step.request {
        address(&mut request.url, secrets);
        request.headers.iter_mut().for_each(|(name, value)| header(name, value, secrets));
        request.body.iter_mut().for_each(|text| body(text, secrets));
    }
    for hop in step.exchange.iter_mut().flat_map(|exchange| &mut exchange.hops) {
        address(&mut hop.url, secrets);
        hop.headers.iter_mut().for_each(|(name, value)| header(name, value, secrets));
        if let Ok(answer) = &mut hop.answer {
            answer.headers.iter_mut().for_each(|(name, value)| header(name, value, secrets));
            body(&mut answer.body, secrets);
        }
    }
}

/// Every text of a step that others chose.
fn each_text(step: &mut Step, see: &mut impl FnMut(&mut String)) {
    step.set.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(&mut *see);
    step.notes.iter_mut().for_each(&mut *see);
    if let Some(request) = &mut step.request {
        see(&mut request.url);
        request.headers.values_mut().for_each(&mut *see);
        request.body.iter_mut().for_each(&mut *see);
        request.notes.iter_mut().for_each(&mut *see);
    }
    for hop in step.exchange.iter_mut().flat_map(|exchange| &mut exchange.hops) {
        see(&mut hop.url);
        hop.headers.iter_mut().for_each(|(_, value)| see(value));
        match &mut hop.answer {
            Ok(answer) => {
                answer.headers.iter_mut().for_each(|(_, value)| see(value));
                see(&mut answer.body);
            }
            Err(sentence) => see(sentence),
        }
    }
}

/// Whether something of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    let is_end = |c: char| !c.is_alphanumeric();
    let name = name.trim_end_matches(is_end);
    let last = name.rsplit(is_end).next().unwrap_or_default();
    let is_lower = last.chars().any(char::is_lowercase);
    let camel = last.rfind(char::is_uppercase).filter(|_| is_lower).map_or(last, |at| &last[at..]);
    let last = last.to_lowercase();
    let ends = ["apikey", "password", "secret", "signature", "token"];
    WORDS.contains(&&*camel.to_lowercase()) || WORDS.contains(&&*last) || ends.iter().any(|end| last.ends_with(end))
}

fn header(name: &str, value: &mut String, secrets: &mut Secrets) {
    let name = name.to_ascii_lowercase();
    if matches!(&*name, "cookie" | "set-cookie") {
        // Each cookie's value, and what a server says about it.
        let cookies = if name == "cookie" { value.as_str() } else { value.split(';').next().unwrap_or_default() };
        let values = cookies.split(';').filter_map(|cookie| cookie.split_once('='));
        values.for_each(|(_, value)| secrets.note(value.trim().trim_matches('"')));
        secrets.take(value);
    } else if is_secret(&name) {
        // What follows the word of a scheme, as in “Bearer …”.
        value.split_once(' ').into_iter().for_each(|(_, rest)| secrets.note(rest.trim()));
        secrets.take(value);
    } else if value.contains("://") || matches!(&*name, "location" | "referer" | "content-location") {
        address(value, secrets);
    }
}

/// Masks what is secret in an address.
fn address(url: &mut String, secrets: &mut Secrets) {
    if let Some(start) = url.find("//").map(|at| at + 2) {
        let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
        if let Some(at) = url[start..end].rfind('@') {
            let user = &url[start..start + at];
            let password = user.split_once(':').map(|(_, password)| password.to_owned());
            secrets.note(user);
            secrets.note(&password.unwrap_or_default());
            url.replace_range(start..start + at, MASK);
        }
    }
    let Some(query) = url.find('?').map(|at| at + 1) else { return };
    let found = pairs(&url[query..]).into_iter().map(|part| part.start + query..part.end + query).collect();
    replace(url, found, secrets);
}

/// Masks what is secret in a body: of a form, of JSON.
fn body(text: &mut String, secrets: &mut Secrets) {
    let begins = text.trim_start().chars().next();
    let found = if matches!(begins, Some('{' | '[' | '"')) { properties(text) } else { pairs(text) };
    replace(text, found, secrets);
}

fn replace(text: &mut String, found: Vec<Range<usize>>, secrets: &mut Secrets) {
    for range in found.into_iter().rev() {
        secrets.note(&text[range.clone()]);
        text.replace_range(range, MASK);
    }
}

/// Where the secret values of `a=b&c=d` are.
fn pairs(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), 0);
    for part in text.split(['&', '#']) {
        if let Some((name, value)) = part.split_once('=')
            && !value.is_empty()
            && is_secret(&percent_decode_str(name).decode_utf8_lossy())
        {
            found.push(start + name.len() + 1..start + part.len());
        }
        start += part.len() + 1;
    }
    found
}

/// Where the secret texts of JSON are, even if it was cut. A property that is named “key” alone says nothing.
fn properties(json: &str) -> Vec<Range<usize>> {
    let (mut found, mut name, mut at) = (Vec::new(), None, 0);
    while let Some(start) = json[at..].find('"').map(|quote| at + quote + 1) {
        let mut bytes = json.bytes().enumerate().skip(start);
        let end = loop {
            match bytes.next() {
                Some((_, b'\\')) => drop(bytes.next()),
                Some((end, b'"')) => break end,
                Some(_) => (),
                None => break json.len(),
            }
        };
        let between = json[at..start - 1].trim();
        if between == ":" && end > start && name.is_some_and(|name| is_secret(name) && name != "key") {
            found.push(start..end);
        }
        name = Some(&json[start..end]);
        at = (end + 1).min(json.len());
    }
    found
}

/// Values that were masked.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn take(&mut self, value: &mut String) {
        self.note(value);
        if !value.is_empty() {
            MASK.clone_into(value);
        }
    }

    fn note(&mut self, value: &str) {
        if value.len() >= MIN && self.0.len() <= MAX && value != MASK {
            self.0.insert(value.to_owned());
        }
    }
}

/// Everything that secrets can look like, the longest first; none if there are too many of them.
struct Known(Option<Vec<String>>);

impl Known {
    fn of(secrets: Secrets) -> Self {
        if secrets.0.len() > MAX {
            return Self(None);
        }
        let mut all = BTreeSet::new();
        for secret in secrets.0 {
            let plain: String = serde_json::from_str(&format!("\"{secret}\"")).unwrap_or_else(|_| secret.clone());
            all.insert(percent_decode_str(&plain).decode_utf8_lossy().into_owned());
            all.insert(percent_decode_str(&plain.replace('+', " ")).decode_utf8_lossy().into_owned());
            all.insert(utf8_percent_encode(&plain, NON_ALPHANUMERIC).to_string());
            let quoted = serde_json::Value::from(&*plain).to_string();
            all.insert(quoted[1..quoted.len() - 1].to_owned());
            all.insert(plain);
            all.insert(secret);
        }
        let mut all: Vec<_> = all.into_iter().filter(|secret| secret.len() >= MIN).collect();
        all.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(Some(all))
    }

    fn mask(&self, text: &mut String) {
        let Some(secrets) = &self.0 else {
            if text.len() >= MIN {
                MASK.clone_into(text);
            }
            return;
        };
        for secret in secrets {
            if text.contains(&**secret) {
                *text = text.replace(&**secret, MASK);
            }
            // Where a text was cut, the beginning of one may be left.
            let whole = text.trim_end_matches('…');
            let cut = (MIN..secret.len())
                .rev()
                .find(|end| boundary(secret, *end) == *end && whole.ends_with(&secret[..*end]));
            if let Some(cut) = cut {
                let range = whole.len() - cut..whole.len();
                text.replace_range(range, MASK);
            }
        }
    }
}
