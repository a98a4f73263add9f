//! What the catalogue shows.

use askama::Template;

use super::variable::VARIABLES;
use crate::event::Event;
use crate::queues::queue::QueueType;
use crate::word::Word;

#[derive(Template)]
#[template(path = "events/index.html")]
pub struct Index;
