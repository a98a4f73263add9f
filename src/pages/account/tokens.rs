//! The requests about one's own tokens. A new one is shown once, in the answer to its form.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::access::journal::By;
use crate::access::rights::{CHANGE_ACCOUNT, Preset, Right, Rights};
use crate::access::session::Signed;
use crate::access::tokens::{self, DEFAULT_DAYS, MAX_DAYS, Token as Own, Wanted};
use crate::db::Db;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::params::Params;
use crate::web::token::Token;
use crate::web::{assets, paths};
use crate::word::Word;

/// The form of a new token, as typed.
#[derive(Clone)]
pub struct Typed {
    name: String,
    days: String,
    preset: Option<Preset>,
    ticked: Rights,
}

#[derive(Default, PartialEq, Eq)]
pub struct TokenErrors {
    name: Option<String>,
    days: Option<String>,
    rights: Option<&'static str>,
}

impl Default for Typed {
    fn default() -> Self {
        let (preset, ticked) = (Some(Preset::Viewer), Preset::Viewer.rights());
        Self { name: String::new(), days: DEFAULT_DAYS.to_string(), preset, ticked }
    }
}

impl Typed {
    fn read(params: &Params) -> Self {
        Self {
            name: params.text("name"),
            days: params.text("days"),
            preset: params.get("preset").and_then(Preset::from_word),
            ticked: Rights::from_words(params.all("right")),
        }
    }

    fn wanted(&self) -> Result<Wanted, TokenErrors> {
        let name = tokens::read_name(&self.name);
        let days = self.days.trim().parse().ok().filter(|days| (1..=MAX_DAYS).contains(days));
        let rights = self.preset.map_or_else(|| self.ticked.clone(), Preset::rights);
        let has_none = rights == Rights::default();
        match (name, days) {
            (Ok(name), Some(days)) if !has_none => Ok(Wanted { name, rights, days }),
            (name, days) => Err(TokenErrors {
                name: name.err(),
                days: days.is_none().then(|| format!("Type a number of days from 1 to {MAX_DAYS}.")),
                rights: has_none.then_some("Choose at least one right."),
            }),
        }
    }
}

#[derive(Template)]
#[template(path = "account/tokens.html")]
struct Tokens {
    all: Vec<Own>,
    /// The name of a new token, and what its program shows.
    made: Option<(String, String)>,
    typed: Typed,
    errors: TokenErrors,
    /// Why the form is shown again.
    again: Option<String>,
    may_change: bool,
    token: Token,
}

impl Tokens {
    async fn read(db: &Db, signed: &Signed, token: Token) -> Result<Self, crate::error::Error> {
        let person = signed.person.id;
        let all = db.read(move |conn| Ok(tokens::list(conn, person)?)).await?;
        let (typed, errors) = (Typed::default(), TokenErrors::default());
        Ok(Self { all, made: None, typed, errors, again: None, may_change: signed.may(CHANGE_ACCOUNT), token })
    }

    fn page(self, status: StatusCode) -> HttpResponse {
        Page { status, ..Page::new(Section::None, "Tokens", self) }.into()
    }
}

pub async fn index(db: web::Data<Db>, signed: Signed, token: Token) -> Answer {
    Ok(Tokens::read(&db, &signed, token).await?.page(StatusCode::OK))
}

pub async fn create(db: web::Data<Db>, signed: Signed, by: By, Filled(params, again): Filled, token: Token) -> Answer {
    const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let typed = Typed::read(&params);
    if let Some(Again { status, sentence }) = again {
        let shown = Tokens::read(&db, &signed, token).await?;
        return Ok(Tokens { typed, again: Some(sentence), ..shown }.page(status));
    }
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(errors) => {
            let shown = Tokens::read(&db, &signed, token).await?;
            return Ok(Tokens { typed, errors, ..shown }.page(INVALID));
        }
    };
    let (person, name) = (signed.person.clone(), wanted.name.clone());
    let made = signed.write_people(&db, move |conn| tokens::add(conn, &person, &wanted, &by)).await?;
    let shown = Tokens::read(&db, &signed, token).await?;
    Ok(match made {
        Ok(made) => Tokens { made: Some((name, made)), ..shown }.page(StatusCode::OK),
        Err(refused) => {
            let errors = TokenErrors { name: Some(refused.sentence()), ..TokenErrors::default() };
            Tokens { typed, errors, ..shown }.page(INVALID)
        }
    })
}

pub async fn remove(db: web::Data<Db>, signed: Signed, by: By, Form(params): Form) -> Answer {
    let id = params.get("id").and_then(|id| id.parse().ok()).unwrap_or_default();
    let person = signed.person.clone();
    let removed = signed.write_people(&db, move |conn| tokens::remove(conn, &person, id, &by)).await?;
    let said = match removed {
        Some(name) => format!("Removed the token {name}"),
        None => "That token was removed already".into(),
    };
    Ok(see_other(&paths::account_tokens(), &Flash::say(said)))
}
