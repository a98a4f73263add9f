//! Another flow schema for hooks that run this one: which one, the plan, and carrying it out.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::addition::listed;
use super::form::{if_equal, kept, more};
use super::view::{self, Ask, Group, New};
use crate::access::session::Signed;
use crate::db::Db;
use crate::model::flow_schemas::filter::Uses;
use crate::model::flow_schemas::query::find_item;
use crate::model::flow_schemas::uses;
use crate::model::hooks::filter::hooks;
use crate::model::journal::{Action, Change};
use crate::model::plans::successor::{IfEqual, Line, Plan, Wish, carry_out, plan};
use crate::model::plans::{Outcome, expect_size, max_hooks};
use crate::model::queues::queue::state_name;
use crate::name::short;
use crate::pages::crumbs;
use crate::pages::hooks::form::{Errors, Pressed, Typed};
use crate::web::failure::{Answer, BackTo, Failure};
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Crumb, Page, Section};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::registry::removal::gone_already;
use crate::web::registry::selection::{Sent, ask};
use crate::web::token::Token;

type Id = web::Path<i64>;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn sent(schema: i64, params: &Params) -> Result<Sent<Uses>, Failure> {
    Sent::of(paths::uses(schema), Params::default(), params)
}

fn wish(schema_id: i64, sent: &Sent<Uses>, successor_id: i64) -> Wish {
    Wish { schema_id, hooks: sent.selection.clone(), successor_id }
}

fn crumbs_of(id: i64, name: &str) -> Vec<Crumb> {
    let mut crumbs = crumbs::flow_schema(id, name);
    crumbs.push(Crumb::new("Hooks", paths::uses(id)));
    crumbs
}

pub async fn show(db: web::Data<Db>, id: Id, params: Params, token: Token) -> Answer {
    shown(&db, *id, sent(*id, &params)?, params, token).await
}

/// Asks by POST what may not fit into an address.
pub async fn question(db: web::Data<Db>, id: Id, Filled(params, again): Filled, token: Token) -> Answer {
    let sent = sent(*id, &params)?;
    if let Some(Again { status, sentence }) = again {
        return new(&db, *id, sent, Typed::read(&params), token, (status, None, Some(sentence))).await;
    }
    let address = paths::successor(*id);
    ask(sent, &address, &more(&params), |sent| shown(&db, *id, sent, params.clone(), token)).await
}

/// The form for the other flow schema, or the plan if that was asked for.
async fn shown(db: &Db, id: i64, sent: Sent<Uses>, params: Params, token: Token) -> Answer {
    let typed = Typed::read(&params);
    if params.get("plan").is_none() || typed.pressed == Pressed::Search {
        return new(db, id, sent, typed, token, (StatusCode::OK, None, None)).await;
    }
    let Some(successor) = typed.schema_id() else {
        return new(db, id, sent, typed, token, (INVALID, Some("Choose a flow schema."), None)).await;
    };
    let wish = wish(id, &sent, successor);
    match db.read(move |conn| plan(conn, &wish)).await.back_to(&sent.back())? {
        Ok(made) => Ok(page(&made, None, &sent, &Change::new_id(), token)),
        Err(refused) => new(db, id, sent, typed, token, (INVALID, Some(refused.sentence()), None)).await,
    }
}

/// The form that asks which flow schema it is.
async fn new(
    db: &Db,
    id: i64,
    sent: Sent<Uses>,
    mut typed: Typed,
    token: Token,
    (status, error, again): (StatusCode, Option<&'static str>, Option<String>),
) -> Answer {
    let (selection, asks_first) =
        (sent.selection.clone(), status == StatusCode::OK && typed.pressed != Pressed::Search);
    let (q, chosen) = (typed.schema_q.trim().to_owned(), typed.schema_id());
    let found = db
        .read(move |conn| {
            let item = find_item(conn, id)?;
            if asks_first {
                uses::check(conn, id, &selection)?;
            }
            let (count, queues) = uses::count_selected(conn, id, &selection)?;
            expect_size(conn, queues, count)?;
            Ok((item, count, listed(conn, &q, chosen)?))
        })
        .await;
    let (item, count, (options, schema)) = found.back_to(&sent.back())?;
    if count == 0 {
        return Ok(see_other(
            &sent.back(),
            &Flash::say("The selected hooks are gone already, or run another flow schema."),
        ));
    }
    if schema.is_none() {
        typed.schema.clear();
    }
    let gone = sent.selection.size() - count;
    let body = New {
        title: format!("Run another flow schema than {} in {}", item.name, hooks(count)),
        asks_event: false,
        typed,
        errors: Errors { schema: error.map(str::to_owned), ..Errors::default() },
        again,
        schema,
        options,
        notes: if gone > 0 { vec![gone_already(gone)] } else { Vec::new() },
        max_hooks: max_hooks(db.abilities().webitel.is_some()),
        action: paths::question(&paths::successor(id)),
        back: sent.back(),
        fields: kept(&sent),
        token,
    };
    let page = Page::new(Section::FlowSchemas, body.title.clone(), body);
    Ok(Page { status, crumbs: crumbs_of(id, &item.name), ..page }.into())
}

fn page(plan: &Plan, chosen: Option<IfEqual>, sent: &Sent<Uses>, change: &str, token: Token) -> HttpResponse {
    let (id, name) = (plan.schema.id, &plan.schema.name);
    let title = format!("Run {} instead of {name} in {}?", plan.successor, hooks(plan.lines.len() as i64));
    let mut fields = kept(sent);
    fields.extend([("schema", plan.successor_id.to_string()), ("change", change.into()), ("seen", plan.mark())]);
    let mut notes = Vec::new();
    if plan.gone > 0 {
        notes.push(gone_already(plan.gone));
    }
    if plan.lines.is_empty() {
        notes.push("There is nothing to do.".into());
    }
    let body = view::Plan {
        title: title.clone(),
        has_changed: chosen.is_some(),
        groups: groups(plan, chosen.unwrap_or_default()),
        notes,
        action: paths::successor(id),
        back: sent.back(),
        fields,
        carry_out: (!plan.lines.is_empty()).then_some("Change hooks"),
        token,
    };
    let status = if chosen.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Page { status, crumbs: crumbs_of(id, name), ..Page::new(Section::FlowSchemas, title, body) }.into()
}

fn groups(plan: &Plan, chosen: IfEqual) -> Vec<Group> {
    let thing = |Line { hook, .. }: &Line| {
        let state = (!hook.enabled).then(|| state_name(hook.enabled).to_lowercase());
        (format!("{}: {}", hook.queue, hook.event.name()), state)
    };
    let group = |title, ask, belongs: fn(&&Line) -> bool| {
        let things: Vec<_> = plan.lines.iter().filter(belongs).map(thing).collect();
        (!things.is_empty()).then(|| Group { title, count: hooks(things.len() as i64), things, ask })
    };
    let options = vec![("change", "Change them too"), ("leave", "Leave them as they are")];
    let chosen = if chosen == IfEqual::Leave { "leave" } else { "change" };
    let ask = Ask::One { name: "if_equal", options, chosen };
    let changed = group("Changed", Ask::Nothing, |line| !line.becomes_equal);
    let equal = group("Would be equal to another hook of their queue and event", ask, |line| line.becomes_equal);
    changed.into_iter().chain(equal).collect()
}

/// Carries out the plan, if it is still the one that was seen.
pub async fn create(db: web::Data<Db>, id: Id, Form(params): Form, signed: Signed, token: Token) -> Answer {
    let (id, typed) = (*id, Typed::read(&params));
    let sent = sent(id, &params)?;
    let Some(successor) = typed.schema_id() else {
        return new(&db, id, sent, typed, token, (INVALID, Some("Choose a flow schema."), None)).await;
    };
    let (if_equal, seen) = (if_equal(&params), params.text("seen"));
    let (wish, change) = (wish(id, &sent, successor), Change::with_id(&typed.change, &signed.person));
    let change_id = change.id.clone();
    let carried = signed
        .write(&db, move |conn| {
            let name = find_item(conn, id)?.name;
            Ok((carry_out(conn, &wish, if_equal, &seen, &change)?, name))
        })
        .await;
    let (outcome, name) = carried.back_to(&sent.back())?;
    match outcome {
        Ok(Outcome::Done(tally)) => {
            let count = tally.of(Action::Edit);
            let text = match count {
                0 => "Nothing was changed".into(),
                1 => format!("1 hook runs another flow schema than {} now", short(&name)),
                _ => format!("{} run another flow schema than {} now", hooks(count), short(&name)),
            };
            Ok(see_other(&sent.back(), &Flash::say(text).undo(tally.change)))
        }
        Ok(Outcome::Differs(plan)) => Ok(page(&plan, Some(if_equal), &sent, &change_id, token)),
        Err(refused) => new(&db, id, sent, typed, token, (INVALID, Some(refused.sentence()), None)).await,
    }
}
