//! The requests of the Hooks tab.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};

use super::filter::{Hooks, Selection, View, hooks};
use super::form::{self, CHOOSE_EVENT, Errors, Typed, Wish};
use super::hook::{Choice, Hook};
use super::query::{self, Restored, Saved, Tab};
use super::view::{self, Edit, Index};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::event::Event;
use crate::flash::{Flash, Flashed, see_other};
use crate::flow_schemas;
use crate::flow_schemas::form::Given;
use crate::flow_schemas::query::Options;
use crate::flow_schemas::texts::look;
use crate::flow_schemas::view::Preview;
use crate::form::Form;
use crate::history;
use crate::journal::Change;
use crate::page::{Crumb, Page, Section};
use crate::paging::{Query, elsewhere};
use crate::params::Params;
use crate::queues;
use crate::queues::queue::Queue;
use crate::registry::{self, Removal, Restoration, enabled, gone, refused};
use crate::rights::SEE_FLOW_SCHEMAS;
use crate::sessions::Signed;
use crate::token::Token;
use crate::word::Word;

/// The queue's id, or those of the queue and the hook.
type Id = web::Path<i64>;
type Ids = web::Path<(i64, i64)>;

pub async fn index(
    db: web::Data<Db>,
    queue: Id,
    params: Params,
    signed: Signed,
    token: Token,
    flash: Flashed,
) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (tab, view) = db.read(move |conn| Ok((query::tab(conn, *queue, &mut view)?, view))).await?;
    if let Some(elsewhere) = elsewhere(&params, &notices, &tab.pages, &view::path(tab.queue.id), &view) {
        return Ok(elsewhere);
    }
    let mut index = Index::new(view, tab, &signed, token);
    (index.registry.notices, index.registry.focus) = (notices, flash.row());
    Ok(page(StatusCode::OK, index))
}

pub async fn new(
    db: web::Data<Db>,
    queue: Id,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (view, notices) = View::read(&params);
    let may_choose = signed.may(SEE_FLOW_SCHEMAS);
    let (typed, is_chosen) = Typed::default().chosen(&params);
    let mut open = db.read(move |conn| open(conn, *queue, None, view, typed, may_choose)).await?;
    open.edit.was_sent = is_chosen;
    Ok(modal(StatusCode::OK, open, &signed, token, notices))
}

pub async fn edit(
    db: web::Data<Db>,
    ids: Ids,
    params: Params,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (queue, id) = ids.into_inner();
    let (view, notices) = View::read(&params);
    let may_choose = signed.may(SEE_FLOW_SCHEMAS);
    let (mut open, is_chosen) = db
        .read(move |conn| {
            let (typed, is_chosen) = Typed::of(found(conn, queue, id)?.choice()).chosen(&params);
            Ok((open(conn, queue, Some(id), view, typed, may_choose)?, is_chosen))
        })
        .await?;
    open.edit.was_sent = is_chosen;
    Ok(modal(StatusCode::OK, open, &signed, token, notices))
}

pub async fn create(
    db: web::Data<Db>,
    queue: Id,
    form: Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    save(db, *queue, None, form, signed, token).await
}

pub async fn update(
    db: web::Data<Db>,
    ids: Ids,
    form: Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (queue, id) = ids.into_inner();
    save(db, queue, Some(id), form, signed, token).await
}

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The modal's form: back to the tab when it worked, else the modal again with what was typed.
async fn save(
    db: web::Data<Db>,
    queue: i64,
    id: Option<i64>,
    Form(params): Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let author = signed.author();
    let may_choose = signed.may(SEE_FLOW_SCHEMAS);
    let sent = Sent { queue, id, view: View::of_form(&params), typed: Typed::read(&params), signed };
    match sent.typed.wish {
        Wish::Search if may_choose => return sent.again(&db, token, StatusCode::OK, |_| ()).await,
        Wish::NewSchema => return Ok(sent.leave_for_schema()),
        _ => (),
    }
    let choice = match sent.typed.choice() {
        Ok(_) if sent.typed.wish == Wish::Preview => return sent.again(&db, token, StatusCode::OK, |_| ()).await,
        Ok(choice) => choice,
        Err(errors) => return sent.again(&db, token, INVALID, |edit| edit.errors = errors).await,
    };
    let (seen, if_taken, change) = (sent.typed.seen, sent.typed.if_taken, Change::with_id(&sent.typed.change, author));
    let saved = db
        .write(move |conn| {
            if !may_choose && !keeps_schema(conn, queue, id, choice)? {
                return Err(Error::Forbidden("Your rights do not cover choosing a flow schema. Nothing was changed."));
            }
            match id {
                None => query::insert(conn, queue, choice, if_taken, &change),
                Some(id) => query::update(conn, queue, id, choice, seen, if_taken, &change),
            }
        })
        .await?;
    match saved {
        Saved::Done(hook) => {
            let done = if id.is_some() { "Saved" } else { "Added" };
            let state = if hook.enabled { "" } else { ", disabled" };
            let flash = Flash::say(format!("{done} {}{state}", hook.short_name())).about(Some(hook.id));
            Ok(see_other(&tab_url(queue, &sent.view), &flash))
        }
        Saved::Unchanged(hook) => {
            Ok(see_other(&tab_url(queue, &sent.view), &Flash::say(format!("{} is saved", hook.short_name()))))
        }
        Saved::Taken(holder) => sent.again(&db, token, INVALID, |edit| edit.taken = Some(holder)).await,
        Saved::Stale(theirs) => sent.again(&db, token, StatusCode::CONFLICT, |edit| edit.theirs = Some(theirs)).await,
        Saved::NoSchema => {
            let schema = Some("This flow schema cannot be used any more. Choose another.");
            sent.again(&db, token, INVALID, |edit| edit.errors.schema = schema).await
        }
        Saved::Gone => Ok(see_other(&tab_url(queue, &sent.view), &Flash::say(REMOVED_MEANWHILE))),
    }
}

/// Whether a hook stays with its flow schema; one that is gone chooses nothing.
fn keeps_schema(conn: &mut Conn, queue: i64, id: Option<i64>, choice: Choice) -> Result<bool, Error> {
    let Some(id) = id else { return Ok(false) };
    Ok(query::find(conn, queue, id)?.is_none_or(|hook| hook.schema_id == choice.schema_id))
}

const REMOVED_MEANWHILE: &str = "That hook was removed meanwhile. Nothing was changed.";

/// The modal's form as it was sent.
struct Sent {
    queue: i64,
    id: Option<i64>,
    view: View,
    typed: Typed,
    signed: Signed,
}

impl Sent {
    /// The way to a new flow schema, from where another one leads back to this modal.
    fn leave_for_schema(&self) -> HttpResponse {
        let modal = self.id.map_or_else(|| "new".into(), |id| id.to_string());
        let mut back = format!("{}/{modal}{}", view::path(self.queue), self.view.query());
        if let Some(event) = self.typed.event() {
            let separator = if back.contains('?') { '&' } else { '?' };
            back.push_str(&format!("{separator}{CHOOSE_EVENT}={}", event.word()));
        }
        let query = Query::new(String::new()).append_pair("back", &back).finish();
        HttpResponse::SeeOther().insert_header((LOCATION, format!("{}/new?{query}", flow_schemas::view::PATH))).finish()
    }

    /// The modal again, with what was typed and what there is to say about it.
    async fn again(
        self,
        db: &Db,
        token: Token,
        status: StatusCode,
        say: impl FnOnce(&mut Edit),
    ) -> Result<HttpResponse, Error> {
        let Self { queue, id, view, typed, signed } = self;
        let may_choose = signed.may(SEE_FLOW_SCHEMAS);
        let mut open = db
            .read(move |conn| {
                id.map(|id| found(conn, queue, id)).transpose()?;
                open(conn, queue, id, view, typed, may_choose)
            })
            .await?;
        if let Some((text, given)) = open.previewed.take() {
            open.edit.preview = Some(look(move || Preview::of(&text, given)).await?);
        }
        open.edit.was_sent = true;
        say(&mut open.edit);
        Ok(modal(status, open, &signed, token, Vec::new()))
    }
}

/// The switch of one hook.
pub async fn state(
    db: web::Data<Db>,
    ids: Ids,
    Form(params): Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let (queue, id) = ids.into_inner();
    let mut view = View::of_form(&params);
    let enabled = enabled::<Hooks>(&params).map_err(|why| refused(&view::path(queue), &view, why))?;
    let if_taken = form::if_taken(&params);
    let change = Change::begin(signed.author());
    let saved = db.write(move |conn| query::switch(conn, queue, id, enabled, if_taken, &change)).await?;
    match saved {
        Saved::Done(hook) | Saved::Unchanged(hook) => {
            let done = if hook.enabled { "Enabled" } else { "Disabled" };
            Ok(see_other(&tab_url(queue, &view), &Flash::say(format!("{done} {}", hook.short_name()))))
        }
        Saved::Taken(holder) => {
            let (tab, hook, view) =
                db.read(move |conn| Ok((query::tab(conn, queue, &mut view)?, found(conn, queue, id)?, view))).await?;
            Ok(page(
                StatusCode::CONFLICT,
                Index { taken: Some((hook, holder)), ..Index::new(view, tab, &signed, token) },
            ))
        }
        Saved::Gone | Saved::Stale(_) | Saved::NoSchema => {
            Ok(see_other(&tab_url(queue, &view), &Flash::say(REMOVED_MEANWHILE)))
        }
    }
}

/// The switch of the selected hooks.
pub async fn states(
    db: web::Data<Db>,
    queue: Id,
    url: Params,
    Form(params): Form,
    signed: Signed,
) -> Result<HttpResponse, Error> {
    let queue = *queue;
    let view = View::of_form(&params);
    let enable = enabled::<Hooks>(&url).map_err(|why| refused(&view::path(queue), &view, why))?;
    let selection = Selection::read(&params).map_err(|why| refused(&view::path(queue), &view, why))?;
    let change = Change::begin(signed.author());
    let switched = db.write(move |conn| query::switch_selected(conn, queue, &selection, enable, &change)).await?;
    let mut text = format!("{} {}", if enable { "Enabled" } else { "Disabled" }, hooks(switched.switched));
    if !switched.taken.is_empty() {
        let events: Vec<_> = switched.taken.into_iter().map(Event::name).collect();
        text.push_str(&format!(". An event takes one enabled hook; the others stay disabled: {}", events.join(", ")));
    }
    text.push_str(&gone(switched.gone));
    Ok(see_other(&tab_url(queue, &view), &Flash::say(text)))
}

/// Asks before several hooks are removed.
pub async fn removal(db: web::Data<Db>, queue: Id, params: Params, token: Token) -> Result<HttpResponse, Error> {
    let queue = *queue;
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(&view::path(queue), &view, why))?;
    let view = selection.view(&params);
    let asked = selection.clone();
    let (queue, count, hooks) = db
        .read(move |conn| {
            let queue = queues::query::find(conn, queue)?;
            query::check(conn, queue.id, &asked)?;
            let count = query::count_selected(conn, queue.id, &asked)?;
            Ok((queue.clone(), count, query::selected(conn, queue.id, &asked, Removal::LISTED)?))
        })
        .await?;
    if count == 0 {
        return Ok(see_other(&tab_url(queue.id, &view), &Flash::say("The selected hooks are gone already.")));
    }
    let title = format!("Remove {} – {}", self::hooks(count), queue.name);
    let crumbs = crumbs(&queue);
    let of = format!(" of {}", queue.name);
    let mut body = Removal::new(view::path(queue.id), &view, &selection, token, count, &of);
    body.more = count - hooks.len() as i64;
    body.things = hooks.iter().map(|hook| (hook.name(), hook.enabled.then(|| "enabled".into()))).collect();
    Ok(Page { crumbs, ..Page::new(Section::Queues, title, body) }.into())
}

pub async fn remove(db: web::Data<Db>, queue: Id, Form(params): Form, signed: Signed) -> Result<HttpResponse, Error> {
    let queue = *queue;
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(&view::path(queue), &view, why))?;
    let asked = selection.size();
    let change = Change::begin(signed.author());
    let removal = change.id.clone();
    let (first, removed) = db.write(move |conn| query::remove(conn, queue, &selection, &change)).await?;
    let Some(first) = first else {
        return Ok(see_other(&tab_url(queue, &view), &Flash::say("That was removed already.")));
    };
    let mut text =
        if removed == 1 { format!("Removed {}", first.short_name()) } else { format!("Removed {}", hooks(removed)) };
    text.push_str(&gone(asked - removed));
    let undo = format!("{}/restoration", view::path(queue));
    Ok(see_other(&tab_url(queue, &view), &Flash::say(text).undo(undo, removal)))
}

/// Undoes a removal, or brings back one of the hooks that it took; from the history, back to there.
pub async fn restoration(
    db: web::Data<Db>,
    queue: Id,
    url: Params,
    Form(params): Form,
    signed: Signed,
) -> Result<HttpResponse, Error> {
    let queue = *queue;
    let view = View::of_form(&params);
    let Restoration { removal, only } = Restoration::read(&url, &params);
    let change = Change::begin(signed.author());
    let restored = db.write(move |conn| query::restore(conn, queue, &removal, only, &change)).await?;
    let text =
        told(&restored).ok_or_else(|| refused(&view::path(queue), &view, "There is no such removal in this queue."))?;
    let first = restored.first.map(|hook| hook.id);
    let back = history::handler::back(&params, history::query::Scope::Queue(queue), tab_url(queue, &view));
    Ok(see_other(&back, &Flash::say(text).about(first)))
}

/// The outcome of a restoration in words; `None` if there was nothing to restore.
fn told(restored: &Restored) -> Option<String> {
    let first = restored.first.as_ref().map(Hook::short_name);
    let mut sentences = registry::restored::<Hooks>(restored.restored, first, "", restored.existing);
    if !restored.disabled.is_empty() {
        let events: Vec<_> = restored.disabled.iter().map(|event| event.name()).collect();
        let events = events.join(", ");
        sentences.push(format!("Another hook is enabled for {events} meanwhile, so what came back for it is disabled"));
    }
    sentences.extend(without_schema(restored));
    (!sentences.is_empty()).then(|| sentences.join(". "))
}

/// What there is to say of hooks whose flow schema is gone.
pub fn without_schema(restored: &Restored) -> Option<String> {
    let count = restored.without_schema;
    (count > 0).then(|| format!("{} cannot come back: the flow schema was removed", hooks(count)))
}

/// The tab with the modal open.
struct Open {
    view: View,
    tab: Tab,
    edit: Edit,
    /// The text that is to be previewed, and with what.
    previewed: Option<(String, Given)>,
}

fn open(
    conn: &mut Conn,
    queue: i64,
    id: Option<i64>,
    mut view: View,
    mut typed: Typed,
    may_choose: bool,
) -> Result<Open, Error> {
    let tab = query::tab(conn, queue, &mut view)?;
    if typed.change.is_empty() {
        typed.change = Change::new_id();
    }
    let (schema, options) = if may_choose {
        let name = |id| flow_schemas::query::name(conn, id).map(|name| name.map(|name| (id, name)));
        let schema = typed.schema_id().map(name).transpose()?.flatten();
        let searched = typed.schema_q.trim();
        (schema, flow_schemas::query::options(conn, searched, flow_schemas::query::OPTIONS)?)
    } else {
        let hook = id.map(|id| found(conn, queue, id)).transpose()?;
        (hook.map(|hook| (hook.schema_id, hook.schema_name)), Options::default())
    };
    let previewed = match typed.choice() {
        Ok(Choice { event, schema_id }) if may_choose && typed.wish == Wish::Preview => {
            let given = Given { event: Some(event), queue_type: tab.queue.queue_type };
            flow_schemas::query::text(conn, schema_id)?.map(|text| (text, given))
        }
        _ => None,
    };
    let enabled = query::enabled(conn, queue)?.into_iter().filter(|hook| Some(hook.id) != id).collect();
    let edit = Edit {
        id,
        typed,
        was_sent: false,
        errors: Errors::default(),
        schema,
        options,
        preview: None,
        enabled,
        taken: None,
        theirs: None,
    };
    Ok(Open { view, tab, edit, previewed })
}

fn modal(status: StatusCode, open: Open, signed: &Signed, token: Token, notices: Vec<String>) -> HttpResponse {
    let Open { view, tab, edit, previewed: _ } = open;
    let mut index = Index { edit: Some(edit), ..Index::new(view, tab, signed, token) };
    index.registry.notices = notices;
    page(status, index)
}

fn page(status: StatusCode, index: Index) -> HttpResponse {
    let queue = &index.tab.queue;
    let title = format!("Hooks – {}", queue.name);
    let title_suffix = index.tab.pages.title();
    let crumbs = crumbs(queue);
    let is_modal = index.edit.is_some();
    Page { status, title_suffix, crumbs, is_modal, ..Page::new(Section::Queues, title, index) }.into()
}

pub fn crumbs(queue: &Queue) -> Vec<Crumb> {
    let mut crumbs = queues::handler::crumbs();
    crumbs.push(Crumb::new(&*queue.name, format!("{}/{}", queues::view::PATH, queue.id)));
    crumbs
}

fn found(conn: &mut Conn, queue: i64, id: i64) -> Result<Hook, Error> {
    query::find(conn, queue, id)?.ok_or_else(|| query::not_found(queue))
}

fn tab_url(queue: i64, view: &View) -> String {
    view.url(&view::path(queue))
}
