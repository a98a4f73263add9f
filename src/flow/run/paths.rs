//! Paths into a body of JSON, as GJSON reads them; Webitel uses it too. A path may ask for far more than it has
//! letters, so those that could are not followed.
//!
//! The crate takes texts apart by bytes and trusts that they are JSON: it is given nothing that is not.

use gjson::Kind;
use serde::de::IgnoredAny;

/// Bytes of a path.
const MAX_PATH: usize = 1000;
/// Lists in lists in the body.
const MAX_DEPTH: usize = 100;
/// Parts that a path may make a new value of, where it makes only one. Each may be the whole body.
const MAX_PARTS: usize = 16;
/// The same where it makes one of another.
const MAX_INNER_PARTS: usize = 4;
/// Modifiers and pipes. Each has a copy of the body until the end.
const MAX_STAGES: usize = 8;
/// How long a text of the body may be to be compared with a pattern of several stars.
const MAX_PATTERN_TEXT: usize = 500;

/// A body, and what was found out about it.
pub struct Document<'b> {
    body: &'b str,
    is_broken: bool,
    shape: Shape,
}

pub enum Found {
    Text(String),
    Nothing,
    TooMuch,
}

impl<'b> Document<'b> {
    pub fn of(body: &'b str) -> Self {
        let is_broken = serde_json::from_str::<IgnoredAny>(body).is_err();
        Self { body, is_broken, shape: Shape::of(body) }
    }

    /// Whether it is no JSON.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// What Webitel sets a variable to.
    pub fn find(&self, path: &str) -> Found {
        if self.is_broken {
            return Found::Text(String::new());
        }
        if !self.is_modest(path) {
            return Found::TooMuch;
        }
        let value = gjson::get(self.body, path);
        match value.kind() {
            _ if !value.exists() => Found::Nothing,
            Kind::Object | Kind::Array => Found::Text(compact(value.json())),
            Kind::Number => Found::Text(number(value.json())),
            _ => Found::Text(value.str().to_owned()),
        }
    }

    /// Whether following it takes no more than a few times the length of the body.
    fn is_modest(&self, path: &str) -> bool {
        let count = |byte: u8| path.bytes().filter(|other| *other == byte).count();
        let (made, parts) = (count(b'[') + count(b'{'), count(b','));
        let most = if made > 1 { MAX_INNER_PARTS } else { MAX_PARTS };
        let stars = count(b'*');
        path.len() <= MAX_PATH
            && count(b'@') + count(b'|') <= MAX_STAGES
            && self.shape.depth <= MAX_DEPTH
            && (made == 0 || parts < most)
            && (stars < 2 || stars == 2 && self.shape.longest <= MAX_PATTERN_TEXT)
            // It indents by whatever it is told to, and is of no use here.
            && !path.contains("@pretty")
            // It may stand for a star, or for half of a letter.
            && !path.contains("\\u")
    }
}

struct Shape {
    depth: usize,
    /// Bytes of the longest text.
    longest: usize,
}

impl Shape {
    fn of(json: &str) -> Self {
        let (mut depth, mut shape) = (0_usize, Self { depth: 0, longest: 0 });
        let mut text = None;
        let mut bytes = json.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match (byte, text) {
                (b'\\', Some(_)) => drop(bytes.next()),
                (b'"', Some(start)) => (shape.longest, text) = (shape.longest.max(at - start), None),
                (b'"', None) => text = Some(at),
                (b'[' | b'{', None) => {
                    depth += 1;
                    shape.depth = shape.depth.max(depth);
                }
                (b']' | b'}', None) => depth = depth.saturating_sub(1),
                _ => (),
            }
        }
        shape
    }
}

/// JSON without the spaces between its values.
fn compact(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    let is_kept = |c: &char| {
        let kept = is_text || !c.is_ascii_whitespace();
        is_text ^= *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        kept
    };
    json.chars().filter(is_kept).collect()
}

/// A number as GJSON gives it: as it is written if it has digits alone.
fn number(written: &str) -> String {
    let digits = written.strip_prefix('-').unwrap_or(written);
    match written.parse::<f64>() {
        Ok(number) if !digits.bytes().all(|byte| byte.is_ascii_digit()) && number.is_finite() => number.to_string(),
        _ => written.to_owned(),
    }
}
