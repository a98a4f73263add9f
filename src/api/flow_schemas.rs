//! Flow schemas: `/routing/schema`.

use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::value::RawValue;

use super::answer::{self, moment};
use super::body::{Body, Object};
use super::caller;
use super::failure::{Answer, Failure};
use super::path::Ids;
use super::query::{Query, words};
use crate::access::tokens::Caller;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::flow::program::check;
use crate::model::flow_schemas::change::{self, Refused};
use crate::model::flow_schemas::filter::Selection;
use crate::model::flow_schemas::flow_schema::{FlowSchema, KeptFlowSchema, SchemaType, Wanted, read_name};
use crate::model::flow_schemas::query::{self, Row};
use crate::model::flow_schemas::search;
use crate::model::journal::{self, Change};

const A_PROGRAM: &str = "the program: a list of applications";

/// A flow schema in a list, without its program.
#[derive(Serialize)]
struct Item<'a> {
    id: String,
    name: &'a str,
    #[serde(rename = "type")]
    schema_type: &'a str,
    editor: bool,
    updated_at: Option<String>,
}

impl<'a> Item<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            id: row.item.id.to_string(),
            name: &row.item.name,
            schema_type: row.item.schema_type.word(),
            editor: row.editor,
            updated_at: moment(row.updated_at),
        }
    }
}

/// A flow schema with its program, which is as it was typed where that is JSON, and else a string.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    name: &'a str,
    #[serde(rename = "type")]
    schema_type: &'a str,
    editor: bool,
    schema: Program<'a>,
    updated_at: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Program<'a> {
    Json(&'a RawValue),
    Text(&'a str),
}

impl<'a> Shown<'a> {
    fn of(schema: &'a FlowSchema) -> Self {
        let program = serde_json::from_str(&schema.schema).map_or(Program::Text(&schema.schema), Program::Json);
        Self {
            id: schema.id.to_string(),
            name: &schema.name,
            schema_type: schema.schema_type.word(),
            editor: schema.editor,
            schema: program,
            updated_at: moment(schema.updated_at),
        }
    }
}

pub async fn index(db: web::Data<Db>, asked: Query) -> Answer {
    let (page, slice) = (asked.page()?, asked.slice()?);
    let name = asked.last("q").map(str::to_owned);
    let wanted = search::Wanted { ids: asked.ids("id")?, types: asked.words("type")?, name };
    let with_total = asked.flag("total")?.unwrap_or(false);
    let (schemas, total) = db
        .read(move |conn| {
            let schemas = search::list(conn, &wanted, slice)?;
            Ok((schemas, if with_total { Some(search::count(conn, &wanted)?) } else { None }))
        })
        .await?;
    Ok(answer::page(&schemas, page, &asked.fields(), total, Item::of))
}

pub async fn show(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest) -> Answer {
    let schema = db.read(move |conn| query::find(conn, id)).await?;
    Ok(answer::one_unless_known(request.headers(), tag(&schema), Shown::of(&schema)))
}

pub async fn create(db: web::Data<Db>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let (wanted, change) = (body.read(|body| whole(&body))?, caller::change(&request, &caller)?);
    let schema = caller
        .write(&db, move |conn| {
            let added: Option<(i64, KeptFlowSchema)> = journal::added(conn, &change)?;
            let is_other = |(_, added): (i64, KeptFlowSchema)| {
                added.name != wanted.name || added.schema_type != wanted.schema_type.into()
            };
            if added.is_some_and(is_other) {
                return Ok(Err(Failure::other_with_key("flow schema")));
            }
            saved(conn, |conn| change::add(conn, &wanted, &change))
        })
        .await??;
    Ok(whole_answer(&schema))
}

pub async fn replace(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let wanted = body.read(|body| whole(&body))?;
    put(&db, id, &request, &caller, move |_| Ok(wanted)).await
}

pub async fn patch(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller, body: Body) -> Answer {
    let said = body.read(|body| said(&body))?;
    put(&db, id, &request, &caller, move |stored| said.over(stored)).await
}

async fn put(
    db: &Db,
    id: i64,
    request: &HttpRequest,
    caller: &Caller,
    wanted: impl FnOnce(&FlowSchema) -> Result<Wanted, Failure> + Clone + Send + 'static,
) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let schema = caller
        .write(db, move |conn| {
            let stored = query::lock(conn, id)?;
            // What is wrong with a request is told, whatever is stored.
            let wanted = match wanted(&stored) {
                Ok(wanted) => wanted,
                Err(failure) => return Ok(Err(failure)),
            };
            if !is_as_seen(&stored, &headers) {
                return Ok(Err(Failure::not_as_seen()));
            }
            if stored.editor {
                return Ok(Err(Failure::conflict(
                    "This flow schema was drawn in Webitel's editor. Change it there, or it loses its drawing.",
                )));
            }
            saved(conn, |conn| change::put(conn, id, &wanted, None, &change))
        })
        .await??;
    Ok(whole_answer(&schema))
}

/// The flow schema as it is after a change.
fn saved(
    conn: &mut Conn,
    change: impl FnOnce(&mut Conn) -> Result<Result<change::Put, Refused>, Error>,
) -> Result<Result<FlowSchema, Failure>, Error> {
    match change(conn)? {
        Ok(put) => query::find(conn, put.schema.id).map(Ok),
        Err(refused) => Ok(Err(Failure::conflict(refused.sentence()))),
    }
}

/// Removes a flow schema that no hook runs.
pub async fn remove(db: web::Data<Db>, Ids([id]): Ids<1>, request: HttpRequest, caller: Caller) -> Answer {
    let (change, headers) = (Change::by(&caller.person), request.headers().clone());
    let schema = caller
        .write(&db, move |conn| {
            let stored = query::lock(conn, id)?;
            if !is_as_seen(&stored, &headers) {
                return Ok(Err(Failure::not_as_seen()));
            }
            let removed = change::remove(conn, &Selection::Ids([id].into()), &change)?;
            if removed.used > 0 {
                return Ok(Err(Failure::conflict("Hooks run this flow schema, so it stays. Remove them first.")));
            }
            Ok(Ok(stored))
        })
        .await??;
    Ok(HttpResponse::Ok().json(Shown::of(&schema)))
}

/// What a body says of a flow schema.
#[derive(Clone)]
struct Said {
    name: Option<String>,
    schema_type: Option<SchemaType>,
    /// The program, which is one.
    text: Option<String>,
}

fn said(body: &Object) -> Result<Said, Failure> {
    let text = body.program("schema", A_PROGRAM)?;
    if let Some(text) = &text {
        check(text).map_err(|problem| body.refused("schema", &problem.sentence))?;
    }
    Ok(Said { name: body.text("name")?, schema_type: body.word("type")?, text })
}

/// A flow schema as a body has to describe it whole.
fn whole(body: &Object) -> Result<Wanted, Failure> {
    let Said { name, schema_type, text } = said(body)?;
    let name = name.ok_or_else(|| body.missing("name", "a string"))?;
    Ok(Wanted {
        name: read_name(&name).map_err(|wrong| body.refused("name", &wrong))?,
        schema_type: schema_type.ok_or_else(|| body.missing("type", &format!("one of: {}", words::<SchemaType>())))?,
        text: text.ok_or_else(|| body.missing("schema", A_PROGRAM))?,
    })
}

impl Said {
    /// What is stored, with this changed. A name that is stored already may be one that is not taken today.
    fn over(self, stored: &FlowSchema) -> Result<Wanted, Failure> {
        let name = match self.name {
            Some(name) if name != stored.name => {
                read_name(&name).map_err(|wrong| Failure::rule(format!("“name”: {wrong}")))?
            }
            _ => stored.name.clone(),
        };
        let schema_type = self.schema_type.or_else(|| stored.schema_type.known());
        let unknown = || Failure::rule(format!("“type”: It has to be one of: {}.", words::<SchemaType>()));
        let text = self.text.unwrap_or_else(|| stored.schema.clone());
        Ok(Wanted { name, schema_type: schema_type.ok_or_else(unknown)?, text })
    }
}

fn is_as_seen(schema: &FlowSchema, headers: &HeaderMap) -> bool {
    answer::may_change(headers, &tag(schema))
}

/// Another one after each change of the flow schema.
fn tag(schema: &FlowSchema) -> HeaderValue {
    answer::tag(&format!("{}:{}", schema.id, schema.digest()), schema.updated_at)
}

fn whole_answer(schema: &FlowSchema) -> HttpResponse {
    answer::one(tag(schema), Shown::of(schema))
}
