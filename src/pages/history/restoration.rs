//! Undo, from the message after a removal and from a history: what was removed comes back, and the person stays where
//! they were.

use super::filter::View;
use super::view;
use crate::access::session::Signed;
use crate::db::Db;
use crate::model::history::Scope;
use crate::model::journal::{Action, Change};
use crate::model::listing::Rows;
use crate::model::restoration::{Restorable, restore};
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, see_other};
use crate::web::params::Params;
use crate::web::registry::removal::restored;

/// Where the button may have been, besides the history of this scope.
pub struct Home {
    pub scope: Scope,
    pub registry: String,
}

/// Brings back everything that a removal took, or one row of it.
pub async fn bring_back<R: Rows, T: Restorable>(
    db: &Db,
    signed: Signed,
    (url, params): (&Params, &Params),
    place: T::Place,
    home: Home,
) -> Answer
where
    T::Place: Send + 'static,
{
    let removal = params.text("removal");
    // An id that cannot be read is no row of the removal; it never means all of it.
    let only = url.get("id").map(|id| id.parse().unwrap_or_default());
    let change = Change::by(&signed.person);
    let outcome = signed.write(db, move |conn| restore::<T>(conn, place, &removal, only, &change)).await?;
    let text = restored::<R>(&outcome).back_to(&home.registry)?;
    let flash = Flash::say(text).about(outcome.first.map(|(id, _)| id));
    Ok(see_other(&back(params, home), &flash))
}

fn back(params: &Params, Home { scope, registry }: Home) -> String {
    match params.get("back").and_then(|back| back.strip_prefix("history")) {
        Some(query) => View::<Action>::from_query(query).url(&view::path(scope)),
        None => registry,
    }
}
