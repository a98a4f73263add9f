//! The requests for histories.

use actix_web::web;

use super::filter::Filter;
use super::view;
use crate::access::rights::{CHANGE_HOOKS, SEE_USES};
use crate::access::session::Signed;
use crate::db::Db;
use crate::model::history::{self, Place, Scope};
use crate::model::journal::Action;
use crate::pages::crumbs;
use crate::web::failure::Answer;
use crate::web::flash::Flashed;
use crate::web::page::{Page, Section};
use crate::web::paging::{Asked, title_suffix};
use crate::web::token::Token;

type Id = web::Path<i64>;

pub async fn queue(
    db: web::Data<Db>,
    id: Id,
    asked: Asked<Filter<Action>>,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Answer {
    index(db, Scope::Queue(*id), asked, signed, token, flash).await
}

pub async fn queues(
    db: web::Data<Db>,
    asked: Asked<Filter<Action>>,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Answer {
    index(db, Scope::Queues, asked, signed, token, flash).await
}

pub async fn flow_schema(
    db: web::Data<Db>,
    id: Id,
    asked: Asked<Filter<Action>>,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Answer {
    index(db, Scope::FlowSchema(*id), asked, signed, token, flash).await
}

pub async fn flow_schemas(
    db: web::Data<Db>,
    asked: Asked<Filter<Action>>,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Answer {
    index(db, Scope::FlowSchemas, asked, signed, token, flash).await
}

async fn index(
    db: web::Data<Db>,
    scope: Scope,
    mut asked: Asked<Filter<Action>>,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Answer {
    let view = asked.view.clone();
    let list = move |conn: &mut _| history::list(conn, scope, &view.filter.actions, view.order.descending, view.range);
    let (place, list) = db.read(list).await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let (section, title, crumbs) = match &place {
        Place::Queue(queue) => (Section::Queues, queue.name.clone(), crumbs::queue(queue)),
        Place::Queues => (Section::Queues, "Queues".into(), crumbs::queues()),
        Place::FlowSchema(schema, _) => {
            (Section::FlowSchemas, schema.name.clone(), crumbs::flow_schema(schema.id, &schema.name))
        }
        Place::FlowSchemas => (Section::FlowSchemas, "Flow schemas".into(), crumbs::flow_schemas()),
    };
    let title_suffix = title_suffix(&list.pages);
    let body = view::Index {
        path: view::path(scope),
        view: asked.view,
        offers: view::offers(&list.rows, &signed),
        may_edit_hooks: signed.may(CHANGE_HOOKS),
        may_see_uses: signed.may(SEE_USES),
        notices: asked.notices,
        is_told: flash.is_told(),
        place,
        list,
        token,
    };
    let page = Page::new(section, format!("History – {title}"), body);
    Ok(Page { title_suffix, crumbs, ..page }.into())
}
