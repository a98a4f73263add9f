//! Queues: `/call_center/queues`.

use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::answer::{self, moment};
use super::body::{Body, Object};
use super::caller;
use super::failure::{Answer, Failure};
use super::path::Ids;
use super::query::Query;
use crate::access::tokens::Caller;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::journal::{self, Change, Kept};
use crate::model::queues::change::{self, Patch, Put, Refused};
use crate::model::queues::filter::Selection;
use crate::model::queues::queue::{KeptQueue, Queue, Wanted, read_name};
use crate::model::queues::queue_type::QueueType;
use crate::model::queues::{query, search};

const A_TYPE: &str = "the number of a type, 0 to 9";

/// A queue as programs read it.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    name: &'a str,
    #[serde(rename = "type")]
    queue_type: i16,
    enabled: bool,
    updated_at: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(queue: &'a Queue) -> Self {
        Self {
            id: queue.id.to_string(),
            name: &queue.name,
            queue_type: queue.queue_type.number(),
            enabled: queue.enabled,
            updated_at: moment(queue.updated_at),
        }
    }
}

pub async fn index(db: web::Data<Db>, asked: Query) -> Answer {
    let (page, slice) = (asked.page()?, asked.slice()?);
    let wanted = search::Wanted {
        ids: asked.ids("id")?,
        types: asked.words("type")?,
        enabled: asked.flag("enabled")?,
        name: asked.last("q").map(str::to_owned),
    };
    let with_total = asked.flag("total")?.unwrap_or(false);
    let (queues, total) = db
        .read(move |conn| {
            let queues = search::list(conn, &wanted, slice)?;
            Ok((queues, if with_total { Some(search::count(conn, &wanted)?) } else { None }))
        })
        .await?;
    Ok(answer::page(&queues, page, &asked.fields(), total, Shown::of))
}

pub async fn show(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest) -> Answer {
    let queue = db.read(move |conn| query::find(conn, id)).await?;
    Ok(answer::one_unless_known(request.headers(), tag(&queue), Shown::of(&queue)))
}

pub async fn create(db: web::Data<Db>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let (wanted, change) = (body.read(|body| whole(&body))?, caller::change(&request, &caller)?);
    let put = caller
        .write(&db, move |conn| {
            let added: Option<(i64, KeptQueue)> = journal::added(conn, &change)?;
            if added.is_some_and(|(_, added)| added != wanted.kept()) {
                return Ok(Err(Failure::other_with_key("queue")));
            }
            Ok(change::add(conn, &wanted, &change)?.map_err(|refused| Failure::conflict(refused.sentence())))
        })
        .await??;
    Ok(whole_answer(&put.queue))
}

pub async fn replace(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    put(&db, id, &request, &caller, body.read(|body| whole(&body))?.into()).await
}

pub async fn patch(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let wanted = body.read(|body| {
        let queue_type = queue_type(&body)?.map(Into::into);
        Ok(Patch { name: name(&body)?, queue_type, enabled: body.flag("enabled")? })
    })?;
    put(&db, id, &request, &caller, wanted).await
}

async fn put(db: &Db, id: i64, request: &HttpRequest, caller: &Caller, wanted: Patch) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let Put { queue, .. } = caller
        .write(db, move |conn| {
            if !is_as_seen(conn, id, &headers)? {
                return Ok(Err(Failure::not_as_seen()));
            }
            let put = change::put(conn, id, &wanted, &Patch::default(), &change)?;
            Ok(put.map_err(|refused: Refused| Failure::conflict(refused.sentence())))
        })
        .await??;
    Ok(whole_answer(&queue))
}

/// Removes a queue with its hooks.
pub async fn remove(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let queue = caller
        .write(&db, move |conn| {
            if !is_as_seen(conn, id, &headers)? {
                return Ok(Err(Failure::not_as_seen()));
            }
            let queue = query::find(conn, id)?;
            change::remove(conn, &Selection::Ids([id].into()), &change)?;
            Ok(Ok(queue))
        })
        .await??;
    Ok(HttpResponse::Ok().json(Shown::of(&queue)))
}

/// A queue as a body has to describe it whole. An absent `enabled` means false, as in Webitel.
fn whole(body: &Object) -> Result<Wanted, Failure> {
    Ok(Wanted {
        name: name(body)?.ok_or_else(|| body.missing("name", "a string"))?,
        queue_type: queue_type(body)?.ok_or_else(|| body.missing("type", A_TYPE))?,
        enabled: body.flag("enabled")?.unwrap_or(false),
    })
}

fn name(body: &Object) -> Result<Option<String>, Failure> {
    let name = body.text("name")?;
    name.map(|name| read_name(&name).map_err(|wrong| body.refused("name", &wrong))).transpose()
}

fn queue_type(body: &Object) -> Result<Option<QueueType>, Failure> {
    let Some(number) = body.number("type", A_TYPE)? else { return Ok(None) };
    QueueType::from_number(number).map(Some).ok_or_else(|| body.wrong("type", A_TYPE))
}

/// Locks the queue, and tells whether it is what `If-Match` says.
fn is_as_seen(conn: &mut Conn, id: i64, headers: &HeaderMap) -> Result<bool, Error> {
    query::lock(conn, id)?;
    Ok(answer::may_change(headers, &tag(&query::find(conn, id)?)))
}

/// Another one after each change of the queue or its hooks.
fn tag(queue: &Queue) -> HeaderValue {
    answer::tag(&format!("{}:{}", queue.id, queue.kept().json()), queue.updated_at)
}

fn whole_answer(queue: &Queue) -> HttpResponse {
    answer::one(tag(queue), Shown::of(queue))
}
