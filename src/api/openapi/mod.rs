//! What the API is, for programs: a document in `OpenAPI` 3.1, made once from the constants and words that the handlers
//! use.
//!
//! * `operations` has a line for each route and method; `schemas` and `parameters` what goes in and comes out,
//!   `answers` what else may be answered. Tests compare all of it with the routes and with what they answer.
//! * A request that does not fit this document is answered with 400, one that fits it and that a rule refuses with 422
//!   or 409.
//! * The page for people (`reference`) is made from this document.

mod answers;
mod operations;
mod parameters;
mod schemas;

pub use answers::FAILURES;

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use serde_json::{Value, json};

use crate::web::paths;

pub async fn show() -> HttpResponse {
    static WRITTEN: OnceLock<Bytes> = OnceLock::new();
    let written = WRITTEN.get_or_init(|| Bytes::from(document().to_string()));
    HttpResponse::Ok().content_type(ContentType::json()).body(written.clone())
}

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Queue Hooks",
                "version": env!("CARGO_PKG_VERSION"),
                "summary": "Hooks of contact-center queues, for programs.",
                "description": DESCRIPTION,
                "license": {"name": "MIT OR Apache-2.0", "identifier": env!("CARGO_PKG_LICENSE")},
            },
            "servers": [{"url": paths::api()}],
            "security": [{"webitel": []}, {"bearer": []}],
            "tags": operations::TAGS.map(|(name, description)| json!({"name": name, "description": description})),
            "paths": operations::all(),
            "components": {
                "securitySchemes": {
                    "webitel": {
                        "type": "apiKey",
                        "in": "header",
                        "name": "X-Webitel-Access",
                        "description": "A token, which people make under Your account → Tokens.",
                    },
                    "bearer": {"type": "http", "scheme": "bearer", "description": "The same token."},
                },
                "schemas": schemas::all(),
                "responses": answers::failures(),
            },
        })
    })
}

const DESCRIPTION: &str = "Routes, names and JSON are those of Webitel's own API.\n\n\
    In a query, an empty value counts as none, and an unknown name is passed over. In a body, null counts as absent, and \
    an unknown name is passed over.\n\n\
    Where there is GET there is HEAD, which answers the headers alone. OPTIONS answers 204 with the methods of an address \
    in Allow.\n\n\
    A request that does not fit this document is answered with 400. One that fits it and that a rule refuses is answered \
    with 422, or with 409 if something stored is in its way.";
