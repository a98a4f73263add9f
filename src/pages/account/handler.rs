//! The requests about one's own account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use super::view::Show;
use crate::access::journal::{self, Action, By, Difference};
use crate::access::own_password::{self, Changed};
use crate::access::password::Password;
use crate::access::session::Signed;
use crate::access::{people, sessions};
use crate::db::Db;
use crate::pages::people::form::Errors;
use crate::pages::sessions::handler::{arrival, signed_in, too_many};
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::paths;
use crate::web::site::Site;
use crate::web::token::Token;
use crate::zone::Zone;

pub async fn show(db: web::Data<Db>, request: HttpRequest, signed: Signed, token: Token) -> Answer {
    page(&db, &request, signed, token, StatusCode::OK, |_| ()).await
}

async fn page(
    db: &Db,
    request: &HttpRequest,
    signed: Signed,
    token: Token,
    status: StatusCode,
    say: impl FnOnce(&mut Show),
) -> Answer {
    let (person, limits) = (signed.person.id, Site::of(request).limits);
    let sessions = db.read(move |conn| Ok(sessions::list(conn, person, limits)?)).await?;
    let zone = signed.person.zone.clone().unwrap_or_default();
    let is_known = zone.is_empty() || Zone::named(&zone).is_some();
    let zone_error = || format!("“{zone}” is a time zone that Queue Hooks does not know any more. Choose another one.");
    let mut show = Show {
        zone_error: (!is_known).then(zone_error),
        is_refused_zone: false,
        zone,
        signed,
        sessions,
        errors: Errors::default(),
        again: None,
        current_error: None,
        token,
    };
    say(&mut show);
    Ok(Page { status, ..Page::new(Section::None, "Your account", show) }.into())
}

/// Changes one's own password; the current one has to be right. All sessions end, and this browser gets a new one.
pub async fn password(
    db: web::Data<Db>,
    request: HttpRequest,
    signed: Signed,
    by: By,
    Filled(params, again): Filled,
    token: Token,
) -> Answer {
    const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(Again { status, sentence }) = again {
        return page(&db, &request, signed, token, status, |show| show.again = Some(sentence)).await;
    }
    let new = match Password::new(&params.text("password"), &signed.person.name) {
        Ok(new) => new,
        Err(error) => {
            let say = |show: &mut Show| show.errors.password = Some(error);
            return page(&db, &request, signed, token, INVALID, say).await;
        }
    };
    match own_password::change(&db, &signed, params.text("current"), new, arrival(&request, by)).await? {
        Changed::Done(begun) => {
            let said = Flash::say("Your password is changed. Your other sessions are ended");
            signed_in(&request, &begun, || see_other(&paths::account(), &said))
        }
        Changed::Wrong => {
            let say = |show: &mut Show| show.current_error = Some("This is not your current password.".into());
            page(&db, &request, signed, token, INVALID, say).await
        }
        Changed::TooMany(refused) => {
            let say = |show: &mut Show| show.current_error = Some(refused.sentence());
            let page = page(&db, &request, signed, token, StatusCode::TOO_MANY_REQUESTS, say).await?;
            Ok(too_many(&refused, page))
        }
    }
}

/// Chooses in which zone one sees times.
pub async fn zone(
    db: web::Data<Db>,
    request: HttpRequest,
    signed: Signed,
    Filled(params, again): Filled,
    token: Token,
) -> Answer {
    let typed = params.text("zone");
    if let Some(Again { status, sentence }) = again {
        let say = |show: &mut Show| (show.again, show.zone, show.zone_error) = (Some(sentence), typed, None);
        return page(&db, &request, signed, token, status, say).await;
    }
    let zone = match Zone::typed(&typed) {
        Ok(zone) => zone,
        Err(error) => {
            let say = |show: &mut Show| {
                (show.zone, show.zone_error, show.is_refused_zone) = (typed, Some(error.into()), true);
            };
            return page(&db, &request, signed, token, StatusCode::UNPROCESSABLE_ENTITY, say).await;
        }
    };
    let said = match &zone {
        Some(zone) => format!("Times are in {} now", zone.name()),
        None => "Times follow your browser now".into(),
    };
    let id = signed.person.id;
    signed.write_people(&db, move |conn| Ok(people::set_zone(conn, id, zone.as_ref())?)).await?;
    Ok(see_other(&paths::account(), &Flash::say(said)))
}

/// Ends one of one's own sessions, or all but this one.
pub async fn sessions(db: web::Data<Db>, signed: Signed, by: By, Form(params): Form) -> Answer {
    let id: Option<i64> = params.get("id").map(|id| id.parse().unwrap_or_default());
    let Signed { session, person, .. } = signed.clone();
    let ended = signed
        .write_people(&db, move |conn| {
            let ended = match id {
                Some(id) => usize::from(sessions::end(conn, person.id, id)?),
                None => sessions::end_others(conn, person.id, session)?,
            };
            if ended > 0 {
                journal::record(conn, &by, Action::EndSessions, Some(&person), Difference::default())?;
            }
            Ok(ended)
        })
        .await?;
    let text = match ended {
        0 => "That session had ended already".into(),
        1 => "1 session is ended".into(),
        ended => format!("{ended} sessions are ended"),
    };
    Ok(see_other(&paths::account(), &Flash::say(text)))
}
