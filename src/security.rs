//! What every request must be and every answer carries, whatever the route.
//!
//! * **Size.** A request line or headers beyond what our own pages send are refused (414, 431).
//! * **Host.** As long as nobody signs in, the application answers only to the names of this machine, so that
//!   no foreign name can be pointed at it (DNS rebinding).
//! * **Origin.** A browser says where a change comes from; from anywhere but here it is refused. The token in
//!   each form ([`crate::form`]) is the second lock on that door.
//! * **Headers.** No page of ours runs a script or style but our own files, is framed, or tells other sites
//!   where the person was.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::{DefaultHeaders, Next};

use crate::error::Error;

/// Bytes of path and query: 1000 selected ids, twice.
const MAX_URI: usize = 40 * 1024;
/// Bytes of all header names and values; a Referer may be as long as the address.
const MAX_HEADERS: usize = 60 * 1024;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
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

fn check(request: &ServiceRequest) -> Result<(), Error> {
    let headers = request.headers();
    if request.uri().to_string().len() > MAX_URI {
        return Err(Error::Http(StatusCode::URI_TOO_LONG));
    }
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MAX_HEADERS {
        return Err(Error::Http(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
    }
    let host = text(headers, header::HOST).unwrap_or_default();
    if !is_this_machine(host) {
        return Err(Error::Http(StatusCode::MISDIRECTED_REQUEST));
    }
    if request.method().is_safe() || is_from_here(headers, host) {
        Ok(())
    } else {
        Err(Error::Forbidden("The change came from another site, so it was not made."))
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// By `Sec-Fetch-Site`, which every current browser sends; else by `Origin`. Who sends neither is no browser
/// that somebody else could steer.
fn is_from_here(headers: &HeaderMap, host: &str) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (None, None) => true,
    }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}
