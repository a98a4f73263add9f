//! What the catalog shows.

use askama::Template;

use crate::model::event::Event;
use crate::model::queues::queue_type::QueueType;
use crate::model::variable::VARIABLES;
use crate::word::Word;

#[derive(Template)]
#[template(path = "events/index.html")]
pub struct Index;
