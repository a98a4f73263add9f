//! Every request: its id, how long its answer took, and what is logged and counted of it.
//!
//! The log has the path alone: a query may hold the secret of a link that works once. What machines ask again and again
//! ([`super::probes`]) is counted and not logged.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use log::Level;

use super::access;
use super::probes;
use super::site::Site;
use crate::logging::REQUESTS;
use crate::metrics::Metrics;
use crate::name::printable;
use crate::secret::{Hex, random};

/// Tells requests apart: in the log, on the page of a fault, and in the answer.
#[derive(Clone)]
pub struct Id(String);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

impl Id {
    /// The id that [`watch`] gave to a request.
    pub fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }

    /// What a proxy of ours calls the request, or else a new id.
    fn given(request: &HttpRequest) -> Self {
        let is_plain = |id: &&str| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        let sent = request.headers().get(HEADER).and_then(|id| id.to_str().ok()).filter(is_plain);
        let sent = sent.filter(|_| Site::of(request).is_proxy(request));
        Self(sent.map_or_else(|| Hex(&random::<6>()).to_string(), str::to_owned))
    }
}

pub async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = Id::given(request.request());
    let header = HeaderValue::try_from(&id.0);
    request.extensions_mut().insert(id);
    let mut response = next.call(request).await?;
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    let (request, took) = (response.request(), begun.elapsed());
    let (method, status) = (request.method().as_str(), response.status().as_u16());
    let route = request.match_pattern();
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.answered(route.as_deref(), method, status, took);
    }
    let is_probe = route.is_some_and(|route| probes::is_probe(&route));
    if !is_probe && log::log_enabled!(target: REQUESTS, Level::Info) {
        let id = Id::of(request);
        let path = printable(request.path());
        let path = path.get(..200).unwrap_or(&path);
        let ms = took.as_micros() as f64 / 1000.0;
        let person = access::signed(request).map(|signed| signed.person.id);
        log::info!(target: REQUESTS, id, method, path, status, ms, person; "request");
    }
    Ok(response)
}
