//! The places above a page, for its breadcrumb.

use crate::model::queues::queue::Queue;
use crate::web::page::Crumb;
use crate::web::paths;

/// Above a queue, and above the other pages of the section.
pub fn queues() -> Vec<Crumb> {
    vec![Crumb::new("Contact center", paths::queues()), Crumb::new("Queues", paths::queues())]
}

/// Above the pages of one queue.
pub fn queue(queue: &Queue) -> Vec<Crumb> {
    let mut crumbs = queues();
    crumbs.push(Crumb::new(&*queue.name, paths::queue(queue.id)));
    crumbs
}

/// Above a flow schema.
pub fn flow_schemas() -> Vec<Crumb> {
    vec![Crumb::new("Routing", paths::flow_schemas()), Crumb::new("Flow schemas", paths::flow_schemas())]
}

/// Above the pages of one flow schema.
pub fn flow_schema(id: i64, name: &str) -> Vec<Crumb> {
    let mut crumbs = flow_schemas();
    crumbs.push(Crumb::new(name, paths::flow_schema(id)));
    crumbs
}

/// Above a person.
pub fn people() -> Vec<Crumb> {
    vec![Crumb::new("People", paths::people())]
}
