//! What differs between two versions of a flow schema, line by line.

use std::time::Duration;

use similar::{Algorithm, ChangeTag, TextDiff};

use super::text::format;

/// Lines around a difference that are shown with it.
const CONTEXT: usize = 3;
/// Lines that are shown at most.
const MAX_LINES: usize = 2000;
/// After this a difference need not be the shortest.
const PATIENCE: Duration = Duration::from_millis(500);

/// The differences, part by part.
#[derive(Default)]
pub struct Difference {
    pub parts: Vec<Vec<Line>>,
    /// There are more than are shown.
    pub more: bool,
}

pub struct Line {
    /// The line's numbers before and after.
    pub before: Option<usize>,
    pub after: Option<usize>,
    pub text: String,
}

impl Line {
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    pub fn is_gone(&self) -> bool {
        self.after.is_none()
    }
}

/// Compares two texts as they look when they are formatted, so that spaces do not count.
pub fn difference(before: &str, after: &str) -> Difference {
    let (before, after) = (format(before), format(after));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(PATIENCE).diff_lines(&before, &after);
    let (mut difference, mut count) = (Difference::default(), 0);
    for group in diff.grouped_ops(CONTEXT) {
        let mut part = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            count += 1;
            if count > MAX_LINES {
                difference.more = true;
                break;
            }
            let number = |index: Option<usize>| index.map(|index| index + 1);
            let (before, after) = match change.tag() {
                ChangeTag::Equal => (change.old_index(), change.new_index()),
                ChangeTag::Delete => (change.old_index(), None),
                ChangeTag::Insert => (None, change.new_index()),
            };
            let text = change.value().trim_end_matches('\n').to_owned();
            part.push(Line { before: number(before), after: number(after), text });
        }
        difference.parts.push(part);
        if difference.more {
            break;
        }
    }
    difference
}
