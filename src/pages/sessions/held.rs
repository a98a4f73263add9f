//! A form that comes without a session, because that ended while somebody typed. The sign-in page takes the place of the
//! form, at the form's own address, and holds what was typed; whoever signs in there sees it in the form again. Nothing is
//! saved until they press its button: it may be somebody else than the one who typed.
//!
//! With script the form never leaves the page, so all of this is for people without.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};

use super::handler::{arrival, credentials, keep, sign_in_again, sign_in_page};
use super::view::SignIn as Body;
use crate::access::journal::By;
use crate::access::sign_in::{Begun, SignIn, sign_in};
use crate::db::Db;
use crate::error::Error;
use crate::web::access::{self, SignInFirst};
use crate::web::failure::Failure;
use crate::web::form::{self, Held};
use crate::web::params::Params;
use crate::web::token::{Lack, Token};

/// Around each route that takes a form with something typed in it.
pub async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_of_nobody = access::signed(request.request()).is_none() && !access::is_htmx(request.request());
    if is_of_nobody && has_body(&request) {
        match form::hold(&mut request).await {
            Ok(params) if params.get("sign_in_password").is_some() => return resume(request, next, &params).await,
            Ok(_) => (),
            Err(failure) => return Ok(request.error_response(failure.unheld())),
        }
    }
    let (request, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let held = request.extensions().get::<Held>().filter(|held| !held.is_empty()).cloned();
    Ok(match held.filter(|_| response.extensions().get::<SignInFirst>().is_some()) {
        Some(held) => {
            let page = sign_in_page(StatusCode::UNAUTHORIZED, body(&request, held));
            ServiceResponse::new(request, page)
        }
        None => ServiceResponse::new(request, response),
    })
}

fn has_body(request: &ServiceRequest) -> bool {
    let length = request.headers().get(CONTENT_LENGTH);
    length.map_or_else(|| request.headers().contains_key(TRANSFER_ENCODING), |length| length != "0")
}

fn body(request: &HttpRequest, held: Held) -> Body {
    let action = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    Body { action, held: Some(held), ..Body::new(String::new(), Token::of(request)) }
}

/// Signs in, and lets the form's handler show what was held.
async fn resume(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    params: &Params,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let begun = match enter(request.request(), params).await {
        Ok(begun) => begun,
        Err(refused) => return Ok(ServiceResponse::new(request.into_parts().0, refused)),
    };
    if let Some(held) = request.extensions_mut().get_mut::<Held>() {
        held.is_resumed = true;
    }
    // The form is made with the new token.
    Token::renew(request.request());
    let (request, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let response = keep(&request, &begun, response)?;
    Ok(ServiceResponse::new(request, response))
}

/// Starts a session, or answers with the page again.
async fn enter(request: &HttpRequest, params: &Params) -> Result<Begun, HttpResponse> {
    let (name, password) = credentials(params, true);
    let held = request.extensions().get::<Held>().cloned();
    let again = held.map(|held| Body { name: name.clone(), ..body(request, held) });
    let again = again.ok_or_else(|| HttpResponse::from_error(Failure::token(Lack::Fresh)))?;
    let failed = |failure: Failure, again: Body| {
        sign_in_page(failure.status(), Body { error: Some(failure.sentence()), ..again })
    };
    if let Err(lack) = Token::of(request).expect(&params.text("token")) {
        return Err(failed(Failure::token(lack), again));
    }
    let Some(db) = request.app_data::<web::Data<Db>>() else {
        return Err(failed(Error::Internal("no database".into()).into(), again));
    };
    let by = By::extract(request).await.unwrap_or_else(|never| match never {});
    let begun = match sign_in(db, &name, password, arrival(request, by)).await {
        Ok(SignIn::Done(begun)) => begun,
        Ok(refused) => return Err(sign_in_again(request, &refused, again)),
        Err(error) => return Err(failed(error.into(), again)),
    };
    match access::recognize(request, &begun.session).await {
        Ok(()) => Ok(begun),
        Err(failure) => Err(failed(failure, again)),
    }
}
