//! The requests of the Queues section.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::form::Typed;
use super::view::{self, Index, New, Show};
use crate::access::rights::REMOVE_QUEUES;
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::model::hooks::filter::hooks;
use crate::model::hooks::removal::expect_removable;
use crate::model::journal::Change;
use crate::model::queues::change::{self, Patch, Refused};
use crate::model::queues::filter::{Filter, Queues, queues};
use crate::model::queues::query;
use crate::model::queues::queue::state_name;
use crate::name::short;
use crate::pages::crumbs;
use crate::web::access::Visitor;
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, Flashed, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::paging::{Asked, View, title_suffix};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::registry::removal::{self, Removal, gone, with_hooks};
use crate::web::registry::selection::{self, Selected, enabled};
use crate::web::token::Token;

type Id = web::Path<i64>;

pub async fn index(
    db: web::Data<Db>,
    mut asked: Asked<Filter>,
    visitor: Visitor,
    token: Token,
    flash: Flashed,
) -> Answer {
    let view = asked.view.clone();
    let read = move |conn: &mut Conn, _: &Signed| query::list(conn, &view.filter, view.order, view.range);
    let (signed, list) = visitor.read(&db, read).await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&list.pages);
    let mut index = Index::new(asked.view, list, &signed, token);
    (index.registry.notices, index.registry.focus) = (asked.notices, flash.row());
    Ok(Page { title_suffix, ..Page::new(Section::Queues, "Queues", index) }.into())
}

pub async fn new(params: Params, token: Token) -> HttpResponse {
    let query = View::<Filter>::read(&params).0.query();
    form_page(StatusCode::OK, New::of(query, Typed::of_none(), token))
}

fn form_page(status: StatusCode, new: New) -> HttpResponse {
    Page { status, crumbs: crumbs::queues(), ..Page::new(Section::Queues, "Add queue", new) }.into()
}

/// Adds a queue and leads to its hooks.
pub async fn create(db: web::Data<Db>, Filled(params, again): Filled, signed: Signed, token: Token) -> Answer {
    let typed = Typed { seen: None, ..Typed::read(&params) };
    let query = View::<Filter>::of_form(&params).query();
    if let Some(Again { status, sentence }) = again {
        return Ok(form_page(status, New { again: Some(sentence), ..New::of(query, typed, token) }));
    }
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(errors) => {
            return Ok(form_page(StatusCode::UNPROCESSABLE_ENTITY, New { errors, ..New::of(query, typed, token) }));
        }
    };
    let change = Change::with_id(&typed.change, &signed.person);
    match signed.write(&db, move |conn| change::add(conn, &wanted, &change)).await? {
        Ok(put) => {
            let flash = Flash::say(format!("Added {}", short(&put.queue.name)));
            // Its undo removes it.
            let undo = put.change.filter(|_| signed.may(REMOVE_QUEUES));
            Ok(see_other(&paths::hooks(put.queue.id), &flash.undo(undo)))
        }
        Err(refused) => Ok(see_other(&paths::queues(), &Flash::say(refused.sentence()))),
    }
}

pub async fn show(db: web::Data<Db>, id: Id, signed: Signed, token: Token) -> Answer {
    let queue = db.read(move |conn| query::find(conn, *id)).await?;
    let typed = Typed::of(&queue);
    Ok(general(StatusCode::OK, Show::new(queue, typed, &signed, token)))
}

fn general(status: StatusCode, show: Show) -> HttpResponse {
    let title = format!("General – {}", show.queue.name);
    Page { status, crumbs: crumbs::queues(), ..Page::new(Section::Queues, title, show) }.into()
}

pub async fn update(db: web::Data<Db>, id: Id, Filled(params, again): Filled, signed: Signed, token: Token) -> Answer {
    let id = *id;
    let mut typed = Typed::read(&params);
    if let Some(Again { status, sentence }) = again {
        let queue = db.read(move |conn| query::find(conn, id)).await?;
        return Ok(general(status, Show { again: Some(sentence), ..Show::new(queue, typed, &signed, token) }));
    }
    let wanted: Patch = match typed.wanted() {
        Ok(wanted) => wanted.into(),
        Err(errors) => {
            let queue = db.read(move |conn| query::find(conn, id)).await?;
            let show = Show { errors, ..Show::new(queue, typed, &signed, token) };
            return Ok(general(StatusCode::UNPROCESSABLE_ENTITY, show));
        }
    };
    let (seen, change) = (typed.seen(), Change::with_id(&typed.change, &signed.person));
    match signed.write(&db, move |conn| change::put(conn, id, &wanted, &seen, &change)).await? {
        Ok(put) => {
            let name = short(&put.queue.name);
            let text = if put.change.is_some() { format!("Saved {name}") } else { format!("{name} is saved") };
            Ok(see_other(&paths::queue(id), &Flash::say(text).undo(put.change)))
        }
        Err(Refused::Stale(theirs)) => {
            typed.knows(&theirs);
            let show = Show { theirs: Some(theirs.clone()), ..Show::new(theirs, typed, &signed, token) };
            Ok(general(StatusCode::CONFLICT, show))
        }
        Err(gone @ Refused::Gone) => Ok(see_other(&paths::queues(), &Flash::say(gone.sentence()))),
    }
}

/// Switches one queue.
pub async fn state(db: web::Data<Db>, id: Id, Form(params): Form, signed: Signed) -> Answer {
    let back = View::<Filter>::of_form(&params).url(&paths::queues());
    let wanted = Patch::switch(enabled::<Queues>(&params).back_to(&back)?);
    let (id, change) = (*id, Change::by(&signed.person));
    let put = signed.write(&db, move |conn| change::put(conn, id, &wanted, &Patch::default(), &change)).await?;
    let flash = match put {
        Ok(put) => {
            let text = format!("{} {}", state_name(put.queue.enabled), short(&put.queue.name));
            Flash::say(text).undo(put.change)
        }
        Err(refused) => Flash::say(refused.sentence()),
    };
    Ok(see_other(&back, &flash))
}

/// Switches the selected queues.
pub async fn states(db: web::Data<Db>, Selected(sent): Selected<Queues>, signed: Signed) -> Answer {
    let (back, enabled, change) = (sent.back(), sent.enabled()?, Change::by(&signed.person));
    let id = change.id.clone();
    let switched = signed.write(&db, move |conn| change::switch(conn, &sent.selection, enabled, &change)).await;
    let (switched, missing) = switched.back_to(&back)?;
    let text = format!("{} {}{}", state_name(enabled), queues(switched), gone(missing));
    Ok(see_other(&back, &Flash::say(text).undo((switched > 0).then_some(id))))
}

/// Asks before queues are removed, and says how many hooks go with them.
pub async fn removal(db: web::Data<Db>, selection::Asked(sent): selection::Asked<Queues>, token: Token) -> Answer {
    let (back, selection) = (sent.back(), sent.selection.clone());
    let ((count, hooks_of_them), first) = db
        .read(move |conn| {
            query::check(conn, &selection)?;
            let (count, hooks) = query::count_selected(conn, &selection)?;
            expect_removable(conn, hooks)?;
            Ok(((count, hooks), query::selected(conn, &selection, Removal::LISTED)?))
        })
        .await
        .back_to(&back)?;
    if count == 0 {
        return Ok(see_other(&back, &Flash::say("The selected queues are gone already.")));
    }
    let mut body = Removal::new(paths::queues(), &sent, token, count, "");
    if let [(queue, _)] = &first[..] {
        body.question = format!("Remove {}?", queue.name);
    }
    if hooks_of_them > 0 {
        let go = if hooks_of_them == 1 { "goes" } else { "go" };
        let them = if count == 1 { "it" } else { "them" };
        body.notes.push(format!("{} {go} with {them}.", hooks(hooks_of_them)));
    }
    body.more = count - first.len() as i64;
    body.things = first.into_iter().map(|(queue, hooks)| (queue.name, view::badge(hooks.all))).collect();
    let title = body.title();
    Ok(Page { crumbs: crumbs::queues(), ..Page::new(Section::Queues, title, body) }.into())
}

/// Asks the same by POST, about rows whose ids may not fit into an address.
pub async fn question(db: web::Data<Db>, Selected(sent): Selected<Queues>, token: Token) -> Answer {
    removal::ask(sent, |asked| removal(db, asked, token)).await
}

pub async fn remove(db: web::Data<Db>, Selected(sent): Selected<Queues>, signed: Signed) -> Answer {
    let (back, asked, change) = (sent.back(), sent.selection.size(), Change::by(&signed.person));
    let id = change.id.clone();
    let removed = signed.write(&db, move |conn| change::remove(conn, &sent.selection, &change)).await.back_to(&back)?;
    let Some(first) = removed.first else {
        return Ok(see_other(&back, &Flash::say("That was removed already.")));
    };
    let what = if removed.queues == 1 { short(&first.name) } else { queues(removed.queues) };
    let text = format!("Removed {what}{}{}", with_hooks(removed.hooks), gone(asked - removed.queues));
    Ok(see_other(&back, &Flash::say(text).undo(id)))
}
