//! Changing one's own password; the current one has to be right.

use super::failures::{Attempt, TooMany};
use super::journal::By;
use super::password::{self, Password, Verified};
use super::people;
use super::session::Signed;
use crate::db::Db;
use crate::error::Error;

pub enum Changed {
    Done,
    /// What was typed is not the current password.
    Wrong,
    TooMany(TooMany),
}

/// Stores a new password and ends the person's other sessions.
pub async fn change(db: &Db, signed: &Signed, current: String, new: Password, by: By) -> Result<Changed, Error> {
    // Guessing in a session that was left open is throttled, and keeps nobody from signing in.
    let (id, name) = (signed.person.id, signed.person.name.clone());
    let attempt = Attempt::from_account(&name);
    let (begun, attempt, found) = signed
        .write_people(db, move |conn| Ok((attempt.begin(conn)?, attempt, people::find_by_name(conn, &name)?)))
        .await?;
    if let Err(too_many) = begun {
        return Ok(Changed::TooMany(too_many));
    }
    if password::verify(current, found.map(|(_, stored)| stored)).await? == Verified::No {
        return Ok(Changed::Wrong);
    }
    let stored = new.hash().await?;
    let session = signed.session;
    // Anybody who set a new password in the meantime ended this session too.
    signed
        .write_people(db, move |conn| {
            people::set_password(conn, id, &stored, Some(session), &by)?;
            Ok(attempt.succeed(conn)?)
        })
        .await?;
    Ok(Changed::Done)
}
