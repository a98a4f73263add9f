//! Where the values of variables come from: samples in a preview, earlier steps in a run.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::program::reads;
use super::room::{Room, Text};

pub trait Variables {
    /// The value of a variable, empty if it has none; `None` if it cannot be known, so that `${name}` stays.
    fn get(&mut self, name: &str) -> Option<&str>;
}

/// What is escaped in a value that becomes part of an address.
pub const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a text has between `${` and `}`: the variable, and whether its value is escaped for an address.
pub fn variable(read: &str) -> (&str, bool) {
    read.strip_suffix(".uri()").map_or((read, false), |name| (name, true))
}

/// The value for what a text has between `${` and `}`.
fn value<'v>(read: &str, variables: &'v mut impl Variables) -> Option<Cow<'v, str>> {
    let (name, is_escaped) = variable(read);
    let value = variables.get(name)?;
    Some(if is_escaped { utf8_percent_encode(value, COMPONENT).into() } else { Cow::Borrowed(value) })
}

/// Writes a text with each `${name}` replaced once, if it has a value. Returns whether it reads global variables, as in
/// `$${name}`, which stay as they are.
pub fn fill(
    text: &str,
    variables: &mut impl Variables,
    room: &mut Room,
    out: &mut Text,
    write: impl Fn(&str, &mut Text),
) -> bool {
    let mut reads_globals = false;
    replace(text, out, |name, before, out| {
        let is_global = before.ends_with('$');
        reads_globals |= is_global;
        if !room.look_up(name) {
            return out.cut();
        }
        let value = if is_global { None } else { value(name, variables) };
        match value {
            Some(value) => write(&value, out),
            None => keep(name, out),
        }
    });
    reads_globals
}

/// A text with its variables filled in; `None` if one of them cannot be known, or if there is no room for all of it.
pub fn filled(text: &str, variables: &mut impl Variables, room: &mut Room) -> Option<String> {
    let mut filled = room.text(usize::MAX);
    fill(text, variables, room, &mut filled, |value, out| out.push(value));
    let (filled, is_cut) = room.take(filled);
    (!is_cut && reads(&filled).next().is_none()).then_some(filled)
}

/// Writes a text, with `value` writing each `${name}`; it also gets the text before the variable.
pub fn replace(text: &str, out: &mut Text, mut value: impl FnMut(&str, &str, &mut Text)) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        out.push(before);
        if out.is_cut() {
            return;
        }
        value(name, before, out);
        rest = after;
    }
    out.push(rest);
}

/// Writes a variable unchanged.
pub fn keep(name: &str, out: &mut Text) {
    for piece in ["${", name, "}"] {
        out.push(piece);
    }
}

/// The value of a variable that is the whole text, or else the text itself.
pub fn whole<'v>(text: &'v str, variables: &'v mut impl Variables, room: &mut Room) -> Cow<'v, str> {
    match text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) {
        Some(name) if room.look_up(name) => value(name, variables).unwrap_or(Cow::Borrowed(text)),
        _ => Cow::Borrowed(text),
    }
}

/// Whether a text has a variable among other letters, where older versions of Webitel did not see it.
pub fn is_mixed(text: &str) -> bool {
    reads(text).next().is_some() && !(text.starts_with("${") && text.ends_with('}'))
}
