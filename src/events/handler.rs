//! The request of the catalogue.

use actix_web::HttpResponse;

use super::view::Index;
use crate::page::{Page, Section};
use crate::queues;

pub async fn index() -> HttpResponse {
    let page = Page::new(Section::Queues, "Events", Index);
    Page { crumbs: queues::handler::crumbs(), ..page }.into()
}
