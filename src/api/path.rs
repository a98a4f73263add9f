//! The ids in a path, in its order. Whatever is no id is the id of nothing: there is no such address.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};

use super::failure::Failure;
use super::query::id;

pub struct Ids<const N: usize>(pub [i64; N]);

impl<const N: usize> FromRequest for Ids<N> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ids: Option<Vec<i64>> = request.match_info().iter().map(|(_, written)| id(written)).collect();
        let ids = ids.and_then(|ids| ids.try_into().ok()).map(Self);
        ready(ids.ok_or_else(|| Failure::http(StatusCode::NOT_FOUND)))
    }
}
