//! The request for the catalog of events.

use actix_web::HttpResponse;

use super::view::Index;
use crate::pages::crumbs;
use crate::web::page::{Page, Section};

pub async fn index() -> HttpResponse {
    Page { crumbs: crumbs::queues(), ..Page::new(Section::Queues, "Events", Index) }.into()
}
