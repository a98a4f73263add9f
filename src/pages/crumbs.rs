//! The places above a page, for its breadcrumb.

use crate::model::queues::queue::Queue;
use crate::web::page::Crumb;
use crate::web::paths::{self, FLOW_SCHEMAS, PEOPLE, QUEUES};

/// Above a queue, and above the other pages of the section.
pub fn queues() -> Vec<Crumb> {
    vec![Crumb::new("Contact center", QUEUES), Crumb::new("Queues", QUEUES)]
}

/// Above the pages of one queue.
pub fn queue(queue: &Queue) -> Vec<Crumb> {
    let mut crumbs = queues();
    crumbs.push(Crumb::new(&*queue.name, paths::queue(queue.id)));
    crumbs
}

/// Above a flow schema.
pub fn flow_schemas() -> Vec<Crumb> {
    vec![Crumb::new("Routing", FLOW_SCHEMAS), Crumb::new("Flow schemas", FLOW_SCHEMAS)]
}

/// Above the pages of one flow schema.
pub fn flow_schema(id: i64, name: &str) -> Vec<Crumb> {
    let mut crumbs = flow_schemas();
    crumbs.push(Crumb::new(name, paths::flow_schema(id)));
    crumbs
}

/// Above a person.
pub fn people() -> Vec<Crumb> {
    vec![Crumb::new("People", PEOPLE)]
}
