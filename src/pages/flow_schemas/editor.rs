//! The requests of the form for a flow schema: adding one, editing one, and what its other buttons do.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::form::{Errors, MAX_BODY, Occasion, Pressed, Typed};
use super::handler::Id;
use super::texts::look;
use super::view::{Edit, Preview, Show};
use crate::access::rights::{CHANGE_FLOW_SCHEMAS, REMOVE_FLOW_SCHEMAS, SEE_USES};
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::flow::difference::difference;
use crate::flow::program::{check, shown};
use crate::flow::text::Problem;
use crate::flow::warnings::{Warning, warnings};
use crate::model::event::Event;
use crate::model::flow_schemas::change::{self, Refused};
use crate::model::flow_schemas::filter::Filter;
use crate::model::flow_schemas::flow_schema::{FlowSchema, SchemaType};
use crate::model::flow_schemas::{query, uses, version};
use crate::model::journal::Change;
use crate::model::queues::queue_type::QueueType;
use crate::name::short;
use crate::pages::crumbs;
use crate::pages::hooks::form::CHOOSE_SCHEMA;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled};
use crate::web::page::{Page, Section};
use crate::web::paging::{Query, View};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::token::Token;
use crate::word::Word;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The hooks that run a flow schema.
struct Hooks {
    /// The events, and the types of queue, with which they run it.
    occasions: Vec<(Event, QueueType)>,
    count: i64,
}

impl Hooks {
    fn of(conn: &mut Conn, id: i64) -> Result<Self, Error> {
        Ok(Self { occasions: uses::occasions(conn, id)?, count: uses::count(conn, id)? })
    }
}

/// A stored flow schema, with its hooks if the person may see them.
type Found = (FlowSchema, Option<Hooks>);

pub async fn new(params: Params, token: Token) -> Answer {
    let query = View::<Filter>::read(&params).0.query();
    Ok(form_page(StatusCode::OK, edit(None, Typed::of_none(&params), query, Errors::default(), token).await?))
}

/// The form with what was typed, and what to say about it.
async fn edit(found: Option<Found>, typed: Typed, query: String, errors: Errors, token: Token) -> Result<Edit, Error> {
    look(move || {
        let (schema, hooks) = found.unzip();
        let hooks = hooks.flatten();
        let schema_type = SchemaType::from_word(&typed.schema_type);
        let (warnings, preview) = examined(&typed.text, schema_type, hooks.as_ref(), typed.occasion);
        let uses = hooks.map(|hooks| hooks.count);
        let is_changed = typed.is_changed(schema.as_ref(), &errors);
        let (again, theirs, is_version) = (None, None, false);
        Edit { schema, query, typed, errors, again, theirs, is_changed, is_version, warnings, uses, preview, token }
    })
    .await
}

/// What may be wrong with a text where hooks run it, and what it would send. Nothing if it cannot be read.
fn examined(
    text: &str,
    schema_type: Option<SchemaType>,
    hooks: Option<&Hooks>,
    occasion: Occasion,
) -> (Vec<Warning>, Preview) {
    let Ok(program) = check(text) else { return (Vec::new(), Preview { occasion, requests: None }) };
    let occasions = hooks.map(|hooks| &*hooks.occasions).unwrap_or_default();
    (warnings(&program, schema_type, occasions), Preview::of_program(&program, occasion))
}

fn form_page(status: StatusCode, edit: Edit) -> HttpResponse {
    let title = edit.schema.as_ref().map_or("Add flow schema", |schema| &schema.name).to_owned();
    Page { status, crumbs: crumbs::flow_schemas(), ..Page::new(Section::FlowSchemas, title, edit) }.into()
}

/// Adds a flow schema, and leads to it or back to the modal that waits for it.
pub async fn create(
    db: web::Data<Db>,
    Filled(params, shown_again): Filled<MAX_BODY>,
    signed: Signed,
    token: Token,
) -> Answer {
    let query = View::<Filter>::of_form(&params).query();
    let typed = look(move || Typed::read(&params)).await?;
    if let Some(Again { status, sentence }) = shown_again {
        let edit = edit(None, typed, query, Errors::default(), token).await?;
        return Ok(form_page(status, Edit { again: Some(sentence), ..edit }));
    }
    if typed.pressed != Pressed::Save || typed.file_error.is_some() {
        return again(None, typed, query, token).await;
    }
    let (wanted, typed) = look(move || (typed.wanted(None), typed)).await?;
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(form_page(INVALID, edit(None, typed, query, errors, token).await?)),
    };
    let change = Change::with_id(&typed.change, &signed.person);
    match signed.write(&db, move |conn| change::add(conn, &wanted, &change)).await? {
        Ok(put) => {
            let (id, flash) = (put.schema.id, Flash::say(format!("Added {}", short(&put.schema.name))));
            Ok(match typed.back {
                // It was added for a hook, which is being filled in there.
                Some(back) => see_other(&with_schema(&back, id), &flash),
                // Its undo removes it.
                None => see_other(
                    &paths::flow_schema(id),
                    &flash.undo(put.change.filter(|_| signed.may(REMOVE_FLOW_SCHEMAS))),
                ),
            })
        }
        Err(refused @ Refused::NameTaken) => {
            let errors = Errors { name: Some(refused.sentence().into()), ..Errors::default() };
            Ok(form_page(INVALID, edit(None, typed, query, errors, token).await?))
        }
        Err(refused) => Ok(see_other(&paths::flow_schemas(), &Flash::say(refused.sentence()))),
    }
}

/// The address of a modal, with a flow schema chosen in it.
fn with_schema(back: &str, id: i64) -> String {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let path = format!("{path}?");
    let start = path.len();
    Query::for_suffix(path + query, start).append_pair(CHOOSE_SCHEMA, &id.to_string()).finish()
}

/// The form again, after a button that saves nothing.
async fn again(found: Option<Found>, typed: Typed, query: String, token: Token) -> Answer {
    let (typed, problem) = look(move || pressed(typed)).await?;
    let status = if problem.is_some() || typed.file_error.is_some() { INVALID } else { StatusCode::OK };
    let errors = Errors { text: problem.map(Box::new), ..Errors::default() };
    Ok(form_page(status, edit(found, typed, query, errors, token).await?))
}

/// What was typed, indented if the person asked for that, and what is wrong with it.
fn pressed(mut typed: Typed) -> (Typed, Option<Problem>) {
    let problem = match check(&typed.text) {
        Err(problem) => Some(problem),
        Ok(_) if typed.pressed != Pressed::Format => None,
        Ok(program) => {
            if let Some(text) = program.indented() {
                typed.text = text;
                None
            } else {
                let sentence = "Indented, this would have more than 1 MiB, so it stays as it is.";
                Some(Problem::at(&typed.text, 0, sentence))
            }
        }
    };
    (typed, problem)
}

/// The form for a flow schema, or the schema alone for people who may not change it. `version` fills in the form with
/// what an earlier change left, or, together with `before`, with what that change replaced.
pub async fn show(db: web::Data<Db>, id: Id, params: Params, signed: Signed, token: Token) -> Answer {
    let id = *id;
    let query = View::<Filter>::read(&params).0.query();
    let (may_change, may_see_uses) = (signed.may(CHANGE_FLOW_SCHEMAS), signed.may(SEE_USES));
    let entry = params.get("version").filter(|_| may_change).map(|entry| entry.parse().unwrap_or_default());
    let (schema, version, hooks) = db
        .read(move |conn| {
            let (schema, version) = match entry {
                Some(entry) => version::version(conn, id, entry).map(|(schema, version)| (schema, Some(version)))?,
                None => (query::find(conn, id)?, None),
            };
            let hooks = may_see_uses.then(|| Hooks::of(conn, id)).transpose()?;
            Ok((schema, version, hooks))
        })
        .await?;
    let drawn = signed.abilities.keeps_drawings().filter(|_| schema.editor && may_change);
    let elsewhere = drawn.or_else(|| signed.elsewhere(CHANGE_FLOW_SCHEMAS));
    if !may_change || drawn.is_some() {
        let occasion = Occasion::read(&params);
        let title = schema.name.clone();
        let body = look(move || {
            let text = shown(&schema.schema);
            let (warnings, preview) = examined(&text, schema.schema_type.known(), hooks.as_ref(), occasion);
            Show { schema, text, warnings, uses: hooks.map(|hooks| hooks.count), preview, elsewhere }
        });
        let body = body.await?;
        return Ok(Page { crumbs: crumbs::flow_schemas(), ..Page::new(Section::FlowSchemas, title, body) }.into());
    }
    let version =
        version.and_then(|version| if params.get("before").is_some() { version.before } else { version.after });
    let is_version = version.is_some();
    let (schema, typed) = look(move || {
        let mut typed = Typed::of(&schema, &params);
        if let Some((kept, text)) = version {
            typed.schema_type = kept.schema_type.word().into();
            (typed.name, typed.text) = (kept.name, shown(&text));
        }
        (schema, typed)
    })
    .await?;
    let edit = edit(Some((schema, hooks)), typed, query, Errors::default(), token).await?;
    Ok(form_page(StatusCode::OK, Edit { is_version, ..edit }))
}

pub async fn update(
    db: web::Data<Db>,
    id: Id,
    Filled(params, shown_again): Filled<MAX_BODY>,
    signed: Signed,
    token: Token,
) -> Answer {
    let id = *id;
    let query = View::<Filter>::of_form(&params).query();
    let typed = look(move || Typed::read(&params)).await?;
    let may_see_uses = signed.may(SEE_USES);
    let found =
        db.read(move |conn| Ok((query::find(conn, id)?, may_see_uses.then(|| Hooks::of(conn, id)).transpose()?))).await;
    let found = match found {
        Err(Error::NotFound(_)) if db.read(move |conn| change::was_removed(conn, id)).await? => {
            return gone(typed, query, token).await;
        }
        found => found?,
    };
    if let Some(Again { status, sentence }) = shown_again {
        let edit = edit(Some(found), typed, query, Errors::default(), token).await?;
        return Ok(form_page(status, Edit { again: Some(sentence), ..edit }));
    }
    if typed.pressed != Pressed::Save || typed.file_error.is_some() {
        return again(Some(found), typed, query, token).await;
    }
    let (wanted, found, mut typed) = look(move || (typed.wanted(Some(&found.0)), found, typed)).await?;
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(form_page(INVALID, edit(Some(found), typed, query, errors, token).await?)),
    };
    let (seen, change) = (typed.seen.clone(), Change::with_id(&typed.change, &signed.person));
    match signed.write(&db, move |conn| change::put(conn, id, &wanted, seen.as_deref(), &change)).await? {
        Ok(put) => {
            let name = short(&put.schema.name);
            let text = if put.change.is_some() { format!("Saved {name}") } else { format!("{name} is saved") };
            let here = || format!("{}{query}", paths::flow_schema(id));
            Ok(see_other(&typed.back.unwrap_or_else(here), &Flash::say(text).undo(put.change)))
        }
        Err(refused @ Refused::NameTaken) => {
            let errors = Errors { name: Some(refused.sentence().into()), ..Errors::default() };
            Ok(form_page(INVALID, edit(Some(found), typed, query, errors, token).await?))
        }
        Err(Refused::Stale(theirs)) => {
            // Now that the person knows, saving again is meant.
            typed.seen = Some(theirs.digest());
            let (theirs, typed, difference) = look(move || {
                let difference = difference(&theirs.schema, &typed.text);
                (theirs, typed, difference)
            })
            .await?;
            let found = (theirs.clone(), found.1);
            let edit = edit(Some(found), typed, query, Errors::default(), token).await?;
            Ok(form_page(StatusCode::CONFLICT, Edit { theirs: Some((theirs, difference)), ..edit }))
        }
        Err(Refused::Gone) => gone(typed, query, token).await,
    }
}

/// What was typed into a flow schema that is not there any more, as a new one.
async fn gone(typed: Typed, query: String, token: Token) -> Answer {
    let typed = Typed { seen: None, change: Change::new_id(), ..typed };
    let sentence = "Somebody removed this flow schema meanwhile. What you typed is here: Save adds it again.";
    let edit = edit(None, typed, query, Errors::default(), token).await?;
    Ok(form_page(StatusCode::CONFLICT, Edit { again: Some(sentence.into()), ..edit }))
}
