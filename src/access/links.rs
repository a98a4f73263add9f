//! Links that work once: to create the first administrator, and to look around in a demonstration.

use diesel::prelude::*;
use strum::IntoStaticStr;

use super::journal::By;
use super::people;
use super::people::Wanted;
use super::person::{DisplayName, Name};
use super::rights::Preset;
use crate::db::schema::links;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::secret::{Secret, hash};

/// What a link that works once is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Purpose {
    /// To create the first administrator.
    SetUp,
    /// To sign in as the demonstration's administrator.
    Demonstration,
}

/// Makes a link that works once and returns its secret.
fn make(conn: &mut Conn, purpose: Purpose) -> QueryResult<Secret> {
    let secret = Secret::new();
    note(conn, &secret.hash(), purpose)?;
    Ok(secret)
}

fn note(conn: &mut Conn, hash: &str, purpose: Purpose) -> QueryResult<usize> {
    diesel::insert_into(links::table)
        .values((links::hash.eq(hash), links::purpose.eq(<&str>::from(purpose))))
        .execute(conn)
}

pub fn exists(conn: &mut Conn, hash: &str, purpose: Purpose) -> QueryResult<bool> {
    let link = links::table.filter(links::hash.eq(hash)).filter(links::purpose.eq(<&str>::from(purpose)));
    diesel::select(diesel::dsl::exists(link)).get_result(conn)
}

/// Uses up a link, and every other one for the same purpose; returns whether it was valid. If two people come at the
/// same moment, the database lets one of them pass.
pub fn use_up(conn: &mut Conn, secret: &Secret, purpose: Purpose) -> QueryResult<bool> {
    if !exists(conn, &secret.hash(), purpose)? {
        return Ok(false);
    }
    let used: Vec<String> = diesel::delete(links::table.filter(links::purpose.eq(<&str>::from(purpose))))
        .returning(links::hash)
        .get_results(conn)?;
    Ok(used.contains(&secret.hash()))
}

/// Uses up the link to the demonstration, or finds that the same browser did so a moment before: its form was sent
/// twice. `browser` is a secret that it has until it is signed in.
pub fn follow(conn: &mut Conn, secret: &Secret, browser: &str) -> QueryResult<bool> {
    const PURPOSE: Purpose = Purpose::Demonstration;
    let both = hash(&format!("{} {browser}", secret.reveal()));
    if !use_up(conn, secret, PURPOSE)? {
        return exists(conn, &both, PURPOSE);
    }
    note(conn, &both, PURPOSE)?;
    Ok(true)
}

/// The name of the demonstration's administrator.
pub const DEMONSTRATION: &str = "demo";

/// Makes the demonstration's administrator, who has no password that works, and the link to sign in with.
pub fn make_demonstration(conn: &mut Conn) -> Result<Secret, Error> {
    let wanted = Wanted {
        name: Name(DEMONSTRATION.into()),
        display_name: DisplayName("Demonstration".into()),
        rights: Preset::Administrator.rights(),
    };
    people::add(conn, &wanted, "", &By::command_line())?;
    Ok(make(conn, Purpose::Demonstration)?)
}

/// The link to create the first administrator, if there is nobody yet. If there is somebody, nothing is written, so
/// that a program can start while another one writes.
pub fn make_set_up(db: &Db) -> Result<Option<Secret>, Error> {
    if !db.snapshot(|conn| people::is_nobody(conn).map_err(Error::from))? {
        return Ok(None);
    }
    db.write_now(|conn| make(conn, Purpose::SetUp).map(Some).map_err(Error::from))
}
