//! The secrets of a run: what they are in a text, and all that were seen. [`names`] says which names they have, and
//! [`mod@places`] how a name and its value may be written.

pub mod looks;
pub mod names;
pub mod places;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use form_urlencoded::byte_serialize;
use percent_encoding::percent_decode_str;

use self::names::is_secret;
use self::places::{Is, Place, closing, may_have_some, places};

/// What stands in the place of a secret.
pub const MASK: &str = "•••";
/// Bytes that a secret has at least to be looked for elsewhere. Shorter ones stand everywhere by chance.
pub const MIN: usize = 6;
/// How many secrets are looked for, and their bytes together. With more than these, only what cannot have any is left.
const MAX: usize = 1000;
const MAX_BYTES: usize = 64 << 10;
/// How many are looked for whose ends are not known.
const MAX_CUT: usize = 20;
/// Texts in texts that are read, such as JSON in a field of a form.
const MAX_DEPTH: usize = 4;

/// Secrets that were seen.
#[derive(Clone, Default)]
pub struct Secrets {
    all: BTreeSet<String>,
    /// The beginnings of those whose ends were not seen.
    cut: BTreeSet<String>,
    bytes: usize,
    are_too_many: bool,
}

impl Secrets {
    /// Notes what is secret in a variable.
    pub fn see(&mut self, name: &str, value: &str) {
        if is_secret(name) { self.see_secret(value) } else { drop(self.masked(value, 0)) }
    }

    /// Notes a value that is a secret whatever its name.
    pub fn see_secret(&mut self, value: &str) {
        self.note(value);
        // What follows the word of a scheme, as in “Bearer …”.
        value.split_once(' ').into_iter().for_each(|(_, rest)| self.note(rest.trim()));
        drop(self.masked(value, 0));
    }

    pub fn see_text(&mut self, text: &str) {
        drop(self.masked(text, 0));
    }

    /// Masks a value that is a secret whatever its name.
    pub fn mask_secret(&mut self, value: &mut String) {
        if !value.is_empty() {
            self.see_secret(value);
            MASK.clone_into(value);
        }
    }

    /// Masks a variable, or what is secret in it.
    pub fn mask_variable(&mut self, name: &str, value: &mut String) {
        if is_secret(name) { self.mask_secret(value) } else { self.mask_text(value) }
    }

    /// Masks what is secret in a text, and notes it.
    pub fn mask_text(&mut self, text: &mut String) {
        if let Some(masked) = self.masked(text, 0) {
            *text = masked;
        }
    }

    /// The same for a text that may not be whole: a secret at its end may go on.
    pub fn mask_cut(&mut self, text: &mut String) {
        let last = places(text).into_iter().rfind(|place| place.range.end == text.len());
        if let Some(Place { range, is }) = last {
            let value = &text[range];
            let value = if is == Is::Group { value.rsplit(['"', '>']).next().unwrap_or_default() } else { value };
            let beginning = value.trim_end_matches(char::REPLACEMENT_CHARACTER);
            if beginning.len() >= MIN {
                self.cut.insert(beginning.to_owned());
                self.are_too_many |= self.cut.len() > MAX_CUT;
            }
        }
        self.mask_text(text);
    }

    pub fn mask_header(&mut self, name: &str, value: &mut String) {
        if name.eq_ignore_ascii_case("cookie") || name.eq_ignore_ascii_case("set-cookie") {
            self.see_cookies(value);
        }
        self.mask_variable(name, value);
    }

    /// Notes each cookie, but not what a server says about it.
    pub fn see_cookies(&mut self, cookies: &str) {
        let about = ["domain", "expires", "max-age", "path", "priority", "samesite"];
        for (name, value) in cookies.split(';').filter_map(|cookie| cookie.split_once('=')) {
            if !about.iter().any(|about| name.trim().eq_ignore_ascii_case(about)) {
                self.note(value.trim().trim_matches('"'));
            }
        }
    }

    /// A text with its secrets masked, if there are any.
    fn masked(&mut self, text: &str, depth: usize) -> Option<String> {
        if !may_have_some(text) {
            return None;
        }
        let inner = if depth < MAX_DEPTH { self.inner_masked(text, depth) } else { Cow::Borrowed(text) };
        let (mut masked, mut end) = (String::new(), 0);
        for place in places(&inner) {
            let found = &inner[place.range.clone()];
            self.note_place(found, place.is);
            if place.range.start >= end {
                masked.push_str(&inner[end..place.range.start]);
                masked.push_str(MASK);
            }
            end = end.max(place.range.end);
        }
        masked.push_str(&inner[end..]);
        (masked != text).then_some(masked)
    }

    /// A text with the secrets masked that are in texts within it: those that are escaped for JSON, forms or addresses.
    fn inner_masked<'t>(&mut self, text: &'t str, depth: usize) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        if text.contains('\\') {
            let parts = strings(&text).filter(|part| text[part.clone()].contains('\\')).collect();
            text = rewritten(text, parts, |string| {
                let masked = serde_json::Value::from(self.masked(&unescaped(string)?, depth + 1)?).to_string();
                Some(masked[1..masked.len() - 1].to_owned())
            });
        }
        if text.contains('%') {
            let parts = pieces(&text).filter(|part| text[part.clone()].contains('%')).collect();
            text = rewritten(text, parts, |piece| {
                let piece = piece.replace('+', " ");
                let masked = self.masked(&percent_decode_str(&piece).decode_utf8_lossy(), depth + 1)?;
                let pieces = masked.split(MASK).map(|piece| byte_serialize(piece.as_bytes()).collect());
                Some(pieces.collect::<Vec<String>>().join(MASK))
            });
        }
        text
    }

    fn note_place(&mut self, found: &str, is: Is) {
        self.note(found);
        match is {
            Is::Value => (),
            Is::Loose => {
                found.split_once(' ').into_iter().for_each(|(_, rest)| self.note(rest.trim()));
                self.note(found.split([',', ';', ')', ']', '}']).next().unwrap_or_default());
            }
            Is::User => found.split_once(':').into_iter().for_each(|(_, password)| self.note(password)),
            Is::Group if found.contains('<') || !found.contains(['"', ',']) => {
                for part in found.split(['<', '>']) {
                    self.note(part.trim().trim_start_matches("![CDATA[").trim_end_matches("]]"));
                }
            }
            Is::Group => {
                strings(found).for_each(|part| self.note(found[part].trim_end_matches('\\')));
                found.split([',', ':']).map(str::trim).filter(|part| is_number(part)).for_each(|part| self.note(part));
            }
        }
    }

    fn note(&mut self, value: &str) {
        // What ends so is not whole, and was seen before it was cut.
        let is_none = value.len() < MIN || value == MASK || value.ends_with('…');
        if is_none || self.are_too_many || self.all.contains(value) {
            return;
        }
        self.bytes += value.len();
        self.are_too_many = self.all.len() == MAX || self.bytes > MAX_BYTES;
        if !self.are_too_many {
            self.all.insert(value.to_owned());
        }
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

/// Where texts in quotes are.
fn strings(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = text[at..].find('"').map(|quote| at + quote + 1)?;
        let end = closing(text, start, '"', 0);
        at = (end + 1).min(text.len());
        Some(start..end)
    })
}

/// Where texts are that may be escaped for addresses and forms.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let is_end = |c: char| "&=?#/\"'<>".contains(c) || c.is_whitespace();
    text.split_inclusive(is_end).map(move |piece| {
        let from = start;
        start += piece.len();
        from..from + piece.trim_end_matches(is_end).len()
    })
}

/// The text that stands so in JSON. It may be cut within an escape.
fn unescaped(string: &str) -> Option<String> {
    let read = |string: &str| serde_json::from_str(&format!("\"{string}\"")).ok();
    read(string).or_else(|| read(&string[..string.rfind('\\')?]))
}

/// A text with other parts in it.
fn rewritten(
    text: Cow<'_, str>,
    parts: Vec<Range<usize>>,
    mut other: impl FnMut(&str) -> Option<String>,
) -> Cow<'_, str> {
    let (mut out, mut end) = (String::new(), 0);
    for part in parts {
        if let Some(other) = other(&text[part.clone()]) {
            out.push_str(&text[end..part.start]);
            out.push_str(&other);
            end = part.end;
        }
    }
    if end == 0 {
        return text;
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}
