//! The request for an undo.

use actix_web::web;

use crate::access::session::Signed;
use crate::db::Db;
use crate::model::journal::Change;
use crate::model::undo::outcome::Undone;
use crate::model::undo::undo;
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::params::Params;
use crate::web::paths;
use crate::web::undone::said;

/// Undoes a change, or what it did to one thing. What somebody needs for that depends on the change: the model asks.
pub async fn create(db: web::Data<Db>, url: Params, Form(params): Form, signed: Signed) -> Answer {
    let back = params.get("back").filter(|path| paths::is_of_here(path)).map(str::to_owned);
    let change = params.text("change");
    // An entry that cannot be read is none of the change; it never means all of it.
    let only = url.get("only").map(|entry| entry.parse().unwrap_or_default());
    let by = Change::by(&signed.person);
    let id = by.id.clone();
    let undone = signed.write(&db, move |conn| undo(conn, &change, only, &by)).await;
    let (undone, back) = match back {
        Some(back) => (undone.back_to(&back)?, back),
        None => (undone?, paths::start()),
    };
    let flash = Flash::say(said(&undone)).about(row(&undone, &back)).undo(undone.is_change().then_some(id));
    Ok(see_other(&still_there(&undone, back), &flash))
}

/// The row of the page that it leads back to, which gets the focus.
fn row(undone: &Undone, back: &str) -> Option<i64> {
    let path = back.split('?').next().unwrap_or_default();
    match path {
        path if path == paths::queues() => undone.queues.first,
        path if path == paths::flow_schemas() => undone.flow_schemas.first,
        path if path.starts_with(&paths::queues()) && path.ends_with("/hooks") => undone.hooks.first,
        _ => None,
    }
}

/// The page that it came from, or the list around that if what it showed is gone.
fn still_there(undone: &Undone, back: String) -> String {
    let is_below =
        |place: String| back.strip_prefix(&place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    if undone.gone_queues.iter().any(|id| is_below(paths::queue(*id))) {
        paths::queues()
    } else if undone.gone_flow_schemas.iter().any(|id| is_below(paths::flow_schema(*id))) {
        paths::flow_schemas()
    } else {
        back
    }
}
