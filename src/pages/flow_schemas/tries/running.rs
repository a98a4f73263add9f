//! A try while it runs: the region of the page that asks again and again what has come of it, until it is over.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::words::{counted, ran};
use crate::access::session::Signed;
use crate::db::Db;
use crate::error::Error;
use crate::flow::run::watch::Stop;
use crate::model::flow_schemas::query;
use crate::tries::{Done, Run, Tries};
use crate::web::access::is_htmx;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::page::PUSH_URL;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

/// What stands below the form while a try runs and after it.
pub enum Region {
    Running(Running),
    Finished(Finished),
    /// This server knows nothing of it: another one runs it, or it was told already. The flow schema, by its id.
    Lost(i64),
}

pub struct Running {
    pub schema_id: i64,
    pub id: String,
    pub token: Token,
    /// How far it is, in words.
    pub progress: String,
}

impl Running {
    pub fn of(run: &Run, token: Token) -> Self {
        Self { schema_id: run.schema_id, id: run.id.clone(), token, progress: progress(run) }
    }
}

fn progress(run: &Run) -> String {
    format!("{}, {}, {} s", counted(run.steps(), "step"), counted(run.requests(), "request"), run.seconds())
}

pub struct Finished {
    pub schema_id: i64,
    pub entry_id: i64,
    pub done: Arc<Done>,
    /// It is the answer to the form, and gets the focus.
    pub has_focus: bool,
}

impl Finished {
    pub fn new(schema_id: i64, entry_id: i64, done: Arc<Done>, has_focus: bool) -> Self {
        Self { schema_id, entry_id, done, has_focus }
    }

    /// How it ended, in a sentence to be read aloud.
    pub fn said(&self) -> String {
        let ended = &self.done.ended;
        format!("The try has ended: {}", ended.sentence)
    }

    pub fn size(&self) -> String {
        let ended = &self.done.ended;
        ran(ended.steps, ended.requests, self.done.took)
    }
}

#[derive(Template)]
#[template(path = "flow_schemas/try_region.html")]
struct Part {
    region: Region,
}

#[derive(Template)]
#[template(
    source = "{% import \"flow_schemas/try_parts.html\" as tries %}{{ tries::progress(schema_id, id, so_far) }}",
    ext = "html"
)]
struct Progress {
    schema_id: i64,
    id: String,
    so_far: String,
}

/// What the region asks for: how far the try is, or what came of it.
pub async fn show(
    db: web::Data<Db>,
    tries: web::Data<Tries>,
    ids: web::Path<(i64, String)>,
    request: HttpRequest,
    signed: Signed,
) -> Answer {
    let (schema_id, id) = ids.into_inner();
    if !is_htmx(&request) {
        db.read(move |conn| query::find_item(conn, schema_id).map(drop)).await?;
        return Ok(see_other(&paths::try_(schema_id), &Flash::default()));
    }
    let Some(run) = tries.find(&id, signed.person.id, schema_id) else { return part(Region::Lost(schema_id)) };
    if !run.has_ended() {
        let progress = Progress { schema_id, id, so_far: progress(&run) };
        return Ok(html(HttpResponse::Ok(), rendered(&progress)?));
    }
    match run.done() {
        Some(done) => part(Region::Finished(Finished::new(schema_id, run.entry_id, done, false))),
        None => part(Region::Lost(schema_id)),
    }
}

fn part(region: Region) -> Answer {
    let html_ = rendered(&Part { region })?;
    let mut response = HttpResponse::Ok();
    response.insert_header(("hx-retarget", "#try")).insert_header(("hx-reswap", "outerHTML"));
    Ok(html(response, html_))
}

fn rendered(part: &impl Template) -> Result<String, Error> {
    part.render().map_err(|cause| Error::Internal(cause.to_string()))
}

fn html(mut response: actix_web::HttpResponseBuilder, body: String) -> HttpResponse {
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "HX-Request"))
        .insert_header((PUSH_URL, "false"))
        .body(body)
}

/// Stops a try. One that has ended, or is not there, is stopped already.
pub async fn stop(
    db: web::Data<Db>,
    tries: web::Data<Tries>,
    ids: web::Path<(i64, String)>,
    request: HttpRequest,
    _: Form,
    signed: Signed,
) -> Answer {
    let (schema_id, id) = ids.into_inner();
    db.read(move |conn| query::find_item(conn, schema_id).map(drop)).await?;
    if let Some(run) = tries.find(&id, signed.person.id, schema_id) {
        run.stop(Stop::Asked);
    }
    if is_htmx(&request) {
        // The region tells what came of it.
        return Ok(html(HttpResponse::NoContent(), String::new()));
    }
    Ok(see_other(&paths::try_(schema_id), &Flash::say("That try is stopped.")))
}
