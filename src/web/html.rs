//! Text that is escaped once and written several times: in each row of a table, or once for each of its controls.
//! Everything else is escaped by the templates themselves.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};
use askama::{FastWritable, Values};

/// A text as HTML has it, within an element or an attribute.
pub struct Escaped(String);

pub fn escaped(text: impl AsRef<str>) -> Escaped {
    let text = text.as_ref();
    let mut html = String::with_capacity(text.len());
    Html.write_escaped_str(&mut html, text).expect("a text takes all that is written to it");
    Escaped(html)
}

impl HtmlSafe for Escaped {}

impl FastWritable for Escaped {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
