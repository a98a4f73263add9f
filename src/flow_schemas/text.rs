//! The text of a flow schema: whether it is JSON, where it is not, and how it looks when it is indented.
//!
//! What is accepted here is JSON to the letter, so that every other program reads it in the same way: no comments, no
//! name twice in an object, nothing that a `jsonb` column of PostgreSQL could not keep.

use std::collections::HashSet;

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};
use serde::de::IgnoredAny;

use super::program::Program;

/// Bytes of a flow schema's text.
pub const MAX_TEXT: usize = 1 << 20;
/// Characters of a line that are shown before and after what is wrong with it.
const AROUND: usize = 40;
/// What [`format`] indents by.
const STEP: &str = "  ";

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// Characters, from 1.
    pub column: usize,
    pub sentence: String,
    /// The line, or the part of a long one: what stands before the place, the character there, and what follows.
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
        let cut = column.saturating_sub(AROUND + 1);
        let mut shown: String = before.chars().skip(cut).collect();
        if cut > 0 {
            shown.insert(0, '…');
        }
        let mut rest = after.lines().next().unwrap_or_default().chars();
        let there = rest.next().map(String::from).unwrap_or_default();
        let mut following: String = rest.by_ref().take(AROUND).collect();
        if rest.next().is_some() {
            following.push('…');
        }
        Self { line, column, sentence: sentence.into(), excerpt: (shown, there, following) }
    }
}

/// The byte, or the first one of the character that it is in the middle of.
fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or_default()
}

/// Where the lines of a text begin.
pub struct Lines(Vec<usize>);

impl Lines {
    pub fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }
}

/// A text without the mark that some programs put at the beginning of a file.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text as a list of applications, or the first thing that is wrong with it.
pub fn check(text: &str) -> Result<Program<'_>, Problem> {
    let problem = |byte, sentence: &str| Problem::at(text, byte, sentence);
    if text.len() > MAX_TEXT {
        let sentence = format!("A flow schema has at most 1 MiB, and this has {:.1} MiB.", mebibytes(text.len()));
        return Err(Problem::at(text, MAX_TEXT, sentence));
    }
    if let Some(byte) = text.find('\u{fffd}') {
        return Err(problem(byte, "Something here is not text in UTF-8. Save the file as UTF-8 and load it again."));
    }
    let root = parse(text)?;
    let Value::Array(root) = root else {
        return Err(problem(
            root.start(),
            "A flow schema is a list of applications. Begin it with [ and end it with ].",
        ));
    };
    let mut repeated = None;
    each_object(&root, &mut |object| {
        let mut names = HashSet::new();
        let second = object.properties.iter().find(|property| !names.insert(property.name.as_str()));
        repeated = repeated.take().or(second.map(|property| (property.start(), property.name.as_str().to_owned())));
    });
    if let Some((byte, name)) = repeated {
        return Err(Problem::at(text, byte, format!("“{name}” stands twice in this object. Remove one of them.")));
    }
    Program::new(text, root).map_err(|(byte, sentence)| Problem::at(text, byte, sentence))
}

fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / MAX_TEXT as f64
}

/// The JSON of a text.
fn parse(text: &str) -> Result<Value<'_>, Problem> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let byte = error.range().start;
        Problem::at(text, byte, explain(&error, text[byte..].chars().next()))
    })?;
    let Some(value) = parsed.value else {
        return Err(Problem::at(text, 0, "There is nothing here. An empty list of applications is []."));
    };
    // The parser of the tree is lenient about spaces and about line breaks in texts.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        let start = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum::<usize>();
        let byte = boundary(text, start + error.column().saturating_sub(1));
        let sentence = match text[byte..].chars().next() {
            Some(c) if c < ' ' => "A line break or a tab in a text is written as \\n or \\t.",
            Some(c) if c.is_whitespace() => "This space is not one that JSON knows. Type an ordinary one.",
            _ => "This is not JSON.",
        };
        Problem::at(text, byte, sentence)
    })?;
    if let Some(byte) = text.find("\\u0000").filter(|byte| !is_escaped(text, *byte)) {
        return Err(Problem::at(text, byte, "The character \\u0000 cannot be kept. Leave it out."));
    }
    Ok(value)
}

/// Whether a backslash is itself the second of an escape.
fn is_escaped(text: &str, byte: usize) -> bool {
    text[..byte].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

fn explain(error: &ParseError, there: Option<char>) -> &'static str {
    use ParseErrorKind as Kind;
    match error.kind() {
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => "JSON has no comments. Leave this one out.",
        Kind::TrailingCommasNotAllowed => "No comma stands before a closing bracket. Leave it out.",
        Kind::SingleQuotedStringsNotAllowed => "A text stands in double quotes.",
        Kind::ExpectedComma => "A comma is missing here.",
        Kind::ExpectedColonAfterObjectKey => "A colon is missing here, between a name and its value.",
        Kind::ExpectedObjectValue => "A value is missing here, after the colon.",
        Kind::ExpectedStringObjectProperty | Kind::UnexpectedTokenInObject => {
            "A name in double quotes is expected here, or the closing }."
        }
        Kind::UnterminatedArray => "This list is not closed. A ] is missing.",
        Kind::UnterminatedObject => "This object is not closed. A } is missing.",
        Kind::String(ParseStringErrorKind::UnterminatedStringLiteral) => "This text is not closed. A \" is missing.",
        Kind::String(
            ParseStringErrorKind::ExpectedFourHexDigits | ParseStringErrorKind::InvalidUnicodeEscapeSequence(_),
        ) => {
            "This escape stands for no character. After \\u come four hexadecimal digits; some characters take two such escapes."
        }
        Kind::String(_) => "There is no such escape. A backslash itself is written as \\\\.",
        Kind::NonFiniteNumbersNotAllowed => "JSON has no NaN and no Infinity. Write a number, or null.",
        Kind::HexadecimalNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed
        | Kind::BareDecimalPointNumbersNotAllowed
        | Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral => {
            "This is not a number as JSON writes it, such as 12, -0.5 or 1e3."
        }
        Kind::NestingDepthExceeded => "This is nested too deeply.",
        Kind::MultipleRootJsonValues => "The list ended before this. Leave this out, or move it into the list.",
        Kind::UnexpectedWord => "A text stands in double quotes; other words are true, false and null.",
        _ => match there {
            Some(',') => "A value is missing here, before the comma.",
            Some('}' | ']') => "This bracket closes nothing that is open.",
            _ => "Something else is expected here.",
        },
    }
}

fn each_object<'a>(array: &'a Array<'a>, see: &mut impl FnMut(&'a Object<'a>)) {
    for element in &array.elements {
        each_object_in(element, see);
    }
}

fn each_object_in<'a>(value: &'a Value<'a>, see: &mut impl FnMut(&'a Object<'a>)) {
    match value {
        Value::Array(array) => each_object(array, see),
        Value::Object(object) => {
            see(object);
            for property in &object.properties {
                each_object_in(&property.value, see);
            }
        }
        _ => (),
    }
}

/// The text with every value on a line of its own; numbers and texts stay as they were written. A text that is not
/// JSON, or would have more than [`MAX_TEXT`], stays as it is.
pub fn format(text: &str) -> String {
    let mut formatted = String::with_capacity(text.len());
    match parse(text) {
        Ok(value) if write(&mut formatted, text, &value, 0).is_some() => formatted,
        _ => text.to_owned(),
    }
}

fn write(out: &mut String, text: &str, value: &Value, depth: usize) -> Option<()> {
    match value {
        Value::Array(array) if !array.elements.is_empty() => {
            out.push('[');
            for (index, element) in array.elements.iter().enumerate() {
                line(out, index > 0, depth + 1)?;
                write(out, text, element, depth + 1)?;
            }
            line(out, false, depth)?;
            out.push(']');
        }
        Value::Object(object) if !object.properties.is_empty() => {
            out.push('{');
            for (index, property) in object.properties.iter().enumerate() {
                line(out, index > 0, depth + 1)?;
                out.push_str(property.name.text(text));
                out.push_str(": ");
                write(out, text, &property.value, depth + 1)?;
            }
            line(out, false, depth)?;
            out.push('}');
        }
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        simple => out.push_str(simple.text(text)),
    }
    (out.len() <= MAX_TEXT).then_some(())
}

/// Begins a line, after a comma if something came before it.
fn line(out: &mut String, after_comma: bool, depth: usize) -> Option<()> {
    if after_comma {
        out.push(',');
    }
    out.push('\n');
    (0..depth).for_each(|_| out.push_str(STEP));
    (out.len() <= MAX_TEXT).then_some(())
}
