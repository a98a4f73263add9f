//! What the pages of the Queues section show.

use askama::Template;

use super::query::List;
use super::queue::Queue;
use crate::assets;
use crate::by_name::{Column, View};
use crate::event::Event;

pub const PATH: &str = "/contact-center/queues";

#[derive(Template)]
#[template(path = "queues/index.html")]
pub struct Index {
    pub path: &'static str,
    pub view: View,
    pub notices: Vec<String>,
    pub list: List,
}

#[derive(Template)]
#[template(path = "queues/show.html")]
pub struct Show {
    pub queue: Queue,
    /// The events that can happen in the queue.
    pub events: Vec<Event>,
}
