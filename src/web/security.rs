//! What every request must be and every answer carries, whatever the route.
//!
//! * **Size.** A request line or headers larger than our own pages ever send are refused (414, 431).
//! * **Host.** The application answers to the names of this machine and to its public name, so that nobody can point
//!   a name of their own at it (DNS rebinding). It answers to any name when others may come and no public name is
//!   known.
//! * **Origin.** A browser says which site a change comes from; from any site but ours it is refused. The token in
//!   each form ([`super::form`]) is the second lock on that door.
//! * **Headers.** One says that the answer is ours, and not the page of a proxy with an error. Our pages run no script or
//!   style but our own files, cannot be framed, and do not tell other sites where the person was.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::middleware::{DefaultHeaders, Next};

use super::failure::Failure;
use super::site::Site;
use crate::error::Error;
use crate::seldom::Seldom;

/// Bytes of path and query: 1000 selected ids, twice.
const MAX_URI: usize = 40 * 1024;
/// Bytes of all header names and values; a Referer may be as long as the address.
const MAX_HEADERS: usize = 60 * 1024;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Says that an answer is ours, and of what kind it is: `script/faults.js` shows no other answer. [`super::page`] says which
/// pages are failures.
pub const OURS: HeaderName = HeaderName::from_static("queue-hooks");

pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add((OURS, "answer"))
}

pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error)),
    }
}

fn check(request: &ServiceRequest) -> Result<(), Failure> {
    let (headers, site) = (request.headers(), Site::of(request.request()));
    if request.path().len() + request.query_string().len() > MAX_URI {
        return Err(Failure::http(StatusCode::URI_TOO_LONG));
    }
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MAX_HEADERS {
        return Err(Failure::http(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
    }
    let host = text(headers, header::HOST).unwrap_or_default();
    if !site.is_host(host) {
        HOSTS.warn(|| wrong_host(host, site));
        return Err(Failure::http(StatusCode::MISDIRECTED_REQUEST));
    }
    if request.method().is_safe() || is_from_here(headers, host, site) {
        return Ok(());
    }
    ORIGINS.warn(|| wrong_origin(headers, host));
    Err(Error::Forbidden(ELSEWHERE).into())
}

const ELSEWHERE: &str = "This change came from a page of another site, so it was not made. If you made it on a page of Queue \
    Hooks, ask whoever runs this server to look into its log.";

static HOSTS: Seldom = Seldom::new();
static ORIGINS: Seldom = Seldom::new();

fn wrong_host(host: &str, site: &Site) -> String {
    let (host, expected) = (shown(host), site.hosts());
    format!(
        "a request for “{host}” was refused (421), because this server answers to {expected}. If people type {host}, say so \
         with --public-url; if they type something else, the proxy must pass on what they type (nginx: proxy_set_header Host \
         $host)"
    )
}

fn wrong_origin(headers: &HeaderMap, host: &str) -> String {
    let (host, origin) = (shown(host), shown(text(headers, header::ORIGIN).unwrap_or("an unknown site")));
    match text(headers, "sec-fetch-site") {
        Some(site) => format!(
            "a change that a page of {origin} asked for was refused (403), because it is another site for the browser \
             (Sec-Fetch-Site: {})",
            shown(site)
        ),
        None => format!(
            "a change that a page of {origin} asked for was refused (403), because it came to “{host}”. If people type \
             {origin}, the proxy must pass on what they type (nginx: proxy_set_header Host $host), or say so with --public-url \
             {origin}"
        ),
    }
}

/// What a request says, for the log. Only characters of ASCII that are seen come as far as here.
fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

/// By `Sec-Fetch-Site`, which every current browser sends, or else by `Origin`. A client that sends neither is not a
/// browser, so another site cannot steer it.
fn is_from_here(headers: &HeaderMap, host: &str, site: &Site) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => site.is_origin(origin, host),
        (None, None) => true,
    }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}
