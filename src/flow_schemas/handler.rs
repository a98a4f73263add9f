//! The requests of the Flow schemas section.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, http::header, web};
use askama::Template;

use super::filter::{FlowSchemas, Selection, UsesView, View, flow_schemas};
use super::flow_schema::{FlowSchema, SchemaType};
use super::form::{Errors, Given, MAX_BODY, Typed, Wish};
use super::query::{self, Restored, Saved};
use super::texts::look;
use super::view::{self, Edit, Index, PATH, Preview, Show, Texts, Used};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::event::Event;
use crate::flash::{Flash, Flashed, see_other};
use crate::flow::difference::difference;
use crate::flow::program::{check, shown};
use crate::flow::text::Problem;
use crate::flow::warnings::{Warning, warnings};
use crate::form::Form;
use crate::history;
use crate::hooks::form::CHOOSE_SCHEMA;
use crate::journal::Change;
use crate::page::{Crumb, Page, Section};
use crate::paging::{self, Query, elsewhere, short};
use crate::params::Params;
use crate::queues::queue::QueueType;
use crate::registry::{self, Removal, Restoration, gone, refused};
use crate::rights::{CHANGE_FLOW_SCHEMAS, SEE_USES};
use crate::sessions::Signed;
use crate::token::Token;
use crate::word::Word;

type Id = web::Path<i64>;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const NAME_TAKEN: &str = "Another flow schema has this name.";
const REMOVED_MEANWHILE: &str = "That flow schema was removed meanwhile. Nothing was changed.";

pub async fn index(
    db: web::Data<Db>,
    params: Params,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, &mut view)?, view))).await?;
    if let Some(elsewhere) = elsewhere(&params, &notices, &list.pages, PATH, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = list.pages.title();
    let mut index = Index::new(view, list, &signed, token);
    (index.registry.notices, index.registry.focus) = (notices, flash.row());
    Ok(Page { title_suffix, ..Page::new(Section::FlowSchemas, "Flow schemas", index) }.into())
}

/// What is known of a flow schema beside it.
struct Around {
    /// The events, and the types of queue, with which hooks run it.
    given: Vec<(Event, QueueType)>,
    /// How many hooks run it.
    uses: i64,
}

impl Around {
    fn of(conn: &mut Conn, id: i64) -> Result<Self, Error> {
        Ok(Self { given: query::given(conn, id)?, uses: query::count_uses(conn, id)? })
    }
}

pub async fn new(params: Params, token: Token) -> Result<HttpResponse, Error> {
    let query = View::read(&params).0.query();
    Ok(form_page(StatusCode::OK, edit(None, Typed::of_none(&params), query, Errors::default(), token).await?))
}

/// The form with what was typed, and what there is to say about it.
async fn edit(
    found: Option<(FlowSchema, Option<Around>)>,
    typed: Typed,
    query: String,
    errors: Errors,
    token: Token,
) -> Result<Edit, Error> {
    look(move || {
        let (schema, around) = found.unzip();
        let around = around.flatten();
        let schema_type = SchemaType::from_word(&typed.schema_type);
        let (warnings, preview) = looked_at(&typed.text, schema_type, around.as_ref(), typed.given);
        let uses = around.map(|around| around.uses);
        let is_changed = typed.is_changed(schema.as_ref(), &errors);
        let (theirs, is_version) = (None, false);
        Edit { schema, query, typed, errors, theirs, is_changed, is_version, warnings, uses, preview, token }
    })
    .await
}

/// What a text may get wrong where hooks run it, and what it would send; nothing of one that cannot be read.
fn looked_at(
    text: &str,
    schema_type: Option<SchemaType>,
    around: Option<&Around>,
    given: Given,
) -> (Vec<Warning>, Preview) {
    let Ok(program) = check(text) else { return (Vec::new(), Preview { given, requests: None }) };
    let used = around.map(|around| &*around.given).unwrap_or_default();
    (warnings(&program, schema_type, used), Preview::of_program(&program, given))
}

fn form_page(status: StatusCode, edit: Edit) -> HttpResponse {
    let title = edit.schema.as_ref().map_or("Add flow schema", |schema| &schema.name).to_owned();
    Page { status, crumbs: crumbs(), ..Page::new(Section::FlowSchemas, title, edit) }.into()
}

/// Adds a flow schema, and leads to it or back to the modal that waits for it.
pub async fn create(
    db: web::Data<Db>,
    Form(params): Form<MAX_BODY>,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let typed = Typed::read(&params);
    let query = View::of_form(&params).query();
    if typed.wish != Wish::Save || typed.file_error.is_some() {
        return granted(None, typed, query, token).await;
    }
    let (entered, typed) = look(move || (typed.entered(None), typed)).await?;
    let entered = match entered {
        Ok(entered) => entered,
        Err(errors) => return Ok(form_page(INVALID, edit(None, typed, query, errors, token).await?)),
    };
    let change = Change::with_id(&typed.change, signed.author());
    match db.write(move |conn| query::insert(conn, &entered, &change)).await? {
        Saved::Done(schema) | Saved::Unchanged(schema) => {
            let flash = Flash::say(format!("Added {}", short(&schema.name)));
            Ok(match typed.back {
                Some(back) => see_other(&with_schema(&back, schema.id), &flash),
                None => see_other(&view::path(schema.id), &flash),
            })
        }
        Saved::NameTaken => {
            let errors = Errors { name: Some(NAME_TAKEN.into()), ..Errors::default() };
            Ok(form_page(INVALID, edit(None, typed, query, errors, token).await?))
        }
        Saved::Stale(_) | Saved::Gone => Ok(see_other(PATH, &Flash::say(REMOVED_MEANWHILE))),
    }
}

/// The address of a modal, with a flow schema chosen in it.
fn with_schema(back: &str, id: i64) -> String {
    let mut choice = Query::new(String::new());
    choice.append_pair(CHOOSE_SCHEMA, &id.to_string());
    let separator = if back.contains('?') { '&' } else { '?' };
    format!("{back}{separator}{}", choice.finish())
}

/// The form again, after a button that saves nothing was pressed.
async fn granted(
    found: Option<(FlowSchema, Option<Around>)>,
    typed: Typed,
    query: String,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (typed, problem) = look(move || wished(typed)).await?;
    let status = if problem.is_some() || typed.file_error.is_some() { INVALID } else { StatusCode::OK };
    let errors = Errors { text: problem.map(Box::new), ..Errors::default() };
    Ok(form_page(status, edit(found, typed, query, errors, token).await?))
}

/// What was typed, indented if that was wished for, and what is wrong with it.
fn wished(mut typed: Typed) -> (Typed, Option<Problem>) {
    let problem = match check(&typed.text) {
        Err(problem) => Some(problem),
        Ok(_) if typed.wish != Wish::Format => None,
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

/// The form of a flow schema, or the schema alone for who may not change it. `version` fills the form with what an
/// earlier change made of it, or, with `before`, with what that change replaced.
pub async fn show(
    db: web::Data<Db>,
    id: Id,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let id = *id;
    let (may_change, may_see_uses) = (signed.may(CHANGE_FLOW_SCHEMAS), signed.may(SEE_USES));
    let entry = params.get("version").filter(|_| may_change).map(|entry| entry.parse().unwrap_or_default());
    let (schema, version, around) = db
        .read(move |conn| {
            let (schema, version) = match entry {
                Some(entry) => query::version(conn, id, entry).map(|(schema, version)| (schema, Some(version)))?,
                None => (query::find(conn, id)?, None),
            };
            let around = may_see_uses.then(|| Around::of(conn, id)).transpose()?;
            Ok((schema, version, around))
        })
        .await?;
    if !may_change {
        let given = Given::read(&params);
        let title = schema.name.clone();
        let body = look(move || {
            let text = shown(&schema.schema);
            let (warnings, preview) = looked_at(&text, Some(schema.schema_type), around.as_ref(), given);
            Show { schema, text, warnings, uses: around.map(|around| around.uses), preview }
        });
        let body = body.await?;
        return Ok(Page { crumbs: crumbs(), ..Page::new(Section::FlowSchemas, title, body) }.into());
    }
    let version =
        version.and_then(|version| if params.get("before").is_some() { version.before } else { version.after });
    let is_version = version.is_some();
    let (schema, typed) = look(move || {
        let mut typed = Typed::of(&schema, &params);
        if let Some((state, text)) = version {
            (typed.name, typed.text) = (state.name, shown(&text));
            typed.schema_type = state.schema_type.word().into();
        }
        (schema, typed)
    })
    .await?;
    let edit = edit(Some((schema, around)), typed, String::new(), Errors::default(), token).await?;
    Ok(form_page(StatusCode::OK, Edit { is_version, ..edit }))
}

pub async fn update(
    db: web::Data<Db>,
    id: Id,
    Form(params): Form<MAX_BODY>,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let id = *id;
    let typed = Typed::read(&params);
    let may_see_uses = signed.may(SEE_USES);
    let found = db
        .read(move |conn| Ok((query::find(conn, id)?, may_see_uses.then(|| Around::of(conn, id)).transpose()?)))
        .await;
    let found = match found {
        Err(Error::NotFound { .. }) if db.read(move |conn| query::was_removed(conn, id)).await? => {
            return Ok(see_other(PATH, &Flash::say(REMOVED_MEANWHILE)));
        }
        found => found?,
    };
    if typed.wish != Wish::Save || typed.file_error.is_some() {
        return granted(Some(found), typed, String::new(), token).await;
    }
    let (entered, found, mut typed) = look(move || (typed.entered(Some(&found.0)), found, typed)).await?;
    let entered = match entered {
        Ok(entered) => entered,
        Err(errors) => return Ok(form_page(INVALID, edit(Some(found), typed, String::new(), errors, token).await?)),
    };
    let (seen, change) = (typed.seen.clone(), Change::begin(signed.author()));
    match db.write(move |conn| query::update(conn, id, &entered, seen.as_deref(), &change)).await? {
        Saved::Done(schema) => Ok(see_other(&view::path(id), &Flash::say(format!("Saved {}", short(&schema.name))))),
        Saved::Unchanged(schema) => {
            Ok(see_other(&view::path(id), &Flash::say(format!("{} is saved", short(&schema.name)))))
        }
        Saved::NameTaken => {
            let errors = Errors { name: Some(NAME_TAKEN.into()), ..Errors::default() };
            Ok(form_page(INVALID, edit(Some(found), typed, String::new(), errors, token).await?))
        }
        Saved::Stale(theirs) => {
            // Saving once more is meant, now that the person knows.
            typed.seen = Some(theirs.digest());
            let (theirs, typed, difference) = look(move || {
                let difference = difference(&theirs.schema, &typed.text);
                (theirs, typed, difference)
            })
            .await?;
            let around = found.1;
            let edit = edit(Some((theirs.clone(), around)), typed, String::new(), Errors::default(), token).await?;
            Ok(form_page(StatusCode::CONFLICT, Edit { theirs: Some((theirs, difference)), ..edit }))
        }
        Saved::Gone => Ok(see_other(PATH, &Flash::say(REMOVED_MEANWHILE))),
    }
}

/// The text of a flow schema as a file.
pub async fn file(db: web::Data<Db>, id: Id) -> Result<HttpResponse, Error> {
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
pub async fn hooks(db: web::Data<Db>, id: Id, params: Params, token: Token) -> Result<HttpResponse, Error> {
    let (mut view, notices) = UsesView::read(&params);
    let (uses, view) = db.read(move |conn| Ok((query::uses(conn, *id, &mut view)?, view))).await?;
    let path = format!("{}/hooks", view::path(uses.schema.id));
    if let Some(elsewhere) = elsewhere(&params, &notices, &uses.pages, &path, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = uses.pages.title();
    let title = format!("Hooks – {}", uses.schema.name);
    let mut crumbs = crumbs();
    crumbs.push(Crumb::new(&*uses.schema.name, view::path(uses.schema.id)));
    let mut body = view::Hooks::new(view, uses, token);
    body.registry.notices = notices;
    Ok(Page { title_suffix, crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// What a change made of a flow schema.
pub async fn version(db: web::Data<Db>, ids: web::Path<(i64, i64)>, signed: Signed) -> Result<HttpResponse, Error> {
    let (id, entry) = ids.into_inner();
    let (schema, item, version) = db
        .read(move |conn| {
            let (schema, version) = query::version(conn, id, entry)?;
            Ok((schema, query::find_item(conn, id)?, version))
        })
        .await?;
    let (schema, version, texts) = look(move || {
        let texts = Texts::of(&version, &schema.schema);
        (schema, version, texts)
    })
    .await?;
    let mut crumbs = crumbs();
    crumbs.push(Crumb::new(&*schema.name, view::path(id)));
    crumbs.push(Crumb::new("History", format!("{}/history", view::path(id))));
    let title = format!("Version – {}", schema.name);
    let (may_change, may_see_uses) = (signed.may(CHANGE_FLOW_SCHEMAS), signed.may(SEE_USES));
    let body = view::Change { schema: item, version, texts, may_change, may_see_uses };
    Ok(Page { crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// Asks before flow schemas are removed; those that hooks run stay.
pub async fn removal(db: web::Data<Db>, params: Params, signed: Signed, token: Token) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(PATH, &view, why))?;
    let view = selection.view(&params);
    let asked = selection.clone();
    let found = db
        .read(move |conn| {
            query::check(conn, &asked)?;
            query::selected(conn, &asked, Removal::LISTED)
        })
        .await?;
    if found.count == 0 {
        return Ok(see_other(&view.url(PATH), &Flash::say("The selected flow schemas are gone already.")));
    }
    if found.free == 0 {
        return used(&db, found, &view, &signed).await;
    }
    let mut body = Removal::new(PATH.into(), &view, &selection, token, found.free, "");
    let used = found.count - found.free;
    body.notes.clear();
    if selection.size() > found.count {
        body.notes.push(registry::gone_already(selection.size() - found.count));
    }
    if let ([schema], 1) = (&found.first_free[..], found.free) {
        body.question = format!("Remove {}?", schema.name);
    }
    if used > 0 {
        let names: Vec<_> = found.first_used.iter().map(|(schema, _)| &*schema.name).collect();
        let more = used - names.len() as i64;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        body.notes.push(format!("{}: {}{more}.", stay(used), names.join(", ")));
    }
    body.more = found.free - found.first_free.len() as i64;
    body.things = found.first_free.into_iter().map(|schema| (schema.name, None)).collect();
    let title = body.title();
    Ok(Page { crumbs: crumbs(), ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// Says which hooks run the flow schemas that were to be removed.
async fn used(db: &Db, found: query::Selected, view: &View, signed: &Signed) -> Result<HttpResponse, Error> {
    let may_see_uses = signed.may(SEE_USES);
    let hooks = match &found.first_used[..] {
        [(schema, _)] if may_see_uses => {
            let id = schema.id;
            db.read(move |conn| Ok(query::uses(conn, id, &mut UsesView::default())?.rows)).await?
        }
        _ => Vec::new(),
    };
    let more = found.count - found.first_used.len() as i64;
    let body = Used { query: view.query(), first: found.first_used, more, hooks, may_see_uses };
    let page = Page::new(Section::FlowSchemas, "Hooks run this", body);
    Ok(Page { status: StatusCode::CONFLICT, crumbs: crumbs(), ..page }.into())
}

/// What there is to say of flow schemas that cannot be removed.
fn stay(count: i64) -> String {
    let it = if count == 1 { "stays, because hooks run it" } else { "stay, because hooks run them" };
    format!("{} {it}", flow_schemas(count))
}

pub async fn remove(db: web::Data<Db>, Form(params): Form, signed: Signed) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(PATH, &view, why))?;
    let (asked, change) = (selection.clone(), Change::begin(signed.author()));
    let removal = change.id.clone();
    let removed = db.write(move |conn| query::remove(conn, &asked, &change)).await?;
    let Some(first) = removed.first else {
        if removed.used == 0 {
            return Ok(see_other(&view.url(PATH), &Flash::say("That was removed already.")));
        }
        let found = db.read(move |conn| query::selected(conn, &selection, Removal::LISTED)).await?;
        return used(&db, found, &view, &signed).await;
    };
    let what = if removed.removed == 1 { short(&first) } else { flow_schemas(removed.removed) };
    let mut text = format!("Removed {what}");
    if removed.used > 0 {
        text.push_str(&format!(". {}", stay(removed.used)));
    }
    text.push_str(&gone(selection.size() - removed.removed - removed.used));
    Ok(see_other(&view.url(PATH), &Flash::say(text).undo(format!("{PATH}/restoration"), removal)))
}

/// Undoes a removal, or brings back one of the flow schemas that it took; from the history, back to there.
pub async fn restoration(
    db: web::Data<Db>,
    url: Params,
    Form(params): Form,
    signed: Signed,
) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let Restoration { removal, only } = Restoration::read(&url, &params);
    let change = Change::begin(signed.author());
    let restored = db.write(move |conn| query::restore(conn, &removal, only, &change)).await?;
    let text = told(&restored).ok_or_else(|| refused(PATH, &view, "There is no such removal of flow schemas."))?;
    let back = history::handler::back(&params, history::query::Scope::FlowSchemas, view.url(PATH));
    Ok(see_other(&back, &Flash::say(text).about(restored.first.map(|schema| schema.id))))
}

/// The outcome of a restoration in words; `None` if there was nothing to restore.
fn told(restored: &Restored) -> Option<String> {
    let first = restored.first.as_ref().map(|schema| short(&schema.name));
    let mut sentences = registry::restored::<FlowSchemas>(restored.restored, first, "", restored.existing);
    match &restored.taken[..] {
        [] => (),
        [name] => sentences.push(format!("{} cannot come back: another flow schema has its name now", short(name))),
        names => {
            let count = flow_schemas(names.len() as i64);
            sentences.push(format!("{count} cannot come back: others have their names now"));
        }
    }
    (!sentences.is_empty()).then(|| sentences.join(". "))
}

/// The rows of the searchable drop-down: a part of a page.
pub async fn options(db: web::Data<Db>, params: Params) -> Result<HttpResponse, Error> {
    let q = params.text("q").trim().to_owned();
    let limit = params.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(query::OPTIONS);
    let limit = limit.clamp(1, paging::MAX_SIZE);
    let (options, q) = db.read(move |conn| Ok((query::options(conn, &q, limit)?, q))).await?;
    let html = view::OptionRows { options, q }.render().map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

/// The places above a flow schema.
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Routing", PATH), Crumb::new("Flow schemas", PATH)]
}
