//! What can go wrong with a request, and which status each failure is. The policy, in one place:
//!
//! | failure | status | what the person sees |
//! |---|---|---|
//! | no such thing, or not yours to see | 404 | what is missing, and the way to the list |
//! | nobody is signed in | 303, or 401 to htmx | the page to sign in on, and then this one |
//! | the person's rights do not cover it | 403 | whom to ask |
//! | the request did not come from one of our pages | 403 | to reload the page and try again |
//! | a link that works once was used | 403 | to sign in, or how to get another |
//! | too many failures to sign in | 429, Retry-After | the form again or a sentence, and when to try |
//! | the input is not acceptable | 422 | the same form with the errors beside the fields, or a sentence |
//! | the data changed since the page was made | 409 | what changed, and what to do |
//! | too large, too slow, not a form | 413, 414, 431, 408, 415 | a sentence |
//! | the database cannot do its work now | 503, Retry-After | that nothing was changed, and to try again |
//! | too many ask for the same expensive work | 503, Retry-After | to wait a moment and try again |
//! | the database was cut off in the middle | 503, Retry-After | that it is not certain, and to look first |
//! | a fault of ours | 500 | one sentence and the request id |
//!
//! The causes of 500 and 503 go to the log under the request id and never to the person. Any database error
//! that is not a violated constraint means that the database cannot do its work now: it is locked, full,
//! read-only, shutting down or gone. A constraint that nobody expected to be violated is a fault of ours.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::DatabaseErrorKind as Kind;

#[derive(Debug)]
pub enum Error {
    /// There is no such thing; says what, and the path that leads on.
    NotFound { what: &'static str, back: String },
    /// The request is refused before it is looked at; says why.
    Forbidden(&'static str),
    /// The input is not acceptable and there is no form to show it in.
    Unprocessable { sentence: String, back: String },
    /// The data changed since the page was made.
    Conflict { sentence: String, back: String },
    /// Refused by HTTP's own rules.
    Http(StatusCode),
    /// This address failed too often; says how many seconds it has to wait.
    TooManyFailures(i64),
    /// Too many requests wait for the same kind of expensive work.
    Busy,
    /// The database cannot do its work now; the cause is for the log.
    Unavailable(String),
    /// The database did not say whether it did its work; the cause is for the log.
    Unanswered(String),
    /// A fault of ours; the cause is for the log.
    Internal(String),
}

/// The paths that an error leads back to when it knows no better.
const START: &str = "/";

impl Error {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Unprocessable { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Http(status) => *status,
            Self::TooManyFailures(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Unavailable(_) | Self::Unanswered(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened, in a few words.
    pub fn title(&self) -> String {
        match self {
            Self::NotFound { what, .. } => format!("There is no such {what}"),
            Self::Forbidden(_) => "That was refused".into(),
            Self::Unprocessable { .. } => "That cannot be done".into(),
            Self::Conflict { .. } => "Something changed meanwhile".into(),
            Self::Http(StatusCode::METHOD_NOT_ALLOWED) => "This address cannot do that".into(),
            Self::Http(StatusCode::PAYLOAD_TOO_LARGE) => "That is too much at once".into(),
            Self::Http(StatusCode::REQUEST_TIMEOUT) => "That took too long".into(),
            Self::Http(_) => "That request cannot be read".into(),
            Self::TooManyFailures(_) => "Too many attempts failed".into(),
            Self::Busy => "The server is busy".into(),
            Self::Unavailable(_) => "The database is away".into(),
            Self::Unanswered(_) => "The database does not answer".into(),
            Self::Internal(_) => "Something went wrong here".into(),
        }
    }

    /// What happened and what to do next, for the person.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound { .. } => "It may have been removed, or the address may be mistyped.".into(),
            Self::Forbidden(why) => (*why).into(),
            Self::Unprocessable { sentence, .. } | Self::Conflict { sentence, .. } => sentence.clone(),
            Self::Http(StatusCode::METHOD_NOT_ALLOWED) => "Go back and use the buttons of the page.".into(),
            Self::Http(StatusCode::PAYLOAD_TOO_LARGE) => "Nothing was changed. Send less and try again.".into(),
            Self::Http(StatusCode::REQUEST_TIMEOUT) => "Nothing was changed. Try again.".into(),
            Self::Http(_) => "Nothing was changed. Go back to the page and try again.".into(),
            Self::TooManyFailures(seconds) => format!("Nothing was changed. Try again in {} min.", minutes(*seconds)),
            Self::Busy | Self::Unavailable(_) => "Nothing was changed. Wait a moment and try again.".into(),
            Self::Unanswered(_) => {
                "If you were changing something, it is not certain that it was done. Look before you try again.".into()
            }
            Self::Internal(_) => "Nothing was changed. Try again; if it happens again, report the request id.".into(),
        }
    }

    /// The path of the way back.
    pub fn back(&self) -> &str {
        match self {
            Self::NotFound { back, .. } | Self::Unprocessable { back, .. } | Self::Conflict { back, .. } => back,
            _ => START,
        }
    }

    /// What only the log may know.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Unavailable(cause) | Self::Unanswered(cause) | Self::Internal(cause) => Some(cause),
            _ => None,
        }
    }

    /// The failure behind an answer that the framework made by itself.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::page_not_found(),
            StatusCode::INTERNAL_SERVER_ERROR => Self::Internal("an unexplained 500".into()),
            status => Self::Http(status),
        }
    }

    pub fn page_not_found() -> Self {
        Self::NotFound { what: "page", back: START.into() }
    }
}

/// Seconds as the minutes that are enough.
pub fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Some(cause) => write!(f, "{}: {cause}", self.title()),
            None => write!(f, "{}. {}", self.title(), self.sentence()),
        }
    }
}

/// The body is made by [`crate::page`], which knows the request.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        let retry_after = match self {
            Self::TooManyFailures(seconds) => Some(*seconds),
            Self::Busy | Self::Unavailable(_) | Self::Unanswered(_) => Some(5),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error as Diesel;
        match &error {
            Diesel::DatabaseError(
                Kind::UniqueViolation
                | Kind::ForeignKeyViolation
                | Kind::RestrictViolation
                | Kind::NotNullViolation
                | Kind::CheckViolation
                | Kind::ExclusionViolation,
                _,
            ) => Self::Internal(error.to_string()),
            Diesel::DatabaseError(..) | Diesel::BrokenTransactionManager | Diesel::RollbackErrorOnCommit { .. } => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Internal(error.to_string()),
        }
    }
}
