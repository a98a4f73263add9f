//! A form that changes something. A handler that takes a [`Form`] runs only with a valid token and within the limits
//! of size and pace, so no handler can forget the check. Where something can be typed, the handler takes [`Filled`]
//! instead, and has to show the form again if its token is not valid any more.
//!
//! A form with a file has its own limit, above [`MAX_BODY`], and comes as `multipart/form-data`. The file is a value
//! like any other, and its name is the value `file_name`.
//!
//! **Nothing typed is lost.** With script the page stays as it is, and `script/faults.js` puts a message beside it. Without,
//! what was typed is [`Held`] in the request, and the answer brings it back. Where it cannot be held, the answer is a page
//! that says how the browser sends it again: it keeps what it sent as long as that page is open.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_core::Stream;

use super::access;
use super::body::Body;
use super::failure::Failure;
use super::params::Params;
use super::token::{Lack, Token};
use super::turns;

/// Bytes: room for the ids of the largest page, and for whatever else its form carries.
pub const MAX_BODY: usize = 64 * 1024;
/// How many values a form with a larger limit may have; none of ours has as many. Each takes far more memory than its
/// letters.
const MAX_VALUES: usize = 100;

/// Says that what comes is [`Held::is_resumed`].
pub const RESUMED: &str = "resumed";
/// What is never held and never shown again.
const SECRETS: &[&str] = &["token", "password", "current", "sign_in_name", "sign_in_password", RESUMED];

/// The most that is held for somebody who is not signed in: the form of a flow schema.
const MAX_HELD: usize = 4 << 20;

/// The two ways in which browsers send a form.
const URL_ENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// What a form sent.
pub struct Form<const MAX: usize = MAX_BODY>(pub Params);

/// What was typed into a form; and if it is not accepted as it came, why the form is to be shown again with it.
pub struct Filled<const MAX: usize = MAX_BODY>(pub Params, pub Option<Again>);

/// Why a form is shown again although nothing is wrong with what was typed.
pub struct Again {
    pub status: StatusCode,
    pub sentence: String,
}

/// What was typed, without secrets, for an answer that is not the one of the form's handler.
#[derive(Clone)]
pub struct Held {
    pub fields: Params,
    /// It came with a valid token, so it may be sent again as it is.
    pub is_ours: bool,
    /// It came before its person signed in again, so its handler shows it and saves nothing. A form that carries it on says
    /// so ([`RESUMED`]).
    pub is_resumed: bool,
}

impl<const MAX: usize> FromRequest for Form<MAX> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (token, params) = (Token::of(request), read(request, payload, MAX));
        Box::pin(async move {
            let params = params.await?;
            expect_ours(&token, &params).map_err(Failure::token)?;
            Ok(Self(params))
        })
    }
}

impl<const MAX: usize> FromRequest for Filled<MAX> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (token, params) = (Token::of(request), read(request, payload, MAX));
        let request = request.clone();
        Box::pin(async move {
            let held = request.extensions().get::<Held>().filter(|held| held.is_resumed).cloned();
            if let Some(Held { fields, .. }) = held {
                if fields.length() > MAX {
                    return Err(too_large(()));
                }
                return Ok(Self(fields, Some(Again::resumed(&request))));
            }
            let params = params.await?;
            match (expect_ours(&token, &params), access::is_htmx(&request)) {
                (Ok(()), true) => Ok(Self(params, None)),
                (Ok(()), false) => {
                    let held = Held::of(&params, true);
                    let again = held.is_resumed.then(|| Again::resumed(&request));
                    request.extensions_mut().insert(held);
                    Ok(Self(params, again))
                }
                (Err(lack), true) => Err(Failure::token(lack)),
                (Err(lack), false) => Ok(Self(params, Some(Again::lacking(lack, &request)))),
            }
        })
    }
}

/// The form of somebody who comes in. Meanwhile they may have done so in another tab, which made the tokens of this one stale.
/// So the token of an older page will do: that it is one of ours, the browser says ([`super::security`]).
pub struct Door {
    pub params: Params,
    /// The token is of an older page.
    pub is_stale: bool,
    /// The form has to be shown again.
    pub again: Option<Again>,
}

impl FromRequest for Door {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (token, params) = (Token::of(request), read(request, payload, MAX_BODY));
        let request = request.clone();
        Box::pin(async move {
            let params = params.await?;
            match expect_ours(&token, &params) {
                Ok(()) => Ok(Self { params, is_stale: false, again: None }),
                Err(Lack::Fresh) => Ok(Self { params, is_stale: true, again: None }),
                Err(lack) if access::is_htmx(&request) || params.get("link").is_some() => Err(Failure::token(lack)),
                Err(lack) => Ok(Self { params, is_stale: false, again: Some(Again::lacking(lack, &request)) }),
            }
        })
    }
}

impl Held {
    fn of(params: &Params, is_ours: bool) -> Self {
        let is_resumed = params.get(RESUMED).is_some();
        Self { fields: params.clone().without(SECRETS), is_ours, is_resumed }
    }

    /// How a form is sent that carries it on: a large text would be up to three times as large in the other way.
    pub fn enctype(&self) -> &'static str {
        if self.fields.length() > MAX_BODY { MULTIPART } else { URL_ENCODED }
    }

    /// Nothing was typed, nor chosen.
    pub fn is_empty(&self) -> bool {
        self.fields.pairs().iter().all(|(_, value)| value.is_empty())
    }
}

impl Again {
    fn lacking(lack: Lack, request: &HttpRequest) -> Self {
        let failure = Failure::token(lack);
        let name = access::signed(request).map(|signed| format!(" You are signed in as {}.", signed.person));
        let sentence = failure.sentence() + &name.unwrap_or_default();
        Self { status: failure.status(), sentence }
    }

    fn resumed(request: &HttpRequest) -> Self {
        let name = access::signed(request).map(|signed| format!(" as {}", signed.person)).unwrap_or_default();
        let sentence = format!("You are signed in{name}. What you typed is here and is not saved yet.");
        Self { status: StatusCode::OK, sentence }
    }
}

fn expect_ours(token: &Token, params: &Params) -> Result<(), Lack> {
    token.expect(params.get("token").unwrap_or_default())
}

/// Reads the form of a request that is refused before its handler, and holds it. Returns what came, secrets included.
pub async fn hold(request: &mut ServiceRequest) -> Result<Params, Failure> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_large = length.is_none_or(|length| length > MAX_BODY);
    let mut payload = request.take_payload();
    // Whoever signs in sends a little more.
    let read = read(request.request(), &mut payload, MAX_HELD + MAX_BODY);
    let params = if is_large { turns::take(read).await? } else { read.await? };
    let is_ours = expect_ours(&Token::of(request.request()), &params).is_ok();
    let held = Held::of(&params, is_ours);
    if held.fields.length() > MAX_HELD {
        return Err(too_large(()));
    }
    request.extensions_mut().insert(held);
    Ok(params)
}

fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    max: usize,
) -> impl Future<Output = Result<Params, Failure>> + use<> {
    let (content_type, headers) = (request.content_type().to_owned(), request.headers().clone());
    let body = web::Payload::from_request(request, payload);
    async move {
        let (body, pace) = Body::new(body.await.map_err(unreadable)?);
        let read = async {
            match &*content_type {
                URL_ENCODED => {
                    let body = body.whole(max).await?;
                    if max > MAX_BODY && body.split(|byte| *byte == b'&').count() > MAX_VALUES {
                        return Err(too_large(()));
                    }
                    Ok(Params::parse(&body))
                }
                MULTIPART if max > MAX_BODY => parts(Multipart::new(&headers, body), max).await,
                _ => Err(Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
            }
        };
        pace.keep(read).await
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
