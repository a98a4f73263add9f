//! Copies of a queue's hooks that other queues get: which queues, the plan, and carrying it out. The path names the hooks.

use std::collections::BTreeSet;

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};

use super::form::{choice, kept};
use super::hooks::{Around, done, page};
use super::view::Targets;
use crate::access::session::Signed;
use crate::db::Db;
use crate::error::{Error, Thing};
use crate::model::hooks;
use crate::model::hooks::filter::{Hooks, Selection, hooks as hooks_};
use crate::model::journal::Change;
use crate::model::plans::Outcome;
use crate::model::plans::addition::{MAX_COPIED, Origin, Plan, Wish, carry_out, plan as make};
use crate::model::queues::filter::{Filter, Queues, queues};
use crate::model::queues::query;
use crate::model::queues::queue::Queue;
use crate::pages::crumbs;
use crate::web::failure::{Answer, BackTo, Failure};
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::page::{Crumb, Page, Section};
use crate::web::paging::{Asked, title_suffix};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::registry::selection::{Sent, ask};
use crate::web::registry::{May, Registry, joined};
use crate::web::token::Token;

/// The queue, and the ids of its hooks with dots between them.
type Ids = web::Path<(i64, String)>;

/// The queue and the hooks in an address.
struct Source {
    queue_id: i64,
    hooks: BTreeSet<i64>,
}

impl Source {
    fn read(ids: Ids) -> Result<Self, Failure> {
        let (queue_id, hooks) = ids.into_inner();
        let hooks: Option<BTreeSet<i64>> = hooks.split('.').map(|id| id.parse().ok()).collect();
        let hooks = hooks.filter(|hooks| hooks.len() <= MAX_COPIED);
        Ok(Self { queue_id, hooks: hooks.ok_or(Error::NotFound(Thing::Hook { queue: queue_id }))? })
    }

    /// Where queues are chosen for the hooks.
    fn path(&self) -> String {
        paths::copies(self.queue_id, &joined(&self.hooks))
    }

    fn sent(&self, params: &Params) -> Result<Sent<Queues>, Failure> {
        Sent::of(self.path(), Params::default(), params)
    }

    fn wish(&self, sent: &Sent<Queues>) -> Wish {
        let origin = Origin::Copy { queue_id: self.queue_id, hooks: self.hooks.clone() };
        Wish { origin, queues: sent.selection.clone() }
    }
}

fn crumbs_of(queue: &Queue) -> Vec<Crumb> {
    let mut crumbs = crumbs::queue(queue);
    crumbs.push(Crumb::new("Hooks", paths::hooks(queue.id)));
    crumbs
}

/// Leads from the hooks that are selected in their tab to the queues.
pub async fn choose(db: web::Data<Db>, queue: web::Path<i64>, Form(params): Form) -> Answer {
    let queue = *queue;
    let sent: Sent<Hooks> = Sent::of(paths::hooks(queue), Params::default(), &params)?;
    let selection = sent.selection.clone();
    let found = db
        .read(move |conn| {
            query::find(conn, queue)?;
            hooks::query::check(conn, queue, &selection)?;
            let count = hooks::query::count_selected(conn, queue, &selection)?;
            if count > MAX_COPIED as i64 {
                let (selected, most) = (hooks_(count), MAX_COPIED);
                return Err(Error::Unprocessable(format!(
                    "You selected {selected}, and at most {most} can be copied at once. Select fewer."
                )));
            }
            Ok(hooks::query::selected(conn, queue, &selection, count)?)
        })
        .await
        .back_to(&sent.back())?;
    if found.is_empty() {
        return Ok(see_other(&sent.back(), &Flash::say("The selected hooks are gone already.")));
    }
    // In the order in which the pages that follow name them.
    let ids: BTreeSet<i64> = found.iter().map(|hook| hook.id).collect();
    let ids = joined(&ids);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, paths::copies(queue, &ids))).finish())
}

/// The queues to choose from.
pub async fn index(db: web::Data<Db>, ids: Ids, mut asked: Asked<Filter>, token: Token) -> Answer {
    let source = Source::read(ids)?;
    let (view, queue, ids) = (asked.view.clone(), source.queue_id, source.hooks.clone());
    let (queue, hooks, list) = db
        .read(move |conn| {
            let queue = query::find(conn, queue)?;
            let hooks = hooks::query::selected(conn, queue.id, &Selection::Ids(ids), MAX_COPIED as i64)?;
            if hooks.is_empty() {
                return Err(Error::NotFound(Thing::Hook { queue: queue.id }));
            }
            Ok((queue, hooks, query::list(conn, &view.filter, view.order, view.range)?))
        })
        .await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let (suffix, crumbs) = (title_suffix(&list.pages), crumbs_of(&queue));
    let shown = list.rows.iter().map(|(queue, _)| queue.id).collect();
    let may = May { plan: true, ..May::default() };
    let mut registry = Registry::new(source.path(), asked.view, list.pages, shown, token, may);
    (registry.notices, registry.keeps) = (asked.notices, true);
    let title = format!("Copy {} of {}", hooks_(hooks.len() as i64), queue.name);
    let body = Targets { registry, rows: list.rows, title: title.clone(), hooks, back: paths::hooks(queue.id) };
    Ok(Page { title_suffix: suffix, crumbs, ..Page::new(Section::Queues, title, body) }.into())
}

pub async fn plan(db: web::Data<Db>, ids: Ids, params: Params, signed: Signed, token: Token) -> Answer {
    let source = Source::read(ids)?;
    let sent = source.sent(&params)?;
    planned(&db, &source, sent, signed, token).await
}

/// Asks for the plan by POST: the ids of the queues may not fit into an address.
pub async fn question(db: web::Data<Db>, ids: Ids, Form(params): Form, signed: Signed, token: Token) -> Answer {
    let source = Source::read(ids)?;
    let (sent, address) = (source.sent(&params)?, format!("{}/plan", source.path()));
    ask(sent, &address, &[], |sent| planned(&db, &source, sent, signed, token)).await
}

async fn planned(db: &Db, source: &Source, sent: Sent<Queues>, signed: Signed, token: Token) -> Answer {
    let (wish, queue) = (source.wish(&sent), source.queue_id);
    let made = db.read(move |conn| Ok((query::find(conn, queue)?, make(conn, &wish, &signed.person.rights)?))).await;
    let (queue, made) = made.back_to(&sent.back())?;
    Ok(page(&made, None, around(&sent, &queue, &made, source.path(), &Change::new_id()), token))
}

fn around(sent: &Sent<Queues>, queue: &Queue, plan: &Plan, action: String, change: &str) -> Around {
    let mut fields = kept(sent);
    fields.push(("change", change.into()));
    let what = match &plan.hooks[..] {
        [hook] => hook.name(),
        hooks => hooks_(hooks.len() as i64),
    };
    let to = queues(plan.queue_count());
    Around {
        title: format!("Copy {what} of {} to {to}?", queue.name),
        action,
        back: sent.back(),
        crumbs: crumbs_of(queue),
        fields,
        carry_out: "Copy hooks",
    }
}

/// Carries out the plan, if it is still the one that was seen.
pub async fn create(db: web::Data<Db>, ids: Ids, Form(params): Form, signed: Signed, token: Token) -> Answer {
    let source = Source::read(ids)?;
    let (sent, choice, seen) = (source.sent(&params)?, choice(&params), params.text("seen"));
    let (wish, queue) = (source.wish(&sent), source.queue_id);
    let change = Change::with_id(&params.text("change"), &signed.person);
    let id = change.id.clone();
    let carried = signed
        .write(&db, move |conn| Ok((query::find(conn, queue)?, carry_out(conn, &wish, choice, &seen, &change)?)))
        .await;
    let (queue, outcome) = carried.back_to(&sent.back())?;
    match outcome {
        Outcome::Done(tally) => Ok(see_other(&paths::hooks(queue.id), &Flash::say(done(&tally)).undo(tally.change))),
        Outcome::Differs(plan) => {
            let around = around(&sent, &queue, &plan, source.path(), &id);
            Ok(page(&plan, Some(choice), around, token))
        }
    }
}
