//! Who is signed in, and for how long.
//!
//! * A browser keeps 128 random bits in a cookie that scripts cannot read; the database has their SHA-256. Each
//!   sign-in makes new ones, so nobody can be tricked into a session that somebody else knows.
//! * A session ends when it is idle for too long, when it is too old, when its person signs out, loses access or
//!   gets a new password, or when somebody ends it. Every request checks this, so it takes effect at once and on
//!   every instance.
//! * Signing in takes the same time and says the same whether the name or the password is wrong, and is
//!   throttled by name and by address ([`super::failures`]).

use chrono::{Duration, NaiveDateTime};

use super::person::Person;
use super::rights::Access;
use crate::db::Abilities;

/// The person who sent a request, signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The session's id, which is not secret.
    pub session: i64,
    pub person: Person,
    pub abilities: Abilities,
}

impl Signed {
    /// Whether the person has the rights and the installation is able.
    pub fn may(&self, needed: Access) -> bool {
        self.person.rights.may(needed) && needed.is_possible(&self.abilities)
    }

    /// Why something is not done here, and where it is, if that is all that keeps the person from it.
    pub fn elsewhere(&self, needed: Access) -> Option<&'static str> {
        self.abilities.refuses(needed.work()).filter(|_| self.person.rights.may(needed))
    }
}

/// How long sessions last: without a request, and in total.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub idle: Duration,
    pub absolute: Duration,
}

impl Limits {
    /// A session must have been used after the first moment and made after the second.
    pub fn since(self, now: NaiveDateTime) -> (NaiveDateTime, NaiveDateTime) {
        (now - self.idle, now - self.absolute)
    }
}
