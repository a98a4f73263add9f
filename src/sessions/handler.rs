//! The requests of signing in and out, and of the links that work once.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};

use super::failures::Attempt;
use super::query::{self, Purpose};
use super::session::{Limits, Secret, Signed, cookie, is_of_here, no_cookie, secret};
use super::view::{SetUp, SignIn};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::flash::{Flash, see_other};
use crate::form::Form;
use crate::page::{Page, Section};
use crate::params::Params;
use crate::password::{self, Verified};
use crate::people::form::{Errors, Typed};
use crate::people::journal::{self, Action, By, Change};
use crate::people::person::{Author, Name, Person};
use crate::people::query::{Entered, Saved};
use crate::rights::Preset;
use crate::site::Site;
use crate::token::Token;
use crate::{people, rights};

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The page to sign in on. With the demonstration's link it signs in at once.
pub async fn new(
    db: web::Data<Db>,
    request: HttpRequest,
    params: Params,
    token: Token,
    by: By,
) -> Result<HttpResponse, Error> {
    let next = next(&params);
    if let Some(link) = params.get("link") {
        return follow(&db, &request, link, by).await;
    }
    if Signed::of(&request).is_some() {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, next)).finish());
    }
    Ok(sign_in_page(StatusCode::OK, SignIn { name: String::new(), next, token, error: None }))
}

fn sign_in_page(status: StatusCode, body: SignIn) -> HttpResponse {
    Page { status, ..Page::new(Section::None, "Sign in", body) }.into()
}

/// Where to go after signing in: a page of ours, or the first one.
fn next(params: &Params) -> String {
    params.get("next").filter(|path| is_of_here(path)).unwrap_or("/").into()
}

const REFUSED: &str = "That name and password do not open Queue Hooks. Check both, or ask somebody who manages people.";

pub async fn create(
    db: web::Data<Db>,
    request: HttpRequest,
    Form(params): Form,
    token: Token,
    by: By,
) -> Result<HttpResponse, Error> {
    let (typed, password, next) = (params.text("name"), params.text("password"), next(&params));
    let again = |status, name, next, error| sign_in_page(status, SignIn { name, next, token, error: Some(error) });
    // What cannot be a name belongs to nobody, and is treated like one that nobody has.
    let name = Name::new(&typed).map_or_else(|_| typed.clone(), |name| name.0);
    let attempt = Attempt::new(&name, &by.address);
    let (attempt, begun) = db
        .write(move |conn| {
            let begun = attempt.begin(conn)?;
            Ok((attempt, begun))
        })
        .await?;
    if let Err(too_many) = begun {
        return Ok(too_many.answer(again(StatusCode::TOO_MANY_REQUESTS, typed, next, too_many.sentence())));
    }
    let (person, stored) = db.read(move |conn| Ok(people::query::find_by_name(conn, &name)?)).await?.unzip();
    let verified = password::verify(password.clone(), stored).await?;
    let person = match person {
        Some(person) if person.enabled && verified != Verified::No => person,
        person => {
            db.write(move |conn| {
                Ok(journal::record(conn, &by, Action::FailToSignIn, person.as_ref(), Change::default())?)
            })
            .await?;
            return Ok(again(INVALID, typed, next, REFUSED.into()));
        }
    };
    let stored = if verified == Verified::Outdated { Some(password::hash_again(password).await?) } else { None };
    let arrival = Arrival::of(&request, by);
    let secret = db
        .write(move |conn| {
            attempt.succeed(conn)?;
            if let Some(stored) = stored {
                people::query::store_password(conn, person.id, &stored)?;
            }
            arrival.begin(conn, &person)
        })
        .await?;
    signed_in(&request, &secret, &next)
}

/// What a session that begins takes from the request.
struct Arrival {
    by: By,
    agent: String,
    /// The session that the browser had until now.
    before: Option<String>,
    limits: Limits,
}

impl Arrival {
    fn of(request: &HttpRequest, by: By) -> Self {
        let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Self {
            by,
            agent: agent.chars().take(200).collect(),
            before: secret(request).map(|secret| secret.hash()),
            limits: Site::of(request).limits,
        }
    }

    fn begin(self, conn: &mut Conn, person: &Person) -> Result<Secret, Error> {
        if let Some(before) = self.before {
            query::end_by_hash(conn, &before)?;
        }
        let by = By { author: person.author(), ..self.by };
        journal::record(conn, &by, Action::SignIn, Some(person), Change::default())?;
        Ok(query::begin(conn, person.id, &by.address, &self.agent, self.limits)?)
    }
}

/// The session's cookie, and with it another token: what a page knew before belongs to somebody else.
fn signed_in(request: &HttpRequest, secret: &Secret, next: &str) -> Result<HttpResponse, Error> {
    let site = Site::of(request);
    let mut response = HttpResponse::SeeOther().insert_header((LOCATION, next)).finish();
    for cookie in [cookie(site, secret), Token::fresh().cookie(site)] {
        response.add_cookie(&cookie).map_err(|cause| Error::Internal(cause.to_string()))?;
    }
    Ok(response)
}

pub async fn remove(
    db: web::Data<Db>,
    request: HttpRequest,
    signed: Signed,
    by: By,
    _: Form,
) -> Result<HttpResponse, Error> {
    db.write(move |conn| {
        query::end(conn, signed.person.id, signed.session)?;
        Ok(journal::record(conn, &by, Action::SignOut, Some(&signed.person), Change::default())?)
    })
    .await?;
    let site = Site::of(&request);
    let mut response = see_other("/sign-in", &Flash::say("You are signed out"));
    for cookie in [no_cookie(site), Token::fresh().cookie(site)] {
        response.add_cookie(&cookie).map_err(|cause| Error::Internal(cause.to_string()))?;
    }
    Ok(response)
}

const USED: Error = Error::Forbidden(
    "This link works once, and that was before. Sign in with a name and a password, or start the program again \
     for another link.",
);

/// Signs in as the demonstration's administrator.
async fn follow(db: &Db, request: &HttpRequest, link: &str, by: By) -> Result<HttpResponse, Error> {
    // Only a GET: a program that looks at an address first asks for its head.
    let link = Secret::read(link).filter(|_| request.method() == actix_web::http::Method::GET).ok_or(USED)?;
    let arrival = Arrival::of(request, by);
    let secret = db
        .write(move |conn| {
            if !query::use_link(conn, &link, Purpose::Demonstration)? {
                return Err(USED);
            }
            let (person, _) = people::query::find_by_name(conn, DEMONSTRATION)?.ok_or(USED)?;
            arrival.begin(conn, &person)
        })
        .await?;
    signed_in(request, &secret, "/")
}

/// The name of the demonstration's administrator.
const DEMONSTRATION: &str = "demo";

/// Makes the demonstration's administrator, whom no password lets in, and the link that does.
pub fn make_demonstration(conn: &mut Conn) -> Result<Secret, Error> {
    let entered = Entered {
        name: Name(DEMONSTRATION.into()),
        display_name: people::person::DisplayName("Demonstration".into()),
        rights: Preset::Administrator.rights(),
    };
    people::query::insert(conn, &entered, "", &By::command_line())?;
    Ok(query::make_link(conn, Purpose::Demonstration)?)
}

/// The link to create the first administrator with, if there is nobody yet. Where there is somebody nothing is
/// written, so that a program can start while another one writes.
pub fn make_set_up(db: &Db) -> Result<Option<Secret>, Error> {
    if !db.snapshot(|conn| people::query::is_nobody(conn).map_err(Error::from))? {
        return Ok(None);
    }
    db.write_now(|conn| query::make_link(conn, Purpose::SetUp).map(Some).map_err(Error::from))
}

/// The page to create the first administrator on.
pub async fn set_up(db: web::Data<Db>, params: Params, token: Token) -> Result<HttpResponse, Error> {
    let link = Secret::read(&params.text("link")).ok_or(USED)?;
    let hash = link.hash();
    let is_link = db
        .read(move |conn| Ok(people::query::is_nobody(conn)? && query::is_link(conn, &hash, Purpose::SetUp)?))
        .await?;
    if !is_link {
        return Err(USED);
    }
    Ok(set_up_page(StatusCode::OK, SetUp { link, typed: Typed::default(), errors: Errors::default(), token }))
}

fn set_up_page(status: StatusCode, body: SetUp) -> HttpResponse {
    Page { status, ..Page::new(Section::None, "Set up", body) }.into()
}

/// Creates the first administrator, once, and signs in.
pub async fn set_up_create(
    db: web::Data<Db>,
    request: HttpRequest,
    Form(params): Form,
    token: Token,
    by: By,
) -> Result<HttpResponse, Error> {
    let link = Secret::read(&params.text("link")).ok_or(USED)?;
    // The link before all else: nothing is hashed for somebody who has none.
    let (hash, attempt) = (link.hash(), Attempt::with_link(&by.address));
    let (begun, is_link) = db
        .write(move |conn| {
            let begun = attempt.begin(conn)?;
            let is_link = people::query::is_nobody(conn)? && query::is_link(conn, &hash, Purpose::SetUp)?;
            if is_link {
                attempt.succeed(conn)?;
            }
            Ok((begun, is_link))
        })
        .await?;
    if !is_link {
        begun?;
        return Err(USED);
    }
    let typed = Typed::read(&params);
    let (entered, password) = match typed.entered_with_password(Preset::Administrator.rights()) {
        Ok(entered) => entered,
        Err(errors) => return Ok(set_up_page(INVALID, SetUp { link, typed, errors, token })),
    };
    let stored = password.hash().await?;
    let arrival = Arrival::of(&request, by);
    let secret = db
        .write(move |conn| {
            if !people::query::is_nobody(conn)? || !query::use_link(conn, &link, Purpose::SetUp)? {
                return Err(USED);
            }
            let by = By { author: Author { id: None, name: "Set-up link".into() }, ..arrival.by.clone() };
            match people::query::insert(conn, &entered, &stored, &by)? {
                Saved::Done(person) => arrival.begin(conn, &person),
                _ => Err(USED),
            }
        })
        .await?;
    signed_in(&request, &secret, "/")
}

/// `/` leads to the first section that the person may see.
pub async fn root(signed: Signed) -> HttpResponse {
    let sections = [
        (rights::SEE_QUEUES, crate::queues::view::PATH),
        (rights::SEE_FLOW_SCHEMAS, crate::flow_schemas::view::PATH),
        (rights::MANAGE_PEOPLE, people::view::PATH),
    ];
    let first = sections.into_iter().find(|(needed, _)| signed.may(*needed));
    let path = first.map_or(crate::account::view::PATH, |(_, path)| path);
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
