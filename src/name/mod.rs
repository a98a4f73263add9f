//! What people call things: the one rule for names, whether typed into a form or imported, and how long ones are
//! shortened. [`keys`] says how they are searched and sorted.
//!
//! A name is kept in its composed form (NFC), because keyboards and systems write the same letter in different ways.
//! Everything in it can be seen, apart from what shapes the characters beside it: the joiners of Persian words and of
//! emoji between two characters, a variation selector after one, and the letters in the flags of England, Scotland and
//! Wales.

pub mod keys;

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// A name as it is stored: no spaces around it, 1 to `longest` characters, all of them as this module says. The error
/// is a sentence to show beside the field; `what` is the field's name in lower case.
pub fn read(typed: &str, what: &str, longest: usize) -> Result<String, String> {
    let name = composed(typed.trim());
    if name.is_empty() {
        return Err(format!("Type a {what}."));
    }
    if name.chars().count() > longest {
        return Err(format!("A {what} has at most {longest} characters."));
    }
    if unseen(&name).any(|is_unseen| is_unseen) {
        return Err(format!("A {what} cannot have line breaks or invisible characters."));
    }
    Ok(name.into_owned())
}

/// What [`read`] takes and is nearest to a name that it does not take: one from an older version, or that others stored.
pub fn mended(stored: &str, longest: usize) -> String {
    let mut name = stored.to_owned();
    // What is left out may have been what the characters beside it stood by.
    while read(&name, "", longest).as_ref() != Ok(&name) {
        let spaced = composed(&name).replace(|c: char| c.is_control() && c.is_whitespace(), " ");
        let seen = spaced.chars().zip(unseen(&spaced)).filter_map(|(c, is_unseen)| (!is_unseen).then_some(c));
        let seen: String = composed(&seen.collect::<String>()).chars().take(longest).collect();
        name = if seen.trim().is_empty() { "Unnamed".into() } else { seen.trim().into() };
    }
    name
}

/// The composed form of a text, in which each letter is one character with its marks.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Characters that show nothing or change the direction of the text around them, and U+FFFD, which stands for
/// something that could not be read.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Joins the characters on both sides, or keeps them apart.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Chooses how the character before it looks.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// What follows the black flag in those of England, Scotland and Wales.
const FLAGS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Whether each character of a text shows nothing, where it does not shape what is beside it.
fn unseen(text: &str) -> impl Iterator<Item = bool> {
    let is_visible = |c: char| !is_unseen(c) && !c.is_whitespace();
    let (mut before, mut flag_ends) = (None, 0);
    text.char_indices().map(move |(at, c)| {
        let (here, end) = (&text[at..], at + c.len_utf8());
        if before == Some('\u{1f3f4}')
            && let Some(flag) = FLAGS.iter().find(|flag| here.starts_with(**flag))
        {
            flag_ends = at + flag.len();
        }
        let is_after_visible = before.is_some_and(is_visible);
        let is_shaping = match c {
            c if is_joiner(c) => {
                (is_after_visible || before.is_some_and(is_selector)) && text[end..].starts_with(is_visible)
            }
            c if is_selector(c) => is_after_visible,
            _ => at < flag_ends,
        };
        before = Some(c);
        is_unseen(c) && !is_shaping
    })
}

/// What others wrote, for a terminal: characters that show nothing, or that tell the terminal what to do, are spelled out.
/// Line breaks, tabs, and what shapes the characters of a name stay.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (c, is_unseen) in text.chars().zip(unseen(text)) {
        if is_unseen && !matches!(c, '\n' | '\t' | '\u{fffd}') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Something typed, or a name, short enough for a message.
pub fn short(text: &str) -> String {
    const LENGTH: usize = 30;
    if text.chars().count() <= LENGTH {
        return text.into();
    }
    let beginning: String = text.chars().take(LENGTH).collect();
    format!("{}…", beginning.trim_end_matches(is_joiner))
}
