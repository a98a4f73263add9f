//! Changing one's own password; the current one has to be right.

use super::failures::{Attempt, TooMany};
use super::password::{self, Password, Verified};
use super::people;
use super::session::Signed;
use super::sign_in::{Arrival, Begun};
use crate::db::Db;
use crate::error::Error;

pub enum Changed {
    Done(Begun),
    /// What was typed is not the current password.
    Wrong,
    TooMany(TooMany),
}

/// Stores a new password, ends the person's sessions, and starts another in this browser: whoever knows the secret of
/// the old one is out.
pub async fn change(
    db: &Db,
    signed: &Signed,
    current: String,
    new: Password,
    arrival: Arrival,
) -> Result<Changed, Error> {
    // Guessing from a session that was left open is throttled, and keeps nobody out at the door.
    let (id, name) = (signed.person.id, signed.person.name.clone());
    let attempt = Attempt::from_account(&name);
    let (begun, attempt, found) = signed
        .write_people(db, move |conn| Ok((attempt.begin(conn)?, attempt, people::find_by_name(conn, &name)?)))
        .await?;
    if let Err(too_many) = begun {
        return Ok(Changed::TooMany(too_many));
    }
    let verified = password::verify(current, found.map(|(_, stored)| stored)).await;
    if attempt.unless_busy(db, verified).await? == Verified::No {
        return Ok(Changed::Wrong);
    }
    let stored = new.hash().await;
    let stored = attempt.unless_busy(db, stored).await?;
    // Whoever set another password meanwhile ended this session with it.
    let begun = signed.write_people(db, move |conn| {
        let person = people::set_password(conn, id, &stored, &arrival.by)?;
        let begun = arrival.renew(conn, &person)?;
        attempt.succeed(conn)?;
        Ok(begun)
    });
    Ok(Changed::Done(begun.await?))
}
