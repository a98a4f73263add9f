//! The requests of the Queues section.

use actix_web::{HttpResponse, web};

use super::{query, view};
use crate::by_name::View;
use crate::db::Db;
use crate::error::Error;
use crate::event::Event;
use crate::page::{Crumb, Page, Section};
use crate::params::Params;

pub async fn index(db: web::Data<Db>, params: Params) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, &mut view)?, view))).await?;
    if let Some(elsewhere) = crate::paging::elsewhere(&params, &notices, &list.pages, view::PATH, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = list.pages.title();
    let page = Page::new(Section::Queues, "Queues", view::Index { path: view::PATH, view, notices, list });
    Ok(Page { title_suffix, ..page }.into())
}

pub async fn show(db: web::Data<Db>, id: web::Path<i64>) -> Result<HttpResponse, Error> {
    let queue = db.read(move |conn| query::find(conn, *id)).await?;
    let title = format!("General – {}", queue.name);
    let events = Event::ALL.into_iter().filter(|event| event.happens_in(queue.queue_type)).collect();
    let page = Page::new(Section::Queues, title, view::Show { queue, events });
    Ok(Page { crumbs: crumbs(), ..page }.into())
}

/// The places above a queue.
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Contact center", view::PATH), Crumb::new("Queues", view::PATH)]
}
