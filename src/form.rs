//! A form that changes something. A handler that takes a [`Form`] cannot run without a valid token, within
//! the limits of size and time, so none can forget to look.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, rt, web};

use crate::error::Error;
use crate::params::Params;
use crate::token::Token;

/// Bytes; room for the largest page's ids and what else its form carries.
pub const MAX_BODY: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Form(pub Params);

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type() == "application/x-www-form-urlencoded";
        let token = Token::of(request);
        let body = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_form {
                return Err(Error::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            let unreadable = |_| Error::Http(StatusCode::BAD_REQUEST);
            let body = rt::time::timeout(PATIENCE, body.await.map_err(unreadable)?.to_bytes_limited(MAX_BODY))
                .await
                .map_err(|_| Error::Http(StatusCode::REQUEST_TIMEOUT))?
                .map_err(|_| Error::Http(StatusCode::PAYLOAD_TOO_LARGE))?
                .map_err(unreadable)?;
            let params = Params::parse(&body);
            if !token.matches(params.get("token").unwrap_or_default()) {
                return Err(Error::Forbidden(
                    "The page was open for too long or came from elsewhere. Nothing was changed. \
                     Go back, reload the page and try again.",
                ));
            }
            Ok(Self(params))
        })
    }
}
