//! The text of a flow schema: whether it is JSON, where it is not, and how it looks when indented.
//!
//! What is accepted here is strict JSON, so that every other program reads it in the same way: no comments, no name
//! twice in one object, nothing that a `jsonb` column of PostgreSQL could not store.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::tree::{Kind, Tree, Value};
use crate::name::is_unseen;

/// Bytes in the text of a flow schema.
pub const MAX_TEXT: usize = 1 << 20;
/// How many characters of a line are shown on each side of a problem.
const EXCERPT: usize = 40;
/// How many characters of a name are shown in a message.
const MAX_NAME: usize = 60;
/// What [`format()`] indents by.
const INDENT: &str = "  ";

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// Characters, from 1.
    pub column: usize,
    pub sentence: String,
    /// The line, or the part of a long one: what comes before the problem, the character there, and what follows.
    pub excerpt: (String, String, String),
}

impl Problem {
    /// A problem at a byte of the text.
    pub fn at(text: &str, byte: usize, sentence: impl Into<String>) -> Self {
        let byte = boundary(text, byte);
        let (before, after) = text.split_at(byte);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let (before, line) = (&before[start..], before.bytes().filter(|b| *b == b'\n').count() + 1);
        let column = before.chars().count() + 1;
        let cut = column.saturating_sub(EXCERPT + 1);
        let mut shown: String = before.chars().skip(cut).collect();
        if cut > 0 {
            shown.insert(0, '…');
        }
        let mut rest = after.lines().next().unwrap_or_default().chars();
        let there = rest.next().map(String::from).unwrap_or_default();
        let mut following: String = rest.by_ref().take(EXCERPT).collect();
        if rest.next().is_some() {
            following.push('…');
        }
        Self { line, column, sentence: sentence.into(), excerpt: (shown, there, following) }
    }
}

/// The byte, or the first byte of the character that it is inside.
pub fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or_default()
}

/// Where the lines of a text end.
pub struct Lines(Vec<u32>);

impl Lines {
    pub fn of(text: &str) -> Self {
        Self(text.bytes().zip(0..).filter(|(byte, _)| *byte == b'\n').map(|(_, at)| at).collect())
    }

    /// The line of a byte, from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.0.partition_point(|end| (*end as usize) < byte) + 1
    }
}

/// A text without the byte order mark that some programs put at the beginning of a file.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A name as a message shows it: a long one is cut, because a page may show many.
pub fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// The JSON of a text.
pub(super) fn parse(text: &str) -> Result<Tree<'_>, Problem> {
    let problem = |byte, sentence| Problem::at(text, byte, sentence);
    let tree = Tree::read(text).map_err(|(byte, sentence)| {
        let (byte, sentence) = pasted(text, byte).unwrap_or_else(|| (byte, sentence.into()));
        Problem::at(text, byte, sentence)
    })?;
    // The tokenizer is lenient about spaces, and about line breaks in strings.
    let raw = tree.values().filter(|value| value.kind() == Kind::Text).find_map(|text| {
        let control = text.written().find(|c: char| c < ' ')?;
        Some(text.start() + control)
    });
    if let Some(byte) = raw {
        return Err(problem(byte, "A line break or a tab in a text is written as \\n or \\t."));
    }
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        let start = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum::<usize>();
        let byte = boundary(text, start + error.column().saturating_sub(1));
        let is_odd = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r');
        let odd = text[byte..]
            .starts_with(is_odd)
            .then_some(byte)
            .or(text[..byte].char_indices().next_back().and_then(|(before, c)| is_odd(c).then_some(before)));
        match odd {
            Some(byte) => problem(byte, "This space is not one that JSON knows. Type an ordinary one."),
            None => problem(byte, "This is not JSON."),
        }
    })?;
    if let Some((byte, _)) = text.match_indices("\\u0000").find(|(byte, _)| !is_escaped(text, *byte)) {
        return Err(problem(byte, "The character \\u0000 cannot be stored. Leave it out."));
    }
    Ok(tree)
}

/// A character that word processors and chats put into copied text, if it is where something is wrong.
fn pasted(text: &str, byte: usize) -> Option<(usize, String)> {
    let byte = boundary(text, byte);
    let here = text[byte..].chars().next().map(|c| (byte, c));
    let before = text[..byte].char_indices().next_back();
    [here, before].into_iter().flatten().find_map(|(byte, c)| {
        let sentence = match c {
            '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '«' | '»' => {
                "These are typographic quotes. Write straight ones: \"".into()
            }
            c if is_unseen(c) && !c.is_ascii() => {
                format!("There is an invisible character here (U+{:04X}). Remove it.", u32::from(c))
            }
            _ => return None,
        };
        Some((byte, sentence))
    })
}

/// Whether the backslash at a byte is itself escaped. Two calls never look at the same backslashes.
fn is_escaped(text: &str, byte: usize) -> bool {
    text[..byte].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

/// The text with every value on its own line, or unchanged if it cannot be [`indented`].
pub fn format(text: &str) -> String {
    indented(text).unwrap_or_else(|| text.to_owned())
}

/// The text with every value on its own line; numbers and strings stay as they were written. `None` if the text is not
/// JSON, or would get longer than [`MAX_TEXT`].
pub fn indented(text: &str) -> Option<String> {
    indented_tree(&parse(text).ok()?)
}

pub(super) fn indented_tree(tree: &Tree) -> Option<String> {
    let mut formatted = String::new();
    write(&mut formatted, tree.root(), 0)?;
    Some(formatted)
}

fn write(out: &mut String, value: Value, depth: usize) -> Option<()> {
    let (mut elements, mut properties) = (value.elements().peekable(), value.properties().peekable());
    if elements.peek().is_some() {
        out.push('[');
        for (index, element) in elements.enumerate() {
            line(out, index > 0, depth + 1)?;
            write(out, element, depth + 1)?;
        }
        line(out, false, depth)?;
        out.push(']');
    } else if properties.peek().is_some() {
        out.push('{');
        for (index, (name, value)) in properties.enumerate() {
            line(out, index > 0, depth + 1)?;
            out.push_str(name.written());
            out.push_str(": ");
            write(out, value, depth + 1)?;
        }
        line(out, false, depth)?;
        out.push('}');
    } else {
        match value.kind() {
            Kind::List => out.push_str("[]"),
            Kind::Object => out.push_str("{}"),
            _ => out.push_str(value.written()),
        }
    }
    (out.len() <= MAX_TEXT).then_some(())
}

/// Starts a new line, after a comma if something came before it.
fn line(out: &mut String, after_comma: bool, depth: usize) -> Option<()> {
    if after_comma {
        out.push(',');
    }
    out.push('\n');
    (0..depth).for_each(|_| out.push_str(INDENT));
    (out.len() <= MAX_TEXT).then_some(())
}
