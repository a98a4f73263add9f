//! What the pages of all registries are made of. Each registry fills in `templates/registry.html`.

pub mod filter;
pub mod removal;
pub mod selection;

use std::collections::BTreeMap;

use super::paging::{Query, View};
use super::token::Token;
use crate::model::listing::{Filter, Noun, Pages, Rows};

/// Bytes: no link and no form of ours makes a longer address. nginx and others refuse a line of 8 kB in the head of a
/// request, and some of them have less room for all lines together, of which three carry the address.
pub const MAX_ADDRESS: usize = 4000;

pub struct Registry<R: Rows> {
    pub path: String,
    pub view: View<Filter<R>>,
    pub notices: Vec<String>,
    pub pages: Pages,
    /// The ids on the page.
    pub shown: Vec<i64>,
    /// How many rows there are of each kind, by its word, where that is known.
    pub counts: BTreeMap<&'static str, i64>,
    pub token: Token,
    pub may: May,
    /// What is not done here, and where it is.
    pub elsewhere: Option<&'static str>,
    /// What is selected stays so from page to page.
    pub keeps: bool,
    /// The row that the last change was about.
    pub focus: Option<i64>,
}

/// What the person may do with the rows; the page leaves out the rest.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent rights")]
pub struct May {
    pub add: bool,
    pub edit: bool,
    pub switch: bool,
    pub remove: bool,
    /// Select them for a plan.
    pub plan: bool,
}

impl May {
    /// Whether there is anything to do with a selection.
    pub fn select(self) -> bool {
        self.switch || self.remove || self.plan
    }
}

impl<R: Rows> Registry<R> {
    pub fn new(path: String, view: View<Filter<R>>, pages: Pages, shown: Vec<i64>, token: Token, may: May) -> Self {
        Self {
            path,
            view,
            notices: Vec::new(),
            pages,
            shown,
            counts: BTreeMap::new(),
            token,
            may,
            elsewhere: None,
            keeps: false,
            focus: None,
        }
    }

    /// The view as a query string with its question mark.
    pub fn query(&self) -> String {
        self.view.query()
    }

    /// The view without its filter, as a query string.
    pub fn unfiltered(&self) -> String {
        self.view.filtered(Filter::default()).query()
    }

    /// The page that asks before a row is removed.
    pub fn removal(&self, id: i64) -> String {
        let mut query = Query::new(String::new());
        query.append_pair("id", &id.to_string()).append_pair("view", &self.query());
        format!("{}/removal?{}", self.path, query.finish())
    }

    /// The ids on the page, for a form that means all of them.
    pub fn shown(&self) -> String {
        joined(&self.shown)
    }

    /// Whether the address of the question about all rows on the page could be too long. Then the form asks by POST,
    /// and is led to the address if that is short enough after all.
    pub fn asks_by_post(&self, shown: &str) -> bool {
        // Each id once more as `&selected=…`, where `shown` has a dot.
        let selected = shown.len() + self.shown.len() * "selected=".len();
        let mut query = Query::new(String::new());
        query.append_pair("view", &self.query()).append_pair("shown", shown);
        query.append_pair("count", &self.pages.total.to_string()).append_pair("mark", &self.pages.mark.to_string());
        query.append_pair("all", "matching").append_pair("all", "page");
        format!("{}/removal?{}", self.path, query.finish()).len() + selected > MAX_ADDRESS
    }

    /// Whether more rows match than are on the page.
    pub fn more_match(&self) -> bool {
        self.pages.total > self.shown.len() as i64
    }

    pub fn noun(&self) -> Noun {
        R::NOUN
    }

    /// The label of the links between pages.
    pub fn pages_label(&self) -> String {
        format!("{} pages", R::NOUN.title)
    }

    pub fn columns(&self) -> &'static [R::Column] {
        R::COLUMNS
    }

    pub fn kind_name(&self) -> &'static str {
        R::KIND.0
    }

    pub fn kind_label(&self) -> &'static str {
        R::KIND.1
    }

    pub fn state_name(&self) -> &'static str {
        R::STATE.0
    }

    pub fn state_label(&self) -> &'static str {
        R::STATE.1
    }

    /// The name and the label of the event that rows miss, where they can miss one.
    pub fn missing(&self) -> Option<(&'static str, &'static str)> {
        R::MISSING
    }

    pub fn search_label(&self) -> &'static str {
        R::SEARCH.0
    }
}

/// Ids as an address has them, with dots between them.
pub fn joined<'a>(ids: impl IntoIterator<Item = &'a i64>) -> String {
    let mut joined = String::new();
    for id in ids {
        if !joined.is_empty() {
            joined.push('.');
        }
        joined.push_str(&id.to_string());
    }
    joined
}
