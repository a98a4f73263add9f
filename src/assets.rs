//! The files under `static/`, embedded in the binary. Each is served under a name that contains a hash of its
//! content, so a browser may keep it for ever and a changed file is a new address.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use rust_embed::{Embed, EmbeddedFile};

use crate::error::Error;
use crate::token::Hex;

#[derive(Embed)]
#[folder = "static/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct Files;

struct Asset {
    file: EmbeddedFile,
    content_type: &'static str,
}

/// The files by the last part of their address.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| Some((hashed(&name), Asset { file: Files::get(&name)?, content_type: content_type(&name) })))
        .collect()
});

static URLS: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| Files::iter().map(|name| (name.to_string(), format!("/static/{}", hashed(&name)))).collect());

/// The address of a file, for templates. Every template is rendered by a test, so a name that does not exist
/// does not get past it.
pub fn url(name: &str) -> &'static str {
    URLS.get(name).unwrap_or_else(|| panic!("no file static/{name}"))
}

pub async fn show(name: web::Path<String>) -> Result<HttpResponse, Error> {
    let asset = ASSETS.get(name.as_str()).ok_or_else(Error::page_not_found)?;
    let body = match &asset.file.data {
        std::borrow::Cow::Borrowed(bytes) => web::Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => web::Bytes::copy_from_slice(bytes),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(body))
}

fn hashed(name: &str) -> String {
    let hash = Files::get(name).map(|file| Hex(&file.metadata.sha256_hash()[..6]).to_string()).unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}.{hash}.{extension}")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
