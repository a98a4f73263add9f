//! What machines ask: is the process there, can it do its work, and how is it doing. Without a session, on any host, and
//! cheap however often they ask.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

use crate::condition::{Condition, State};
use crate::metrics::{CONTENT_TYPE as OF_METRICS, Metrics};

pub const ALIVE: &str = "/healthz";
pub const READY: &str = "/readyz";
pub const METRICS: &str = "/metrics";

/// Whether machines ask at this route.
pub fn is_probe(route: &str) -> bool {
    [ALIVE, READY, METRICS].iter().any(|probe| route.ends_with(probe))
}

/// The process answers.
pub async fn alive() -> HttpResponse {
    text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".into())
}

/// The server can do its work.
pub async fn ready(condition: web::Data<Condition>) -> HttpResponse {
    let state = condition.state().await;
    let status = if state == State::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    text(status, "text/plain; charset=utf-8", format!("{}\n", state.sentence()))
}

/// What happened since the server began, and how things are.
pub async fn metrics(metrics: web::Data<Metrics>, condition: web::Data<Condition>) -> HttpResponse {
    text(StatusCode::OK, OF_METRICS, metrics.text(&condition.load(), condition.sessions().await))
}

fn text(status: StatusCode, content_type: &'static str, text: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text)
}
