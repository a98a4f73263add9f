//! A page, and the one place that puts it into the layout.
//!
//! A handler answers with a [`Page`]: status, title and the body of `<main>`. [`render`], a middleware around every
//! route, writes the layout around it, or an error page for a failure, and sets the headers that every page has. No
//! other code knows the layout. The body is rendered straight into the page's buffer, not into a string of its own
//! first.

use std::fmt;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use askama::{DynTemplate, FastWritable, Template, Values};

use super::failure::Failure;
use super::flash::Flash;
use super::form::{Held, RESUMED};
use super::security::OURS;
use super::settings::{Settings, Theme};
use super::site::Site;
use super::times::{self, Clock};
use super::token::Token;
use super::{access, assets, paths, requests};
use crate::access::rights::{SEE_FLOW_SCHEMAS, SEE_PEOPLE, SEE_QUEUES};
use crate::access::session::Signed;
use crate::db::Db;
use crate::db::abilities::Webitel;
use crate::word::Word;

/// What a handler answers with.
pub struct Page {
    pub status: StatusCode,
    /// The document's title, without the application's name and what follows that.
    pub title: String,
    /// What follows the application's name in the title: which page of how many.
    pub title_suffix: String,
    pub section: Section,
    /// The names and paths of the places above this one.
    pub crumbs: Vec<Crumb>,
    /// A modal is open in the body, so everything around it is out of reach.
    pub is_modal: bool,
    pub body: Body,
}

/// What is in `<main>`. It is rendered with the values of the layout.
pub struct Body(Box<dyn DynTemplate>);

impl FastWritable for Body {
    fn write_into(&self, dest: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        self.0.dyn_render_into_with_values(dest, values)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Queues,
    FlowSchemas,
    People,
    None,
}

pub struct Crumb {
    pub name: String,
    pub path: String,
}

impl Crumb {
    pub fn new(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into() }
    }
}

impl Page {
    pub fn new(section: Section, title: impl Into<String>, body: impl Template + 'static) -> Self {
        Self {
            status: StatusCode::OK,
            title: title.into(),
            title_suffix: String::new(),
            section,
            crumbs: Vec::new(),
            is_modal: false,
            body: Body(Box::new(body)),
        }
    }
}

impl From<Page> for HttpResponse {
    fn from(page: Page) -> Self {
        let mut response = Self::new(page.status);
        response.extensions_mut().insert(page);
        response
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    page: &'a Page,
    /// Render only what changes from page to page.
    is_fragment: bool,
    flash: Option<Flash>,
    /// Who is signed in.
    signed: Option<Signed>,
    token: Token,
    settings: Settings,
    clock: &'a Clock,
    /// The cookie in which the script names the browser's zone, but for the value.
    zone_cookie: String,
    /// The Webitel system on whose tables the pages work.
    webitel: Option<Arc<Webitel>>,
    /// Path and query.
    path: String,
}

impl Layout<'_> {
    fn is_read_only(&self) -> bool {
        self.signed.as_ref().is_some_and(|signed| !signed.abilities.change)
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorBody {
    title: String,
    sentence: String,
    back: String,
    /// Trying again may help.
    may_pass: bool,
    /// Only where the log has more to say.
    request_id: Option<String>,
    /// Where it was another session that the form was made for: who is signed in now.
    signed_as: Option<String>,
    /// The token was not valid, so the forms of the page need another one.
    is_of_token: bool,
    /// The session ended: where to sign in again.
    sign_in: Option<SignIn>,
    /// Where it came from, and what it sent: the same again may work.
    path: String,
    held: Option<Held>,
    /// How the browser sends again what could not be held.
    again: Option<&'static str>,
    /// For the forms of the page that shows this as a message.
    token: Token,
}

#[derive(PartialEq, Eq)]
enum SignIn {
    /// In the message.
    Here,
    /// In another tab, because what was typed is only in this one.
    Elsewhere,
}

// A browser keeps what it sent, and fills a form in again on the way back if that answers with the form: so it has to
// be signed in before.
const AGAIN: &str = "Your browser still has what you sent: reload this page to send it again.";
const SIGN_IN_AND_AGAIN: &str = "Your browser still has it. Leave this page open, sign in in another tab, then reload this \
    page: that sends it again.";
const SIGN_IN_AND_BACK: &str =
    "Leave this page open, sign in in another tab, then go back from this page and send less.";

pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let (request, mut response) = response.into_parts();
    let (page, flash) = {
        let mut left = response.extensions_mut();
        (left.remove::<Page>(), left.remove::<Flash>())
    };
    if let Some(flash) = flash {
        let _ = response.add_cookie(&flash.cookie(Site::of(&request)));
    }
    let page = page.or_else(|| error_page(&request, &mut response));
    Ok(match page {
        Some(page) => {
            let response = finish(&request, response, &page);
            ServiceResponse::new(request, response)
        }
        None => ServiceResponse::new(request, response),
    })
}

/// The page for a failure: a handler's own, or an answer of the framework that has no body.
fn error_page(request: &HttpRequest, response: &mut HttpResponse) -> Option<Page> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let of_framework = Failure::from_status(status);
    let error = response.error().and_then(|error| error.as_error::<Failure>()).unwrap_or(&of_framework);
    let request_id = error.cause().map(|cause| {
        let id = requests::Id::of(request);
        log::error!("request {id}: {} {} answered {status}: {cause}", request.method(), request.path());
        id
    });
    let signed = access::signed(request).filter(|_| error.is_of_token());
    let held = request.extensions_mut().remove::<Held>();
    let held = held.filter(|held| held.is_ours && error.may_pass());
    let sign_in = match () {
        () if error.is_signed_out() => Some(SignIn::Here),
        () if error.is_unheld() => Some(SignIn::Elsewhere),
        () => None,
    };
    let is_only_there = held.is_none() && !request.method().is_safe() && !access::is_htmx(request);
    let again = match sign_in {
        Some(SignIn::Here) => None,
        Some(SignIn::Elsewhere) => Some(if error.may_pass() { SIGN_IN_AND_AGAIN } else { SIGN_IN_AND_BACK }),
        None => (is_only_there && error.may_pass() && !error.is_of_token()).then_some(AGAIN),
    };
    let body = ErrorBody {
        title: error.title(),
        sentence: error.sentence(),
        back: error.back(),
        may_pass: error.may_pass(),
        request_id,
        signed_as: signed.map(|signed| signed.person.to_string()),
        is_of_token: error.is_of_token(),
        sign_in,
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        again,
        held,
        token: Token::of(request),
    };
    let page = Page { status, ..Page::new(Section::None, error.title(), body) };
    // A fault takes the place of nothing.
    let kind = HeaderValue::from_static(if error.may_pass() { "fault" } else { "failure" });
    response.headers_mut().insert(OURS, kind);
    Some(page)
}

/// Page or fragment: htmx gets the part that it swaps in, except on going back, when it starts from nothing. To always
/// answer with the whole page would only be slower.
fn wants_fragment(request: &HttpRequest) -> bool {
    access::is_htmx(request) && !request.headers().contains_key("HX-History-Restore-Request")
}

/// What the address bar shows, if it is not the address of the answer.
pub const PUSH_URL: HeaderName = HeaderName::from_static("hx-push-url");

/// Tells htmx what the address bar shows, unless a handler has: it changes only for a GET that leads somewhere else and
/// was not refused.
fn steer(request: &HttpRequest, headers: &mut HeaderMap, status: StatusCode) {
    let here = request.headers().get("HX-Current-URL").and_then(|url| url.to_str().ok());
    let here = here.and_then(|url| url.parse::<Uri>().ok());
    let is_here = here.as_ref().and_then(Uri::path_and_query) == request.uri().path_and_query();
    let is_refused =
        matches!(status, StatusCode::UNAUTHORIZED | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
    let stays = is_here || is_refused || status.is_server_error() || request.method() != Method::GET;
    if stays && !headers.contains_key(PUSH_URL) {
        headers.insert(PUSH_URL, HeaderValue::from_static("false"));
    }
}

fn finish(request: &HttpRequest, response: HttpResponse, page: &Page) -> HttpResponse {
    let token = Token::of(request);
    let is_fragment = wants_fragment(request);
    let signed = access::signed(request);
    let clock = Clock::of(request, signed.as_ref());
    let layout = Layout {
        page,
        is_fragment,
        flash: Flash::of(request),
        signed,
        token,
        settings: Settings::of(request),
        clock: &clock,
        zone_cookie: times::cookie(Site::of(request)),
        webitel: request.app_data::<web::Data<Db>>().and_then(|db| db.abilities().webitel),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
    };
    // A page of 100 rows fits in, and does not have to move while it grows.
    let mut html = String::with_capacity(96 * 1024);
    if let Err(cause) = layout.render_into_with_values(&mut html, &clock) {
        log::error!("a template failed: {cause}");
        html.clear();
    }
    let shown = layout.flash.is_some();
    let mut response = response.set_body(BoxBody::new(html));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(VARY, HeaderValue::from_static("HX-Request"));
    if is_fragment {
        steer(request, headers, page.status);
    }
    if token.is_new {
        let _ = response.add_cookie(&token.cookie(Site::of(request)));
    }
    if shown {
        let _ = response.add_cookie(&Flash::shown(Site::of(request)));
    }
    response
}
