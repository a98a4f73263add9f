//! A form that changes something. A handler that takes a [`Form`] runs only with a valid token and within the limits
//! of size and pace, so no handler can forget the check.
//!
//! A form with a file has its own limit, above [`MAX_BODY`], and comes as `multipart/form-data`. The file is a value
//! like any other, and its name is the value `file_name`.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_core::Stream;

use super::body::Body;
use super::failure::Failure;
use super::params::Params;
use super::token::Token;

/// Bytes: room for the ids of the largest page, and for whatever else its form carries.
pub const MAX_BODY: usize = 64 * 1024;
/// How many values a form with a larger limit may have; none of ours has as many. Each takes far more memory than its
/// letters.
const MAX_VALUES: usize = 100;

pub struct Form<const MAX: usize = MAX_BODY>(pub Params);

impl<const MAX: usize> FromRequest for Form<MAX> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let token = Token::of(request);
        let (content_type, headers) = (request.content_type().to_owned(), request.headers().clone());
        let body = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let (body, pace) = Body::new(body.await.map_err(unreadable)?);
            let read = async {
                match &*content_type {
                    "application/x-www-form-urlencoded" => {
                        let body = body.whole(MAX).await?;
                        if MAX > MAX_BODY && body.split(|byte| *byte == b'&').count() > MAX_VALUES {
                            return Err(too_large(()));
                        }
                        Ok(Params::parse(&body))
                    }
                    "multipart/form-data" if MAX > MAX_BODY => parts(Multipart::new(&headers, body), MAX).await,
                    _ => Err(Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
                }
            };
            let params = pace.keep(read).await?;
            if !token.matches(params.get("token").unwrap_or_default()) {
                return Err(Failure::stale_token());
            }
            Ok(Self(params))
        })
    }
}

fn unreadable<E>(_: E) -> Failure {
    Failure::http(StatusCode::BAD_REQUEST)
}

fn too_large<E>(_: E) -> Failure {
    Failure::http(StatusCode::PAYLOAD_TOO_LARGE)
}

/// The values of a form with a file, up to `room` bytes in all.
async fn parts(mut multipart: Multipart, mut room: usize) -> Result<Params, Failure> {
    let mut values = Vec::new();
    while let Some(part) = next(&mut multipart).await {
        let mut part = part.map_err(unreadable)?;
        if values.len() >= MAX_VALUES {
            return Err(too_large(()));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        let value = part.bytes(room).await.map_err(too_large)?.map_err(unreadable)?;
        room -= value.len();
        values.push((name, String::from_utf8_lossy(&value).into_owned()));
        values.extend(file.map(|file| ("file_name".into(), file)));
    }
    Ok(Params::new(values))
}

async fn next(multipart: &mut Multipart) -> Option<Result<actix_multipart::Field, MultipartError>> {
    std::future::poll_fn(|context| Pin::new(&mut *multipart).poll_next(context)).await
}
