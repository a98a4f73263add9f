//! The requests about one's own account.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use super::view::Show;
use crate::access::failures::Attempt;
use crate::access::journal::{self, Action, By, Difference};
use crate::access::password::{self, Password, Verified};
use crate::access::session::Signed;
use crate::access::{people, sessions};
use crate::db::Db;
use crate::pages::people::form::Errors;
use crate::pages::sessions::handler::too_many;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::page::{Page, Section};
use crate::web::paths::ACCOUNT;
use crate::web::site::Site;
use crate::web::token::Token;

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
    let mut show = Show { signed, sessions, errors: Errors::default(), current_error: None, token };
    say(&mut show);
    Ok(Page { status, ..Page::new(Section::None, "Your account", show) }.into())
}

/// Changes one's own password; the current one has to be right. The other sessions end.
pub async fn password(
    db: web::Data<Db>,
    request: HttpRequest,
    signed: Signed,
    by: By,
    Form(params): Form,
    token: Token,
) -> Answer {
    const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let name = signed.person.name.clone();
    let new = match Password::new(&params.text("password"), &name) {
        Ok(new) => new,
        Err(error) => {
            let say = |show: &mut Show| show.errors.password = Some(error);
            return page(&db, &request, signed, token, INVALID, say).await;
        }
    };
    // Guessing in a session that was left open is throttled like guessing on the sign-in page.
    let attempt = Attempt::new(&name, &by.address);
    let (attempt, begun, stored) = db
        .write(move |conn| {
            let begun = attempt.begin(conn)?;
            Ok((attempt, begun, people::find_by_name(conn, &name)?.map(|(_, stored)| stored)))
        })
        .await?;
    if let Err(refused) = begun {
        let say = |show: &mut Show| show.current_error = Some(refused.sentence());
        let page = page(&db, &request, signed, token, StatusCode::TOO_MANY_REQUESTS, say).await?;
        return Ok(too_many(&refused, page));
    }
    if password::verify(params.text("current"), stored).await? == Verified::No {
        let say = |show: &mut Show| show.current_error = Some("This is not your current password.".into());
        return page(&db, &request, signed, token, INVALID, say).await;
    }
    let stored = new.hash().await?;
    db.write(move |conn| {
        attempt.succeed(conn)?;
        people::set_password(conn, signed.person.id, &stored, Some(signed.session), &by)
    })
    .await?;
    Ok(see_other(ACCOUNT, &Flash::say("Your password is changed. Your other sessions are ended")))
}

/// Ends one of one's own sessions, or all but this one.
pub async fn sessions(db: web::Data<Db>, signed: Signed, by: By, Form(params): Form) -> Answer {
    let id: Option<i64> = params.get("id").map(|id| id.parse().unwrap_or_default());
    let ended = db
        .write(move |conn| {
            let Signed { session, person } = signed;
            let ended = match id {
                Some(id) => usize::from(sessions::end(conn, person.id, id)?),
                None => sessions::end_others(conn, person.id, Some(session))?,
            };
            if ended > 0 {
                journal::record(conn, &by, Action::EndSessions, Some(&person), Difference::default())?;
            }
            Ok(ended)
        })
        .await?;
    let text = match ended {
        0 => "There was no such session any more".into(),
        1 => "1 session is ended".into(),
        ended => format!("{ended} sessions are ended"),
    };
    Ok(see_other(ACCOUNT, &Flash::say(text)))
}
