//! The requests of the People section.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::filter::View;
use super::form::{Errors, Typed};
use super::journal::By;
use super::query::{self, Saved};
use super::view::{Edit, History, Index, PATH};
use crate::db::Db;
use crate::error::Error;
use crate::flash::{Flash, see_other};
use crate::form::Form;
use crate::history;
use crate::page::{Crumb, Page, Section};
use crate::paging::elsewhere;
use crate::params::Params;
use crate::password::Password;
use crate::token::Token;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

const NAME_TAKEN: &str = "Somebody else has this name.";
const LAST_MANAGER: &str = "Nobody else manages people. Let somebody else manage people first, and then change this.";

pub async fn index(db: web::Data<Db>, params: Params, token: Token) -> Result<HttpResponse, Error> {
    let (mut view, notices) = View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::list(conn, &mut view)?, view))).await?;
    if let Some(elsewhere) = elsewhere(&params, &notices, &list.pages, PATH, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = list.pages.title();
    let page = Page::new(Section::People, "People", Index { path: PATH, view, notices, list, token });
    Ok(Page { title_suffix, ..page }.into())
}

pub async fn history(db: web::Data<Db>, params: Params) -> Result<HttpResponse, Error> {
    let (mut view, notices) = history::filter::View::read(&params);
    let (list, view) = db.read(move |conn| Ok((query::history(conn, &mut view)?, view))).await?;
    let path = format!("{PATH}/history");
    if let Some(elsewhere) = elsewhere(&params, &notices, &list.pages, &path, &view) {
        return Ok(elsewhere);
    }
    let title_suffix = list.pages.title();
    let page = Page::new(Section::People, "History – People", History { path, view, notices, list });
    Ok(Page { title_suffix, crumbs: crumbs(), ..page }.into())
}

pub async fn new(token: Token) -> HttpResponse {
    page(StatusCode::OK, Edit::new(None, Typed::of_nobody(), token))
}

pub async fn edit(db: web::Data<Db>, id: web::Path<i64>, token: Token) -> Result<HttpResponse, Error> {
    let (person, version) = db.read(move |conn| query::find_with_version(conn, *id)).await?;
    let typed = Typed::of(&person, version);
    Ok(page(StatusCode::OK, Edit::new(Some(person), typed, token)))
}

fn page(status: StatusCode, edit: Edit) -> HttpResponse {
    let title = edit.person.as_ref().map_or("Add person", |person| &person.display_name).to_owned();
    Page { status, crumbs: crumbs(), ..Page::new(Section::People, title, edit) }.into()
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("People", PATH)]
}

pub async fn create(db: web::Data<Db>, Form(params): Form, by: By, token: Token) -> Result<HttpResponse, Error> {
    let typed = Typed::read(&params);
    let again = |typed, errors| page(INVALID, Edit { errors, ..Edit::new(None, typed, token) });
    let (entered, password) = match typed.entered_with_password(typed.rights()) {
        Ok(entered) => entered,
        Err(errors) => return Ok(again(typed, errors)),
    };
    let password = password.hash().await?;
    match db.write(move |conn| query::insert(conn, &entered, &password, &by)).await? {
        Saved::Done(person) => Ok(see_other(PATH, &Flash::say(format!("Added {person}")))),
        _ => Ok(again(typed, Errors { name: Some(NAME_TAKEN), ..Errors::default() })),
    }
}

pub async fn update(
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(params): Form,
    by: By,
    token: Token,
) -> Result<HttpResponse, Error> {
    let id = *id;
    let person = db.read(move |conn| query::find(conn, id)).await?;
    let mut typed = Typed::read(&params);
    let again = |typed, errors| page(INVALID, Edit { errors, ..Edit::new(Some(person.clone()), typed, token) });
    let entered = match typed.entered(typed.rights()) {
        Ok(entered) => entered,
        Err(errors) => return Ok(again(typed, errors)),
    };
    let seen = typed.seen();
    match db.write(move |conn| query::update(conn, id, &entered, seen, &by)).await? {
        Saved::Done(person) => Ok(see_other(PATH, &Flash::say(format!("Saved {person}")))),
        Saved::Unchanged(person) => Ok(see_other(PATH, &Flash::say(format!("{person} is saved")))),
        Saved::NameTaken => Ok(again(typed, Errors { name: Some(NAME_TAKEN), ..Errors::default() })),
        Saved::LastManager => Ok(again(typed, Errors { rights: Some(LAST_MANAGER), ..Errors::default() })),
        Saved::Stale(theirs, version) => {
            // Saving once more is meant, now that the person knows.
            typed.seen = Typed::of(&theirs, version).seen;
            let edit = Edit { theirs: Some(theirs.clone()), ..Edit::new(Some(theirs), typed, token) };
            Ok(page(StatusCode::CONFLICT, edit))
        }
    }
}

/// Lets a person come in, or not any more.
pub async fn access(db: web::Data<Db>, id: web::Path<i64>, Form(params): Form, by: By) -> Result<HttpResponse, Error> {
    let view: View = View::from_query(&params.text("view"));
    let back = format!("{PATH}{}", view.query());
    let Some(enabled) = params.bool("enabled") else {
        return Err(Error::Unprocessable { sentence: "Say whether the person may come in or not.".into(), back });
    };
    match db.write(move |conn| query::set_access(conn, *id, enabled, &by)).await? {
        Saved::LastManager => Err(Error::Unprocessable { sentence: LAST_MANAGER.into(), back }),
        Saved::Done(person) | Saved::Unchanged(person) | Saved::Stale(person, _) => {
            let text = if person.enabled { "may come in" } else { "may not come in any more" };
            Ok(see_other(&back, &Flash::say(format!("{person} {text}"))))
        }
        Saved::NameTaken => Err(Error::Internal("a switch takes no name".into())),
    }
}

/// Sets a person's password and ends that person's sessions.
pub async fn password(
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(params): Form,
    by: By,
    token: Token,
) -> Result<HttpResponse, Error> {
    let id = *id;
    let (person, version) = db.read(move |conn| query::find_with_version(conn, id)).await?;
    match Password::new(&params.text("password"), &person.name) {
        Ok(password) => {
            let password = password.hash().await?;
            let person = db.write(move |conn| query::set_password(conn, id, &password, None, &by)).await?;
            Ok(see_other(&format!("{PATH}/{id}"), &Flash::say(format!("{person} has another password"))))
        }
        Err(error) => {
            let errors = Errors { password: Some(error), ..Errors::default() };
            let typed = Typed::of(&person, version);
            Ok(page(INVALID, Edit { errors, ..Edit::new(Some(person), typed, token) }))
        }
    }
}

/// Ends all of a person's sessions.
pub async fn sessions(db: web::Data<Db>, id: web::Path<i64>, by: By, _: Form) -> Result<HttpResponse, Error> {
    let id = *id;
    let (person, ended) = db.write(move |conn| query::end_sessions(conn, id, &by)).await?;
    let text = match ended {
        0 => format!("{person} had no session"),
        1 => format!("1 session of {person} is ended"),
        ended => format!("{ended} sessions of {person} are ended"),
    };
    Ok(see_other(&format!("{PATH}/{id}"), &Flash::say(text)))
}
