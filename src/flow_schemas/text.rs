//! The text of a flow schema: whether it is JSON, where it is not, and how it looks when it is indented.
//!
//! What is accepted here is JSON to the letter, so that every other program reads it in the same way: no comments, no
//! name twice in an object, nothing that a `jsonb` column of PostgreSQL could not keep.

use std::collections::HashSet;

use jsonc_parser::ast::Value;
use jsonc_parser::common::{Range, Ranged};
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
    let mut wrong = None;
    each_value(&root, &mut |value| {
        if wrong.is_none() {
            wrong = unreliable(value);
        }
    });
    if let Some((byte, sentence)) = wrong {
        return Err(Problem::at(text, byte, sentence));
    }
    let Value::Array(root) = root else {
        return Err(problem(
            root.start(),
            "A flow schema is a list of applications. Begin it with [ and end it with ].",
        ));
    };
    Program::new(text, root).map_err(|(byte, sentence)| Problem::at(text, byte, sentence))
}

/// What other programs would read in other ways, if a value is that.
fn unreliable(value: &Value) -> Option<(usize, String)> {
    match value {
        Value::NumberLit(number) if number.value.parse::<f64>().is_ok_and(f64::is_infinite) => {
            Some((number.start(), "This number is too large.".into()))
        }
        Value::Object(object) => {
            let mut names = HashSet::new();
            let second = object.properties.iter().find(|property| !names.insert(property.name.as_str()))?;
            let sentence = format!("“{}” stands twice in this object. Remove one of them.", second.name.as_str());
            Some((second.start(), sentence))
        }
        _ => None,
    }
}

fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / MAX_TEXT as f64
}

/// The JSON of a text.
fn parse(text: &str) -> Result<Value<'_>, Problem> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let (byte, sentence) = explain(&error, text);
        Problem::at(text, byte, sentence)
    })?;
    let Some(value) = parsed.value else {
        return Err(Problem::at(text, 0, "There is nothing here. An empty list of applications is []."));
    };
    // The parser of the tree is lenient about spaces and about line breaks in texts.
    let mut raw = None;
    each_text(&value, &mut |range| {
        let control = text[range.start..range.end].find(|c: char| c < ' ').map(|at| range.start + at);
        raw = raw.take().or(control);
    });
    if let Some(byte) = raw {
        return Err(Problem::at(text, byte, "A line break or a tab in a text is written as \\n or \\t."));
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
            Some(byte) => Problem::at(text, byte, "This space is not one that JSON knows. Type an ordinary one."),
            None => Problem::at(text, byte, "This is not JSON."),
        }
    })?;
    if let Some((byte, _)) = text.match_indices("\\u0000").find(|(byte, _)| !is_escaped(text, *byte)) {
        return Err(Problem::at(text, byte, "The character \\u0000 cannot be kept. Leave it out."));
    }
    Ok(value)
}

/// Whether a backslash is itself the second of an escape.
fn is_escaped(text: &str, byte: usize) -> bool {
    text[..byte].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

const MISSING_VALUE: &str = "A value is missing here, after the colon.";
const NO_NUMBER: &str = "This is not a number as JSON writes it, such as 12, -0.5 or 1e3.";
const NOT_FINITE: &str = "JSON has no NaN and no Infinity. Write a number, or null.";

/// Where a text is no JSON, and why.
fn explain(error: &ParseError, text: &str) -> (usize, &'static str) {
    use ParseErrorKind as Kind;
    let byte = error.range().start;
    let (before, rest) = text.split_at(byte);
    let sentence = match error.kind() {
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => "JSON has no comments. Leave this one out.",
        Kind::TrailingCommasNotAllowed => "No comma stands before a closing bracket. Leave it out.",
        Kind::SingleQuotedStringsNotAllowed => "A text stands in double quotes.",
        Kind::ExpectedComma if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            let number = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
            return (number, NO_NUMBER);
        }
        Kind::ExpectedComma => "A comma is missing here.",
        Kind::ExpectedColonAfterObjectKey => "A colon is missing here, between a name and its value.",
        Kind::ExpectedObjectValue => MISSING_VALUE,
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
        Kind::NonFiniteNumbersNotAllowed => NOT_FINITE,
        Kind::HexadecimalNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed
        | Kind::BareDecimalPointNumbersNotAllowed
        | Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral => NO_NUMBER,
        Kind::NestingDepthExceeded => "This is nested too deeply.",
        Kind::MultipleRootJsonValues => "The list ended before this. Leave this out, or move it into the list.",
        _ if rest.starts_with("NaN") || rest.starts_with("Infinity") => NOT_FINITE,
        _ => match rest.chars().next() {
            Some(',') => "A value is missing here, before the comma.",
            Some('}' | ']') if before.trim_end().ends_with(':') => MISSING_VALUE,
            Some('}' | ']') => "This bracket closes nothing that is open.",
            Some(c) if c.is_alphabetic() => "A text stands in double quotes; other words are true, false and null.",
            _ => "Something else is expected here.",
        },
    };
    (byte, sentence)
}

fn each_value<'a>(value: &'a Value<'a>, see: &mut impl FnMut(&'a Value<'a>)) {
    see(value);
    match value {
        Value::Array(array) => array.elements.iter().for_each(|element| each_value(element, see)),
        Value::Object(object) => object.properties.iter().for_each(|property| each_value(&property.value, see)),
        _ => (),
    }
}

/// The places of all texts, names included.
fn each_text(value: &Value, see: &mut impl FnMut(Range)) {
    each_value(value, &mut |value| match value {
        Value::StringLit(text) => see(text.range),
        Value::Object(object) => object.properties.iter().for_each(|property| see(property.name.range())),
        _ => (),
    });
}

/// The text with every value on a line of its own, or as it is where [`indented`] has none.
pub fn format(text: &str) -> String {
    indented(text).unwrap_or_else(|| text.to_owned())
}

/// The text with every value on a line of its own; numbers and texts stay as they were written. None of a text that is
/// not JSON, or would have more than [`MAX_TEXT`].
pub fn indented(text: &str) -> Option<String> {
    let mut formatted = String::with_capacity(text.len());
    write(&mut formatted, text, &parse(text).ok()?, 0)?;
    Some(formatted)
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
