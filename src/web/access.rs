//! Who sent a request, read from the session's cookie once; and whether they may go there.
//!
//! Whoever sends a form is known before anything else. Who asks for a page is found out by its route; or by its handler,
//! in one trip to the database with what the page shows: see [`Visitor`].

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, LOCATION, REFERER};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use diesel::QueryResult;

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
use crate::db::{Conn, Db};
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

/// The secret that a request shows, until somebody has asked whose it is.
struct Shown(Secret);

/// Finds out who sent the request, except for static files. Takes one query, and a second one once a minute.
pub async fn load(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.path().starts_with(&paths::file(""))
        && let Some(secret) = secret(request.request())
    {
        request.extensions_mut().insert(Shown(secret));
    }
    if !request.method().is_safe()
        && let Err(failure) = look_up(request.request()).await
    {
        request.extensions_mut().insert(Unrecognized(failure));
    }
    let answer = next.call(request).await?.map_into_boxed_body();
    // The layout of a page that no route made names the person too, if it can.
    let _ = look_up(answer.request()).await;
    Ok(answer)
}

/// Finds out who sent a request, if nobody has yet.
async fn look_up(request: &HttpRequest) -> Result<(), Failure> {
    let shown = request.extensions_mut().remove::<Shown>();
    match shown {
        Some(Shown(secret)) => recognize(request, &secret).await,
        None => Ok(()),
    }
}

/// Notes who sent a request, if this is the secret of a session.
pub async fn recognize(request: &HttpRequest, secret: &Secret) -> Result<(), Failure> {
    let (db, find) = (database(request)?, finding(request, secret)?);
    if let Some((signed, is_due)) = db.read(move |conn| Ok(find(conn)?)).await? {
        note(request, &db, signed, is_due);
    }
    Ok(())
}

fn database(request: &HttpRequest) -> Result<web::Data<Db>, Error> {
    request.app_data::<web::Data<Db>>().cloned().ok_or_else(|| Error::Internal("no database".into()))
}

type Found = QueryResult<Option<(Signed, bool)>>;

/// The query for the session with this secret.
fn finding(request: &HttpRequest, secret: &Secret) -> Result<impl FnOnce(&mut Conn) -> Found + Send + 'static, Error> {
    let (hash, limits, abilities) = (secret.hash(), Site::of(request).limits, database(request)?.abilities());
    Ok(move |conn: &mut Conn| sessions::find(conn, &hash, limits, abilities))
}

/// Notes who sent a request, and once in a while that the session is in use.
fn note(request: &HttpRequest, db: &web::Data<Db>, signed: Signed, is_due: bool) {
    if is_due {
        let id = signed.session;
        db.write_beside("a session's use", move |conn| sessions::touch(conn, id));
    }
    request.extensions_mut().insert(signed);
}

/// Who asks for a page, for handlers of routes that find it out with what the page shows.
pub struct Visitor {
    request: HttpRequest,
    needed: Access,
}

/// What the person needs for such a route.
#[derive(Clone, Copy)]
struct Needed(Access);

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let needed = request.extensions().get::<Needed>().copied();
        let visitor = needed.map(|Needed(needed)| Self { request: request.clone(), needed });
        let is_known = || Error::Internal("a route that knows who asks lets its handler ask again".into());
        ready(visitor.ok_or_else(is_known).map_err(Failure::from))
    }
}

impl Visitor {
    /// Finds out who asks, refuses whoever may not, and reads for the others, with one connection and in one go.
    pub async fn read<T, F>(self, db: &web::Data<Db>, work: F) -> Result<(Signed, T), Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn, &Signed) -> Result<T, Error> + Send + 'static,
    {
        let Self { request, needed } = self;
        let shown = request.extensions_mut().remove::<Shown>();
        let Shown(secret) = shown.ok_or(Error::SignedOut)?;
        let find = finding(&request, &secret)?;
        let read = move |conn: &mut Conn| {
            let (signed, is_due) = find(conn)?.ok_or(Error::SignedOut)?;
            let done = refuse(needed, &signed).and_then(|()| work(conn, &signed));
            // The page of a refusal names the person, too. After a fault nothing more is asked.
            match done {
                Err(error) if error.fault().is_some() => Err(error),
                done => Ok((signed, is_due, done)),
            }
        };
        let (signed, is_due, done) = db.read(read).await?;
        note(&request, db, signed.clone(), is_due);
        Ok((signed, done?))
    }
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
    let known = unrecognized.map_or(Ok(()), |Unrecognized(failure)| Err(failure));
    if let Err(failure) = known.and(look_up(request.request()).await) {
        return Ok(request.error_response(failure));
    }
    match (needed, signed(request.request())) {
        (Access::Anyone, _) => (),
        (_, None) => return Ok(led_to_sign_in(request.into_parts().0)),
        (_, Some(signed)) => {
            if let Err(error) = refuse(needed, &signed) {
                return Ok(request.error_response(Failure::from(error)));
            }
        }
    }
    Ok(led_if_signed_out(next.call(request).await?.map_into_boxed_body()))
}

/// The same for a route whose handler takes a [`Visitor`]. Whatever a handler answers that did not ask is thrown away.
pub async fn check_on_reading(
    needed: Access,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.extensions().contains::<Shown>() {
        return Ok(led_to_sign_in(request.into_parts().0));
    }
    request.extensions_mut().insert(Needed(needed));
    let answer = next.call(request).await?.map_into_boxed_body();
    if answer.response().error().is_none() && signed(answer.request()).is_none() {
        let never = Error::Internal("a handler did not ask who it answers".into());
        return Ok(answer.error_response(Failure::from(never)));
    }
    Ok(led_if_signed_out(answer))
}

/// Refuses whoever may not go there, or could not do there what they want.
fn refuse(needed: Access, signed: &Signed) -> Result<(), Error> {
    const WHY: &str = "Your rights do not cover this. If you need it, ask somebody who manages people.";
    if signed.may(needed) {
        Ok(())
    } else if !signed.person.rights.may(needed) {
        Err(Error::Forbidden(WHY))
    } else if let Some(why) = signed.elsewhere(needed) {
        Err(Error::Forbidden(why))
    } else {
        Err(Error::ReadOnly("the last change was refused as well".into()))
    }
}

fn led_to_sign_in(request: HttpRequest) -> ServiceResponse<BoxBody> {
    let response = sign_in_first(&request);
    ServiceResponse::new(request, response)
}

fn led_if_signed_out(answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let failure = answer.response().error().and_then(|error| error.as_error::<Failure>());
    if failure.is_some_and(Failure::is_signed_out) { led_to_sign_in(answer.into_parts().0) } else { answer }
}
