//! What a list is asked for and what comes back: a filter, an order, a range of rows; and some rows selected from it.
//! This module does not know where they come from: an address, a form or a program's request.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chrono::NaiveDateTime;

use crate::db::MAX_IDS;
use crate::error::Error;
use crate::error::Thing;
use crate::model::event::Event;
use crate::word::Word;

/// Rows per page: the default, and the maximum.
pub const DEFAULT_SIZE: i64 = 10;
pub const MAX_SIZE: i64 = 1000;

/// What a registry lists, in words.
pub struct Noun {
    pub one: &'static str,
    pub many: &'static str,
    /// The title of the table.
    pub title: &'static str,
}

impl Noun {
    /// “1 hook”, “2 hooks”.
    pub fn count(&self, count: i64) -> String {
        format!("{count} {}", if count == 1 { self.one } else { self.many })
    }

    /// “Hook”.
    pub fn singular(&self) -> String {
        let (first, rest) = self.one.split_at(1);
        first.to_uppercase() + rest
    }
}

/// How a registry's rows are filtered and sorted: by one of a few kinds, by one of two states, by part of a name.
/// Queues also by an event for which they lack an enabled hook.
pub trait Rows: Clone + Debug + Default + Eq + 'static {
    type Kind: Word + Debug;
    type Column: Word + Default + Debug;

    const NOUN: Noun;
    /// The kind's name in an address, and the one that people read.
    const KIND: (&'static str, &'static str);
    /// The same for the state, and the names of its two values, true and false.
    const STATE: (&'static str, &'static str, [&'static str; 2]);
    /// The label of the search, and of an active search.
    const SEARCH: (&'static str, &'static str);
    /// The name and the label of the event that rows miss, where they can miss one.
    const MISSING: Option<(&'static str, &'static str)> = None;
    /// The columns of the registry; rows may be sorted by others too.
    const COLUMNS: &'static [Self::Column] = Self::Column::ALL;
}

/// Which of a registry's rows to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<R: Rows> {
    /// Empty means all.
    pub kinds: BTreeSet<R::Kind>,
    pub state: Option<bool>,
    /// An event that can happen, but has no enabled hook.
    pub missing: Option<Event>,
    /// Part of a name.
    pub q: String,
}

impl<R: Rows> Default for Filter<R> {
    fn default() -> Self {
        Self { kinds: BTreeSet::new(), state: None, missing: None, q: String::new() }
    }
}

impl<R: Rows> Filter<R> {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What rows are sorted by. Every order ends with the id, so that no row repeats or disappears between pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order<C> {
    pub column: C,
    pub descending: bool,
}

/// A page of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// From 1.
    pub page: i64,
    /// Rows per page, 1 to [`MAX_SIZE`].
    pub size: i64,
}

impl Default for Range {
    fn default() -> Self {
        Self { page: 1, size: DEFAULT_SIZE }
    }
}

impl Range {
    /// This range among `total` rows; past the end it is the last page.
    pub fn of(self, total: i64) -> Pages {
        self.of_matching(Matching { count: total, mark: 0 })
    }

    /// The range among rows that may be selected all at once.
    pub fn of_matching(self, Matching { count, mark }: Matching) -> Pages {
        let last = ((count + self.size - 1) / self.size).max(1);
        Pages { page: self.page.min(last), size: self.size, total: count, last, past_end: self.page > last, mark }
    }
}

/// The rows that match a filter: how many, and a mark that is another one after any of them changed, came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matching {
    pub count: i64,
    pub mark: i64,
}

impl Matching {
    /// Of the time at which the last of them was changed, and of their ids: the sum of what they leave when divided by
    /// a prime, which has room for any ids. For all rows of a table it is the last id, because none is given twice.
    pub fn new(count: i64, last_change: Option<NaiveDateTime>, ids: Option<i64>) -> Self {
        let last_change = last_change.map_or(0, |at| at.and_utc().timestamp_micros());
        Self {
            count,
            mark: last_change.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64).wrapping_add(ids.unwrap_or_default()),
        }
    }
}

/// Where a page is among its rows.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    pub page: i64,
    pub size: i64,
    pub total: i64,
    pub last: i64,
    /// The requested page does not exist; `page` is the last one instead.
    pub past_end: bool,
    /// The mark of the rows: see [`Matching`].
    pub mark: i64,
}

impl Pages {
    /// How many rows come before the page.
    pub fn offset(&self) -> i64 {
        (self.page - 1) * self.size
    }

    /// The way to the page, for rows in this order.
    pub fn walk<C>(&self, order: Order<C>) -> Walk<C> {
        self.walk_from(order, &[self.total]).0
    }

    /// The same where the walk may begin at either end of a group: the numbers of rows in each, in the order that is
    /// wanted. And the group in which it begins.
    pub fn walk_from<C>(&self, order: Order<C>, groups: &[i64]) -> (Walk<C>, usize) {
        let (before, to) = (self.offset(), self.to());
        let (mut forward, mut backward) = ((before, 0), (self.total - to, groups.len().saturating_sub(1)));
        let mut start = 0;
        for (nth, rows) in groups.iter().enumerate() {
            let end = start + rows;
            if start <= before {
                forward = (before - start, nth);
            }
            if end >= to && end - to < backward.0 {
                backward = (end - to, nth);
            }
            start = end;
        }
        if forward.0 <= backward.0 {
            (Walk { order, is_backward: false, offset: forward.0, limit: self.size }, forward.1)
        } else {
            let order = Order { descending: !order.descending, ..order };
            (Walk { order, is_backward: true, offset: backward.0, limit: to - before }, backward.1)
        }
    }

    pub fn previous(&self) -> Option<i64> {
        (self.page > 1).then_some(self.page - 1)
    }

    pub fn next(&self) -> Option<i64> {
        (self.page < self.last).then_some(self.page + 1)
    }

    /// The number of the page's first row, from 1.
    pub fn from(&self) -> i64 {
        self.offset() + 1
    }

    /// The number of the page's last row.
    pub fn to(&self) -> i64 {
        (self.page * self.size).min(self.total)
    }
}

/// How a database comes to a page: it reads whatever lies before, so it begins at the end of the list that is nearer.
#[derive(Clone, Copy, Debug)]
pub struct Walk<C> {
    /// The order to read in.
    pub order: Order<C>,
    is_backward: bool,
    pub offset: i64,
    pub limit: i64,
}

impl<C> Walk<C> {
    /// What was read, in the order that was asked for.
    pub fn arrive<R>(&self, mut rows: Vec<R>) -> Vec<R> {
        if self.is_backward {
            rows.reverse();
        }
        rows
    }
}

/// Some rows of a list in an order: at most so many after the first ones.
#[derive(Clone, Copy, Debug)]
pub struct Slice<C> {
    pub order: Order<C>,
    pub offset: i64,
    pub limit: i64,
}

/// A page of rows, and where it is.
pub struct Listed<R> {
    pub pages: Pages,
    pub rows: Vec<R>,
}

/// What somebody saw of the rows that match a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub count: i64,
    /// Pages always bring it. A program that cannot know it answers for the number alone.
    pub mark: Option<i64>,
}

/// Some of a registry's rows.
#[derive(Clone, Debug)]
pub enum Selection<R: Rows> {
    /// At most [`MAX_IDS`].
    Ids(BTreeSet<i64>),
    /// All that match a filter, provided that they are what the person saw.
    Matching { filter: Filter<R>, seen: Seen },
}

impl<R: Rows> Selection<R> {
    /// These rows. An empty selection is refused; it never means all.
    pub fn of_ids(ids: BTreeSet<i64>) -> Result<Self, String> {
        let Noun { one, many, .. } = R::NOUN;
        match ids.len() {
            0 => Err(format!("Select at least one {one} first.")),
            count if count > MAX_IDS => Err(format!("Select at most {MAX_IDS} {many} at once, or all that match.")),
            _ => Ok(Self::Ids(ids)),
        }
    }

    /// How many rows the person selected.
    pub fn size(&self) -> i64 {
        match self {
            Self::Ids(ids) => ids.len() as i64,
            Self::Matching { seen, .. } => seen.count,
        }
    }

    /// Refuses a selection of all matching that does not mean the same rows any more, or rows that are not what they
    /// were; `matching` says which match now.
    pub fn check<E>(&self, thing: Thing, matching: impl FnOnce(&Filter<R>) -> Result<Matching, E>) -> Result<(), Error>
    where
        Error: From<E>,
    {
        let Self::Matching { filter, seen } = self else { return Ok(()) };
        let Matching { count, mark } = matching(filter)?;
        let matched = R::NOUN.count(seen.count);
        let sentence = if count != seen.count {
            format!("{matched} matched when you selected them, now it is {count}. Nothing was changed.")
        } else if seen.mark.is_some_and(|seen| seen != mark) {
            format!("Of the {matched} that you selected some changed since. Nothing was changed. Look at them again.")
        } else {
            return Ok(());
        };
        Err(Error::Conflict(thing, sentence))
    }
}
