//! The requests of the Queues section.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::filter::{Queues, Selection, View, queues};
use super::form::{Errors, Typed};
use super::query::{self, Restored, Saved};
use super::view::{self, Index, New, PATH, Show};
use crate::db::Db;
use crate::error::Error;
use crate::flash::{Flash, Flashed, see_other};
use crate::form::Form;
use crate::history;
use crate::hooks;
use crate::hooks::filter::hooks as counted;
use crate::hooks::hook::state_name;
use crate::journal::Change;
use crate::page::{Crumb, Page, Section};
use crate::paging::{elsewhere, short};
use crate::params::Params;
use crate::registry::{self, Removal, Restoration, enabled, gone, refused};
use crate::sessions::Signed;
use crate::token::Token;

type Id = web::Path<i64>;

const REMOVED_MEANWHILE: &str = "That queue was removed meanwhile. Nothing was changed.";

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
    Ok(Page { title_suffix, ..Page::new(Section::Queues, "Queues", index) }.into())
}

pub async fn new(params: Params, token: Token) -> HttpResponse {
    let query = View::read(&params).0.query();
    form_page(StatusCode::OK, New { query, typed: Typed::of_none(), errors: Errors::default(), token })
}

fn form_page(status: StatusCode, new: New) -> HttpResponse {
    Page { status, crumbs: crumbs(), ..Page::new(Section::Queues, "Add queue", new) }.into()
}

/// Adds a queue and leads to its hooks.
pub async fn create(
    db: web::Data<Db>,
    Form(params): Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let typed = Typed { seen: None, ..Typed::read(&params) };
    let wanted = match typed.state() {
        Ok(wanted) => wanted,
        Err(errors) => {
            let query = View::of_form(&params).query();
            return Ok(form_page(StatusCode::UNPROCESSABLE_ENTITY, New { query, typed, errors, token }));
        }
    };
    let change = Change::with_id(&typed.change, signed.author());
    let queue = match db.write(move |conn| query::insert(conn, &wanted, &change)).await? {
        Saved::Done(queue) | Saved::Unchanged(queue) | Saved::Stale(queue) => queue,
        Saved::Gone => return Ok(see_other(PATH, &Flash::say(REMOVED_MEANWHILE))),
    };
    let added = format!("Added {}", short(&queue.name));
    Ok(see_other(&hooks::view::path(queue.id), &Flash::say(added)))
}

pub async fn show(db: web::Data<Db>, id: Id, signed: Signed, token: Token) -> Result<HttpResponse, Error> {
    let queue = db.read(move |conn| query::find(conn, *id)).await?;
    let typed = Typed::of(&queue);
    Ok(general(StatusCode::OK, Show::new(queue, typed, &signed, token)))
}

fn general(status: StatusCode, show: Show) -> HttpResponse {
    let title = format!("General – {}", show.queue.name);
    Page { status, crumbs: crumbs(), ..Page::new(Section::Queues, title, show) }.into()
}

pub async fn update(
    db: web::Data<Db>,
    id: Id,
    Form(params): Form,
    signed: Signed,
    token: Token,
) -> Result<HttpResponse, Error> {
    let id = *id;
    let mut typed = Typed::read(&params);
    let wanted = match typed.state() {
        Ok(wanted) => wanted,
        Err(errors) => {
            let queue = db.read(move |conn| query::find(conn, id)).await?;
            let show = Show { errors, ..Show::new(queue, typed, &signed, token) };
            return Ok(general(StatusCode::UNPROCESSABLE_ENTITY, show));
        }
    };
    let (seen, change) = (typed.seen.clone(), Change::begin(signed.author()));
    match db.write(move |conn| query::update(conn, id, &wanted, seen.as_ref(), &change)).await? {
        Saved::Done(queue) => Ok(see_other(&view::path(id), &Flash::say(format!("Saved {}", short(&queue.name))))),
        Saved::Unchanged(queue) => {
            Ok(see_other(&view::path(id), &Flash::say(format!("{} is saved", short(&queue.name)))))
        }
        Saved::Stale(theirs) => {
            // Saving once more is meant, now that the person knows.
            typed.seen = Some(theirs.state());
            let show = Show { theirs: Some(theirs.clone()), ..Show::new(theirs, typed, &signed, token) };
            Ok(general(StatusCode::CONFLICT, show))
        }
        Saved::Gone => Ok(see_other(PATH, &Flash::say(REMOVED_MEANWHILE))),
    }
}

/// The switch of one queue.
pub async fn state(db: web::Data<Db>, id: Id, Form(params): Form, signed: Signed) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let enabled = enabled::<Queues>(&params).map_err(|why| refused(PATH, &view, why))?;
    let change = Change::begin(signed.author());
    let text = match db.write(move |conn| query::switch(conn, *id, enabled, &change)).await? {
        Saved::Done(queue) | Saved::Unchanged(queue) | Saved::Stale(queue) => {
            format!("{} {}", state_name(queue.enabled), short(&queue.name))
        }
        Saved::Gone => REMOVED_MEANWHILE.into(),
    };
    Ok(see_other(&view.url(PATH), &Flash::say(text)))
}

/// The switch of the selected queues.
pub async fn states(db: web::Data<Db>, url: Params, Form(params): Form, signed: Signed) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let enabled = enabled::<Queues>(&url).map_err(|why| refused(PATH, &view, why))?;
    let selection = Selection::read(&params).map_err(|why| refused(PATH, &view, why))?;
    let change = Change::begin(signed.author());
    let (switched, missing) = db.write(move |conn| query::switch_selected(conn, &selection, enabled, &change)).await?;
    let text = format!("{} {}{}", state_name(enabled), queues(switched), gone(missing));
    Ok(see_other(&view.url(PATH), &Flash::say(text)))
}

/// Asks before queues are removed, and says how many hooks go with them.
pub async fn removal(db: web::Data<Db>, params: Params, token: Token) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(PATH, &view, why))?;
    let view = selection.view(&params);
    let asked = selection.clone();
    let ((count, hooks), first) = db
        .read(move |conn| {
            query::check(conn, &asked)?;
            Ok((query::count_selected(conn, &asked)?, query::selected(conn, &asked, Removal::LISTED)?))
        })
        .await?;
    if count == 0 {
        return Ok(see_other(&view.url(PATH), &Flash::say("The selected queues are gone already.")));
    }
    let mut body = Removal::new(PATH.into(), &view, &selection, token, count, "");
    if let [(queue, _)] = &first[..] {
        body.question = format!("Remove {}?", queue.name);
    }
    if hooks > 0 {
        body.notes.push(format!(
            "{} go{} with {}.",
            counted(hooks),
            if hooks == 1 { "es" } else { "" },
            if count == 1 { "it" } else { "them" }
        ));
    }
    body.more = count - first.len() as i64;
    body.things = first.into_iter().map(|(queue, hooks)| (queue.name, view::badge(hooks))).collect();
    let title = body.title();
    Ok(Page { crumbs: crumbs(), ..Page::new(Section::Queues, title, body) }.into())
}

pub async fn remove(db: web::Data<Db>, Form(params): Form, signed: Signed) -> Result<HttpResponse, Error> {
    let view = View::of_form(&params);
    let selection = Selection::read(&params).map_err(|why| refused(PATH, &view, why))?;
    let asked = selection.size();
    let change = Change::begin(signed.author());
    let removal = change.id.clone();
    let moved = db.write(move |conn| query::remove(conn, &selection, &change)).await?;
    let Some(first) = moved.first else {
        return Ok(see_other(&view.url(PATH), &Flash::say("That was removed already.")));
    };
    let what = if moved.queues == 1 { short(&first.name) } else { queues(moved.queues) };
    let text = format!("Removed {what}{}{}", with_hooks(moved.hooks), gone(asked - moved.queues));
    Ok(see_other(&view.url(PATH), &Flash::say(text).undo(format!("{PATH}/restoration"), removal)))
}

/// What a message adds about hooks that go or come with queues.
fn with_hooks(count: i64) -> String {
    if count == 0 { String::new() } else { format!(" with {}", counted(count)) }
}

/// Undoes a removal, or brings back one of the queues that it took; from the history, back to there.
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
    let text = told(&restored).ok_or_else(|| refused(PATH, &view, "There is no such removal of queues."))?;
    let back = history::handler::back(&params, history::query::Scope::Queues, view.url(PATH));
    Ok(see_other(&back, &Flash::say(text).about(restored.first.map(|queue| queue.id))))
}

/// The outcome of a restoration in words; `None` if there was nothing to restore.
fn told(restored: &Restored) -> Option<String> {
    let first = restored.first.as_ref().map(|queue| short(&queue.name));
    let with = with_hooks(restored.hooks.restored);
    let mut sentences = registry::restored::<Queues>(restored.queues, first, &with, restored.existing);
    sentences.extend(hooks::handler::without_schema(&restored.hooks));
    (!sentences.is_empty()).then(|| sentences.join(". "))
}

/// The places above a queue.
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Contact center", PATH), Crumb::new("Queues", PATH)]
}
