//! The session of a request: read from its cookie once, before any route.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{LOCATION, REFERER};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, rt, web};
use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::query;
use crate::db::Db;
use crate::error::Error;
use crate::paging::Query;
use crate::people::journal::By;
use crate::people::person::{Author, Person};
use crate::rights::Access;
use crate::site::Site;
use crate::token::{Hex, random};

const COOKIE: &str = "queue-hooks-session";

/// The person who sent the request, signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The session's id, which is no secret.
    pub session: i64,
    pub person: Person,
}

impl Signed {
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    pub fn may(&self, needed: Access) -> bool {
        self.person.rights.may(needed)
    }

    pub fn author(&self) -> Author {
        self.person.author()
    }
}

/// For handlers of routes that ask for somebody who is signed in.
impl FromRequest for Signed {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| Error::Internal("a route that anyone may use asks who it is".into())))
    }
}

/// Who changes people, for the journal.
impl FromRequest for By {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let author = Signed::of(request).map_or_else(Author::nobody, |signed| signed.author());
        ready(Ok(Self { author, address: Site::of(request).client(request) }))
    }
}

/// The secret in a session's cookie or in a link that works once.
pub struct Secret(String);

impl Secret {
    pub fn new() -> Self {
        Self(Hex(&random::<16>()).to_string())
    }

    /// What a request brings; anything that cannot be one of ours is left out before it reaches the database.
    pub fn read(typed: &str) -> Option<Self> {
        let is_ours = typed.len() == 32 && typed.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_ours.then(|| Self(typed.into()))
    }

    /// What the database knows of it.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// The secret itself, for a cookie or a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

pub fn hash(text: &str) -> String {
    Hex(&Sha256::digest(text.as_bytes())).to_string()
}

/// How long sessions last: without a request, and at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub idle: chrono::Duration,
    pub absolute: chrono::Duration,
}

impl Limits {
    /// The moments after which a session must have been used, and made.
    pub fn since(self, now: NaiveDateTime) -> (NaiveDateTime, NaiveDateTime) {
        (now - self.idle, now - self.absolute)
    }
}

/// The cookie that the browser keeps until the session is too old.
pub fn cookie(site: &Site, secret: &Secret) -> Cookie<'static> {
    let age = Duration::seconds(site.limits.absolute.num_seconds());
    build(site, secret.reveal().to_owned(), age)
}

/// The cookie that makes the browser forget the session.
pub fn no_cookie(site: &Site) -> Cookie<'static> {
    build(site, String::new(), Duration::ZERO)
}

fn build(site: &Site, value: String, age: Duration) -> Cookie<'static> {
    let name = site.secret_name(COOKIE);
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).max_age(age).finish()
}

/// The secret that a request carries.
pub fn secret(request: &HttpRequest) -> Option<Secret> {
    let cookie = request.cookie(&Site::of(request).secret_name(COOKIE))?;
    Secret::read(cookie.value())
}

/// Finds out who sent the request, for all but static files. Takes one query, and one more once a minute.
pub async fn load(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.path().starts_with("/static/")
        && let Some(secret) = secret(request.request())
    {
        match signed(request.request(), &secret).await {
            Ok(signed) => drop(signed.map(|signed| request.extensions_mut().insert(signed))),
            Err(error) => return Ok(request.error_response(error)),
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Who writes down that a session is used: one at a time, beside the request. So a reader never waits for
/// somebody who writes; where it cannot be written down now, one of the next requests does it.
static TOUCHING: Semaphore = Semaphore::const_new(1);

async fn signed(request: &HttpRequest, secret: &Secret) -> Result<Option<Signed>, Error> {
    let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Error::Internal("no database".into()))?;
    let (hash, limits) = (secret.hash(), Site::of(request).limits);
    let Some((signed, is_due)) = db.read(move |conn| Ok(query::find(conn, &hash, limits)?)).await? else {
        return Ok(None);
    };
    if is_due && let Ok(turn) = TOUCHING.try_acquire() {
        let (id, db) = (signed.session, db.clone());
        rt::spawn(async move {
            if let Err(cause) = db.write(move |conn| Ok(query::touch(conn, id)?)).await {
                log::warn!("a session's use was not written down: {cause}");
            }
            drop(turn);
        });
    }
    Ok(Some(signed))
}

/// The answer to a request that needs somebody signed in: to the page for it, and afterwards back to where the
/// person is. htmx cannot follow a redirect to another page, so it is told.
pub fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let is_htmx = request.headers().contains_key("HX-Request");
    let page = if is_htmx {
        header_path(request, "HX-Current-URL")
    } else if request.method() == Method::GET || request.method() == Method::HEAD {
        request.uri().path_and_query().map(ToString::to_string)
    } else {
        header_path(request, REFERER.as_str())
    };
    let location = match page.filter(|page| page != "/") {
        Some(page) => format!("/sign-in?{}", Query::new(String::new()).append_pair("next", &page).finish()),
        None => "/sign-in".into(),
    };
    if is_htmx {
        HttpResponse::Unauthorized().insert_header(("HX-Redirect", location)).finish()
    } else {
        HttpResponse::SeeOther().insert_header((LOCATION, location)).finish()
    }
}

/// Path and query of the page that a header says the person is on.
fn header_path(request: &HttpRequest, name: &str) -> Option<String> {
    let url: Uri = request.headers().get(name)?.to_str().ok()?.parse().ok()?;
    url.path_and_query().map(ToString::to_string)
}

/// A path of ours, not the address of another site.
pub fn is_of_here(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}
