//! What a request asks a list for: `page`, `size`, `q`, `sort`, `fields` and filters, as Webitel's clients send them.
//! An empty value counts as none, and an unknown name is passed over.

use std::collections::BTreeSet;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::failure::Failure;
use crate::model::listing::{Order, Slice};
use crate::word::Word;

/// Rows of a page, if the request does not say or asks for more than [`MAX_SIZE`].
pub const SIZE: i64 = 40;
pub const MAX_SIZE: i64 = 20_000;
/// How many values of one filter count at once.
pub const MAX_VALUES: usize = 1000;

/// The largest id that a request may name: 18 digits, whatever they are.
pub const MAX_ID: i64 = 999_999_999_999_999_999;

/// The names and values of a query, in their order.
pub struct Query(Vec<(String, String)>);

impl FromRequest for Query {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        // PostgreSQL takes no NUL in a text; no name has it, nor what stands for it here.
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.replace('\0', "\u{fffd}")));
        std::future::ready(Ok(Self(pairs.filter(|(_, value)| !value.is_empty()).collect())))
    }
}

/// Some of a list's rows.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub offset: i64,
    pub size: i64,
}

/// The fields that a list shows of each thing: those that a request names, or all.
pub struct Fields(BTreeSet<String>);

impl Fields {
    pub fn are_all(&self) -> bool {
        self.0.is_empty()
    }

    pub fn have(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl Query {
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a name.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.last(name).map(|value| read(name, value, "a whole number")).transpose()
    }

    /// How many rows; a size out of range is the usual one, as Webitel has it.
    pub fn size(&self, most: i64) -> Result<i64, Failure> {
        Ok(self.number("size")?.filter(|size| (1..=most).contains(size)).unwrap_or(SIZE))
    }

    /// The first page where none is named.
    pub fn page(&self) -> Result<Page, Failure> {
        let size = self.size(MAX_SIZE)?;
        let page = self.number("page")?.unwrap_or(1).max(1);
        // A page beyond all others is empty.
        Ok(Page { offset: (page - 1).saturating_mul(size), size })
    }

    /// The values of a filter; none means all.
    fn values<T: Ord>(&self, name: &str, read: impl Fn(&str) -> Result<T, Failure>) -> Result<BTreeSet<T>, Failure> {
        if self.all(name).count() > MAX_VALUES {
            return Err(Failure::query(format!("“{name}” has at most {MAX_VALUES} values.")));
        }
        self.all(name).map(read).collect()
    }

    pub fn ids(&self, name: &str) -> Result<BTreeSet<i64>, Failure> {
        self.values(name, |value| id(value.trim()).ok_or_else(|| wrong(name, "an id: a whole number")))
    }

    pub fn words<W: Word>(&self, name: &str) -> Result<BTreeSet<W>, Failure> {
        self.values(name, |value| word(name, value))
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.last(name).map(|value| read(name, value, "true or false")).transpose()
    }

    /// The values of `fields`, each with one name or several.
    pub fn fields(&self) -> Fields {
        let names = self.all("fields").flat_map(|names| names.split(',')).map(str::trim);
        Fields(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// The rows of the page, and one more if there is one, in the order that is asked for.
    pub fn slice<C: Word + Default>(&self) -> Result<Slice<C>, Failure> {
        let (Page { offset, size }, order) = (self.page()?, self.order()?);
        Ok(Slice { order, offset, limit: size + 1 })
    }

    /// `column`, `+column` or `-column`. A raw `+` arrives as a space.
    pub fn order<C: Word + Default>(&self) -> Result<Order<C>, Failure> {
        let Some(sort) = self.last("sort") else { return Ok(Order { column: C::default(), descending: false }) };
        let column = sort.strip_prefix(['+', '-', ' ']).unwrap_or(sort);
        Ok(Order { column: word("sort", column)?, descending: sort.starts_with('-') })
    }
}

/// An id: a whole number.
pub fn id(written: &str) -> Option<i64> {
    let is_id = written.len() <= MAX_ID.to_string().len() && written.bytes().all(|byte| byte.is_ascii_digit());
    written.parse().ok().filter(|_| is_id)
}

fn read<T: FromStr>(name: &str, value: &str, expected: &str) -> Result<T, Failure> {
    value.trim().parse().map_err(|_| wrong(name, expected))
}

fn wrong(name: &str, expected: &str) -> Failure {
    Failure::query(format!("“{name}” has to be {expected}."))
}

/// A word of a closed list.
fn word<W: Word>(name: &str, value: &str) -> Result<W, Failure> {
    W::from_word(value).ok_or_else(|| Failure::query(format!("“{name}” has to be one of: {}.", words::<W>())))
}

/// All words of a list, for a sentence.
pub fn words<W: Word>() -> String {
    W::ALL.iter().map(|word| word.word()).collect::<Vec<_>>().join(", ")
}

/// Whether a word matches a pattern: whole, whatever the case, with `*` for any characters.
pub fn matches(pattern: &str, word: &str) -> bool {
    let (pattern, word) = (pattern.to_lowercase(), word.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = word.strip_prefix(first) else { return false };
    let Some(last) = pattern.rsplit_once('*').map(|(_, last)| last) else { return rest.is_empty() };
    let middle: Vec<&str> = parts.collect();
    for part in &middle[..middle.len() - 1] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
