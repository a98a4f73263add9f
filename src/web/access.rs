//! Who sent a request, read from the session's cookie once, before any route; and whether they may go there.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, LOCATION, REFERER};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, rt, web};
use tokio::sync::Semaphore;

use super::cookies::{self, Kind};
use super::failure::Failure;
use super::paging::Query;
use super::paths;
use super::site::Site;
use crate::access::journal::By;
use crate::access::person::Author;
use crate::access::rights::Access;
use crate::access::session::Signed;
use crate::access::sessions;
use crate::access::sign_in::Begun;
use crate::db::Db;
use crate::error::Error;
use crate::secret::Secret;

/// Who is signed in, if anybody is.
pub fn signed(request: &HttpRequest) -> Option<Signed> {
    request.extensions().get::<Signed>().cloned()
}

/// For handlers of routes that need somebody signed in.
impl FromRequest for Signed {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let nobody = || Error::Internal("a route that anyone may use asks who it is".into());
        ready(signed(request).ok_or_else(nobody).map_err(Failure::from))
    }
}

/// Who is changing people, for the journal.
impl FromRequest for By {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let author = signed(request).map_or_else(Author::nobody, |signed| signed.person.author());
        ready(Ok(Self { author, address: Site::of(request).client(request), change: None }))
    }
}

/// What a browser keeps after signing in: the session and, for longer, the mark that somebody did. Browsers keep
/// nothing for more than 400 days.
pub fn cookies(site: &Site, begun: &Begun) -> [Cookie<'static>; 2] {
    let age = Duration::seconds(site.limits.absolute.num_seconds());
    [
        cookies::keep(site, Kind::Session, begun.session.reveal(), Some(age)),
        cookies::keep(site, Kind::Browser, &begun.mark, Some(Duration::days(400))),
    ]
}

/// The cookie that makes the browser forget the session.
pub fn no_cookie(site: &Site) -> Cookie<'static> {
    cookies::forget(site, Kind::Session)
}

/// What a request shows if somebody signed in with its browser before.
pub fn mark(request: &HttpRequest) -> Option<String> {
    cookies::read(request, Kind::Browser)
}

/// The secret that a request carries.
pub fn secret(request: &HttpRequest) -> Option<Secret> {
    Secret::read(&cookies::read(request, Kind::Session)?)
}

/// Why nobody could find out who sent a request. The route's check refuses it, after what was typed is held.
struct Unrecognized(Failure);

/// Finds out who sent the request, except for static files. Takes one query, and a second one once a minute.
pub async fn load(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.path().starts_with(&paths::file(""))
        && let Some(secret) = secret(request.request())
        && let Err(failure) = recognize(request.request(), &secret).await
    {
        request.extensions_mut().insert(Unrecognized(failure));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Notes who sent a request, if this is the secret of a session.
pub async fn recognize(request: &HttpRequest, secret: &Secret) -> Result<(), Failure> {
    if let Some(signed) = find(request, secret).await? {
        request.extensions_mut().insert(signed);
    }
    Ok(())
}

/// Lets one task at a time write down that a session is in use, beside the request, so that a reader never waits for a
/// writer. If it cannot be written down now, one of the next requests does it.
static TOUCHING: Semaphore = Semaphore::const_new(1);

async fn find(request: &HttpRequest, secret: &Secret) -> Result<Option<Signed>, Failure> {
    let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Error::Internal("no database".into()))?;
    let (hash, limits) = (secret.hash(), Site::of(request).limits);
    let abilities = db.abilities();
    let Some((signed, is_due)) = db.read(move |conn| Ok(sessions::find(conn, &hash, limits, abilities)?)).await? else {
        return Ok(None);
    };
    if is_due && let Ok(turn) = TOUCHING.try_acquire() {
        let (id, db) = (signed.session, db.clone());
        rt::spawn(async move {
            if let Err(cause) = db.write(move |conn| Ok(sessions::touch(conn, id)?)).await {
                log::warn!("a session's use was not written down: {cause}");
            }
            drop(turn);
        });
    }
    Ok(Some(signed))
}

/// Whether htmx sent it: the page that it came from stays, with whatever was typed there.
pub fn is_htmx(request: &HttpRequest) -> bool {
    request.headers().contains_key("HX-Request")
}

/// Marks the answer that leads to the sign-in page.
pub struct SignInFirst;

/// The answer to a request that needs somebody signed in: it leads to the sign-in page, and from there back to where
/// the person was. htmx cannot follow a redirect to another page, so a header tells it.
pub fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let page = if is_htmx(request) {
        header_path(request, "HX-Current-URL")
    } else if request.method() == Method::GET || request.method() == Method::HEAD {
        request.uri().path_and_query().map(ToString::to_string)
    } else {
        header_path(request, REFERER.as_str())
    };
    let location = match page.filter(|page| *page != paths::start()) {
        Some(page) => format!("{}?{}", paths::sign_in(), Query::new(String::new()).append_pair("next", &page).finish()),
        None => paths::sign_in(),
    };
    if is_htmx(request) {
        let mut response = HttpResponse::from_error(Failure::from(Error::SignedOut));
        if let Ok(location) = location.try_into() {
            response.headers_mut().insert(HeaderName::from_static("hx-redirect"), location);
        }
        response
    } else {
        let mut response = HttpResponse::SeeOther().insert_header((LOCATION, location)).finish();
        response.extensions_mut().insert(SignInFirst);
        response
    }
}

/// Path and query of the page that a header says the person is on.
fn header_path(request: &HttpRequest, name: &str) -> Option<String> {
    let url: Uri = request.headers().get(name)?.to_str().ok()?.parse().ok()?;
    url.path_and_query().map(ToString::to_string)
}

/// Lets a request through to its route, sends the person to sign in, or refuses. Every route is behind this.
pub async fn check(
    needed: Access,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let unrecognized = request.extensions_mut().remove::<Unrecognized>();
    if let Some(Unrecognized(failure)) = unrecognized {
        return Ok(request.error_response(failure));
    }
    match (needed, signed(request.request())) {
        (Access::Anyone, _) => (),
        (_, None) => {
            let (request, _) = request.into_parts();
            let response = sign_in_first(&request);
            return Ok(ServiceResponse::new(request, response));
        }
        (_, Some(signed)) if signed.may(needed) => (),
        (_, Some(signed)) if signed.person.rights.may(needed) => {
            if let Some(why) = signed.elsewhere(needed) {
                return Ok(request.error_response(Failure::from(Error::Forbidden(why))));
            }
            let why = "the last change was refused as well".into();
            return Ok(request.error_response(Failure::from(Error::ReadOnly(why))));
        }
        (_, Some(_)) => {
            const WHY: &str = "Your rights do not cover this. If you need it, ask somebody who manages people.";
            return Ok(request.error_response(Failure::from(Error::Forbidden(WHY))));
        }
    }
    let answer = next.call(request).await?.map_into_boxed_body();
    let failure = answer.response().error().and_then(|error| error.as_error::<Failure>());
    if failure.is_some_and(Failure::is_signed_out) {
        let (request, _) = answer.into_parts();
        let response = sign_in_first(&request);
        return Ok(ServiceResponse::new(request, response));
    }
    Ok(answer)
}
