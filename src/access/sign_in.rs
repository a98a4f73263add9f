//! Signing in with a name and a password.

use super::failures::{Attempt, TooMany};
use super::journal::{self, Action, By, Difference};
use super::password::{self, Verified};
use super::person::{Name, Person};
use super::session::Limits;
use super::{browsers, people, sessions};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::secret::Secret;

/// Somebody who wants to come in, as far as the request says.
#[derive(Clone)]
pub struct Arrival {
    pub by: By,
    /// The browser's name for itself.
    pub agent: String,
    /// The hash of the session that the browser had until now.
    pub before: Option<String>,
    /// What the browser shows if somebody signed in with it before.
    pub mark: Option<String>,
    pub limits: Limits,
}

/// What a browser keeps after signing in.
pub struct Begun {
    pub session: Secret,
    pub mark: String,
}

impl Arrival {
    /// Starts the person's session.
    pub fn begin(self, conn: &mut Conn, person: &Person) -> Result<Begun, Error> {
        let by = By { author: person.author(), ..self.by.clone() };
        journal::record(conn, &by, Action::SignIn, Some(person), Difference::default())?;
        self.renew(conn, person)
    }

    /// Starts a session in place of the one that the browser had.
    pub fn renew(self, conn: &mut Conn, person: &Person) -> Result<Begun, Error> {
        if let Some(before) = self.before {
            sessions::end_by_hash(conn, &before)?;
        }
        Ok(Begun {
            session: sessions::begin(conn, person.id, &self.by.address, &self.agent, self.limits)?,
            mark: browsers::mark(conn, &person.name, self.mark.as_deref())?,
        })
    }
}

pub enum SignIn {
    Done(Begun),
    /// Name and password do not match.
    Refused,
    TooMany(TooMany),
}

/// How often a password is compared, if somebody stores a new one each time.
const ROUNDS: usize = 3;

/// Starts a session for somebody who knows the password for this name.
pub async fn sign_in(db: &Db, typed: &str, password: String, arrival: Arrival) -> Result<SignIn, Error> {
    // What cannot be a name is treated like a name that nobody has.
    let name = Name::new(typed).map_or_else(|_| typed.to_owned(), |name| name.0);
    let (wanted, address, mark) = (name.clone(), arrival.by.address.clone(), arrival.mark.clone());
    let attempt = db.write(move |conn| {
        let attempt = match browsers::known(conn, &wanted, mark.as_deref())? {
            Some(browser) => Attempt::in_browser(&wanted, &browser),
            None => Attempt::with_name(&wanted, &address),
        };
        Ok(attempt.begin(conn)?.map(|()| attempt))
    });
    let attempt = match attempt.await? {
        Ok(attempt) => attempt,
        Err(too_many) => return Ok(SignIn::TooMany(too_many)),
    };
    let mut person = None;
    for _ in 0..ROUNDS {
        let wanted = name.clone();
        let found = db.read(move |conn| Ok(people::find_by_name(conn, &wanted)?)).await?;
        let verified = password::verify(password.clone(), found.as_ref().map(|(_, stored)| stored.clone())).await;
        let verified = attempt.unless_busy(db, verified).await?;
        person = found;
        let Some((person, stored)) = person.clone().filter(|(person, _)| person.enabled && verified != Verified::No)
        else {
            break;
        };
        let again = if verified == Verified::Outdated {
            let again = password::hash_again(password.clone()).await;
            Some(attempt.unless_busy(db, again).await?)
        } else {
            None
        };
        let (attempt, arrival) = (attempt.clone(), arrival.clone());
        // What was compared may have been replaced in the meantime; then the next round compares with the new one.
        let begun = db.write(move |conn| {
            if !people::opens(conn, person.id, &stored)? {
                return Ok(None);
            }
            if let Some(again) = again {
                people::store_password(conn, person.id, &again)?;
            }
            let begun = arrival.begin(conn, &person)?;
            attempt.succeed(conn)?;
            Ok(Some(begun))
        });
        if let Some(begun) = begun.await? {
            return Ok(SignIn::Done(begun));
        }
    }
    let person = person.map(|(person, _)| person);
    db.write(move |conn| {
        Ok(journal::record(conn, &arrival.by, Action::FailToSignIn, person.as_ref(), Difference::default())?)
    })
    .await?;
    Ok(SignIn::Refused)
}
