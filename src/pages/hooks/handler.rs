//! The requests of the Hooks tab, except those of its modal.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::form;
use super::view::Index;
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::model::hooks::change::{self, Patch, Refused};
use crate::model::hooks::filter::{Filter, Hooks, hooks};
use crate::model::hooks::hook::Hook;
use crate::model::hooks::query;
use crate::model::hooks::removal::{self as removing, expect_removable};
use crate::model::hooks::tab;
use crate::model::journal::Change;
use crate::model::queues;
use crate::model::queues::queue::state_name;
use crate::pages::crumbs;
use crate::web::access::Visitor;
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, Flashed, see_other};
use crate::web::form::Form;
use crate::web::page::{Page, Section};
use crate::web::paging::{Asked, View, title_suffix};
use crate::web::paths;
use crate::web::registry::removal::{self, Removal, gone};
use crate::web::registry::selection::{self, Selected, enabled};
use crate::web::token::Token;
use crate::word::Word;

/// The queue's id, or the ids of the queue and the hook.
pub type Id = web::Path<i64>;
pub type Ids = web::Path<(i64, i64)>;

pub async fn index(
    db: web::Data<Db>,
    queue: Id,
    mut asked: Asked<Filter>,
    visitor: Visitor,
    token: Token,
    flash: Flashed,
) -> Answer {
    let view = asked.view.clone();
    let read = move |conn: &mut Conn, _: &Signed| tab::tab(conn, *queue, &view.filter, view.order, view.range);
    let (signed, tab) = visitor.read(&db, read).await?;
    if let Some(elsewhere) = asked.elsewhere(&tab.hooks.pages) {
        return Ok(elsewhere);
    }
    let mut index = Index::new(asked.view, tab, &signed, token);
    (index.registry.notices, index.registry.focus) = (asked.notices, flash.row());
    Ok(page(StatusCode::OK, index))
}

/// Switches one hook.
pub async fn state(db: web::Data<Db>, ids: Ids, Form(params): Form, signed: Signed, token: Token) -> Answer {
    let (queue, id) = ids.into_inner();
    let mut view: View<Filter> = View::of_form(&params);
    let back = tab_url(queue, &view);
    let wanted = Patch::switch(enabled::<Hooks>(&params).back_to(&back)?);
    let (if_taken, change) = (form::if_taken(&params), Change::by(&signed.person));
    let put = signed
        .write(&db, move |conn| change::put(conn, queue, id, wanted, Patch::default(), if_taken, &change))
        .await?;
    match put {
        Ok(put) => {
            let text = format!("{} {}", state_name(put.hook.enabled), put.hook.short_name());
            Ok(see_other(&back, &Flash::say(text).undo(put.change)))
        }
        Err(Refused::Taken(holder)) => {
            let (tab, hook, view) = db
                .read(move |conn| {
                    let tab = tab::tab(conn, queue, &view.filter, view.order, view.range)?;
                    view.range.page = tab.hooks.pages.page;
                    Ok((tab, query::found(conn, queue, id)?, view))
                })
                .await?;
            let index = Index { taken: Some((hook, holder)), ..Index::new(view, tab, &signed, token) };
            Ok(page(StatusCode::CONFLICT, index))
        }
        Err(refused) => Ok(see_other(&back, &Flash::say(refused.sentence()))),
    }
}

/// Switches the selected hooks.
pub async fn states(db: web::Data<Db>, queue: Id, Selected(sent): Selected<Hooks>, signed: Signed) -> Answer {
    let (queue, enable, change) = (*queue, sent.enabled()?, Change::by(&signed.person));
    let (back, id) = (sent.back(), change.id.clone());
    let switched = signed
        .write(&db, move |conn| change::switch(conn, queue, &sent.selection, enable, &change))
        .await
        .back_to(&back)?;
    let mut text = format!("{} {}", state_name(enable), hooks(switched.switched));
    if !switched.taken.is_empty() {
        let events: Vec<_> = switched.taken.into_iter().map(Word::name).collect();
        text.push_str(&format!(". An event takes one enabled hook; the others stay disabled: {}", events.join(", ")));
    }
    text.push_str(&gone(switched.gone));
    Ok(see_other(&back, &Flash::say(text).undo((switched.switched > 0).then_some(id))))
}

/// Asks before several hooks are removed.
pub async fn removal(
    db: web::Data<Db>,
    queue: Id,
    selection::Asked(sent): selection::Asked<Hooks>,
    token: Token,
) -> Answer {
    let (queue, back, selection) = (*queue, sent.back(), sent.selection.clone());
    let (queue, count, first) = db
        .read(move |conn| {
            let queue = queues::query::find(conn, queue)?;
            query::check(conn, queue.id, &selection)?;
            let count = query::count_selected(conn, queue.id, &selection)?;
            expect_removable(conn, count)?;
            let first = query::selected(conn, queue.id, &selection, Removal::LISTED)?;
            Ok((queue, count, first))
        })
        .await
        .back_to(&back)?;
    if count == 0 {
        return Ok(see_other(&back, &Flash::say("The selected hooks are gone already.")));
    }
    let title = format!("Remove {} – {}", hooks(count), queue.name);
    let of = format!(" of {}", queue.name);
    let mut body = Removal::new(paths::hooks(queue.id), &sent, token, count, &of);
    body.more = count - first.len() as i64;
    body.things = first.iter().map(|hook| (hook.name(), hook.enabled.then(|| "enabled".into()))).collect();
    if first.iter().any(Hook::runs_unseen) {
        body.notes.push("Undo cannot bring back a hook that runs a flow schema of another domain.".into());
    }
    Ok(Page { crumbs: crumbs::queue(&queue), ..Page::new(Section::Queues, title, body) }.into())
}

/// Asks the same by POST, about rows whose ids may not fit into an address.
pub async fn question(db: web::Data<Db>, queue: Id, Selected(sent): Selected<Hooks>, token: Token) -> Answer {
    removal::ask(sent, |asked| removal(db, queue, asked, token)).await
}

pub async fn remove(db: web::Data<Db>, queue: Id, Selected(sent): Selected<Hooks>, signed: Signed) -> Answer {
    let (queue, back, asked) = (*queue, sent.back(), sent.selection.size());
    let change = Change::by(&signed.person);
    let id = change.id.clone();
    let removed =
        signed.write(&db, move |conn| removing::remove(conn, queue, &sent.selection, &change)).await.back_to(&back)?;
    let Some(first) = removed.first else {
        return Ok(see_other(&back, &Flash::say("That was removed already.")));
    };
    let what = if removed.hooks == 1 { first.short_name() } else { hooks(removed.hooks) };
    let text = format!("Removed {what}{}", gone(asked - removed.hooks));
    Ok(see_other(&back, &Flash::say(text).undo(id)))
}

pub fn page(status: StatusCode, index: Index) -> HttpResponse {
    let queue = &index.tab.queue;
    let title = format!("Hooks – {}", queue.name);
    let title_suffix = title_suffix(&index.tab.hooks.pages);
    let crumbs = crumbs::queue(queue);
    let is_modal = index.edit.is_some();
    Page { status, title_suffix, crumbs, is_modal, ..Page::new(Section::Queues, title, index) }.into()
}

pub fn tab_url(queue: i64, view: &View<Filter>) -> String {
    view.url(&paths::hooks(queue))
}
