//! What the Way tab shows.

use askama::Template;

use super::form::{Field, VALUE};
use crate::flow::applications::WEBITEL;
use crate::flow::run::way::Way;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::FlowSchema;
use crate::model::queues::queue_type::QueueType;
use crate::pages::flow_schemas::form::Occasion;
use crate::web::paths;
use crate::word::Word;

#[derive(Template)]
#[template(path = "flow_schemas/way.html")]
pub struct Show {
    pub schema: FlowSchema,
    pub occasion: Occasion,
    pub fields: Vec<Field>,
    /// How many more variables have no field.
    pub more: usize,
    /// Why the flow schema cannot be read.
    pub problem: Option<String>,
    pub way: Option<Way>,
    pub may_see_uses: bool,
}

impl Show {
    /// The fields for what answers set, or the others, each with its number.
    fn fields_of(&self, is_of_answer: bool) -> Vec<(usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.given.is_of_answer == is_of_answer).collect()
    }

    /// The variables without a field, in words.
    fn without_field(&self) -> Option<String> {
        let have = if self.more == 1 { "has" } else { "have" };
        (self.more > 0).then(|| format!("{} {have} no field here.", counted(self.more, "more variable")))
    }
}

impl Way {
    /// The steps that are not shown, in words.
    fn not_shown(&self) -> Option<String> {
        let are = if self.more == 1 { "is" } else { "are" };
        (self.more > 0).then(|| format!("{} {are} not shown.", counted(self.more, "more step")))
    }

    /// How much there was, in words.
    fn size(&self) -> String {
        let requests = self.steps.iter().filter(|step| step.request.is_some()).count();
        format!("{} with {}", counted(self.steps.len() + self.more, "step"), counted(requests, "request"))
    }
}

/// A number of things, in words.
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
