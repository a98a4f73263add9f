//! The requests of Coverage.

use std::future::ready;
use std::io;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use futures_util::StreamExt;
use futures_util::stream;

use super::csv;
use super::view::Index;
use crate::access::session::Signed;
use crate::db::{Conn, Db, MAX_IDS};
use crate::error::Error;
use crate::model::queues::coverage;
use crate::model::queues::filter::Filter;
use crate::pages::crumbs;
use crate::web::access::Visitor;
use crate::web::failure::Answer;
use crate::web::page::{Page, Section};
use crate::web::paging::{Asked, View, title_suffix};
use crate::web::params::Params;
use crate::web::token::Token;

pub async fn index(db: web::Data<Db>, mut asked: Asked<Filter>, visitor: Visitor, token: Token) -> Answer {
    let view = asked.view.clone();
    let read = move |conn: &mut Conn, _: &Signed| coverage::page(conn, &view.filter, view.order, view.range);
    let (signed, found) = visitor.read(&db, read).await?;
    if let Some(elsewhere) = asked.elsewhere(&found.rows.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&found.rows.pages);
    let mut index = Index::new(asked.view, found, &signed, token);
    index.registry.notices = asked.notices;
    let page = Page::new(Section::Queues, "Coverage", index);
    Ok(Page { title_suffix, crumbs: crumbs::queues(), ..page }.into())
}

/// All queues that match, in their order, as a file. It is sent as it is read, so a file of any length takes the memory
/// of a page; a fault on the way breaks it off.
pub async fn file(db: web::Data<Db>, params: Params) -> Answer {
    let view = View::<Filter>::read(&params).0;
    let ids = db.read(move |conn| coverage::ids(conn, &view.filter, view.order)).await?;
    let parts: Vec<Vec<i64>> = ids.chunks(MAX_IDS).map(<[i64]>::to_vec).collect();
    let rows = stream::iter(parts).then(move |ids| {
        let db = db.clone();
        async move {
            let rows = db.read(move |conn| coverage::of_ids(conn, &ids)).await;
            let rows = rows.map_err(|cause| broken_off(&cause))?;
            Ok::<_, io::Error>(web::Bytes::from(csv::rows(&rows)))
        }
    });
    let head = stream::once(ready(Ok::<_, io::Error>(web::Bytes::from(csv::head()))));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"coverage.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(head.chain(rows)))
}

fn broken_off(cause: &Error) -> io::Error {
    log::error!("a download of coverage was broken off: {cause}");
    io::Error::other(cause.to_string())
}
