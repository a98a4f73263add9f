//! Where secrets are in a text, whatever it is: a form, JSON, XML, an address, a header, a sentence. Each way of writing
//! a name and its value is looked for in every text, so nobody has to say what it is, and it may be cut. Everything
//! here takes time in proportion to the length of the text.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use percent_encoding::percent_decode_str;

use super::names::{LOOKED_AT, is_secret, is_secret_property};
use crate::flow::text::boundary;

/// Names of properties and fields whose values are names, as in `{"name": "token", "value": "x"}`.
const NAMES: [&str; 6] = ["field", "header", "id", "key", "name", "param"];
/// How far the value may be from such a name.
const NEAR: usize = 60;
/// What may be around a name.
const QUOTES: [char; 4] = ['"', '\'', '`', '\\'];

pub struct Place {
    pub range: Range<usize>,
    pub is: Is,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// A value from its beginning to its end.
    Value,
    /// A value that may end before a comma or the like.
    Loose,
    /// A list, an object, or elements: whatever is in it.
    Group,
    /// Name and password of an address.
    User,
}

/// Whether a text may have one, also in a text within it. Most have not, and a run may set long ones thousands of times.
pub fn may_have_some(text: &str) -> bool {
    static BEARER: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(["earer "]).expect("one text can be looked for"));
    [':', '=', '<', '/', '%', '\\'].into_iter().any(|sign| text.contains(sign)) || BEARER.is_match(text)
}

/// The secrets in a text, in their order; they may be in each other.
pub fn places(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    assigned(text, &mut found);
    elements(text, &mut found);
    users(text, &mut found);
    bearers(text, &mut found);
    if !text.trim_start().starts_with(['{', '[', '"', '<']) {
        pairs(text, &mut found);
    }
    found.retain(|place: &Place| !place.range.is_empty());
    found.sort_by_key(|place| place.range.start);
    found
}

/// The values of `a=b&c=d`, to their ends.
fn pairs(text: &str, found: &mut Vec<Place>) {
    let mut start = 0;
    for part in text.split(['&', '#', '?']) {
        if let Some((name, _)) = part.split_once('=')
            && !name.contains(char::is_whitespace)
            && is_secret(&percent_decode_str(name).decode_utf8_lossy())
        {
            found.push(Place { range: start + name.len() + 1..start + part.len(), is: Is::Value });
        }
        start += part.len() + 1;
    }
}

/// What follows a name and `=` or `:`.
fn assigned(text: &str, found: &mut Vec<Place>) {
    let mut end = 0;
    for (at, sign) in text.match_indices([':', '=']) {
        let Some(name) = (at >= end).then(|| Name::before(text, at)) else { continue };
        let is_colon = sign == ":";
        if is_colon && text[at + 1..].starts_with("//") {
            continue;
        }
        let is_property = is_colon || text[at + 1..].starts_with(QUOTES);
        let is_secret = if is_property { is_secret_property(name.written) } else { is_secret(name.written) };
        let own = || is_secret.then(|| name.value(text, at + 1, is_colon)).flatten();
        if let Some(place) = name.named(text, at + 1, is_colon).or_else(own) {
            end = place.range.end;
            found.push(place);
        }
    }
}

/// A name in a text.
struct Name<'t> {
    written: &'t str,
    is_quoted: bool,
    /// Backslashes before each of its quotes: there are some in a text that is in a text.
    level: usize,
}

impl<'t> Name<'t> {
    /// The name before a sign.
    fn before(text: &'t str, at: usize) -> Self {
        let head = text[..at].trim_end();
        let bare = head.trim_end_matches(QUOTES);
        let is_quoted = bare.len() < head.len();
        let is_of_name = |c: char| c.is_alphanumeric() || "_-.$[]".contains(c) || is_quoted && c == ' ';
        let letters = bare.char_indices().rev().take(LOOKED_AT).take_while(|(_, c)| is_of_name(*c));
        let start = letters.last().map_or(bare.len(), |(start, _)| start);
        let level = head[bare.len()..].bytes().take_while(|byte| *byte == b'\\').count();
        Self { written: &bare[start..], is_quoted, level }
    }

    /// The value that stands beside its own, if that is the name of a secret.
    fn named(&self, text: &str, after: usize, is_colon: bool) -> Option<Place> {
        if !NAMES.iter().any(|name| self.written.eq_ignore_ascii_case(name)) {
            return None;
        }
        let near = &text[..boundary(text, after + LOOKED_AT)];
        let name = self.value(near, after, is_colon).filter(|place| place.is == Is::Value)?.range;
        is_secret(&near[name.clone()]).then(|| beside(text, name.end, self.level)).flatten()
    }

    /// Its value, which begins after a sign.
    fn value(&self, text: &str, after: usize, is_colon: bool) -> Option<Place> {
        let is_between = |c: char| "=:>~".contains(c) || c.is_whitespace() && (is_colon || self.is_quoted || c != '\n');
        let rest = text[after..].trim_start_matches(is_between);
        let start = text.len() - rest.len();
        let bare = rest.trim_start_matches('\\');
        let level = rest.len() - bare.len();
        match bare.chars().next()? {
            quote @ ('"' | '\'' | '`') => {
                let start = start + level + 1;
                Some(Place { range: start..closing(text, start, quote, level), is: Is::Value })
            }
            '{' | '[' => Some(Place { range: start + 1..group(text, start, self.level), is: Is::Group }),
            _ => {
                let end = start + self.loose(rest, is_colon);
                let is_literal = matches!(&text[start..end], "true" | "false" | "null");
                (!is_literal).then_some(Place { range: start..end, is: Is::Loose })
            }
        }
    }

    /// How long a value without quotes is. What may be a scheme, as in `Bearer x`, does not end at its space.
    fn loose(&self, rest: &str, is_colon: bool) -> usize {
        let ends = |c: char| match c {
            '"' | '<' | '>' | '”' | '`' | '\r' | '\n' => true,
            ',' | '}' | ']' => is_colon && self.is_quoted,
            '&' | '#' => !is_colon,
            c => c.is_whitespace() && (!is_colon || self.is_quoted),
        };
        let length = |from: usize| rest[from..].find(ends).map_or(rest.len(), |at| from + at);
        let first = length(0);
        let is_scheme = ["basic", "bearer", "digest", "token"].iter().any(|s| rest[..first].eq_ignore_ascii_case(s));
        if is_scheme && rest[first..].starts_with(' ') { length(first + 1) } else { first }
    }
}

/// The value that stands beside a name that is a value itself: `"name": "token", "value": "x"`, also as attributes, or
/// what an element or a part of a form has inside.
fn beside(text: &str, end: usize, level: usize) -> Option<Place> {
    let rest = text[end..].trim_start_matches(QUOTES);
    let start = text.len() - rest.len();
    let near = &rest[..boundary(rest, NEAR)];
    if rest.starts_with(['\r', '\n', ';']) {
        let lines = near.find("\r\n\r\n").map(|at| (at + 4, "\r\n--"));
        let (at, end) = lines.or(near.find("\n\n").map(|at| (at + 2, "\n--")))?;
        let end = rest[at..].find(end).map_or(rest.len(), |end| at + end);
        return Some(Place { range: start + at..start + end, is: Is::Value });
    }
    let value = near.find("alue").map(|at| &near[at + 4..]);
    if let Some(after) = value.map(|after| after.trim_start_matches(QUOTES).trim_start())
        && after.starts_with([':', '='])
    {
        let at = text.len() - (rest.len() - near.len()) - after.len();
        let name = Name { written: "", is_quoted: true, level };
        return name.value(text, at + 1, after.starts_with(':'));
    }
    let inside = rest.strip_prefix('>')?;
    let end = inside.find('<').unwrap_or(inside.len());
    Some(Place { range: start + 1..start + 1 + end, is: Is::Value })
}

/// Where a text ends that is between quotes. With backslashes before its quotes, twice as many and one more are before
/// those that are in it.
pub fn closing(text: &str, start: usize, quote: char, level: usize) -> usize {
    let mut slashes = 0;
    for (at, c) in text[start..].char_indices() {
        if c == quote && (slashes < level || (slashes - level).is_multiple_of(2 * (level + 1))) {
            return start + at - slashes.min(level);
        }
        slashes = if c == '\\' { slashes + 1 } else { 0 };
    }
    text.len()
}

/// Where the inside of a list or an object ends.
fn group(text: &str, start: usize, level: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while let Some(found) = text[at..].find(['"', '[', ']', '{', '}']).map(|next| at + next) {
        match text.as_bytes()[found] {
            b'"' => {
                let end = closing(text, found + 1, '"', level);
                at = text[end..].find('"').map_or(text.len(), |quote| end + quote + 1);
                continue;
            }
            b'[' | b'{' => depth += 1,
            _ if depth <= 1 => return found,
            _ => depth -= 1,
        }
        at = found + 1;
    }
    text.len()
}

/// What elements of XML have inside.
fn elements(text: &str, found: &mut Vec<Place>) {
    let mut at = 0;
    while let Some(open) = text[at..].find('<').map(|next| at + next + 1) {
        at = open;
        let letters = text[open..].char_indices().take(LOOKED_AT);
        let name = letters.take_while(|(_, c)| c.is_alphanumeric() || "_-.:".contains(*c)).last();
        let Some(name) = name.map(|(last, c)| &text[open..open + last + c.len_utf8()]) else { continue };
        if !is_secret_property(name.rsplit(':').next().unwrap_or_default()) {
            continue;
        }
        let Some(start) = text[open..].find('>').map(|next| open + next + 1) else { return };
        at = start;
        if !text[..start].ends_with("/>") {
            let end = text[start..].find(&format!("</{name}")).map_or(text.len(), |end| start + end);
            found.push(Place { range: start..end, is: Is::Group });
            at = end;
        }
    }
}

/// Names and passwords in addresses.
fn users(text: &str, found: &mut Vec<Place>) {
    for (at, _) in text.match_indices("//") {
        let (start, rest) = (at + 2, &text[at + 2..]);
        let is_end = |c: char| "/?#\"'<>\\".contains(c) || c.is_whitespace();
        let authority = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        found.extend(authority.rfind('@').map(|user| Place { range: start..start + user, is: Is::User }));
    }
}

/// What follows the word “Bearer” alone.
fn bearers(text: &str, found: &mut Vec<Place>) {
    for (at, _) in text.match_indices("earer ") {
        let start = at + "earer ".len();
        if text[..at].ends_with(['B', 'b']) {
            let is_end = |c: char| c.is_whitespace() || "\"'<>`”,;&\\".contains(c);
            let end = text[start..].find(is_end).map_or(text.len(), |end| start + end);
            found.push(Place { range: start..end, is: Is::Value });
        }
    }
}
