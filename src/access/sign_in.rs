//! Signing in with a name and a password.

use super::failures::{Attempt, TooMany};
use super::journal::{self, Action, By, Difference};
use super::password::{self, Verified};
use super::person::{Name, Person};
use super::session::Limits;
use super::{people, sessions};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::secret::Secret;

/// Somebody who comes in, as far as the request tells.
#[derive(Clone)]
pub struct Arrival {
    pub by: By,
    /// The browser's name for itself.
    pub agent: String,
    /// The hash of the session that the browser had until now.
    pub before: Option<String>,
    pub limits: Limits,
}

impl Arrival {
    /// Begins the person's session and gives its secret.
    pub fn begin(self, conn: &mut Conn, person: &Person) -> Result<Secret, Error> {
        if let Some(before) = self.before {
            sessions::end_by_hash(conn, &before)?;
        }
        let by = By { author: person.author(), ..self.by };
        journal::record(conn, &by, Action::SignIn, Some(person), Difference::default())?;
        Ok(sessions::begin(conn, person.id, &by.address, &self.agent, self.limits)?)
    }
}

pub enum SignIn {
    Done(Secret),
    /// Name and password do not open.
    Refused,
    TooMany(TooMany),
}

/// How often a password is compared, while somebody stores another one at each time.
const ROUNDS: usize = 3;

/// Begins a session for whoever knows the password of that name.
pub async fn sign_in(db: &Db, typed: &str, password: String, arrival: Arrival) -> Result<SignIn, Error> {
    // What cannot be a name belongs to nobody, and is treated like one that nobody has.
    let name = Name::new(typed).map_or_else(|_| typed.to_owned(), |name| name.0);
    let attempt = Attempt::new(&name, &arrival.by.address);
    let (begun, attempt) = db.write(move |conn| Ok((attempt.begin(conn)?, attempt))).await?;
    if let Err(too_many) = begun {
        return Ok(SignIn::TooMany(too_many));
    }
    let mut person = None;
    for _ in 0..ROUNDS {
        let wanted = name.clone();
        let found = db.read(move |conn| Ok(people::find_by_name(conn, &wanted)?)).await?;
        let verified = password::verify(password.clone(), found.as_ref().map(|(_, stored)| stored.clone())).await?;
        person = found;
        let Some((person, stored)) = person.clone().filter(|(person, _)| person.enabled && verified != Verified::No)
        else {
            break;
        };
        let again =
            if verified == Verified::Outdated { Some(password::hash_again(password.clone()).await?) } else { None };
        let (attempt, arrival) = (attempt.clone(), arrival.clone());
        // What was compared may have been replaced meanwhile; then the next round compares with that.
        let begun = db.write(move |conn| {
            if !people::opens(conn, person.id, &stored)? {
                return Ok(None);
            }
            if let Some(again) = again {
                people::store_password(conn, person.id, &again)?;
            }
            let secret = arrival.begin(conn, &person)?;
            attempt.succeed(conn)?;
            Ok(Some(secret))
        });
        if let Some(secret) = begun.await? {
            return Ok(SignIn::Done(secret));
        }
    }
    let person = person.map(|(person, _)| person);
    db.write(move |conn| {
        Ok(journal::record(conn, &arrival.by, Action::FailToSignIn, person.as_ref(), Difference::default())?)
    })
    .await?;
    Ok(SignIn::Refused)
}
