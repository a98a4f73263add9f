//! The hooks of a queue: `/call_center/queues/{queue}/hooks`.

use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::answer;
use super::body::{Body, Object};
use super::caller;
use super::failure::{Answer, Failure};
use super::path::Ids;
use super::query::{Query, matches, words};
use crate::access::tokens::Caller;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::hooks::change::{self, IfTaken, Patch, Put, Refused};
use crate::model::hooks::filter::Selection;
use crate::model::hooks::hook::{Hook, KeptHook, Wanted};
use crate::model::hooks::removal;
use crate::model::hooks::{query, search};
use crate::model::journal::{self, Change, Kept};
use crate::model::queues;
use crate::word::Word;

const A_SCHEMA: &str = "the id of a flow schema: {\"id\": \"17\"}";

/// A hook as programs read it.
#[derive(Serialize)]
struct Shown<'a> {
    id: i64,
    schema: Lookup<'a>,
    event: &'a str,
    enabled: bool,
}

#[derive(Serialize)]
struct Lookup<'a> {
    id: String,
    name: &'a str,
}

impl<'a> Shown<'a> {
    fn of(hook: &'a Hook) -> Self {
        let schema = Lookup { id: hook.schema_id.to_string(), name: &hook.schema_name };
        Self { id: hook.id, schema, event: hook.event.word(), enabled: hook.enabled }
    }
}

pub async fn index(db: web::Data<Db>, Ids([queue]): Ids<1>, asked: Query) -> Answer {
    let (page, slice) = (asked.page()?, asked.slice()?);
    let wanted = search::Wanted {
        ids: asked.ids("id")?,
        events: events(&asked)?,
        schema_ids: asked.ids("schema_id")?.into_iter().chain(asked.ids("schemaId")?).collect(),
        enabled: asked.flag("enabled")?,
    };
    let with_total = asked.flag("total")?.unwrap_or(false);
    let (hooks, total) = db
        .read(move |conn| {
            let hooks = search::list(conn, queue, &wanted, slice)?;
            let total = if with_total { Some(search::count(conn, queue, &wanted)?) } else { None };
            Ok((hooks, total))
        })
        .await?;
    Ok(answer::page(&hooks, page, &asked.fields(), total, Shown::of))
}

/// The events that match both filters: `event`, and the pattern in `q`.
fn events(asked: &Query) -> Result<Option<std::collections::BTreeSet<Event>>, Failure> {
    let named = asked.words::<Event>("event")?;
    let is_named = |event: &Event| named.is_empty() || named.contains(event);
    let q = asked.last("q");
    let is_found = |event: &Event| q.is_none_or(|q| matches(q, event.word()));
    if named.is_empty() && q.is_none() {
        return Ok(None);
    }
    Ok(Some(Event::ALL.iter().copied().filter(|event| is_named(event) && is_found(event)).collect()))
}

pub async fn show(db: web::Data<Db>, Ids([queue, id]): Ids<2>, request: HttpRequest) -> Answer {
    let hook = db.read(move |conn| query::found(conn, queue, id)).await?;
    Ok(answer::one_unless_known(request.headers(), tag(&hook), Shown::of(&hook)))
}

pub async fn create(
    db: web::Data<Db>,
    Ids([queue]): Ids<1>,
    request: HttpRequest,
    caller: Caller,
    body: Body,
) -> Answer {
    let (wanted, change) = (body.read(|body| whole(&body))?, caller::change(&request, &caller)?);
    let put = caller
        .write(&db, move |conn| {
            queues::query::lock(conn, queue)?;
            if is_other(conn, &change, wanted)? {
                return Ok(Err(Failure::other_with_key("hook")));
            }
            Ok(change::add(conn, queue, wanted, IfTaken::Ask, &change)?.map_err(refused))
        })
        .await??;
    Ok(whole_answer(&put.hook))
}

pub async fn replace(db: web::Data<Db>, Ids(ids): Ids<2>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let wanted = body.read(|body| whole(&body))?;
    put(&db, ids, &request, &caller, wanted.into()).await
}

pub async fn patch(db: web::Data<Db>, Ids(ids): Ids<2>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let wanted = body.read(|body| {
        Ok(Patch { event: body.word("event")?, schema_id: schema_id(&body)?, enabled: body.flag("enabled")? })
    })?;
    put(&db, ids, &request, &caller, wanted).await
}

async fn put(db: &Db, [queue, id]: [i64; 2], request: &HttpRequest, caller: &Caller, wanted: Patch) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let Put { hook, .. } = caller
        .write(db, move |conn| {
            if !is_as_seen(conn, queue, id, &headers)? {
                return Ok(Err(Failure::not_as_seen()));
            }
            Ok(change::put(conn, queue, id, wanted, Patch::default(), IfTaken::Ask, &change)?.map_err(refused))
        })
        .await??;
    Ok(whole_answer(&hook))
}

pub async fn remove(db: web::Data<Db>, Ids([queue, id]): Ids<2>, request: HttpRequest, caller: Caller) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let hook = caller
        .write(&db, move |conn| {
            if !is_as_seen(conn, queue, id, &headers)? {
                return Ok(Err(Failure::not_as_seen()));
            }
            let hook = query::found(conn, queue, id)?;
            removal::remove(conn, queue, &Selection::Ids([id].into()), &change)?;
            Ok(Ok(hook))
        })
        .await??;
    Ok(HttpResponse::Ok().json(Shown::of(&hook)))
}

#[derive(Serialize)]
struct Removed<'a> {
    items: Vec<Shown<'a>>,
    /// Undoing this change restores them.
    change: Option<String>,
}

/// Removes many hooks in one transaction. Those that are gone already are left out of the answer.
pub async fn remove_many(db: web::Data<Db>, Ids([queue]): Ids<1>, caller: Caller, body: Body) -> Answer {
    let ids = body.read(|body| body.ids("id")?.ok_or_else(|| body.missing("id", "a list of ids")))?;
    let selection = Selection::of_ids(ids.into_iter().collect()).map_err(Failure::body)?;
    let (queue, change) = (queue, Change::by(&caller.person));
    let (hooks, change) = caller
        .write(&db, move |conn| {
            queues::query::lock(conn, queue)?;
            let hooks = query::selected(conn, queue, &selection, i64::MAX)?;
            removal::remove(conn, queue, &selection, &change)?;
            let change = (!hooks.is_empty()).then_some(change.id);
            Ok((hooks, change))
        })
        .await?;
    let items = hooks.iter().map(Shown::of).collect();
    Ok(HttpResponse::Ok().json(Removed { items, change }))
}

/// A hook as a body has to describe it whole. An absent `enabled` means false, as in Webitel.
fn whole(body: &Object) -> Result<Wanted, Failure> {
    let event = body.word("event")?;
    Ok(Wanted {
        event: event.ok_or_else(|| body.missing("event", &format!("one of: {}", words::<Event>())))?,
        schema_id: schema_id(body)?.ok_or_else(|| body.missing("schema", A_SCHEMA))?,
        enabled: body.flag("enabled")?.unwrap_or(false),
    })
}

fn schema_id(body: &Object) -> Result<Option<i64>, Failure> {
    let Some(schema) = body.object("schema")? else { return Ok(None) };
    schema.id("id")?.map(Some).ok_or_else(|| schema.missing("id", "an id"))
}

fn refused(refused: Refused) -> Failure {
    let sentence = refused.sentence();
    match refused {
        Refused::Taken(holder) => Failure::conflict(format!("{sentence} It is the hook {}.", holder.id)),
        Refused::Stale(_) | Refused::Gone => Failure::conflict(sentence),
        Refused::NoSchema => Failure::rule(sentence),
        Refused::MayNotChoose => Error::Forbidden(change::MAY_NOT_CHOOSE).into(),
    }
}

/// Whether a change has added another hook than this.
fn is_other(conn: &mut Conn, change: &Change, wanted: Wanted) -> Result<bool, Error> {
    let added: Option<(i64, KeptHook)> = journal::added(conn, change)?;
    Ok(added.is_some_and(|(_, added)| {
        !added.event.is(wanted.event)
            || added.schema.id != wanted.schema_id.to_string()
            || added.enabled != wanted.enabled
    }))
}

/// Locks the queue, and tells whether the hook is what `If-Match` says.
fn is_as_seen(conn: &mut Conn, queue: i64, id: i64, headers: &HeaderMap) -> Result<bool, Error> {
    queues::query::lock(conn, queue)?;
    if !headers.contains_key(IF_MATCH) {
        return Ok(true);
    }
    Ok(answer::may_change(headers, &tag(&query::found(conn, queue, id)?)))
}

/// Another one after each change of the hook.
fn tag(hook: &Hook) -> HeaderValue {
    answer::tag(&format!("{}:{}", hook.id, hook.kept().json()), hook.updated_at)
}

fn whole_answer(hook: &Hook) -> HttpResponse {
    answer::one(tag(hook), Shown::of(hook))
}
