//! The requests of the Flow schemas section.

use actix_web::{HttpResponse, http::header, web};
use askama::Template;

use super::{query, view};
use crate::by_name::View;
use crate::db::Db;
use crate::error::Error;
use crate::page::{Crumb, Page, Section};
use crate::paging;
use crate::params::Params;

pub async fn index(db: web::Data<Db>, params: Params) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, &mut view)?, view))).await?;
    if let Some(elsewhere) = crate::paging::elsewhere(&params, &notices, &list.pages, view::PATH, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = list.pages.title();
    let page = Page::new(Section::FlowSchemas, "Flow schemas", view::Index { path: view::PATH, view, notices, list });
    Ok(Page { title_suffix, ..page }.into())
}

pub async fn show(db: web::Data<Db>, id: web::Path<i64>) -> Result<HttpResponse, Error> {
    let schema = db.read(move |conn| query::find(conn, *id)).await?;
    let text = serde_json::from_str::<serde_json::Value>(&schema.schema)
        .and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or_else(|_| schema.schema.clone());
    let crumbs = vec![Crumb::new("Routing", view::PATH), Crumb::new("Flow schemas", view::PATH)];
    let page = Page::new(Section::FlowSchemas, schema.name.clone(), view::Show { schema, text });
    Ok(Page { crumbs, ..page }.into())
}

/// The rows of the searchable drop-down: a part of a page.
pub async fn options(db: web::Data<Db>, params: Params) -> Result<HttpResponse, Error> {
    let q = params.text("q").trim().to_owned();
    let limit = params.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(query::OPTIONS);
    let limit = limit.clamp(1, paging::MAX_SIZE);
    let (options, q) = db.read(move |conn| Ok((query::options(conn, &q, limit)?, q))).await?;
    let html = view::OptionRows { options, q }.render().map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}
