//! The sessions: starting, finding and ending them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::person::Person;
use super::session::{Limits, Signed};
use crate::db::schema::{people, sessions};
use crate::db::{Abilities, Conn, now};
use crate::on_each;
use crate::secret::Secret;

/// A session as its person sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: i64,
    pub created_at: NaiveDateTime,
    pub used_at: NaiveDateTime,
    pub address: String,
    pub agent: String,
}

/// How old `used_at` may be before it is written again.
const PRECISION: chrono::Duration = chrono::Duration::minutes(1);

/// Starts a session and returns the secret for its cookie. Also deletes sessions that are over.
pub fn begin(conn: &mut Conn, person: i64, address: &str, agent: &str, limits: Limits) -> QueryResult<Secret> {
    let (used_since, made_since) = limits.since(now());
    let over = sessions::used_at.lt(used_since).or(sessions::created_at.lt(made_since));
    diesel::delete(sessions::table.filter(over)).execute(conn)?;
    let secret = Secret::new();
    diesel::insert_into(sessions::table)
        .values((
            sessions::hash.eq(secret.hash()),
            sessions::person_id.eq(person),
            sessions::created_at.eq(now()),
            sessions::used_at.eq(now()),
            sessions::address.eq(address),
            sessions::agent.eq(agent),
        ))
        .execute(conn)?;
    Ok(secret)
}

/// The session with this hash, if it is still valid and its person has access; and whether its use is due to be
/// written down.
pub fn find(conn: &mut Conn, hash: &str, limits: Limits, abilities: Abilities) -> QueryResult<Option<(Signed, bool)>> {
    let (used_since, made_since) = limits.since(now());
    let found: Option<(i64, NaiveDateTime, Person)> = on_each!(conn, c => {
        sessions::table
            .inner_join(people::table)
            .filter(sessions::hash.eq(hash))
            .filter(sessions::used_at.ge(used_since))
            .filter(sessions::created_at.ge(made_since))
            .filter(people::enabled.eq(true))
            .select((sessions::id, sessions::used_at, Person::as_select()))
            // Not `first`: there is one at most.
            .get_result(c)
            .optional()?
    });
    Ok(found.map(|(session, used_at, person)| (Signed { session, person, abilities }, now() - used_at > PRECISION)))
}

pub fn touch(conn: &mut Conn, id: i64) -> QueryResult<()> {
    diesel::update(sessions::table.find(id)).set(sessions::used_at.eq(now())).execute(conn).map(drop)
}

/// A person's valid sessions, the latest first.
pub fn list(conn: &mut Conn, person: i64, limits: Limits) -> QueryResult<Vec<Session>> {
    let (used_since, made_since) = limits.since(now());
    sessions::table
        .filter(sessions::person_id.eq(person))
        .filter(sessions::used_at.ge(used_since))
        .filter(sessions::created_at.ge(made_since))
        .order((sessions::used_at.desc(), sessions::id.desc()))
        .select(Session::as_select())
        .load(conn)
}

/// How many sessions are valid.
pub fn count(conn: &mut Conn, limits: Limits) -> QueryResult<i64> {
    let (used_since, made_since) = limits.since(now());
    let valid = sessions::table.filter(sessions::used_at.ge(used_since)).filter(sessions::created_at.ge(made_since));
    valid.count().get_result(conn)
}

/// Ends a session of a person; returns whether there was one.
pub fn end(conn: &mut Conn, person: i64, id: i64) -> QueryResult<bool> {
    let session = sessions::table.find(id).filter(sessions::person_id.eq(person));
    Ok(diesel::delete(session).execute(conn)? > 0)
}

/// Ends the session with this hash, whoever it belongs to.
pub fn end_by_hash(conn: &mut Conn, hash: &str) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::hash.eq(hash))).execute(conn).map(drop)
}

/// Ends a person's sessions; returns how many there were.
pub fn end_all(conn: &mut Conn, person: i64) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::person_id.eq(person))).execute(conn)
}

/// Ends a person's sessions except one; returns how many there were.
pub fn end_others(conn: &mut Conn, person: i64, keep: i64) -> QueryResult<usize> {
    let others = sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::id.ne(keep));
    diesel::delete(others).execute(conn)
}
