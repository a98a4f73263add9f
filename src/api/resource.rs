//! An address of the API: which methods it has, with the right that each needs, and what it answers to all others.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, ResponseError, Route, web};

use super::caller;
use super::failure::Failure;
use crate::access::rights::Access;

/// An address with its methods, to be registered with [`Resource::end`].
pub struct Resource {
    resource: actix_web::Resource,
    allowed: Vec<&'static str>,
}

pub fn resource(path: &str) -> Resource {
    Resource { resource: web::resource(path), allowed: Vec::new() }
}

impl Resource {
    /// GET, and HEAD, which asks for the headers only.
    pub fn get<F, Args>(self, needed: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("GET, HEAD", needed, web::route().guard(Any(Get()).or(Head())).to(handler))
    }

    pub fn post<F, Args>(self, needed: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("POST", needed, web::post().to(handler))
    }

    pub fn put<F, Args>(self, needed: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("PUT", needed, web::put().to(handler))
    }

    pub fn patch<F, Args>(self, needed: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("PATCH", needed, web::patch().to(handler))
    }

    pub fn delete<F, Args>(self, needed: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("DELETE", needed, web::delete().to(handler))
    }

    fn add(mut self, methods: &'static str, needed: Access, route: Route) -> Self {
        self.allowed.push(methods);
        let checked = route.wrap(from_fn(move |request, next| caller::check(needed, request, next)));
        Self { resource: self.resource.route(checked), ..self }
    }

    /// The whole address. OPTIONS tells its methods; another one is refused with them.
    pub fn end(self) -> actix_web::Resource {
        let allowed = [self.allowed.join(", "), "OPTIONS".into()].join(", ");
        self.resource.default_service(web::to(move |request: HttpRequest| {
            let allowed = HeaderValue::try_from(&allowed);
            async move {
                let mut answer = if request.method() == Method::OPTIONS {
                    HttpResponse::NoContent().finish()
                } else {
                    Failure::http(actix_web::http::StatusCode::METHOD_NOT_ALLOWED).error_response()
                };
                if let Ok(allowed) = allowed {
                    answer.headers_mut().insert(ALLOW, allowed);
                }
                answer
            }
        }))
    }
}
