//! What the next page says about the change that was just made. It waits in a cookie for that page: the text, and
//! which change **Undo** would undo.

use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::cookies::{self, Kind};
use super::paging::Query;
use super::params::Params;
use super::site::Site;

/// Browsers refuse cookies above 4096 bytes; names are shortened long before that.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    pub text: String,
    /// The change that Undo undoes.
    pub undo: Option<String>,
    /// The row that the change was about, which gets the focus.
    pub row: Option<i64>,
}

impl Flash {
    pub fn say(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn about(mut self, row: Option<i64>) -> Self {
        self.row = row;
        self
    }

    /// Offers to undo the change that was made, if one was.
    pub fn undo(mut self, change: impl Into<Option<String>>) -> Self {
        self.undo = change.into();
        self
    }

    /// What an earlier answer left for this page.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let params = Params::parse(cookies::read(request, Kind::Flash)?.as_bytes());
        let text = params.get("text")?.to_owned();
        let undo = params.get("undo").map(str::to_owned);
        let row = params.get("row").and_then(|id| id.parse().ok());
        Some(Self { text, undo, row })
    }

    pub fn cookie(&self, site: &Site) -> Cookie<'static> {
        let mut value = Query::new(String::new());
        value.append_pair("text", &self.text);
        if let Some(undo) = &self.undo {
            value.append_pair("undo", undo);
        }
        if let Some(row) = self.row {
            value.append_pair("row", &row.to_string());
        }
        // Reading a cookie decodes it one time more than writing it encodes it.
        cookies::keep(site, Kind::Flash, value.finish().replace('%', "%25"), Some(Duration::minutes(5)))
    }

    /// The cookie that makes the browser forget the message after it was shown.
    pub fn shown(site: &Site) -> Cookie<'static> {
        cookies::forget(site, Kind::Flash)
    }
}

/// What an earlier answer left for this page, for a handler.
pub struct Flashed(Option<Flash>);

impl Flashed {
    /// Whether there is a message.
    pub fn is_told(&self) -> bool {
        self.0.is_some()
    }

    pub fn row(&self) -> Option<i64> {
        self.0.as_ref()?.row
    }
}

impl FromRequest for Flashed {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Flash::of(request))))
    }
}

/// The answer to a POST that worked: go there, and show this message. [`super::page::render`] makes it a cookie, because it
/// knows the site.
pub fn see_other(location: &str, flash: &Flash) -> HttpResponse {
    let mut response = HttpResponse::SeeOther().insert_header((LOCATION, location)).finish();
    response.extensions_mut().insert(flash.clone());
    response
}
