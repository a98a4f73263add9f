//! What the Try tab shows.

use askama::Template;

use super::form::{Asked, Field, VALUE, pairs};
use super::running::Region;
use super::words::counted;
use crate::access::rights::{CHANGE_FLOW_SCHEMAS, SEE_USES, TRY_FLOW_SCHEMAS};
use crate::access::session::Signed;
use crate::flow::applications::WEBITEL;
use crate::flow::run::masked::without_secrets;
use crate::flow::run::way::Way;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::FlowSchema;
use crate::model::queues::queue_type::QueueType;
use crate::pages::flow_schemas::form::Occasion;
use crate::web::paging::Query;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

/// What the person may do here.
pub struct May {
    pub see_uses: bool,
    pub send: bool,
    pub change: bool,
}

#[derive(Template)]
#[template(path = "flow_schemas/try.html")]
pub struct Show {
    pub schema: FlowSchema,
    pub occasion: Occasion,
    pub fields: Vec<Field>,
    /// How many more variables have no field.
    pub more: usize,
    /// Why the flow schema cannot be read.
    pub problem: Option<String>,
    /// Why the form is shown again.
    pub again: Option<String>,
    /// The samples were asked for.
    pub has_samples: bool,
    /// The way, where nothing was sent.
    pub way: Option<Way>,
    /// The try.
    pub region: Option<Region>,
    pub back: Option<String>,
    pub may: May,
    /// Why there is no try, if that is not for want of a right.
    pub why_none: Option<&'static str>,
    pub token: Token,
}

impl Show {
    pub fn new(
        schema: FlowSchema,
        asked: Asked,
        (fields, more): (Vec<Field>, usize),
        problem: Option<String>,
        signed: &Signed,
        token: Token,
    ) -> Self {
        let is_drawn = schema.editor && signed.abilities.keeps_drawings().is_some();
        let is_read_only = signed.person.rights.may(TRY_FLOW_SCHEMAS) && !signed.abilities.change;
        Self {
            schema,
            occasion: asked.occasion(),
            fields,
            more,
            problem,
            again: None,
            has_samples: false,
            way: None,
            region: None,
            back: asked.back,
            may: May {
                see_uses: signed.may(SEE_USES),
                send: signed.may(TRY_FLOW_SCHEMAS),
                change: signed.may(CHANGE_FLOW_SCHEMAS) && !is_drawn,
            },
            why_none: is_read_only
                .then_some("The database is read-only, so a try could not be written down, and none begins."),
            token,
        }
    }

    /// The fields for what answers set, or the others, each with its number.
    fn fields_of(&self, is_of_answer: bool) -> Vec<(usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.given.is_of_answer == is_of_answer).collect()
    }

    /// The variables without a field, in words.
    fn without_field(&self) -> Option<String> {
        let have = if self.more == 1 { "has" } else { "have" };
        (self.more > 0).then(|| format!("{} {have} no field here.", counted(self.more, "more variable")))
    }

    fn have_secrets(&self) -> bool {
        without_secrets(&pairs(&self.fields)).len() < self.fields.len()
    }

    /// The General tab, from which Save leads back to this one.
    fn edit(&self) -> String {
        let mut here = Query::new(String::new());
        if let Some(event) = self.occasion.event {
            here.append_pair("event", event.word());
        }
        here.append_pair("queue_type", self.occasion.queue_type.word());
        if let Some(back) = &self.back {
            here.append_pair("back", back);
        }
        let here = format!("{}?{}", paths::try_(self.schema.id), here.finish());
        let query = Query::new(String::new()).append_pair("back", &here).finish();
        format!("{}?{query}", paths::flow_schema(self.schema.id))
    }
}
