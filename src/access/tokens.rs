//! Tokens: what a program shows instead of signing in.
//!
//! * A token belongs to a person and has a part of their rights. What it may do is what both may at the time of a
//!   request.
//! * It is 128 random bits, shown once; the database has their SHA-256.
//! * It ends when its time is over, when it is removed, and when its person loses access.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;

use super::journal::{self, Action, By};
use super::person::Person;
use super::rights::{Access, Rights};
use crate::db::schema::{people, tokens};
use crate::db::{Abilities, Conn, now};
use crate::error::{Error, Thing};
use crate::name;
use crate::on_each;
use crate::secret::Secret;

/// How each token begins, so that people and scanners recognise one.
const BEGINNING: &str = "qh_";
/// How many tokens a person has at most.
const MOST: i64 = 50;
/// How long a token lasts, in days: unless somebody says otherwise, and at most.
pub const DEFAULT_DAYS: u32 = 90;
pub const MAX_DAYS: u32 = 366;
/// How old `used_at` may be before it is written again.
const PRECISION: Duration = Duration::minutes(1);

/// A token as its person sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub struct Token {
    pub id: i64,
    pub name: String,
    pub rights: Rights,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub used_at: Option<NaiveDateTime>,
}

impl Token {
    pub fn is_over(&self) -> bool {
        self.expires_at <= now()
    }
}

/// A token as somebody wants it to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: String,
    pub rights: Rights,
    pub days: u32,
}

/// Reads the name of a token: 1 to 100 characters.
pub fn read_name(typed: &str) -> Result<String, String> {
    name::read(typed, "name", 100)
}

/// Who sends a request to the API.
#[derive(Clone, Debug)]
pub struct Caller {
    pub token: i64,
    /// With the rights that the token has too.
    pub person: Person,
    pub abilities: Abilities,
}

impl Caller {
    /// Whether token and person have the rights and the installation is able.
    pub fn may(&self, needed: Access) -> bool {
        self.person.rights.may(needed) && needed.is_possible(&self.abilities)
    }
}

/// What the database stores of a token that a request shows. Anything that cannot be one of ours never reaches the
/// database.
pub fn hash(shown: &str) -> Option<String> {
    Some(Secret::read(shown.strip_prefix(BEGINNING)?)?.hash())
}

/// Whose token this is, if it is valid; and whether its use is due to be written down.
pub fn find(conn: &mut Conn, hash: &str, abilities: Abilities) -> QueryResult<Option<(Caller, bool)>> {
    let found: Option<(i64, Rights, Option<NaiveDateTime>, Person)> = on_each!(conn, c => {
        tokens::table
            .inner_join(people::table)
            .filter(tokens::hash.eq(hash))
            .filter(tokens::expires_at.gt(now()))
            .filter(people::enabled.eq(true))
            .select((tokens::id, tokens::rights, tokens::used_at, Person::as_select()))
            // Not `first`: there is one at most.
            .get_result(c)
            .optional()?
    });
    Ok(found.map(|(token, rights, used_at, person)| {
        let person = Person { rights: person.rights.and(&rights), ..person };
        let is_due = used_at.is_none_or(|used_at| now() - used_at > PRECISION);
        (Caller { token, person, abilities }, is_due)
    }))
}

/// What a token may do now, if it is still valid: for whoever has waited for an answer.
pub fn rights_now(conn: &mut Conn, id: i64) -> QueryResult<Option<Rights>> {
    let found: Option<(Rights, Rights)> = tokens::table
        .inner_join(people::table)
        .filter(tokens::id.eq(id))
        .filter(tokens::expires_at.gt(now()))
        .filter(people::enabled.eq(true))
        .select((tokens::rights, people::rights))
        .get_result(conn)
        .optional()?;
    Ok(found.map(|(of_token, of_person)| of_token.and(&of_person)))
}

/// Writes down that a token is in use.
pub fn touch(conn: &mut Conn, id: i64) -> QueryResult<()> {
    diesel::update(tokens::table.find(id)).set(tokens::used_at.eq(now())).execute(conn).map(drop)
}

/// A person's tokens, those that are over too, the latest first.
pub fn list(conn: &mut Conn, person: i64) -> QueryResult<Vec<Token>> {
    tokens::table.filter(tokens::person_id.eq(person)).order(tokens::id.desc()).select(Token::as_select()).load(conn)
}

/// Why there is no new token.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The person has a token with this name.
    NameTaken,
    TooMany,
}

impl Refused {
    pub fn sentence(&self) -> String {
        match self {
            Self::NameTaken => {
                "There is a token with this name. Choose another name, or remove that token first.".into()
            }
            Self::TooMany => format!("There are {MOST} tokens already. Remove one first."),
        }
    }
}

/// Makes a token, and returns what its program shows. Nobody can see that again.
pub fn add(conn: &mut Conn, person: &Person, wanted: &Wanted, by: &By) -> Result<Result<String, Refused>, Error> {
    let own = tokens::table.filter(tokens::person_id.eq(person.id));
    if own.filter(tokens::name.eq(&wanted.name)).count().get_result::<i64>(conn)? > 0 {
        return Ok(Err(Refused::NameTaken));
    }
    if own.count().get_result::<i64>(conn)? >= MOST {
        return Ok(Err(Refused::TooMany));
    }
    let secret = Secret::new();
    let days = wanted.days.clamp(1, MAX_DAYS);
    diesel::insert_into(tokens::table)
        .values((
            tokens::hash.eq(secret.hash()),
            tokens::person_id.eq(person.id),
            tokens::name.eq(&wanted.name),
            tokens::rights.eq(wanted.rights.and(&person.rights).words()),
            tokens::created_at.eq(now()),
            tokens::expires_at.eq(now() + Duration::days(days.into())),
        ))
        .execute(conn)
        .map_err(taken_meanwhile)?;
    journal::record_token(conn, by, Action::AddToken, person, &wanted.name)?;
    Ok(Ok(format!("{BEGINNING}{}", secret.reveal())))
}

/// Somebody made a token of this name at the same moment.
fn taken_meanwhile(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation, _) => {
            Error::Conflict(Thing::Person, Refused::NameTaken.sentence())
        }
        error => error.into(),
    }
}

/// Removes a person's token, which ends it at once; returns its name if there was one.
pub fn remove(conn: &mut Conn, person: &Person, id: i64, by: &By) -> Result<Option<String>, Error> {
    let own = tokens::table.find(id).filter(tokens::person_id.eq(person.id));
    let name: Option<String> = own.select(tokens::name).get_result(conn).optional()?;
    if let Some(name) = &name {
        diesel::delete(own).execute(conn)?;
        journal::record_token(conn, by, Action::RemoveToken, person, name)?;
    }
    Ok(name)
}

/// Removes all tokens of a person; returns how many there were.
pub fn remove_all(conn: &mut Conn, person: i64) -> QueryResult<usize> {
    diesel::delete(tokens::table.filter(tokens::person_id.eq(person))).execute(conn)
}
