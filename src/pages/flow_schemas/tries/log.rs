//! The tries in the History of a flow schema: older ones, and what came of one.

use std::time::Duration;

use actix_web::web;
use askama::Template;

use super::words::ran;
use crate::access::rights::SEE_USES;
use crate::access::session::Signed;
use crate::db::Db;
use crate::flow::run::way::Way;
use crate::model::flow_schemas::query::Item;
use crate::model::flow_schemas::{flow_schema, query};
use crate::model::tries::log::{self, Entry};
use crate::pages::crumbs;
use crate::pages::flow_schemas::handler::Id;
use crate::pages::flow_schemas::texts::look;
use crate::web::failure::Answer;
use crate::web::page::{Crumb, Page, Section};
use crate::web::params::Params;
use crate::web::{assets, paths};
use crate::word::Word;

#[derive(Template)]
#[template(path = "flow_schemas/tries.html")]
struct Index {
    schema: Item,
    tries: log::Tries,
    /// These are not the latest.
    are_older: bool,
    may_see_uses: bool,
}

/// Tries before another one; without that, the latest.
pub async fn index(db: web::Data<Db>, id: Id, params: Params, signed: Signed) -> Answer {
    let before = params.get("before").and_then(|before| before.parse().ok());
    let (schema, tries) = db.read(move |conn| log::list(conn, *id, before)).await?;
    let crumbs = above(schema.id, &schema.name);
    let title = format!("Tries – {}", schema.name);
    let body = Index { schema, tries, are_older: before.is_some(), may_see_uses: signed.may(SEE_USES) };
    Ok(Page { crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

fn above(id: i64, name: &str) -> Vec<Crumb> {
    let mut crumbs = crumbs::flow_schema(id, name);
    crumbs.push(Crumb::new("History", paths::history(&paths::flow_schema(id))));
    crumbs
}

#[derive(Template)]
#[template(path = "flow_schemas/tried.html")]
struct Tried {
    schema: flow_schema::FlowSchema,
    entry: Entry,
    way: Option<Way>,
    may_see_uses: bool,
}

impl Tried {
    /// How much there was, in words.
    fn size(&self) -> Option<String> {
        let took = Duration::from_millis(self.entry.took? as u64);
        Some(ran(self.entry.steps as usize, self.entry.requests as usize, took))
    }

    /// Another version was tried.
    fn has_changed(&self) -> bool {
        self.entry.digest != self.schema.digest()
    }
}

/// What came of a try, without its secrets.
pub async fn show(db: web::Data<Db>, ids: web::Path<(i64, i64)>, signed: Signed) -> Answer {
    let (id, entry) = ids.into_inner();
    let (schema, (entry, way)) = db.read(move |conn| Ok((query::find(conn, id)?, log::find(conn, id, entry)?))).await?;
    let (crumbs, title) = (above(id, &schema.name), format!("Try – {}", schema.name));
    let may_see_uses = signed.may(SEE_USES);
    let body = look(move || {
        let way = way.and_then(|way| serde_json::from_str(&way).ok());
        Tried { schema, entry, way, may_see_uses }
    });
    Ok(Page { crumbs, ..Page::new(Section::FlowSchemas, title, body.await?) }.into())
}
