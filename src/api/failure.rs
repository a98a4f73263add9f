//! What went wrong, as programs read it: `{"id", "status", "detail", "code"}`. The policy, in one place:
//!
//! | failure | status |
//! |---|---|
//! | no token, or one that is not valid | 401 |
//! | the rights of the token or of its person do not cover it | 403 |
//! | no such thing or address | 404 |
//! | the address does something else | 405, with `Allow` |
//! | the request cannot be understood: it does not fit the document of [`super::openapi`] | 400 |
//! | a rule refuses it | 422 |
//! | another hook is enabled, or somebody changed the same at that moment | 409 |
//! | changes from before the first that is kept, or after one that never was | 410 |
//! | the thing is not what `If-Match` says | 412 |
//! | too large, not JSON, too slow | 413, 415, 408 |
//! | more requests than the token may send | 429, `Retry-After` |
//! | a fault of ours | 500 |
//! | the database cannot do its work now | 503, `Retry-After` |

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::error::{Error, Thing};

/// What a handler returns.
pub type Answer = Result<HttpResponse, Failure>;

/// Something that went wrong with a request of a program.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    /// A key that programs can compare: words with dots between them.
    id: &'static str,
    /// What happened and what to do, for people.
    detail: String,
    /// After how many seconds another try may work.
    retry_after: Option<u64>,
    /// The cause, for the log alone.
    cause: Option<String>,
}

/// What is in the body of each failure.
pub const MEMBERS: [&str; 4] = ["id", "status", "detail", "code"];

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    status: &'a str,
    detail: &'a str,
    code: u16,
}

impl Failure {
    fn new(status: StatusCode, id: &'static str, detail: impl Into<String>) -> Self {
        Self { status, id, detail: detail.into(), retry_after: None, cause: None }
    }

    pub fn no_token() -> Self {
        const DETAIL: &str = "Show a valid token: “X-Webitel-Access: TOKEN” or “Authorization: Bearer TOKEN”. People make \
                              tokens on their own page.";
        Self::new(StatusCode::UNAUTHORIZED, "session.valid", DETAIL)
    }

    pub fn too_many(seconds: u64) -> Self {
        let detail = format!("This token sent too many requests. Try again in {seconds} s.");
        let failure = Self::new(StatusCode::TOO_MANY_REQUESTS, "api.context.rate_limit.app_error", detail);
        Self { retry_after: Some(seconds), ..failure }
    }

    /// A query that cannot be understood.
    pub fn query(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "api.request.query.app_error", detail)
    }

    /// A body that cannot be understood.
    pub fn body(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "api.request.body.app_error", detail)
    }

    /// A body that can be understood, and that a rule refuses.
    pub fn rule(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "api.request.rule.app_error", detail)
    }

    /// What is in the way of a change.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "api.request.conflict.app_error", detail)
    }

    /// Another thing came with the same `Idempotency-Key`.
    pub fn other_with_key(thing: &str) -> Self {
        Self::conflict(format!(
            "This Idempotency-Key came with another {thing} before. Use a new key for each {thing}."
        ))
    }

    /// Whoever follows the changes from there has missed some.
    pub fn forgotten(last: i64) -> Self {
        let detail = format!(
            "Changes up to {last} are not kept any more. Ask for “after=now”, read everything anew, and go on from there."
        );
        Self::new(StatusCode::GONE, "api.changes.forgotten.app_error", detail)
    }

    /// Whoever follows the changes began with those of another database.
    pub fn never_told(after: i64) -> Self {
        let detail = format!(
            "There is no change {after} yet, so it was told of another database, or before this one was restored from a copy. \
             Ask for “after=now”, read everything anew, and go on from there."
        );
        Self::new(StatusCode::GONE, "api.changes.forgotten.app_error", detail)
    }

    pub fn no_change() -> Self {
        const DETAIL: &str =
            "There is no such change, or it happened so long ago that it is not kept any more. Nothing was changed.";
        Self::new(StatusCode::NOT_FOUND, "api.changes.get.app_error", DETAIL)
    }

    pub fn not_as_seen() -> Self {
        const DETAIL: &str = "It is not what If-Match says any more. Nothing was changed. Read it again.";
        Self::new(StatusCode::PRECONDITION_FAILED, "api.request.precondition.app_error", DETAIL)
    }

    /// Refused by the rules of HTTP itself.
    pub fn http(status: StatusCode) -> Self {
        let (id, detail) = match status {
            StatusCode::NOT_FOUND => ("api.context.404.app_error", "There is no such address."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("api.context.405.app_error", "This address cannot do that. Allow says what it can.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("api.request.body.app_error", "The body is too large."),
            StatusCode::URI_TOO_LONG => ("api.request.app_error", "The address is too long. Ask for less at once."),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => ("api.request.app_error", "The headers are too long."),
            StatusCode::MISDIRECTED_REQUEST => {
                ("api.request.app_error", "This server does not answer to the name that is in Host.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("api.request.body.app_error", "Send JSON, with “Content-Type: application/json” and not packed.")
            }
            StatusCode::REQUEST_TIMEOUT => ("api.request.body.app_error", "The body came too slowly. Try again."),
            status if status.is_client_error() => ("api.request.app_error", "The request cannot be understood."),
            _ => ("api.context.app_error", "Something went wrong here."),
        };
        Self::new(status, id, detail)
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The cause, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, id) = match &error {
            Error::NotFound(thing) => (StatusCode::NOT_FOUND, of_thing(*thing)),
            Error::SignedOut => return Self::no_token(),
            Error::Forbidden(_) => (StatusCode::FORBIDDEN, "api.context.permissions.app_error"),
            Error::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "api.request.rule.app_error"),
            Error::Conflict(..) => (StatusCode::CONFLICT, "api.request.conflict.app_error"),
            Error::TooManyFailures(_) => (StatusCode::TOO_MANY_REQUESTS, "api.context.rate_limit.app_error"),
            Error::Busy | Error::Unavailable(..) | Error::ReadOnly(_) | Error::Unanswered(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "store.app_error")
            }
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "api.context.app_error"),
        };
        let retry_after = match &error {
            Error::TooManyFailures(seconds) => u64::try_from(*seconds).ok(),
            Error::Busy | Error::Unavailable(..) | Error::Unanswered(_) => Some(5),
            _ => None,
        };
        let detail = format!("{}. {}", error.title(), error.sentence());
        let cause = error.cause().map(str::to_owned);
        Self { status, id, detail, retry_after, cause }
    }
}

/// The keys under which Webitel reports what is missing.
fn of_thing(thing: Thing) -> &'static str {
    match thing {
        Thing::Page | Thing::Person => "api.context.404.app_error",
        Thing::Queue => "store.sql_queue.get.app_error",
        Thing::Hook { .. } => "store.sql_queue_hook.get.app_error",
        Thing::FlowSchema | Thing::Version { .. } | Thing::Try { .. } => "store.sql_routing_schema.get.app_error",
    }
}

impl From<crate::web::failure::Failure> for Failure {
    fn from(failure: crate::web::failure::Failure) -> Self {
        Self::http(failure.status())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.detail)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let Self { status, id, detail, .. } = self;
        let reason = status.canonical_reason().unwrap_or_default();
        let mut answer = HttpResponse::build(*status).json(Body { id, status: reason, detail, code: status.as_u16() });
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}
