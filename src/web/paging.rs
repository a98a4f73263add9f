//! What a registry shows: filter, order, page and page size, read from a query string and written back into links.
//!
//! The query string is all of it. A value that is not allowed never fails: the default is shown, with a notice.
//! Defaults are left out of links, so one view has one URL.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::params::Params;
use crate::model::listing::{DEFAULT_SIZE, MAX_SIZE, Order, Pages, Range};
use crate::name::keys::folded;
use crate::name::short;
use crate::word::Word;

/// A filter as it is written in a query string.
pub trait Filter: Clone + Default {
    /// What the rows can be sorted by; the default is the order when nobody chose one.
    type Column: Word + Default;

    /// Reads the filter, adding a notice for each value that has to be left out.
    fn read(params: &Params, notices: &mut Vec<String>) -> Self;

    fn write(&self, query: &mut Query);
}

pub type Query = form_urlencoded::Serializer<'static, String>;

#[derive(Clone, Debug)]
pub struct View<F: Filter> {
    pub filter: F,
    pub order: Order<F::Column>,
    pub range: Range,
}

impl<F: Filter> Default for View<F> {
    fn default() -> Self {
        Self { filter: F::default(), order: Order::default(), range: Range::default() }
    }
}

impl<F: Filter> View<F> {
    pub fn read(params: &Params) -> (Self, Vec<String>) {
        let mut notices = Vec::new();
        let filter = F::read(params, &mut notices);
        let order = read_sort(params, &mut notices);
        let page = read_page(params, &mut notices);
        let size = read_size(params, &mut notices);
        (Self { filter, order, range: Range { page, size } }, notices)
    }

    /// The view from a query string that one of our own forms carries. What cannot be read becomes the default.
    pub fn from_query(query: &str) -> Self {
        Self::read(&Params::parse(query.trim_start_matches('?').as_bytes())).0
    }

    /// The view that a form was in, from the query string that it carries.
    pub fn of_form(params: &Params) -> Self {
        Self::from_query(&params.text("view"))
    }

    /// The address of this view of what is at a path.
    pub fn url(&self, path: &str) -> String {
        format!("{path}{}", self.query())
    }

    /// The query string with its question mark; empty when everything is the default.
    pub fn query(&self) -> String {
        let mut query = Query::new(String::new());
        self.filter.write(&mut query);
        if self.order != Order::default() {
            let sign = if self.order.descending { "-" } else { "" };
            query.append_pair("sort", &format!("{sign}{}", self.order.column.word()));
        }
        if self.range.page > 1 {
            query.append_pair("page", &self.range.page.to_string());
        }
        if self.range.size != DEFAULT_SIZE {
            query.append_pair("size", &self.range.size.to_string());
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }

    pub fn at(&self, page: i64) -> Self {
        Self { range: Range { page, ..self.range }, ..self.clone() }
    }

    /// The first page with another filter.
    pub fn filtered(&self, filter: F) -> Self {
        Self { filter, ..self.at(1) }
    }

    /// The first page, sorted by a column; if it is already, in reverse.
    pub fn sorted(&self, column: F::Column) -> Self {
        let descending = self.order.column == column && !self.order.descending;
        Self { order: Order { column, descending }, ..self.at(1) }
    }

    /// The value of `aria-sort` for a column, if the rows are sorted by it.
    pub fn aria_sort(&self, column: F::Column) -> Option<&'static str> {
        let direction = if self.order.descending { "descending" } else { "ascending" };
        (self.order.column == column).then_some(direction)
    }

    /// Everything but page and size, as names and values for the form that asks for those.
    pub fn kept(&self) -> Vec<(String, String)> {
        Self { range: Range::default(), ..self.clone() }.pairs()
    }

    /// Sort and size, as names and values for the form that asks for the filter.
    pub fn order(&self) -> Vec<(String, String)> {
        self.filtered(F::default()).pairs()
    }

    fn pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query().trim_start_matches('?').as_bytes()).into_owned().collect()
    }
}

/// A request for a page of a list: which view, and notices about what had to be left out of the address.
pub struct Asked<F: Filter> {
    pub view: View<F>,
    pub notices: Vec<String>,
    path: String,
    params: Params,
}

impl<F: Filter> Asked<F> {
    /// Moves the view to the page that was found. A page past the end redirects to the last one, and an address that
    /// spells the view differently (defaults, empty fields) to the one that links have. With a notice to show, this
    /// page is the right one.
    pub fn elsewhere(&mut self, pages: &Pages) -> Option<HttpResponse> {
        self.view.range.page = pages.page;
        let is_elsewhere = pages.past_end || !self.params.are(&self.view.query());
        let location = self.view.url(&self.path);
        (is_elsewhere && self.notices.is_empty())
            .then(|| HttpResponse::SeeOther().insert_header((LOCATION, location)).finish())
    }
}

impl<F: Filter> FromRequest for Asked<F> {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let params = Params::of(request);
        let (view, notices) = View::read(&params);
        ready(Ok(Self { view, notices, path: request.path().to_owned(), params }))
    }
}

/// What the title says when there is more than one page.
pub fn title_suffix(pages: &Pages) -> String {
    if pages.last > 1 { format!(", page {} of {}", pages.page, pages.last) } else { String::new() }
}

/// The value of a name that may have only one; a repeated one is left out with a notice.
fn single<'a>(params: &'a Params, name: &'a str, notices: &mut Vec<String>) -> Option<&'a str> {
    let mut values = params.all(name);
    let value = values.next()?;
    if values.next().is_some() {
        notices.push(format!("“{name}” is in the address twice, so it was left out."));
        return None;
    }
    Some(value)
}

/// The value of a filter that takes one of a few words.
pub fn read_word<T>(
    params: &Params,
    name: &str,
    word: impl Fn(&str) -> Option<T>,
    allowed: &str,
    notices: &mut Vec<String>,
) -> Option<T> {
    let typed = single(params, name, notices)?;
    let value = word(typed);
    if value.is_none() {
        notices.push(format!("“{}” was left out: {name} can be {allowed}.", short(typed)));
    }
    value
}

/// The search text, as typed but without the spaces around it. What nobody sees is no search.
pub fn read_search(params: &Params, notices: &mut Vec<String>) -> String {
    let typed = single(params, "q", notices).unwrap_or_default().trim();
    if folded(typed).is_empty() { String::new() } else { typed.to_owned() }
}

fn read_sort<C: Word + Default>(params: &Params, notices: &mut Vec<String>) -> Order<C> {
    let word = |typed: &str| {
        let (descending, word) = typed.strip_prefix('-').map_or((false, typed), |word| (true, word));
        C::from_word(word).map(|column| Order { column, descending })
    };
    let words: Vec<_> = C::ALL.iter().map(|column| column.word()).collect();
    read_word(params, "sort", word, &words.join(", "), notices).unwrap_or_default()
}

/// A page number too large for an integer is past the end like any other.
fn read_page(params: &Params, notices: &mut Vec<String>) -> i64 {
    const FAR: i64 = i64::MAX / MAX_SIZE / 2;
    let Some(typed) = single(params, "page", notices) else { return 1 };
    let far = || typed.bytes().all(|b| b.is_ascii_digit()).then_some(FAR);
    match typed.parse().ok().or_else(far) {
        Some(page) if page >= 1 => page.min(FAR),
        _ => {
            notices.push(format!("“{}” is not a page, so this is the first one.", short(typed)));
            1
        }
    }
}

fn read_size(params: &Params, notices: &mut Vec<String>) -> i64 {
    let Some(typed) = single(params, "size", notices) else { return DEFAULT_SIZE };
    match typed.parse() {
        Ok(size) if (1..=MAX_SIZE).contains(&size) => size,
        _ => {
            notices.push(format!(
                "Rows per page can be 1 to {MAX_SIZE}, not “{}”. These are {DEFAULT_SIZE}.",
                short(typed)
            ));
            DEFAULT_SIZE
        }
    }
}
