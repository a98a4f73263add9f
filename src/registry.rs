//! What every registry shares: the words of its pages, the filter, the selection, and the question before a
//! removal. `templates/registry.html` is the page that each of them fills in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use askama::Template;

use crate::db::MAX_IDS;
use crate::error::Error;
use crate::paging::{self, Pages, Query, View, read_search, read_word, short};
use crate::params::Params;
use crate::token::Token;
use crate::word::Word;

/// What a registry lists, in the words of its pages.
pub struct Noun {
    pub one: &'static str,
    pub many: &'static str,
    /// The name of the table.
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

    /// The name of the navigation from page to page.
    pub fn pages(&self) -> String {
        format!("{} pages", self.title)
    }
}

/// What a registry's rows can be narrowed and sorted by: one of a few kinds, one of two states, part of a name.
pub trait Rows: Clone + Debug + Default + Eq + 'static {
    type Kind: Word + Debug;
    type Column: Word + Default + Debug;

    const NOUN: Noun;
    /// The kind's name in URLs, and the one that people read.
    const KIND: (&'static str, &'static str);
    /// The same of the state, and the names of its two values: true, false.
    const STATE: (&'static str, &'static str, [&'static str; 2]);
    /// What the search says, and what its chip says.
    const SEARCH: (&'static str, &'static str);
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<R: Rows> {
    /// None means any.
    pub kinds: BTreeSet<R::Kind>,
    pub state: Option<bool>,
    /// Part of a name.
    pub q: String,
}

impl<R: Rows> Default for Filter<R> {
    fn default() -> Self {
        Self { kinds: BTreeSet::new(), state: None, q: String::new() }
    }
}

/// An active filter: what it says, and what is left without it.
pub struct Chip<R: Rows> {
    pub text: String,
    pub without: Filter<R>,
}

/// A value that a filter can have.
pub struct Choice {
    pub word: &'static str,
    pub name: &'static str,
    pub is_chosen: bool,
}

impl<R: Rows> Filter<R> {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn kind_choices(&self) -> Vec<Choice> {
        let choice =
            |kind: &R::Kind| Choice { word: kind.word(), name: kind.name(), is_chosen: self.kinds.contains(kind) };
        R::Kind::ALL.iter().map(choice).collect()
    }

    pub fn state_choices(&self) -> Vec<Choice> {
        let [on, off] = R::STATE.2;
        vec![
            Choice { word: "true", name: on, is_chosen: self.state == Some(true) },
            Choice { word: "false", name: off, is_chosen: self.state == Some(false) },
        ]
    }

    pub fn chips(&self) -> Vec<Chip<R>> {
        let mut chips = Vec::new();
        for kind in &self.kinds {
            let mut without = self.clone();
            without.kinds.remove(kind);
            chips.push(Chip { text: format!("{}: {}", R::KIND.1, kind.name()), without });
        }
        if let Some(state) = self.state {
            let name = R::STATE.2[usize::from(!state)];
            let without = Self { state: None, ..self.clone() };
            chips.push(Chip { text: format!("{}: {name}", R::STATE.1), without });
        }
        if !self.q.is_empty() {
            let without = Self { q: String::new(), ..self.clone() };
            chips.push(Chip { text: format!("{}: {}", R::SEARCH.1, self.q), without });
        }
        chips
    }
}

impl<R: Rows> paging::Filter for Filter<R> {
    type Column = R::Column;

    fn read(params: &Params, notices: &mut Vec<String>) -> Self {
        let mut kinds = BTreeSet::new();
        for word in params.all(R::KIND.0) {
            if let Some(kind) = R::Kind::from_word(word) {
                kinds.insert(kind);
            } else {
                let kind = R::KIND.1.to_lowercase();
                notices.push(format!("There is no {kind} “{}”, so it was left out.", short(word)));
            }
        }
        let state = read_word(params, R::STATE.0, |word| word.parse().ok(), "true or false", notices);
        Self { kinds, state, q: read_search(params, notices) }
    }

    fn write(&self, query: &mut Query) {
        for kind in &self.kinds {
            query.append_pair(R::KIND.0, kind.word());
        }
        if let Some(state) = self.state {
            query.append_pair(R::STATE.0, if state { "true" } else { "false" });
        }
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
    }
}

/// What the page of every registry is made of.
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
    /// The row that the last change was about.
    pub focus: Option<i64>,
}

/// What the person may do with the rows; the page leaves out the rest.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent rights")]
pub struct May {
    pub add: bool,
    pub edit: bool,
    pub switch: bool,
    pub remove: bool,
}

impl May {
    /// There is something to do with a selection.
    pub fn select(self) -> bool {
        self.switch || self.remove
    }
}

impl<R: Rows> Registry<R> {
    pub fn new(path: String, view: View<Filter<R>>, pages: Pages, shown: Vec<i64>, token: Token, may: May) -> Self {
        Self { path, view, notices: Vec::new(), pages, shown, counts: BTreeMap::new(), token, may, focus: None }
    }

    /// The view as a query string with its question mark.
    pub fn query(&self) -> String {
        self.view.query()
    }

    /// The view without its filter, as a query string.
    pub fn unfiltered(&self) -> String {
        self.view.filtered(Filter::default()).query()
    }

    /// Where to ask before a row is removed.
    pub fn removal(&self, id: i64) -> String {
        let mut query = Query::new(String::new());
        query.append_pair("id", &id.to_string()).append_pair("view", &self.query());
        format!("{}/removal?{}", self.path, query.finish())
    }

    /// The ids on the page, for a form that means all of them.
    pub fn shown(&self) -> String {
        joined(&self.shown)
    }

    /// More rows match than are on the page.
    pub fn more_match(&self) -> bool {
        self.pages.total > self.shown.len() as i64
    }
}

impl<R: Rows> Registry<R> {
    pub fn noun(&self) -> Noun {
        R::NOUN
    }

    pub fn columns(&self) -> &'static [R::Column] {
        R::Column::ALL
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

    pub fn search_label(&self) -> &'static str {
        R::SEARCH.0
    }
}

fn joined<'a>(ids: impl IntoIterator<Item = &'a i64>) -> String {
    ids.into_iter().map(i64::to_string).collect::<Vec<_>>().join(".")
}

/// Some of a registry's rows.
#[derive(Clone, Debug)]
pub enum Selection<R: Rows> {
    /// At most [`MAX_IDS`].
    Ids(BTreeSet<i64>),
    /// All that match the view's filter, provided that they are as many as the person saw.
    Matching { view: View<Filter<R>>, seen: i64 },
}

impl<R: Rows> Selection<R> {
    /// The rows that a form selects: the ones with a tick, the whole page, or all that match. Nothing selected is
    /// refused; it never means all.
    pub fn read(params: &Params) -> Result<Self, String> {
        let Noun { one, many, .. } = R::NOUN;
        let all: BTreeSet<&str> = params.all("all").collect();
        if all.contains("matching") {
            let seen = params.get("count").and_then(|count| count.parse().ok()).filter(|count| *count > 0);
            let (view, notices) = match params.get("view") {
                Some(view) => (View::from_query(view), Vec::new()),
                None => View::read(params),
            };
            // A filter that cannot be read would match more than was meant.
            if !notices.is_empty() {
                return Err("The filter of the selection cannot be read.".into());
            }
            let seen = seen.ok_or_else(|| format!("Say how many {many} matched when they were selected."))?;
            return Ok(Self::Matching { view, seen });
        }
        let ids: Option<BTreeSet<i64>> = if all.contains("page") {
            params.text("shown").split('.').map(|id| id.parse().ok()).collect()
        } else {
            params.all("id").chain(params.all("selected")).map(|id| id.parse().ok()).collect()
        };
        match ids {
            None => Err(format!("The selection holds something that is not a {one}.")),
            Some(ids) if ids.is_empty() => Err(format!("Select at least one {one} first.")),
            Some(ids) if ids.len() > MAX_IDS => {
                Err(format!("Select at most {MAX_IDS} {many} at once, or all that match."))
            }
            Some(ids) => Ok(Self::Ids(ids)),
        }
    }

    /// How many rows the person selected.
    pub fn size(&self) -> i64 {
        match self {
            Self::Ids(ids) => ids.len() as i64,
            Self::Matching { seen, .. } => *seen,
        }
    }

    /// The view that the person selected in, wherever it stood.
    pub fn view(&self, params: &Params) -> View<Filter<R>> {
        match self {
            Self::Matching { view, .. } => view.clone(),
            Self::Ids(_) => View::of_form(params),
        }
    }

    /// Refuses a selection of all matching that does not mean the same rows any more, now that so many match.
    pub fn check(&self, path: &str, count: i64) -> Result<(), Error> {
        match self {
            Self::Matching { view, seen } if count != *seen => Err(Error::Conflict {
                sentence: format!(
                    "{} matched when you selected them, now it is {count}. Nothing was changed.",
                    R::NOUN.count(*seen)
                ),
                back: view.url(path),
            }),
            _ => Ok(()),
        }
    }

    /// The selection as the names and values of a form.
    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Ids(ids) => vec![("all", "page".into()), ("shown", joined(ids))],
            Self::Matching { seen, .. } => vec![("all", "matching".into()), ("count", seen.to_string())],
        }
    }
}

/// The question before a removal.
#[derive(Template)]
#[template(path = "removal.html")]
pub struct Removal {
    pub path: String,
    pub query: String,
    pub token: Token,
    /// What is asked.
    pub question: String,
    /// What the button says.
    pub remove: String,
    /// The first things that go, with what is worth knowing of each.
    pub things: Vec<(String, Option<String>)>,
    /// How many more go.
    pub more: i64,
    /// What else there is to know, in sentences.
    pub notes: Vec<String>,
    pub fields: Vec<(&'static str, String)>,
}

impl Removal {
    /// The question as the title of its page.
    pub fn title(&self) -> String {
        self.question.strip_suffix('?').unwrap_or(&self.question).to_owned()
    }

    /// How many things the page lists by name.
    pub const LISTED: i64 = 10;

    /// The question about a selection of which so many exist; `of` is what they belong to.
    pub fn new<R: Rows>(
        path: String,
        view: &View<Filter<R>>,
        selection: &Selection<R>,
        token: Token,
        count: i64,
        of: &str,
    ) -> Self {
        let remove = format!("Remove {}", R::NOUN.count(count));
        let gone = selection.size() - count;
        let notes = if gone > 0 { vec![gone_already(gone)] } else { Vec::new() };
        Self {
            path,
            query: view.query(),
            token,
            question: format!("{remove}{of}?"),
            remove,
            things: Vec::new(),
            more: 0,
            notes,
            fields: selection.fields(),
        }
    }
}

/// The answer to a form that means nothing that can be done; it leads back to where the form was.
pub fn refused<R: Rows>(path: &str, view: &View<Filter<R>>, sentence: impl Into<String>) -> Error {
    Error::Unprocessable { sentence: sentence.into(), back: view.url(path) }
}

/// The state that a switch asks for, of one thing or of a selection.
pub fn enabled<R: Rows>(params: &Params) -> Result<bool, String> {
    params.bool("enabled").ok_or_else(|| format!("Say whether the {} is to be enabled or disabled.", R::NOUN.one))
}

/// What a restoration is asked for: all that a removal took, or one row of it.
pub struct Restoration {
    /// The id of the change that was the removal.
    pub removal: String,
    pub only: Option<i64>,
}

impl Restoration {
    pub fn read(url: &Params, params: &Params) -> Self {
        // An id that cannot be read is no row of the removal; it never means all of it.
        let only = url.get("id").map(|id| id.parse().unwrap_or_default());
        Self { removal: params.text("removal"), only }
    }
}

/// The outcome of a restoration in sentences: what came back, by its name if it is one, with what else came with it;
/// and how many were there already.
pub fn restored<R: Rows>(count: i64, first: Option<String>, with: &str, existing: i64) -> Vec<String> {
    let mut sentences = Vec::new();
    match (first, count) {
        (Some(first), 1) => sentences.push(format!("Restored {first}{with}")),
        (_, 0) => (),
        _ => sentences.push(format!("Restored {}{with}", R::NOUN.count(count))),
    }
    if existing > 0 {
        sentences.push(format!("{} came back already", R::NOUN.count(existing)));
    }
    sentences
}

/// What the question says of selected rows that do not exist any more.
pub fn gone_already(count: i64) -> String {
    format!("{count} of the selection {} gone already.", if count == 1 { "is" } else { "are" })
}

/// What a message adds about selected rows that do not exist any more.
pub fn gone(count: i64) -> String {
    match count {
        0 => String::new(),
        1 => ". 1 of the selection was gone already".into(),
        count => format!(". {count} of the selection were gone already"),
    }
}
