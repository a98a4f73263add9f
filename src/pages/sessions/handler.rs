//! The requests to sign in and out, and those with links that work once.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION, RETRY_AFTER, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};

use super::view::{self, SetUp};
use crate::access::failures::{Attempt, TooMany};
use crate::access::journal::{self, Action, By, Difference};
use crate::access::links::{self, DEMONSTRATION, Purpose};
use crate::access::people::{self, Saved};
use crate::access::person::Author;
use crate::access::rights::{Preset, SEE_FLOW_SCHEMAS, SEE_PEOPLE, SEE_QUEUES};
use crate::access::session::Signed;
use crate::access::sessions;
use crate::access::sign_in::{Arrival, Begun, SignIn, sign_in};
use crate::db::Db;
use crate::error::Error;
use crate::metrics::{self, Metrics};
use crate::pages::people::form::{Errors, Typed};
use crate::secret::Secret;
use crate::web::access::{self, cookies, mark, no_cookie, secret};
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Door, Filled, Form};
use crate::web::page::{Page, Section};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::site::Site;
use crate::web::token::Token;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The sign-in page, or the page that the demonstration's link leads to.
pub async fn new(db: web::Data<Db>, request: HttpRequest, params: Params, token: Token) -> Answer {
    let next = next(&params);
    if let Some(link) = params.get("link") {
        let link = Secret::read(link).ok_or(USED)?;
        let hash = link.hash();
        if !db.read(move |conn| Ok(links::exists(conn, &hash, Purpose::Demonstration)?)).await? {
            return Err(USED.into());
        }
        return Ok(Page::new(Section::None, "Look around", view::Demonstration { link, token }).into());
    }
    if access::signed(&request).is_some() {
        return Ok(to(&next));
    }
    Ok(sign_in_page(StatusCode::OK, view::SignIn::new(next, token)))
}

pub fn sign_in_page(status: StatusCode, body: view::SignIn) -> HttpResponse {
    Page { status, ..Page::new(Section::None, "Sign in", body) }.into()
}

/// Where to go after signing in: a page of ours, or the first one.
fn next(params: &Params) -> String {
    params.get("next").filter(|path| paths::is_of_here(path)).map_or_else(paths::start, str::to_owned)
}

const REFUSED: &str = "That name and password do not open Queue Hooks. Check both, or ask somebody who manages people.";

/// Signs in with a name and a password, or with the demonstration's link.
pub async fn create(db: web::Data<Db>, request: HttpRequest, door: Door, token: Token, by: By) -> Answer {
    let Door { params, is_stale, again } = door;
    if let Some(link) = params.get("link") {
        return follow(&db, &request, link, by).await;
    }
    let (next, stay) = (next(&params), params.get("stay").is_some());
    let (name, password) = credentials(&params, stay);
    if let Some(again) = again {
        let body = view::SignIn { name, stay, error: Some(again.sentence), ..view::SignIn::new(next, token) };
        return Ok(sign_in_page(again.status, body));
    }
    // They came in by another tab.
    let is_in = access::signed(&request).is_some_and(|signed| signed.person.name == name.to_lowercase());
    if is_stale && is_in && !stay {
        return Ok(to(&next));
    }
    let signed_in = match sign_in(&db, &name, password, arrival(&request, by)).await? {
        SignIn::Done(begun) if stay => return stayed(&request, &begun).await,
        SignIn::Done(begun) => return signed_in(&request, &begun, || to(&next)),
        other => other,
    };
    Ok(sign_in_again(&request, &signed_in, view::SignIn { name, stay, ..view::SignIn::new(next, token) }))
}

/// The page again for somebody who may not come in, and why.
pub fn sign_in_again(request: &HttpRequest, refused: &SignIn, body: view::SignIn) -> HttpResponse {
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        let is_too_many = matches!(refused, SignIn::TooMany(_));
        metrics.failed_to_sign_in(if is_too_many { metrics::TOO_MANY } else { metrics::REFUSED });
    }
    let again = |status, error| sign_in_page(status, view::SignIn { error: Some(error), ..body });
    match refused {
        SignIn::TooMany(refused) => too_many(refused, again(StatusCode::TOO_MANY_REQUESTS, refused.sentence())),
        _ => again(INVALID, REFUSED.into()),
    }
}

/// Name and password as typed, on a page of their own or beside another form.
pub fn credentials(params: &Params, is_beside: bool) -> (String, String) {
    let prefix = if is_beside { view::PREFIX } else { "" };
    (params.text(&format!("{prefix}name")), params.text(&format!("{prefix}password")))
}

/// The message to somebody who signed in on a page that they stay on. It brings the new token for that page.
async fn stayed(request: &HttpRequest, begun: &Begun) -> Answer {
    access::recognize(request, &begun.session).await?;
    let signed_as = access::signed(request).ok_or(Error::SignedOut)?.person.to_string();
    signed_in(request, begun, || {
        Page::new(Section::None, "Signed in", view::Stayed { signed_as, token: Token::of(request) }).into()
    })
}

/// What a new session takes from the request.
pub fn arrival(request: &HttpRequest, by: By) -> Arrival {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Arrival {
        by,
        agent: agent.chars().take(200).collect(),
        before: secret(request).map(|secret| secret.hash()),
        mark: mark(request),
        limits: Site::of(request).limits,
    }
}

/// Gives the browser a session and a new token, with an answer that is made after them.
pub fn signed_in(request: &HttpRequest, begun: &Begun, answer: impl FnOnce() -> HttpResponse) -> Answer {
    Token::renew(request);
    keep(request, begun, answer())
}

/// Adds what a browser keeps from now on: the session, and the token of the request.
pub fn keep(request: &HttpRequest, begun: &Begun, mut response: HttpResponse) -> Answer {
    let site = Site::of(request);
    for cookie in cookies(site, begun).into_iter().chain([Token::of(request).cookie(site)]) {
        response.add_cookie(&cookie).map_err(|cause| Error::Internal(cause.to_string()))?;
    }
    if access::is_htmx(request)
        && let Some(location) = response.headers_mut().remove(LOCATION).next()
    {
        // The next page is somebody's: it is loaded whole, whatever this one was like.
        *response.status_mut() = StatusCode::OK;
        response.headers_mut().insert(HeaderName::from_static("hx-redirect"), location);
    }
    Ok(response)
}

fn to(next: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, next)).finish()
}

pub async fn remove(db: web::Data<Db>, request: HttpRequest, signed: Signed, by: By, _: Form) -> Answer {
    let Signed { person, session, .. } = signed.clone();
    let signed_out = move |conn: &mut _| {
        sessions::end(conn, person.id, session)?;
        Ok(journal::record(conn, &by, Action::SignOut, Some(&person), Difference::default())?)
    };
    signed.write_people(&db, signed_out).await?;
    let site = Site::of(&request);
    let mut response = see_other(&paths::sign_in(), &Flash::say("You are signed out"));
    for cookie in [no_cookie(site), Token::renew(&request).cookie(site)] {
        response.add_cookie(&cookie).map_err(|cause| Error::Internal(cause.to_string()))?;
    }
    Ok(response)
}

const USED: Error = Error::Forbidden(
    "This link works once and was used before. Sign in with a name and a password, or start the program again \
     for another link.",
);

/// Signs in as the demonstration's administrator.
async fn follow(db: &Db, request: &HttpRequest, link: &str, by: By) -> Answer {
    let link = Secret::read(link).ok_or(USED)?;
    let (attempt, arrival) = (Attempt::with_link(&by.address), arrival(request, by));
    let browser = Token::of(request).hash();
    let (allowed, begun) = db
        .write(move |conn| {
            let allowed = attempt.begin(conn)?;
            if !links::follow(conn, &link, &browser)? {
                return Ok((allowed, None));
            }
            attempt.succeed(conn)?;
            let (person, _) = people::find_by_name(conn, DEMONSTRATION)?.ok_or(USED)?;
            Ok((allowed, Some(arrival.begin(conn, &person)?)))
        })
        .await?;
    let Some(begun) = begun else {
        // From another tab.
        if access::signed(request).is_some() {
            return Ok(to(&paths::start()));
        }
        allowed.map_err(Error::from)?;
        return Err(USED.into());
    };
    signed_in(request, &begun, || to(&paths::start()))
}

/// The page to create the first administrator.
pub async fn set_up(db: web::Data<Db>, params: Params, token: Token) -> Answer {
    let link = Secret::read(&params.text("link")).ok_or(USED)?;
    let hash = link.hash();
    let is_link =
        db.read(move |conn| Ok(people::is_nobody(conn)? && links::exists(conn, &hash, Purpose::SetUp)?)).await?;
    if !is_link {
        return Err(USED.into());
    }
    Ok(set_up_page(
        StatusCode::OK,
        SetUp { link, typed: Typed::default(), errors: Errors::default(), again: None, token },
    ))
}

fn set_up_page(status: StatusCode, body: SetUp) -> HttpResponse {
    Page { status, ..Page::new(Section::None, "Set up", body) }.into()
}

/// Creates the first administrator, once, and signs in.
pub async fn set_up_create(
    db: web::Data<Db>,
    request: HttpRequest,
    Filled(params, again): Filled,
    token: Token,
    by: By,
) -> Answer {
    let link = Secret::read(&params.text("link")).ok_or(USED)?;
    // The link comes first: nothing is hashed for anybody without one.
    let (hash, attempt) = (link.hash(), Attempt::with_link(&by.address));
    let (begun, is_link) = db
        .write(move |conn| {
            let begun = attempt.begin(conn)?;
            let is_link = people::is_nobody(conn)? && links::exists(conn, &hash, Purpose::SetUp)?;
            if is_link {
                attempt.succeed(conn)?;
            }
            Ok((begun, is_link))
        })
        .await?;
    if !is_link {
        begun.map_err(Error::from)?;
        return Err(USED.into());
    }
    let typed = Typed::read(&params);
    if let Some(Again { status, sentence }) = again {
        let errors = Errors::default();
        return Ok(set_up_page(status, SetUp { link, typed, errors, again: Some(sentence), token }));
    }
    let (wanted, password) = match typed.wanted_with_password(Preset::Administrator.rights()) {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(set_up_page(INVALID, SetUp { link, typed, errors, again: None, token })),
    };
    let stored = password.hash().await?;
    let arrival = arrival(&request, by);
    let (name, again) = (wanted.name.0.clone(), arrival.clone());
    let added = db
        .write(move |conn| {
            if !people::is_nobody(conn)? || !links::use_up(conn, &link, Purpose::SetUp)? {
                return Err(USED);
            }
            let by = By { author: Author { id: None, name: "Set-up link".into() }, ..arrival.by.clone() };
            match people::add(conn, &wanted, &stored, &by)? {
                Saved::Done(person) => arrival.begin(conn, &person),
                _ => Err(USED),
            }
        })
        .await;
    let begun = match added {
        Ok(begun) => begun,
        // The form was sent twice at the same moment: whoever became the administrator comes in.
        Err(error) => match sign_in(&db, &name, params.text("password"), again).await {
            Ok(SignIn::Done(begun)) => begun,
            _ => return Err(error.into()),
        },
    };
    signed_in(&request, &begun, || to(&paths::start()))
}

/// `/` leads to the first section that the person may see.
pub async fn root(signed: Signed) -> HttpResponse {
    let sections =
        [(SEE_QUEUES, paths::queues()), (SEE_FLOW_SCHEMAS, paths::flow_schemas()), (SEE_PEOPLE, paths::people())];
    let first = sections.into_iter().find(|(needed, _)| signed.may(*needed));
    to(&first.map_or_else(paths::account, |(_, path)| path))
}

/// The page that says that too many attempts failed, with the time to wait for programs.
pub fn too_many(too_many: &TooMany, mut page: HttpResponse) -> HttpResponse {
    page.headers_mut().insert(RETRY_AFTER, too_many.seconds.into());
    page
}
