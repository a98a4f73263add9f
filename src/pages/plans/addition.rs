//! A hook that many queues get: which one, the plan, and carrying it out.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::form::{choice, kept, more};
use super::hooks::{Around, done, page};
use super::view::New;
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::flow_schemas::query as schemas;
use crate::model::hooks::change::Refused;
use crate::model::hooks::hook::Wanted;
use crate::model::journal::Change;
use crate::model::plans::addition::{Origin, Plan, Sought, Wish, carry_out, plan};
use crate::model::plans::{Outcome, expect_size, max_hooks};
use crate::model::queues::filter::{Queues, queues};
use crate::model::queues::query;
use crate::pages::crumbs;
use crate::pages::hooks::form::{Errors, Pressed, Typed};
use crate::web::failure::{Answer, BackTo, Failure};
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::registry::removal::{Removal, gone_already};
use crate::web::registry::selection::{Sent, ask};
use crate::web::token::Token;
use crate::word::Word;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

const COVERAGE: &str = "coverage";

/// What was selected among the queues or in Coverage, where the plan leads back to.
fn sent(params: &Params) -> Result<Sent<Queues>, Failure> {
    let from = if params.get("from") == Some(COVERAGE) { paths::coverage() } else { paths::queues() };
    Sent::of(from, Params::default(), params)
}

fn fields(sent: &Sent<Queues>) -> Vec<(&'static str, String)> {
    let mut fields = kept(sent);
    if sent.is_of(&paths::coverage()) {
        fields.push(("from", COVERAGE.into()));
    }
    fields
}

pub async fn show(db: web::Data<Db>, params: Params, signed: Signed, token: Token) -> Answer {
    shown(&db, sent(&params)?, params, signed, token).await
}

/// Asks by POST what may not fit into an address.
pub async fn question(db: web::Data<Db>, Filled(params, again): Filled, signed: Signed, token: Token) -> Answer {
    let sent = sent(&params)?;
    if let Some(Again { status, sentence }) = again {
        return new(&db, sent, Typed::read(&params), token, (status, Errors::default(), Some(sentence))).await;
    }
    ask(sent, &paths::addition(), &more(&params), |sent| shown(&db, sent, params.clone(), signed, token)).await
}

/// The form for the hook, or the plan if that was asked for.
async fn shown(db: &Db, sent: Sent<Queues>, params: Params, signed: Signed, token: Token) -> Answer {
    let mut typed = Typed::read(&params);
    // Whoever looked for queues that miss an event adds a hook for it.
    if let (None, Some(missing)) = (params.get("event"), sent.view.filter.missing) {
        typed.event = missing.word().into();
    }
    if params.get("plan").is_none() || typed.pressed == Pressed::Search {
        return new(db, sent, typed, token, (StatusCode::OK, Errors::default(), None)).await;
    }
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(errors) => return new(db, sent, typed, token, (INVALID, errors, None)).await,
    };
    let wish = Wish { origin: Origin::New(wanted), queues: sent.selection.clone() };
    let made = db.read(move |conn| plan(conn, &wish, &signed.person.rights)).await.back_to(&sent.back())?;
    if made.hooks.is_empty() {
        return new(db, sent, typed, token, (INVALID, unusable(), None)).await;
    }
    Ok(page(&made, None, around(&sent, &made, wanted, &Change::new_id()), token))
}

fn unusable() -> Errors {
    Errors { schema: Some(Refused::NoSchema.sentence()), ..Errors::default() }
}

fn around(sent: &Sent<Queues>, plan: &Plan, wanted: Wanted, change: &str) -> Around {
    let name = plan.hooks.first().map_or_else(String::new, Sought::name);
    let mut fields = fields(sent);
    fields.extend([
        ("event", wanted.event.word().into()),
        ("schema", wanted.schema_id.to_string()),
        ("change", change.into()),
    ]);
    Around {
        title: format!("Add {name} to {}?", queues(plan.queue_count())),
        action: paths::addition(),
        back: sent.back(),
        crumbs: crumbs::queues(),
        fields,
        carry_out: "Add hook",
    }
}

/// The form that asks which hook it is.
async fn new(
    db: &Db,
    sent: Sent<Queues>,
    mut typed: Typed,
    token: Token,
    (status, errors, again): (StatusCode, Errors, Option<String>),
) -> Answer {
    let (selection, asks_first) =
        (sent.selection.clone(), status == StatusCode::OK && typed.pressed != Pressed::Search);
    let (q, chosen) = (typed.schema_q.trim().to_owned(), typed.schema_id());
    let found = db
        .read(move |conn| {
            if asks_first {
                query::check(conn, &selection)?;
            }
            let (count, _) = query::count_selected(conn, &selection)?;
            expect_size(conn, count, count)?;
            let first = query::selected(conn, &selection, Removal::LISTED)?;
            Ok((count, first, listed(conn, &q, chosen)?))
        })
        .await;
    let (count, first, (options, schema)) = found.back_to(&sent.back())?;
    if count == 0 {
        return Ok(see_other(&sent.back(), &Flash::say("The selected queues are gone already.")));
    }
    if schema.is_none() {
        typed.schema.clear();
    }
    let names: Vec<_> = first.into_iter().map(|(queue, _)| queue.name).collect();
    let more = count - names.len() as i64;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let mut notes = vec![format!("{}{more}", names.join(", "))];
    let gone = sent.selection.size() - count;
    if gone > 0 {
        notes.push(gone_already(gone));
    }
    let body = New {
        title: format!("Add a hook to {}", queues(count)),
        asks_event: true,
        typed,
        errors,
        again,
        schema,
        options,
        notes,
        max_hooks: max_hooks(db.abilities().webitel.is_some()),
        action: paths::question(&paths::addition()),
        back: sent.back(),
        fields: fields(&sent),
        token,
    };
    let page = Page::new(Section::Queues, body.title.clone(), body);
    Ok(Page { status, crumbs: crumbs::queues(), ..page }.into())
}

/// What the drop-down offers, and the flow schema that is chosen.
pub fn listed(
    conn: &mut Conn,
    q: &str,
    chosen: Option<i64>,
) -> Result<(schemas::Options, Option<(i64, String)>), Error> {
    let chosen = match chosen {
        Some(id) => schemas::name(conn, id)?.map(|name| (id, name)),
        None => None,
    };
    Ok((schemas::options(conn, q, schemas::OPTIONS)?, chosen))
}

/// Carries out the plan, if it is still the one that was seen.
pub async fn create(db: web::Data<Db>, Form(params): Form, signed: Signed, token: Token) -> Answer {
    let (sent, typed) = (sent(&params)?, Typed::read(&params));
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(errors) => return new(&db, sent, typed, token, (INVALID, errors, None)).await,
    };
    let (choice, seen) = (choice(&params), params.text("seen"));
    let wish = Wish { origin: Origin::New(wanted), queues: sent.selection.clone() };
    let change = Change::with_id(&typed.change, &signed.person);
    let id = change.id.clone();
    let carried = signed.write(&db, move |conn| carry_out(conn, &wish, choice, &seen, &change)).await;
    match carried.back_to(&sent.back())? {
        Outcome::Done(tally) => Ok(see_other(&sent.back(), &Flash::say(done(&tally)).undo(tally.change))),
        Outcome::Differs(plan) if plan.hooks.is_empty() => {
            new(&db, sent, typed, token, (INVALID, unusable(), None)).await
        }
        Outcome::Differs(plan) => {
            let around = around(&sent, &plan, wanted, &id);
            Ok::<HttpResponse, Failure>(page(&plan, Some(choice), around, token))
        }
    }
}
