//! The requests of the histories.

use actix_web::{HttpResponse, web};

use super::filter::View;
use super::query::{self, Place, Scope};
use super::view;
use crate::db::Db;
use crate::error::Error;
use crate::flow_schemas;
use crate::hooks;
use crate::journal::Action;
use crate::page::{Crumb, Page, Section};
use crate::paging::elsewhere;
use crate::params::Params;
use crate::queues;
use crate::rights::{CHANGE_HOOKS, REMOVE_FLOW_SCHEMAS, REMOVE_QUEUES, SEE_USES};
use crate::sessions::Signed;
use crate::token::Token;

type Id = web::Path<i64>;

pub async fn queue(
    db: web::Data<Db>,
    id: Id,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    index(db, Scope::Queue(*id), params, signed, token).await
}

pub async fn queues(db: web::Data<Db>, params: Params, signed: Signed, token: Token) -> Result<HttpResponse, Error> {
    index(db, Scope::Queues, params, signed, token).await
}

pub async fn flow_schema(
    db: web::Data<Db>,
    id: Id,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    index(db, Scope::FlowSchema(*id), params, signed, token).await
}

pub async fn flow_schemas(
    db: web::Data<Db>,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    index(db, Scope::FlowSchemas, params, signed, token).await
}

async fn index(
    db: web::Data<Db>,
    scope: Scope,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, scope, &mut view)?, view))).await?;
    let path = view::path(scope);
    if let Some(elsewhere) = elsewhere(&params, &notices, &list.pages, &path, &view) {
        return Ok(elsewhere);
    }
    let (section, title, crumbs) = match &list.place {
        Place::Queue(queue) => (Section::Queues, queue.name.clone(), hooks::handler::crumbs(queue)),
        Place::Queues => (Section::Queues, "Queues".into(), queues::handler::crumbs()),
        Place::FlowSchema(schema) => {
            let mut crumbs = flow_schemas::handler::crumbs();
            crumbs.push(Crumb::new(&*schema.name, flow_schemas::view::path(schema.id)));
            (Section::FlowSchemas, schema.name.clone(), crumbs)
        }
        Place::FlowSchemas => (Section::FlowSchemas, "Flow schemas".into(), flow_schemas::handler::crumbs()),
    };
    let restoration = match scope {
        Scope::Queue(id) => signed.may(CHANGE_HOOKS).then(|| hooks::view::path(id)),
        Scope::Queues => signed.may(REMOVE_QUEUES).then(|| queues::view::PATH.into()),
        Scope::FlowSchemas => signed.may(REMOVE_FLOW_SCHEMAS).then(|| flow_schemas::view::PATH.into()),
        Scope::FlowSchema(_) => None,
    };
    let restoration = restoration.map(|path| format!("{path}/restoration"));
    let title_suffix = list.pages.title();
    let may_edit_hooks = signed.may(CHANGE_HOOKS);
    let may_see_uses = signed.may(SEE_USES);
    let body = view::Index { path, view, restoration, may_edit_hooks, may_see_uses, notices, list, token };
    let page = Page::new(section, format!("History – {title}"), body);
    Ok(Page { title_suffix, crumbs, ..page }.into())
}

/// Where a restoration leads back to: the history, if it came from there, else the registry.
pub fn back(params: &Params, scope: Scope, registry: String) -> String {
    match params.get("back").and_then(|back| back.strip_prefix("history")) {
        Some(query) => format!("{}{}", view::path(scope), View::<Action>::from_query(query).query()),
        None => registry,
    }
}
