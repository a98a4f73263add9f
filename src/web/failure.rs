//! What went wrong, as a page: its status and the way back. The policy, in one place:
//!
//! | failure | status | what the person sees |
//! |---|---|---|
//! | no such thing, or the person may not see it | 404 | what is missing, and the way to the list |
//! | nobody is signed in, or no longer | 303, or 401 to htmx | the sign-in page, and then this one |
//! | a page is asked for where there is only a form | 303 | the page of that form |
//! | the person's rights do not cover it | 403 | who to ask |
//! | the form came from an older page, from another site, or without cookies | 403 | which of them, and what to do |
//! | a link that works once was used before | 403 | to sign in, or how to get another |
//! | too many attempts to sign in failed | 429, Retry-After | the form again or a sentence, and when to try |
//! | the input is not acceptable | 422 | the same form with the errors beside the fields, or a sentence |
//! | the data changed after the page was made | 409 | what changed, and what to do |
//! | too large, too slow, not a form | 413, 414, 431, 408, 415 | a sentence |
//! | nobody is signed in, and what was typed cannot be held | 413, 408, 503 | to sign in elsewhere and send it again |
//! | the database cannot do its work now | 503, Retry-After | why, that nothing was changed, and to try again |
//! | too many requests wait for the same expensive work | 503, Retry-After | to wait a moment and try again |
//! | the database was cut off in the middle | 503, Retry-After | that the outcome is uncertain, and to look first |
//! | a fault of ours | 500 | one sentence and the request id |

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};

use super::paths;
use super::token::Lack;
use crate::error::{Error, Thing};

/// What the handler of a page returns.
pub type Answer = Result<HttpResponse, Failure>;

/// Something that went wrong with a request for a page.
#[derive(Debug)]
pub struct Failure {
    what: What,
    /// The way back, where a handler knows a better one than the list that the thing is in.
    back: Option<String>,
}

#[derive(Debug)]
enum What {
    Error(Error),
    /// Refused by the rules of HTTP itself.
    Http(StatusCode),
    /// The form was made for another session of this browser, or does not come from one of our pages.
    Token(Lack),
    /// It came without a session, and what was typed could not be held until its person signs in.
    Unheld(StatusCode),
}

impl Failure {
    pub fn http(status: StatusCode) -> Self {
        Self { what: What::Http(status), back: None }
    }

    pub fn token(lack: Lack) -> Self {
        Self { what: What::Token(lack), back: None }
    }

    /// The same where nobody is signed in and something typed was sent.
    pub fn unheld(self) -> Self {
        Self { what: What::Unheld(self.status()), ..self }
    }

    /// The failure behind an answer that the framework made on its own.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Error::NotFound(Thing::Page).into(),
            StatusCode::INTERNAL_SERVER_ERROR => Error::Internal("an unexplained 500".into()).into(),
            status => Self::http(status),
        }
    }

    pub fn status(&self) -> StatusCode {
        match &self.what {
            What::Http(status) | What::Unheld(status) => *status,
            What::Token(_) => StatusCode::FORBIDDEN,
            What::Error(error) => match error {
                Error::NotFound(_) => StatusCode::NOT_FOUND,
                Error::SignedOut => StatusCode::UNAUTHORIZED,
                Error::Forbidden(_) => StatusCode::FORBIDDEN,
                Error::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Conflict(..) => StatusCode::CONFLICT,
                Error::TooManyFailures(_) => StatusCode::TOO_MANY_REQUESTS,
                Error::Busy | Error::Unavailable(..) | Error::ReadOnly(_) | Error::Unanswered(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// The session ended while the request was on its way.
    pub fn is_signed_out(&self) -> bool {
        matches!(self.what, What::Error(Error::SignedOut))
    }

    /// The form came without a token that is valid.
    pub fn is_of_token(&self) -> bool {
        matches!(self.what, What::Token(_))
    }

    /// What was typed could not be held: only the browser has it.
    pub fn is_unheld(&self) -> bool {
        matches!(self.what, What::Unheld(_))
    }

    /// The same request may work another time.
    pub fn may_pass(&self) -> bool {
        let status = self.status();
        let is_soon = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
        is_soon || status.is_server_error() || self.is_of_token()
    }

    /// What happened, in a few words.
    pub fn title(&self) -> String {
        match &self.what {
            What::Error(error) => error.title(),
            What::Token(Lack::Cookie) => "Your browser sent no cookie".into(),
            What::Token(_) => "That was refused".into(),
            What::Http(StatusCode::METHOD_NOT_ALLOWED) => "This address cannot do that".into(),
            What::Http(StatusCode::PAYLOAD_TOO_LARGE) | What::Unheld(StatusCode::PAYLOAD_TOO_LARGE) => {
                "That is too much at once".into()
            }
            What::Http(StatusCode::REQUEST_TIMEOUT) => "That took too long".into(),
            What::Unheld(_) => "You are signed out".into(),
            What::Http(_) => "That request cannot be read".into(),
        }
    }

    /// What happened and what to do next, for the person.
    pub fn sentence(&self) -> String {
        match &self.what {
            What::Error(error) => error.sentence(),
            What::Token(Lack::Cookie) => {
                "Nothing was changed: Queue Hooks works only with cookies. Allow them for this address, and try again."
                    .into()
            }
            What::Token(Lack::Token) => {
                "Nothing was changed: this form does not come from a page of Queue Hooks. Load the page again and try again."
                    .into()
            }
            What::Token(Lack::Fresh) => {
                "Nothing was changed: since this page was made, somebody signed in or out in this browser. Check who is \
                 signed in, and try again."
                    .into()
            }
            What::Http(StatusCode::METHOD_NOT_ALLOWED) => "Go back and use the buttons of the page.".into(),
            What::Http(StatusCode::PAYLOAD_TOO_LARGE) => "Nothing was changed. Send less and try again.".into(),
            What::Http(StatusCode::REQUEST_TIMEOUT) => "Nothing was changed. Try again.".into(),
            What::Unheld(StatusCode::REQUEST_TIMEOUT) => {
                "Nothing was changed. What you typed came so slowly that it could not be kept here while you sign in.".into()
            }
            What::Unheld(StatusCode::SERVICE_UNAVAILABLE) => {
                "Nothing was changed. Too many send large forms at this moment, so what you typed could not be kept here \
                 while you sign in."
                    .into()
            }
            What::Unheld(StatusCode::PAYLOAD_TOO_LARGE) => {
                "Nothing was changed. You are signed out, and this is more than any form may send.".into()
            }
            What::Unheld(_) => "Nothing was changed. You are signed out.".into(),
            What::Http(_) => "Nothing was changed. Go back to the page and try again.".into(),
        }
    }

    /// The path that leads back.
    pub fn back(&self) -> String {
        let thing = match &self.what {
            What::Error(Error::NotFound(thing) | Error::Conflict(thing, _)) => *thing,
            _ => Thing::Page,
        };
        self.back.clone().unwrap_or_else(|| paths::around(thing))
    }

    /// The cause, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        match &self.what {
            What::Error(error) => error.cause(),
            What::Http(_) | What::Token(_) | What::Unheld(_) => None,
        }
    }

    /// After how many seconds another try may work.
    fn retry_after(&self) -> Option<i64> {
        match &self.what {
            What::Error(Error::TooManyFailures(seconds)) => Some(*seconds),
            What::Error(Error::Busy | Error::Unavailable(..) | Error::Unanswered(_)) => Some(5),
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { what: What::Error(error), back: None }
    }
}

/// Names the way back for errors that the person can correct there: the model knows of no addresses.
pub trait BackTo<T> {
    fn back_to(self, path: &str) -> Result<T, Failure>;
}

impl<T> BackTo<T> for Result<T, Error> {
    fn back_to(self, path: &str) -> Result<T, Failure> {
        self.map_err(|error| {
            let back = matches!(error, Error::Unprocessable(_) | Error::Conflict(..)).then(|| path.to_owned());
            Failure { back, ..error.into() }
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Error(error) => error.fmt(f),
            What::Http(_) | What::Token(_) | What::Unheld(_) => self.status().fmt(f),
        }
    }
}

/// [`crate::web::page`] makes the body, because it knows the request.
impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
