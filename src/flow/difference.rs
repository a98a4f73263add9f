//! How two versions of a flow schema differ, line by line.
//!
//! Only the first differences are shown, so only so many lines are compared, starting at the first one that differs.

use std::time::Duration;

use similar::{Algorithm, ChangeTag, DiffOp, DiffTag, TextDiff};

use super::text::{boundary, format};

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;
/// How many lines are shown at most, and how many bytes of them.
const MAX_LINES: usize = 2000;
const MAX_SHOWN: usize = 256 << 10;
/// How many lines of each text are compared.
const MAX_COMPARED: usize = 10_000;
/// After this time the difference need not be the shortest.
const PATIENCE: Duration = Duration::from_millis(200);

/// The differences, in parts.
#[derive(Default)]
pub struct Difference {
    pub parts: Vec<Vec<Line>>,
    /// There are more than are shown.
    pub more: bool,
}

pub struct Line {
    /// The line's number before and after the change.
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

/// Compares two texts as they look when formatted, so that spaces do not count.
pub fn difference(before: &str, after: &str) -> Difference {
    let (before, after) = (format(before), format(after));
    let Middle { skipped, before, after, is_cut } = Middle::of(&before, &after);
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(PATIENCE).diff_slices(&before, &after);
    let mut difference = Difference { more: is_cut, parts: Vec::new() };
    let mut groups = diff.grouped_ops(CONTEXT);
    if is_cut {
        leave_out_the_end(&mut groups);
    }
    let (mut lines, mut bytes) = (MAX_LINES, MAX_SHOWN);
    for group in groups {
        let mut part = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            if lines == 0 || bytes == 0 {
                difference.more = true;
                break;
            }
            let number = |index: Option<usize>| index.map(|index| skipped + index + 1);
            let (before, after) = match change.tag() {
                ChangeTag::Equal => (change.old_index(), change.new_index()),
                ChangeTag::Delete => (change.old_index(), None),
                ChangeTag::Insert => (None, change.new_index()),
            };
            let text = shown(change.value().trim_end_matches('\n'), bytes);
            (lines, bytes) = (lines - 1, bytes.saturating_sub(text.len()));
            part.push(Line { before: number(before), after: number(after), text });
        }
        difference.parts.push(part);
        if lines == 0 || bytes == 0 {
            break;
        }
    }
    difference
}

/// The lines to compare: without those that are equal at the beginning and at the end, except a few to show.
struct Middle<'t> {
    skipped: usize,
    before: Vec<&'t str>,
    after: Vec<&'t str>,
    /// The texts may differ further down too.
    is_cut: bool,
}

impl<'t> Middle<'t> {
    fn of(before: &'t str, after: &'t str) -> Self {
        let lines = |text: &'t str| text.split_inclusive('\n');
        let counts = (lines(before).count(), lines(after).count());
        let start = lines(before).zip(lines(after)).take_while(|(a, b)| a == b).count();
        let rest = counts.0.min(counts.1) - start;
        let end = lines(before).rev().zip(lines(after).rev()).take(rest).take_while(|(a, b)| a == b).count();
        let (skipped, left_out) = (start.saturating_sub(CONTEXT), end.saturating_sub(CONTEXT));
        let middle = |text, count: usize| {
            lines(text).skip(skipped).take((count - skipped - left_out).min(MAX_COMPARED)).collect::<Vec<_>>()
        };
        let is_cut = counts.0.max(counts.1) - skipped - left_out > MAX_COMPARED;
        Self { skipped, before: middle(before, counts.0), after: middle(after, counts.1), is_cut }
    }
}

/// Drops the differences at the end of what was compared: in the other text these lines may come further down.
fn leave_out_the_end(groups: &mut Vec<Vec<DiffOp>>) {
    let Some(last) = groups.last_mut() else { return };
    let kept = last.iter().rposition(|op| op.tag() == DiffTag::Equal).map_or(0, |at| at + 1);
    let is_all = kept == 0 || last[..kept].iter().all(|op| op.tag() == DiffTag::Equal);
    match (is_all, groups.len()) {
        (true, 1) => (),
        (true, _) => drop(groups.pop()),
        (false, _) => groups.iter_mut().next_back().expect("there is a last").truncate(kept),
    }
}

/// A line, or the part of it that there is room for.
fn shown(line: &str, room: usize) -> String {
    let shown = &line[..boundary(line, room)];
    if shown.len() < line.len() { format!("{shown}…") } else { shown.to_owned() }
}
