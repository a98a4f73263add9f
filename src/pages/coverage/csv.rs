//! Coverage as a file for spreadsheets: RFC 4180, every field in quotation marks.
//!
//! Names are other people's text, and a spreadsheet runs a cell that begins like a formula. Such a beginning gets an
//! apostrophe, also after the signs that some spreadsheets take for the end of a cell.

use crate::model::event::Event;
use crate::model::queues::coverage::{Cell, Row};
use crate::model::queues::queue::state_name;
use crate::word::Word;

/// By this, spreadsheets know the encoding.
const MARK: &str = "\u{feff}";

/// The first line.
pub fn head() -> String {
    let titles = ["Queue", "Type", "State", "Missing"].into_iter();
    MARK.to_owned() + &line(titles.chain(Event::ALL.iter().map(|event| event.name())))
}

/// A line for each queue.
pub fn rows(rows: &[Row]) -> String {
    rows.iter()
        .map(|row| {
            let queue = &row.queue;
            let (missing, cells) = (row.missing().to_string(), row.cells.iter().map(words).collect::<Vec<_>>());
            let facts = [&*queue.name, &*queue.queue_type.name(), state_name(queue.enabled), &*missing];
            line(facts.into_iter().chain(cells.iter().map(String::as_str)))
        })
        .collect()
}

/// The flow schema of the enabled hook, and what else there is to say.
fn words(cell: &Cell) -> String {
    let schema = cell.enabled.as_ref().map(|hook| hook.schema_name.as_str());
    let notes = cell.notes();
    match (schema, &*notes) {
        (Some(schema), []) => schema.to_owned(),
        (Some(schema), notes) => format!("{schema} ({})", notes.join(", ")),
        (None, notes) => notes.join(", "),
    }
}

fn line<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let fields: Vec<_> = fields.map(|field| format!("\"{}\"", harmless(field).replace('"', "\"\""))).collect();
    fields.join(",") + "\r\n"
}

fn harmless(field: &str) -> String {
    let mut harmless = String::with_capacity(field.len());
    let mut begins = true;
    for c in field.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            harmless.push('\'');
        }
        begins = matches!(c, ';' | '\t' | '\r' | '\n') || begins && (c.is_whitespace() || c == '"');
        harmless.push(c);
    }
    harmless
}
