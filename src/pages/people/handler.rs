//! The requests of the People section.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::filter::{Filter, View};
use super::form::{Errors, Typed};
use super::view::{Edit, History, Index};
use crate::access::journal::{Action, By};
use crate::access::password::{self, Password, Verified};
use crate::access::people::{self, Saved};
use crate::access::rights::CHANGE_PEOPLE;
use crate::access::session::Signed;
use crate::db::Db;
use crate::error::Error;
use crate::model::journal::Change;
use crate::pages::{crumbs, history};
use crate::web::failure::{Answer, BackTo};
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::paging::{Asked, title_suffix};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::token::Token;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

const NAME_TAKEN: &str = "Somebody else has this name.";
const OTHER_PASSWORD: &str = "This person was added before, with another password. Set a new one on their page.";
const LAST_MANAGER: &str = "Nobody else manages people. Let somebody else manage people first, and then change this.";

pub async fn index(db: web::Data<Db>, mut asked: Asked<Filter>, signed: Signed, token: Token) -> Answer {
    let view = asked.view.clone();
    let list = db.read(move |conn| people::list(conn, &view.filter.q, view.order.descending, view.range)).await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&list.pages);
    let (path, may_change) = (paths::people(), signed.may(CHANGE_PEOPLE));
    let body = Index { path, view: asked.view, notices: asked.notices, list, may_change, token };
    Ok(Page { title_suffix, ..Page::new(Section::People, "People", body) }.into())
}

pub async fn history(db: web::Data<Db>, mut asked: Asked<history::filter::Filter<Action>>) -> Answer {
    let view = asked.view.clone();
    let list = move |conn: &mut _| people::history(conn, &view.filter.actions, view.order.descending, view.range);
    let list = db.read(list).await?;
    if let Some(elsewhere) = asked.elsewhere(&list.pages) {
        return Ok(elsewhere);
    }
    let title_suffix = title_suffix(&list.pages);
    let body = History { path: paths::history(&paths::people()), view: asked.view, notices: asked.notices, list };
    let page = Page::new(Section::People, "History – People", body);
    Ok(Page { title_suffix, crumbs: crumbs::people(), ..page }.into())
}

pub async fn new(params: Params, signed: Signed, token: Token) -> HttpResponse {
    let query = View::read(&params).0.query();
    page(StatusCode::OK, Edit::new(None, Typed::of_nobody(), query, &signed, token))
}

pub async fn edit(db: web::Data<Db>, id: web::Path<i64>, params: Params, signed: Signed, token: Token) -> Answer {
    let query = View::read(&params).0.query();
    let (person, version) = db.read(move |conn| people::find_with_version(conn, *id)).await?;
    let typed = Typed::of(&person, version);
    Ok(page(StatusCode::OK, Edit::new(Some(person), typed, query, &signed, token)))
}

fn page(status: StatusCode, edit: Edit) -> HttpResponse {
    let title = edit.person.as_ref().map_or("Add person", |person| &person.display_name).to_owned();
    Page { status, crumbs: crumbs::people(), ..Page::new(Section::People, title, edit) }.into()
}

fn shown_again(Again { status, sentence }: Again, edit: Edit) -> HttpResponse {
    page(status, Edit { again: Some(sentence), ..edit })
}

pub async fn create(db: web::Data<Db>, Filled(params, again): Filled, signed: Signed, by: By, token: Token) -> Answer {
    let typed = Typed::read(&params);
    let view = View::of_form(&params);
    if let Some(again) = again {
        return Ok(shown_again(again, Edit::new(None, typed, view.query(), &signed, token)));
    }
    let again = |typed, errors| page(INVALID, Edit { errors, ..Edit::new(None, typed, view.query(), &signed, token) });
    let (wanted, password) = match typed.wanted_with_password(typed.rights()) {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(typed, errors)),
    };
    let password = password.hash().await?;
    let by = By { change: Some(Change::id_of(&typed.change)), ..by };
    let added = |person| Ok(see_other(&view.url(&paths::people()), &Flash::say(format!("Added {person}"))));
    match signed.write_people(&db, move |conn| people::add(conn, &wanted, &password, &by)).await? {
        Saved::Done(person) => added(person),
        // The form was sent before.
        Saved::Unchanged(person) => {
            let id = person.id;
            let stored = db.read(move |conn| Ok(people::first_password(conn, id)?)).await?;
            match password::verify(params.text("password"), stored).await? {
                Verified::No => Ok(again(typed, Errors { password: Some(OTHER_PASSWORD), ..Errors::default() })),
                Verified::Yes | Verified::Outdated => added(person),
            }
        }
        _ => Ok(again(typed, Errors { name: Some(NAME_TAKEN), ..Errors::default() })),
    }
}

pub async fn update(
    db: web::Data<Db>,
    id: web::Path<i64>,
    Filled(params, again): Filled,
    signed: Signed,
    by: By,
    token: Token,
) -> Answer {
    let id = *id;
    let person = db.read(move |conn| people::find(conn, id)).await?;
    let mut typed = Typed::read(&params);
    let view = View::of_form(&params);
    let edit = |typed, person| Edit::new(Some(person), typed, view.query(), &signed, token);
    if let Some(again) = again {
        return Ok(shown_again(again, edit(typed, person)));
    }
    let again = |typed, errors| page(INVALID, Edit { errors, ..edit(typed, person.clone()) });
    let wanted = match typed.wanted(typed.rights()) {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(again(typed, errors)),
    };
    let seen = typed.seen();
    match signed.write_people(&db, move |conn| people::put(conn, id, &wanted, seen, &by)).await? {
        Saved::Done(person) => Ok(see_other(&view.url(&paths::people()), &Flash::say(format!("Saved {person}")))),
        Saved::Unchanged(person) => {
            Ok(see_other(&view.url(&paths::people()), &Flash::say(format!("{person} is saved"))))
        }
        Saved::NameTaken => Ok(again(typed, Errors { name: Some(NAME_TAKEN), ..Errors::default() })),
        Saved::LastManager => Ok(again(typed, Errors { rights: Some(LAST_MANAGER), ..Errors::default() })),
        Saved::Stale(theirs, version) => {
            // Now that the person knows, saving again is meant.
            typed.seen = Typed::of(&theirs, version).seen;
            let edit = Edit { theirs: Some(theirs.clone()), ..edit(typed, theirs) };
            Ok(page(StatusCode::CONFLICT, edit))
        }
    }
}

/// Gives a person access, or takes it away.
pub async fn access(db: web::Data<Db>, id: web::Path<i64>, Form(params): Form, signed: Signed, by: By) -> Answer {
    let back = View::of_form(&params).url(&paths::people());
    let say = || Error::Unprocessable("Say whether the person may come in or not.".into());
    let enabled = params.bool("enabled").ok_or_else(say).back_to(&back)?;
    match signed.write_people(&db, move |conn| people::set_access(conn, *id, enabled, &by)).await? {
        Saved::LastManager => Err(Error::Unprocessable(LAST_MANAGER.into())).back_to(&back),
        Saved::Done(person) | Saved::Unchanged(person) | Saved::Stale(person, _) => {
            let text = if person.enabled { "may come in" } else { "may not come in any more" };
            Ok(see_other(&back, &Flash::say(format!("{person} {text}"))))
        }
        Saved::NameTaken => Err(Error::Internal("a switch takes no name".into()).into()),
    }
}

/// Sets somebody else's password and ends their sessions. For one's own, the account page asks for the current one.
pub async fn password(
    db: web::Data<Db>,
    id: web::Path<i64>,
    Filled(params, again): Filled,
    signed: Signed,
    by: By,
    token: Token,
) -> Answer {
    let id = *id;
    let query = View::of_form(&params).query();
    let (person, version) = db.read(move |conn| people::find_with_version(conn, id)).await?;
    if let Some(again) = again {
        let typed = Typed::of(&person, version);
        return Ok(shown_again(again, Edit::new(Some(person), typed, query, &signed, token)));
    }
    if id == signed.person.id {
        let sentence = "This is your own password. Change it in your account, where you type the current one.";
        return Err(Error::Unprocessable(sentence.into())).back_to(&paths::account());
    }
    match Password::new(&params.text("password"), &person.name) {
        Ok(password) => {
            let password = password.hash().await?;
            let person = signed.write_people(&db, move |conn| people::set_password(conn, id, &password, &by)).await?;
            Ok(see_other(&person_in(&params, id), &Flash::say(format!("{person} has a new password"))))
        }
        Err(error) => {
            let errors = Errors { password: Some(error), ..Errors::default() };
            let typed = Typed::of(&person, version);
            Ok(page(INVALID, Edit { errors, ..Edit::new(Some(person), typed, query, &signed, token) }))
        }
    }
}

/// Ends all of a person's sessions.
pub async fn sessions(db: web::Data<Db>, id: web::Path<i64>, Form(params): Form, signed: Signed, by: By) -> Answer {
    let id = *id;
    let (person, ended) = signed.write_people(&db, move |conn| people::end_sessions(conn, id, &by)).await?;
    let text = match ended {
        0 => format!("{person} had no session"),
        1 => format!("1 session of {person} is ended"),
        ended => format!("{ended} sessions of {person} are ended"),
    };
    Ok(see_other(&person_in(&params, id), &Flash::say(text)))
}

/// The page of a person, which knows the view of the list that a form carries.
fn person_in(params: &Params, id: i64) -> String {
    View::of_form(params).url(&paths::person(id))
}
