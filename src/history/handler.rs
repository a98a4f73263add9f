//! The request of the History tab.

use actix_web::{HttpResponse, web};

use super::filter::View;
use super::{query, view};
use crate::db::Db;
use crate::error::Error;
use crate::hooks;
use crate::page::{Page, Section};
use crate::paging::elsewhere;
use crate::params::Params;
use crate::rights::CHANGE_HOOKS;
use crate::sessions::Signed;
use crate::token::Token;

pub async fn index(
    db: web::Data<Db>,
    queue: web::Path<i64>,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, *queue, &mut view)?, view))).await?;
    let hooks_path = hooks::view::path(list.queue.id);
    let path = view::path(list.queue.id);
    if let Some(elsewhere) = elsewhere(&params, &notices, &list.pages, &path, &view) {
        return Ok(elsewhere);
    }
    let title = format!("History – {}", list.queue.name);
    let title_suffix = list.pages.title();
    let crumbs = hooks::handler::crumbs(&list.queue);
    let may_restore = signed.may(CHANGE_HOOKS);
    let body = view::Index { hooks_path, path, view, may_restore, notices, list, token };
    let page = Page::new(Section::Queues, title, body);
    Ok(Page { title_suffix, crumbs, ..page }.into())
}
