//! Who sends a request: the token that it shows, checked before any handler runs. A session's cookie is nobody here.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, WWW_AUTHENTICATE};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, ResponseError, web};

use super::failure::Failure;
use super::rate::Rate;
use crate::access::rights::Access;
use crate::access::tokens::{self, Caller};
use crate::db::Db;
use crate::error::Error;
use crate::model::journal::Change;
use crate::secret::hash;
use crate::web::requests;

/// Characters of an `Idempotency-Key`.
pub const MAX_KEY: usize = 255;

const OF_WEBITEL: HeaderName = HeaderName::from_static("x-webitel-access");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// For handlers of routes that need a token.
impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let nobody = || Error::Internal("a route without a token asks who it is".into());
        ready(request.extensions().get::<Self>().cloned().ok_or_else(nobody).map_err(Failure::from))
    }
}

/// The token that a request shows, in either of its two headers. Webitel's counts where there are both: a proxy may
/// want the other one for itself. A header that stands twice may mean two people, and counts as wrong.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let of_webitel = only(headers, &OF_WEBITEL)?;
    let bearer = || {
        let (scheme, token) = only(headers, &header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    };
    if of_webitel.is_empty() { bearer() } else { Some(of_webitel) }
}

/// What a header says that may stand there once; nothing if it is absent or empty.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name);
    let value = values.next().map_or(Some(""), |value| value.to_str().ok())?;
    values.next().is_none().then_some(value.trim())
}

async fn find(request: &HttpRequest) -> Result<Caller, Failure> {
    let hash = shown(request.headers()).and_then(tokens::hash).ok_or_else(Failure::no_token)?;
    let db = request.app_data::<web::Data<Db>>().ok_or_else(|| Error::Internal("no database".into()))?;
    let abilities = db.abilities();
    let found = db.read(move |conn| Ok(tokens::find(conn, &hash, abilities)?)).await?;
    let (caller, is_due) = found.ok_or_else(Failure::no_token)?;
    if is_due {
        let id = caller.token;
        db.write_beside("a token's use", move |conn| tokens::touch(conn, id));
    }
    Ok(caller)
}

/// Lets a request through to its route, or refuses it. Every route of the API is behind this.
pub async fn check(
    needed: Access,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !matches!(needed, Access::Anyone) {
        match admitted(needed, request.request()).await {
            Ok(caller) => drop(request.extensions_mut().insert(caller)),
            Err(failure) => return Ok(request.error_response(failure)),
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn admitted(needed: Access, request: &HttpRequest) -> Result<Caller, Failure> {
    let caller = find(request).await?;
    if let Some(rate) = request.app_data::<web::Data<Rate>>() {
        rate.take(caller.token).map_err(Failure::too_many)?;
    }
    if caller.may(needed) {
        return Ok(caller);
    }
    let refused = if !caller.person.rights.may(needed) {
        Error::Forbidden("The rights of this token and its person do not cover this.")
    } else if let Some(why) = caller.abilities.refuses(needed.work()) {
        Error::Forbidden(why)
    } else {
        Error::ReadOnly("the last change was refused as well".into())
    };
    Err(refused.into())
}

/// Makes every failure JSON, those of the framework too, and logs the causes of faults.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(answer);
    }
    let (request, mut response) = answer.into_parts();
    let failure = response.error().and_then(|error| error.as_error::<Failure>());
    if let Some(cause) = failure.and_then(Failure::cause) {
        let id = requests::Id::of(&request);
        log::error!("request {id}: {} {} answered {status}: {cause}", request.method(), request.path());
    }
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if failure.is_none() && !is_json {
        response = Failure::http(status).error_response();
    }
    if status == actix_web::http::StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Ok(ServiceResponse::new(request, response))
}

/// The change that a request makes: the same one each time that it is sent with the same `Idempotency-Key`.
pub fn change(request: &HttpRequest, caller: &Caller) -> Result<Change, Failure> {
    if !request.headers().contains_key(&KEY) {
        return Ok(Change::by(&caller.person));
    }
    let key = only(request.headers(), &KEY)
        .filter(|key| (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    let key = key.ok_or_else(|| {
        Failure::query(format!(
            "There is one Idempotency-Key at most, of 1 to {MAX_KEY} characters of ASCII without spaces."
        ))
    })?;
    let mut id = hash(&format!("{}:{}:{key}", caller.person.id, request.path()));
    id.truncate(32);
    Ok(Change::with_id(&id, &caller.person))
}
