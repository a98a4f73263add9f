//! A way without its secrets, for whoever sees it later. What counts as one:
//!
//! * the values of `authorization`, `proxy-authorization`, `cookie` and `set-cookie`, and of headers that are named like
//!   secrets;
//! * name and password in an address, and what parts of a query or a fragment, fields of a form, texts and numbers in
//!   JSON and variables are worth that are named like secrets, those among them that the run begins with;
//! * the same values wherever else they stand in the way, escaped for addresses, forms or JSON too, if they have
//!   [`MIN`] bytes. Shorter ones stand everywhere by chance.
//!
//! A name is like a secret if its last word is one of [`WORDS`], as in `X-Api-Key` and `accessToken`. A secret without
//! such a name, such as a number in the path of an address, is not known as one.

use std::collections::BTreeSet;
use std::ops::Range;

use form_urlencoded::byte_serialize;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::exchange::Answer;
use super::limits::MAX_ANSWER_SHOWN;
use super::way::{Step, Way};
use crate::flow::request::{ADDRESS, escaped};
use crate::flow::text::boundary;
use crate::flow::variables::COMPONENT;

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
/// Bytes of a secret that is looked for. One that is longer counts as too many.
const LONGEST: usize = 8 << 10;

/// Masks the secrets of a way. The variables are those that the run began with.
pub fn mask(way: &mut Way, variables: &[(String, String)]) {
    let mut secrets = Secrets::default();
    for (name, value) in variables {
        variable(name, &mut value.clone(), &mut secrets);
    }
    for step in &mut way.steps {
        named(step, &mut secrets);
    }
    let secrets = Known::of(&secrets);
    for step in &mut way.steps {
        each_text(step, &mut |text, is_cut| secrets.mask(text, is_cut));
    }
    way.end.iter_mut().for_each(|end| secrets.mask(end, false));
}

/// Masks what has the name of a secret, and notes it.
fn named(step: &mut Step, secrets: &mut Secrets) {
    for (name, value) in &mut step.set {
        if let Some(value) = value {
            variable(name, value, secrets);
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

/// Every text of a step that others chose, and whether its end may be missing.
fn each_text(step: &mut Step, see: &mut impl FnMut(&mut String, bool)) {
    step.set.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(|value| see(value, false));
    step.notes.iter_mut().for_each(|note| see(note, false));
    if let Some(request) = &mut step.request {
        let is_cut = request.is_cut;
        see(&mut request.url, is_cut);
        request.headers.values_mut().for_each(|value| see(value, is_cut));
        request.body.iter_mut().for_each(|body| see(body, is_cut));
        request.notes.iter_mut().for_each(|note| see(note, false));
    }
    for hop in step.exchange.iter_mut().flat_map(|exchange| &mut exchange.hops) {
        see(&mut hop.url, false);
        hop.headers.iter_mut().for_each(|(_, value)| see(value, false));
        match &mut hop.answer {
            Ok(answer) => {
                let is_cut = is_cut(answer);
                answer.headers.iter_mut().for_each(|(_, value)| see(value, false));
                see(&mut answer.body, is_cut);
            }
            Err(sentence) => see(sentence, false),
        }
    }
}

/// Whether more of its body came than is shown, or less than was to come.
fn is_cut(answer: &Answer) -> bool {
    // What was no UTF-8 got longer, so the number of bytes alone does not tell.
    answer.is_cut || answer.read > answer.body.len() || answer.body.len() + 4 > MAX_ANSWER_SHOWN
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

/// Masks a variable, or what is secret in it.
fn variable(name: &str, value: &mut String, secrets: &mut Secrets) {
    if is_secret(name) { secrets.take(value) } else { body(value, secrets) }
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
    let Some(query) = url.find(['?', '#']).map(|at| at + 1) else { return };
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
    if found.is_empty() {
        return;
    }
    let (mut masked, mut end) = (String::with_capacity(text.len()), 0);
    for range in found {
        secrets.note(&text[range.clone()]);
        masked.push_str(&text[end..range.start]);
        masked.push_str(MASK);
        end = range.end;
    }
    masked.push_str(&text[end..]);
    *text = masked;
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

/// Where the secret texts and numbers of JSON are, even if it was cut. A property that is named “key” alone says nothing.
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
        let is_named = |name: &str| is_secret(name) && name != "key";
        if between == ":" && end > start && name.is_some_and(is_named) {
            found.push(start..end);
        }
        name = Some(&json[start..end]);
        at = (end + 1).min(json.len());
        found.extend(number(json, at).filter(|_| name.is_some_and(is_named)));
    }
    found
}

/// Where a number is that follows a name.
fn number(json: &str, at: usize) -> Option<Range<usize>> {
    let rest = json[at..].trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
    let start = json.len() - rest.len();
    (digits > 0).then_some(start..start + digits)
}

/// Values that were masked.
#[derive(Default)]
struct Secrets {
    all: BTreeSet<String>,
    are_too_many: bool,
}

impl Secrets {
    fn take(&mut self, value: &mut String) {
        self.note(value);
        if !value.is_empty() {
            MASK.clone_into(value);
        }
    }

    fn note(&mut self, value: &str) {
        if value.len() < MIN || value == MASK || self.are_too_many || self.all.contains(value) {
            return;
        }
        self.are_too_many = self.all.len() == MAX || value.len() > LONGEST;
        self.all.insert(value.to_owned());
    }
}

/// Everything that secrets can look like, the longest first; none if there are too many of them.
struct Known(Option<Vec<String>>);

impl Known {
    fn of(secrets: &Secrets) -> Self {
        if secrets.are_too_many {
            return Self(None);
        }
        let mut all: Vec<_> = secrets.all.iter().flat_map(|secret| looks(secret)).collect();
        all.retain(|secret| secret.len() >= MIN);
        all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        all.dedup();
        Self(Some(all))
    }

    fn mask(&self, text: &mut String, is_cut: bool) {
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
        }
        if is_cut || text.ends_with('…') {
            for secret in secrets {
                mask_beginning(text, secret);
            }
        }
    }
}

/// What a secret can look like where this program or a server wrote it.
fn looks(secret: &str) -> BTreeSet<String> {
    let plain: String = serde_json::from_str(&format!("\"{secret}\"")).unwrap_or_else(|_| secret.to_owned());
    let mut looks = BTreeSet::from([
        secret.to_owned(),
        percent_decode_str(&plain).decode_utf8_lossy().into_owned(),
        percent_decode_str(&plain.replace('+', " ")).decode_utf8_lossy().into_owned(),
    ]);
    let quoted = serde_json::Value::from(&*plain).to_string();
    let quoted = &quoted[1..quoted.len() - 1];
    looks.extend([quoted.replace('/', "\\/"), quoted.to_owned(), escaped(&plain)]);
    let in_address = |set: &'static AsciiSet| utf8_percent_encode(&plain, set).to_string();
    let in_form: String = byte_serialize(plain.as_bytes()).collect();
    for text in [in_address(NON_ALPHANUMERIC), in_address(COMPONENT), in_address(ADDRESS), in_form] {
        looks.insert(in_lower_case(&text));
        looks.insert(text);
    }
    looks.insert(plain);
    looks
}

/// The same with the digits after each `%` in lower case.
fn in_lower_case(text: &str) -> String {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (digits, rest) = piece.split_at(boundary(piece, 2));
        text + "%" + &digits.to_ascii_lowercase() + rest
    })
}

/// Masks the beginning of a secret at the end of a text that was cut.
fn mask_beginning(text: &mut String, secret: &str) {
    let whole = text.trim_end_matches(['…', char::REPLACEMENT_CHARACTER]);
    let Some(least) = (MIN..secret.len()).find(|at| secret.is_char_boundary(*at)) else { return };
    let mut from = boundary(whole, whole.len().saturating_sub(secret.len()));
    while let Some(at) = whole[from..].find(&secret[..least]).map(|at| from + at) {
        if secret.starts_with(&whole[at..]) {
            let range = at..whole.len();
            return text.replace_range(range, MASK);
        }
        from = at + whole[at..].chars().next().map_or(1, char::len_utf8);
    }
}
