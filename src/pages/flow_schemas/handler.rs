//! The requests of the Flow schemas section, except those of its form.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, http::header, web};
use askama::Template;

use super::texts::look;
use super::view::{self, Index, Texts, Used};
use crate::access::rights::{CHANGE_FLOW_SCHEMAS, PLAN_HOOKS, SEE_USES};
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::flow_schemas::filter::{Column, Filter, FlowSchemas, Uses, flow_schemas};
use crate::model::flow_schemas::{change, query, uses, version};
use crate::model::journal::Change;
use crate::model::listing::{self, MAX_SIZE, Order, Range};
use crate::name::short;
use crate::pages::crumbs;
use crate::web::access::Visitor;
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, Flashed, see_other};
use crate::web::page::{Crumb, Page, Section};
use crate::web::paging::{Asked, title_suffix};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::registry::removal::{self, Removal, gone, gone_already};
use crate::web::registry::selection::{self, Selected};
use crate::web::token::Token;

pub type Id = web::Path<i64>;

pub async fn index(
    db: web::Data<Db>,
    mut asked: Asked<Filter>,
    visitor: Visitor,
    token: Token,
    flash: Flashed,
) -> Answer {
    let view = asked.view.clone();
    let read = move |conn: &mut Conn, signed: &Signed| {
        // An order by numbers that the person may not see would tell them.
        let tells = view.order.column == Column::UsedBy && !signed.may(SEE_USES);
        let order = if tells { listing::Order::default() } else { view.order };
        query::list(conn, &view.filter, order, view.range)
    };
    let (signed, list) = visitor.read(&db, read).await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&list.pages);
    let mut index = Index::new(asked.view, list, &signed, token);
    (index.registry.notices, index.registry.focus) = (asked.notices, flash.row());
    Ok(Page { title_suffix, ..Page::new(Section::FlowSchemas, "Flow schemas", index) }.into())
}

/// The text of a flow schema as a file.
pub async fn file(db: web::Data<Db>, id: Id) -> Answer {
    let schema = db.read(move |conn| query::find(conn, *id)).await?;
    let name = header::ExtendedValue {
        charset: header::Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: format!("{}.json", schema.name.replace(['/', '\\'], "_")).into_bytes(),
    };
    let disposition = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![header::DispositionParam::FilenameExt(name)],
    };
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(disposition)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(schema.schema))
}

/// The hooks that run a flow schema.
pub async fn hooks(
    db: web::Data<Db>,
    id: Id,
    mut asked: Asked<listing::Filter<Uses>>,
    signed: Signed,
    token: Token,
) -> Answer {
    let view = asked.view.clone();
    let (schema, uses) = db
        .read(move |conn| {
            let schema = query::find_item(conn, *id)?;
            let uses = uses::list(conn, schema.id, &view.filter, view.order, view.range)?;
            Ok((schema, uses))
        })
        .await?;
    if let Some(elsewhere) = asked.elsewhere(&uses.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&uses.pages);
    let title = format!("Hooks – {}", schema.name);
    let crumbs = crumbs::flow_schema(schema.id, &schema.name);
    let mut body = view::Hooks::new(schema, asked.view, uses, &signed, token);
    body.registry.notices = asked.notices;
    Ok(Page { title_suffix, crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// A flow schema as a change left it.
pub async fn version(db: web::Data<Db>, ids: web::Path<(i64, i64)>, signed: Signed) -> Answer {
    let (id, entry) = ids.into_inner();
    let (schema, item, version) = db
        .read(move |conn| {
            let (schema, version) = version::version(conn, id, entry)?;
            Ok((schema, query::find_item(conn, id)?, version))
        })
        .await?;
    let (schema, version, texts) = look(move || {
        let texts = Texts::of(&version, &schema.schema);
        (schema, version, texts)
    })
    .await?;
    let mut crumbs = crumbs::flow_schema(id, &schema.name);
    crumbs.push(Crumb::new("History", paths::history(&paths::flow_schema(id))));
    let title = format!("Version – {}", schema.name);
    let (may_change, may_see_uses) = (signed.may(CHANGE_FLOW_SCHEMAS), signed.may(SEE_USES));
    let body = view::Version { schema: item, version, texts, may_change, may_see_uses };
    Ok(Page { crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// Asks before flow schemas are removed; those that hooks run stay.
pub async fn removal(
    db: web::Data<Db>,
    selection::Asked(sent): selection::Asked<FlowSchemas>,
    signed: Signed,
    token: Token,
) -> Answer {
    let (back, selection) = (sent.back(), sent.selection.clone());
    let found = db
        .read(move |conn| {
            query::check(conn, &selection)?;
            query::selected(conn, &selection, Removal::LISTED)
        })
        .await
        .back_to(&back)?;
    if found.count == 0 {
        return Ok(see_other(&back, &Flash::say("The selected flow schemas are gone already.")));
    }
    if found.free == 0 {
        return used(&db, found, sent.view.query(), &signed).await;
    }
    let mut body = Removal::new(paths::flow_schemas(), &sent, token, found.free, "");
    let used = found.count - found.free;
    body.notes.clear();
    if sent.selection.size() > found.count {
        body.notes.push(gone_already(sent.selection.size() - found.count));
    }
    if let ([schema], 1) = (&found.first_free[..], found.free) {
        body.question = format!("Remove {}?", schema.name);
    }
    if used > 0 {
        let names: Vec<_> = found.first_used.iter().map(|(schema, _)| &*schema.name).collect();
        let more = used - names.len() as i64;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        body.notes.push(format!("{}: {}{more}.", why_kept(used), names.join(", ")));
    }
    body.more = found.free - found.first_free.len() as i64;
    body.things = found.first_free.into_iter().map(|schema| (schema.name, None)).collect();
    let title = body.title();
    Ok(Page { crumbs: crumbs::flow_schemas(), ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// Asks the same by POST, about rows whose ids may not fit into an address.
pub async fn question(
    db: web::Data<Db>,
    Selected(sent): Selected<FlowSchemas>,
    signed: Signed,
    token: Token,
) -> Answer {
    removal::ask(sent, |asked| removal(db, asked, signed, token)).await
}

/// Says which hooks run the flow schemas that somebody wants to remove.
async fn used(db: &Db, found: query::Selected, query: String, signed: &Signed) -> Answer {
    let may_see_uses = signed.may(SEE_USES);
    let hooks = match &found.first_used[..] {
        [(schema, _)] if may_see_uses => {
            let (id, filter) = (schema.id, listing::Filter::default());
            let first = move |conn: &mut _| uses::list(conn, id, &filter, Order::default(), Range::default());
            db.read(first).await?.rows
        }
        _ => Vec::new(),
    };
    let more = found.count - found.first_used.len() as i64;
    let body = Used { query, first: found.first_used, more, hooks, may_see_uses, may_plan: signed.may(PLAN_HOOKS) };
    let page = Page::new(Section::FlowSchemas, "Hooks run this", body);
    Ok(Page { status: StatusCode::CONFLICT, crumbs: crumbs::flow_schemas(), ..page }.into())
}

/// What to say about flow schemas that cannot be removed.
fn why_kept(count: i64) -> String {
    let it = if count == 1 { "stays, because hooks run it" } else { "stay, because hooks run them" };
    format!("{} {it}", flow_schemas(count))
}

pub async fn remove(db: web::Data<Db>, Selected(sent): Selected<FlowSchemas>, signed: Signed) -> Answer {
    let (back, selection, change) = (sent.back(), sent.selection.clone(), Change::by(&signed.person));
    let id = change.id.clone();
    let removed = signed.write(&db, move |conn| change::remove(conn, &selection, &change)).await.back_to(&back)?;
    let Some(first) = removed.first else {
        if removed.used == 0 {
            return Ok(see_other(&back, &Flash::say("That was removed already.")));
        }
        let query = sent.view.query();
        let found = db.read(move |conn| query::selected(conn, &sent.selection, Removal::LISTED)).await?;
        return used(&db, found, query, &signed).await;
    };
    let what = if removed.removed == 1 { short(&first) } else { flow_schemas(removed.removed) };
    let mut text = format!("Removed {what}");
    if removed.used > 0 {
        text.push_str(&format!(". {}", why_kept(removed.used)));
    }
    text.push_str(&gone(sent.selection.size() - removed.removed - removed.used));
    Ok(see_other(&back, &Flash::say(text).undo(id)))
}

/// The rows of the searchable drop-down: a part of a page.
pub async fn options(db: web::Data<Db>, params: Params) -> Answer {
    let q = params.text("q").trim().to_owned();
    let limit = params.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(query::OPTIONS);
    let limit = limit.clamp(1, MAX_SIZE);
    let (options, q) = db.read(move |conn| Ok((query::options(conn, &q, limit)?, q))).await?;
    let html = view::OptionRows { options, q }.render().map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}
