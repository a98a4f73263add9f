//! The values of a JSON text, and where each one is: a flat list in the order of the text, sixteen bytes a value.
//!
//! `jsonc-parser` reads the text token by token, strictly. Its own tree is not used: a mebibyte of `[[[]]],…` takes
//! 105 MiB there and eight here.

use std::borrow::Cow;

use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};

/// How deeply lists and objects may be nested.
const MAX_DEPTH: usize = 512;

const STRICT: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, or the name of a property.
    Text,
    Number,
    True,
    False,
    Null,
    List,
    Object,
}

/// A value. A list is followed by its elements, and an object by its properties: a name and a value each.
struct Node {
    kind: Kind,
    start: u32,
    end: u32,
    /// The index of what comes after this value and everything in it.
    next: u32,
}

pub struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// A byte of the text, and what is wrong there.
type Wrong = (usize, &'static str);

impl<'t> Tree<'t> {
    /// Reads a text of less than 4 GiB.
    pub fn read(text: &'t str) -> Result<Self, Wrong> {
        let mut reader = Reader { scanner: Scanner::new(text, &STRICT), nodes: Vec::new(), text };
        let first = reader.next()?.ok_or((0, "There is nothing here. An empty list of applications is []."))?;
        reader.value(&first, 0)?;
        match reader.next()? {
            None => Ok(Self { text, nodes: reader.nodes }),
            Some(_) if text.trim_start().starts_with('{') => {
                Err(reader.here("The object ended before this. Leave this out."))
            }
            Some(_) => Err(reader.here("The list ended before this. Leave this out, or move it into the list.")),
        }
    }

    pub fn root(&self) -> Value<'_> {
        self.value(0)
    }

    /// All values and all names, in the order of the text.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        (0..self.nodes.len() as u32).map(|at| self.value(at))
    }

    /// The value with this [`number`](Value::number).
    pub fn value(&self, at: u32) -> Value<'_> {
        Value { tree: self, at }
    }
}

/// A value of a tree.
#[derive(Clone, Copy)]
pub struct Value<'p> {
    tree: &'p Tree<'p>,
    at: u32,
}

impl<'p> Value<'p> {
    fn node(self) -> &'p Node {
        &self.tree.nodes[self.at as usize]
    }

    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// Its index among all values.
    pub fn number(self) -> u32 {
        self.at
    }

    /// The byte where it begins.
    pub fn start(self) -> usize {
        self.node().start as usize
    }

    /// As it is written.
    pub fn written(self) -> &'p str {
        &self.tree.text[self.start()..self.node().end as usize]
    }

    /// What a string or a name says. Escapes are decoded on each call.
    pub fn text(self) -> Option<Cow<'p, str>> {
        let inner = self.between_quotes()?;
        let is_plain = !inner.contains('\\');
        let read = || serde_json::from_str(self.written()).unwrap_or_else(|_| inner.to_owned());
        Some(if is_plain { Cow::Borrowed(inner) } else { Cow::Owned(read()) })
    }

    fn between_quotes(self) -> Option<&'p str> {
        let written = self.written();
        (self.kind() == Kind::Text).then(|| &written[1..written.len() - 1])
    }

    /// Whether it says exactly this.
    fn is(self, text: &str) -> bool {
        self.between_quotes().is_some_and(|inner| inner == text)
            || self.written().contains('\\') && self.text().is_some_and(|own| own == text)
    }

    /// The elements of a list; other values have none.
    pub fn elements(self) -> impl Iterator<Item = Value<'p>> {
        self.within(Kind::List)
    }

    /// The names and values of an object; other values have none.
    pub fn properties(self) -> impl Iterator<Item = (Value<'p>, Value<'p>)> {
        let mut within = self.within(Kind::Object);
        std::iter::from_fn(move || within.next().zip(within.next()))
    }

    fn within(self, kind: Kind) -> impl Iterator<Item = Value<'p>> {
        let (tree, node) = (self.tree, self.node());
        let end = if node.kind == kind { node.next } else { 0 };
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let value = (at < end).then_some(Value { tree, at })?;
            at = value.node().next;
            Some(value)
        })
    }

    /// The value for a name in an object. Each call looks through the properties: call it for a name or two, and make
    /// a map for more.
    pub fn get(self, name: &str) -> Option<Value<'p>> {
        self.properties().find(|(own, _)| own.is(name)).map(|(_, value)| value)
    }

    pub fn of_kind(self, kind: Kind) -> Option<Value<'p>> {
        (self.kind() == kind).then_some(self)
    }

    pub fn get_list(self, name: &str) -> Option<Value<'p>> {
        self.get(name)?.of_kind(Kind::List)
    }

    pub fn get_object(self, name: &str) -> Option<Value<'p>> {
        self.get(name)?.of_kind(Kind::Object)
    }

    pub fn get_text(self, name: &str) -> Option<Cow<'p, str>> {
        self.get(name)?.text()
    }
}

/// Turns tokens into values.
struct Reader<'t> {
    scanner: Scanner<'t>,
    text: &'t str,
    nodes: Vec<Node>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<Token<'t>>, Wrong> {
        match self.scanner.scan() {
            Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => Err(self.here(COMMENT)),
            Ok(token) => Ok(token),
            Err(error) => Err(explain(&error, self.text)),
        }
    }

    /// Something is wrong with the token that was just read.
    fn here(&self, sentence: &'static str) -> Wrong {
        (self.scanner.token_start(), sentence)
    }

    /// A value that starts with the token that was just read.
    fn value(&mut self, token: &Token, depth: usize) -> Result<(), Wrong> {
        let kind = match token {
            Token::String(_) => Kind::Text,
            Token::Number(_) => Kind::Number,
            Token::Boolean(true) => Kind::True,
            Token::Boolean(false) => Kind::False,
            Token::Null => Kind::Null,
            Token::OpenBracket => Kind::List,
            Token::OpenBrace => Kind::Object,
            _ => return Err(unexpected(self.text, self.scanner.token_start())),
        };
        let (at, start) = (self.nodes.len(), self.scanner.token_start());
        self.nodes.push(Node { kind, start: start as u32, end: 0, next: 0 });
        match kind {
            Kind::List | Kind::Object if depth == MAX_DEPTH => return Err((start, "This is nested too deeply.")),
            Kind::List => self.list(start, depth + 1)?,
            Kind::Object => self.object(start, depth + 1)?,
            _ => (),
        }
        let next = self.nodes.len() as u32;
        (self.nodes[at].end, self.nodes[at].next) = (self.scanner.token_end() as u32, next);
        Ok(())
    }

    fn list(&mut self, start: usize, depth: usize) -> Result<(), Wrong> {
        let mut token = self.next()?;
        loop {
            match token {
                Some(Token::CloseBracket) => return Ok(()),
                Some(first) => self.value(&first, depth)?,
                None => return Err((start, "This list is not closed. A ] is missing.")),
            }
            token = self.after_value(&Token::CloseBracket)?;
        }
    }

    fn object(&mut self, start: usize, depth: usize) -> Result<(), Wrong> {
        let mut token = self.next()?;
        loop {
            match token {
                Some(Token::CloseBrace) => return Ok(()),
                Some(name @ Token::String(_)) => self.value(&name, depth)?,
                Some(_) => return Err(self.here("A name in double quotes is expected here, or the closing }.")),
                None => return Err((start, "This object is not closed. A } is missing.")),
            }
            if self.next()? != Some(Token::Colon) {
                return Err(self.here("A colon is missing here, between a name and its value."));
            }
            let first = self.next()?.ok_or_else(|| self.here(MISSING_VALUE))?;
            self.value(&first, depth)?;
            token = self.after_value(&Token::CloseBrace)?;
        }
    }

    /// The token after a value and its comma: the beginning of the next value, or the end of the list or object.
    fn after_value(&mut self, end: &Token) -> Result<Option<Token<'t>>, Wrong> {
        let value_end = self.scanner.token_end();
        let token = self.next()?;
        let is_value = match &token {
            Some(Token::OpenBracket | Token::OpenBrace) => *end == Token::CloseBracket,
            Some(Token::String(_) | Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null) => true,
            _ => false,
        };
        if is_value {
            return Err(self.without_comma(value_end));
        }
        if token != Some(Token::Comma) {
            return Ok(token);
        }
        let comma = self.here("JSON allows no comma before a closing bracket. Leave it out.");
        let token = self.next()?;
        if token.as_ref() == Some(end) { Err(comma) } else { Ok(token) }
    }

    /// A value follows another without a comma; but digits after a number are a number that JSON does not allow.
    fn without_comma(&self, end: usize) -> Wrong {
        let (before, rest) = self.text.split_at(end);
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return (before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1), NO_NUMBER);
        }
        (end, "A comma is missing here.")
    }
}

const COMMENT: &str = "JSON has no comments. Leave this one out.";
const MISSING_VALUE: &str = "A value is missing here, after the colon.";
const NO_NUMBER: &str = "This is not a number as JSON writes it, such as 12, -0.5 or 1e3.";
const NOT_FINITE: &str = "JSON has no NaN and no Infinity. Write a number, or null.";

/// Where the text has no valid token, and why.
fn explain(error: &ParseError, text: &str) -> Wrong {
    use ParseErrorKind as Kind;
    use ParseStringErrorKind as InText;
    let byte = error.range().start;
    let sentence = match error.kind() {
        Kind::UnterminatedCommentBlock => COMMENT,
        Kind::SingleQuotedStringsNotAllowed => "A text needs double quotes.",
        Kind::String(InText::UnterminatedStringLiteral) => "This text is not closed. A \" is missing.",
        Kind::String(InText::ExpectedFourHexDigits | InText::InvalidUnicodeEscapeSequence(_)) => {
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
        _ => return unexpected(text, byte),
    };
    (byte, sentence)
}

/// Something other than a value comes where a value is expected.
fn unexpected(text: &str, byte: usize) -> Wrong {
    let (before, rest) = text.split_at(byte);
    let sentence = match rest.chars().next() {
        _ if rest.starts_with("NaN") || rest.starts_with("Infinity") => NOT_FINITE,
        Some(',') => "A value is missing here, before the comma.",
        Some('}' | ']') if before.trim_end().ends_with(':') => MISSING_VALUE,
        Some('}' | ']') => "This bracket closes nothing that is open.",
        Some(c) if c.is_alphabetic() => "A text needs double quotes; other words are true, false and null.",
        _ => "Something else is expected here.",
    };
    (byte, sentence)
}
