//! The state of a registry's view: filter, order, page and page size, read from a query string and written
//! back into links.
//!
//! The query string is the whole of it. A value outside the allowed set never fails: the default is shown and
//! a notice says so. Defaults are left out of links, so one view has one URL.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use crate::params::Params;
use crate::word::Word;

pub const DEFAULT_SIZE: i64 = 10;
pub const MAX_SIZE: i64 = 1000;

/// What a registry can be narrowed by.
pub trait Filter: Clone + Default {
    /// What it can be sorted by; the default is the order that nobody chose.
    type Column: Word + Default;

    /// Reads the filter, adding a notice for each value that has to be left out.
    fn read(params: &Params, notices: &mut Vec<String>) -> Self;

    fn write(&self, query: &mut Query);
}

pub type Query = form_urlencoded::Serializer<'static, String>;

#[derive(Clone, Debug)]
pub struct View<F: Filter> {
    pub filter: F,
    pub column: F::Column,
    pub descending: bool,
    /// From 1.
    pub page: i64,
    /// Rows per page, 1 to [`MAX_SIZE`].
    pub size: i64,
}

impl<F: Filter> Default for View<F> {
    fn default() -> Self {
        Self { filter: F::default(), column: F::Column::default(), descending: false, page: 1, size: DEFAULT_SIZE }
    }
}

impl<F: Filter> View<F> {
    pub fn read(params: &Params) -> (Self, Vec<String>) {
        let mut notices = Vec::new();
        let filter = F::read(params, &mut notices);
        let (column, descending) = read_sort(params, &mut notices);
        let page = read_page(params, &mut notices);
        let size = read_size(params, &mut notices);
        (Self { filter, column, descending, page, size }, notices)
    }

    /// The view from a query string that one of our own forms carries; what it cannot say is the default.
    pub fn from_query(query: &str) -> Self {
        Self::read(&Params::parse(query.trim_start_matches('?').as_bytes())).0
    }

    /// The view that a form was in, from the query string that it carries.
    pub fn of_form(params: &Params) -> Self {
        Self::from_query(&params.text("view"))
    }

    /// The address of the view of what lies at a path.
    pub fn url(&self, path: &str) -> String {
        format!("{path}{}", self.query())
    }

    /// The query string with its question mark; empty when everything is the default.
    pub fn query(&self) -> String {
        let mut query = Query::new(String::new());
        self.filter.write(&mut query);
        if self.column != F::Column::default() || self.descending {
            let sign = if self.descending { "-" } else { "" };
            query.append_pair("sort", &format!("{sign}{}", self.column.word()));
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        if self.size != DEFAULT_SIZE {
            query.append_pair("size", &self.size.to_string());
        }
        match query.finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }

    pub fn at(&self, page: i64) -> Self {
        Self { page, ..self.clone() }
    }

    /// The first page with another filter.
    pub fn filtered(&self, filter: F) -> Self {
        Self { filter, page: 1, ..self.clone() }
    }

    /// The first page in the order of a column; a second time, the other way round.
    pub fn sorted(&self, column: F::Column) -> Self {
        let descending = self.column == column && !self.descending;
        Self { column, descending, page: 1, ..self.clone() }
    }

    /// The value of `aria-sort` for a column, if it is the one that is sorted by.
    pub fn aria_sort(&self, column: F::Column) -> Option<&'static str> {
        (self.column == column).then_some(if self.descending { "descending" } else { "ascending" })
    }

    /// Everything but page and size, as names and values for a form that asks for those.
    pub fn kept(&self) -> Vec<(String, String)> {
        Self { page: 1, size: DEFAULT_SIZE, ..self.clone() }.pairs()
    }

    /// Sort and size, as names and values for a form that asks for the filter.
    pub fn order(&self) -> Vec<(String, String)> {
        View { filter: F::default(), page: 1, ..self.clone() }.pairs()
    }

    fn pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query().trim_start_matches('?').as_bytes()).into_owned().collect()
    }

    pub fn offset(&self) -> i64 {
        (self.page - 1) * self.size
    }

    /// The pages of so many rows; moves the view to the last page when it is past the end.
    pub fn pages(&mut self, total: i64) -> Pages {
        let last = ((total + self.size - 1) / self.size).max(1);
        let past_end = self.page > last;
        self.page = self.page.min(last);
        Pages { page: self.page, size: self.size, total, last, past_end }
    }
}

/// Where a page lies among its rows.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    pub page: i64,
    pub size: i64,
    pub total: i64,
    pub last: i64,
    /// The page asked for does not exist; `page` is the last one instead.
    pub past_end: bool,
}

impl Pages {
    pub fn previous(&self) -> Option<i64> {
        (self.page > 1).then_some(self.page - 1)
    }

    pub fn next(&self) -> Option<i64> {
        (self.page < self.last).then_some(self.page + 1)
    }

    /// The number of the page's first row, from 1.
    pub fn from(&self) -> i64 {
        (self.page - 1) * self.size + 1
    }

    /// The number of the page's last row.
    pub fn to(&self) -> i64 {
        (self.page * self.size).min(self.total)
    }

    /// What the title of a page says when there is more than one.
    pub fn title(&self) -> String {
        if self.last > 1 { format!(", page {} of {}", self.page, self.last) } else { String::new() }
    }
}

/// The only value of a name that is to have one; a repeated one is left out with a notice.
fn single<'a>(params: &'a Params, name: &'a str, notices: &mut Vec<String>) -> Option<&'a str> {
    let mut values = params.all(name);
    let value = values.next()?;
    if values.next().is_some() {
        notices.push(format!("“{name}” stands twice in the address, so it was left out."));
        return None;
    }
    Some(value)
}

/// A value of a filter that takes one of a few words.
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

/// The search text, as typed but for the spaces around it.
pub fn read_search(params: &Params, notices: &mut Vec<String>) -> String {
    single(params, "q", notices).unwrap_or_default().trim().to_owned()
}

fn read_sort<C: Word + Default>(params: &Params, notices: &mut Vec<String>) -> (C, bool) {
    let word = |typed: &str| {
        let (descending, word) = typed.strip_prefix('-').map_or((false, typed), |word| (true, word));
        C::from_word(word).map(|column| (column, descending))
    };
    let words: Vec<_> = C::ALL.iter().map(|column| column.word()).collect();
    read_word(params, "sort", word, &words.join(", "), notices).unwrap_or_default()
}

/// A page number too large for a number is past the end like any other.
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

/// What was typed, short enough for a notice.
pub fn short(typed: &str) -> String {
    const LENGTH: usize = 30;
    if typed.chars().count() <= LENGTH {
        return typed.into();
    }
    typed.chars().take(LENGTH).chain(['…']).collect()
}

/// Where to go instead of showing this page: a page past the end leads to the last one, and an address that
/// says the view in other words (defaults, empty fields) to the one that links have. With a notice to show
/// there is nowhere better.
pub fn elsewhere<F: Filter>(
    params: &Params,
    notices: &[String],
    pages: &Pages,
    path: &str,
    view: &View<F>,
) -> Option<HttpResponse> {
    let elsewhere = pages.past_end || !params.are(&view.query());
    (elsewhere && notices.is_empty())
        .then(|| HttpResponse::SeeOther().insert_header((LOCATION, format!("{path}{}", view.query()))).finish())
}
