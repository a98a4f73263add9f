//! The changes that somebody who is signed in makes, or a program with their token. We learn who sent a request when
//! its headers arrive, and its body may arrive seconds later. So each change asks again, in its own transaction, and
//! nobody takes away the session, the token or a right until that ends.
//!
//! On PostgreSQL everybody locks in the same order: people, then sessions and tokens, then failures to sign in, then
//! everything else.

use diesel::prelude::*;

use super::people;
use super::person::Person;
use super::rights::Rights;
use super::session::Signed;
use super::tokens::Caller;
use crate::db::schema::{people as persons, sessions, tokens};
use crate::db::{Conn, Db};
use crate::error::Error;

impl Signed {
    /// Runs one transaction, like [`Db::write_twice`], if the person may still do what they could when the request
    /// arrived.
    pub async fn write<T, F>(&self, db: &Db, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Clone + Send + 'static,
    {
        let signed = self.clone();
        db.write_twice(move |conn| {
            signed.confirm(conn)?;
            work(conn)
        })
        .await
    }

    /// The same for a change of people or of their sessions.
    pub async fn write_people<T, F>(&self, db: &Db, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let signed = self.clone();
        db.write(move |conn| {
            people::lock(conn)?;
            signed.confirm(conn)?;
            work(conn)
        })
        .await
    }

    /// Refuses somebody whose session has ended since then, or who lost a right.
    fn confirm(&self, conn: &mut Conn) -> Result<(), Error> {
        let both = persons::table.inner_join(sessions::table);
        let mine = both.filter(persons::id.eq(self.person.id)).filter(sessions::id.eq(self.session));
        let enabled = mine.filter(persons::enabled.eq(true));
        let person: Option<Person> = match conn {
            Conn::Postgres(conn) => enabled.select(Person::as_select()).for_share().get_result(conn),
            // This transaction is the only one that writes. A limit would be prepared anew each time, and there is one
            // person at most.
            Conn::Sqlite(conn) => enabled.select(Person::as_select()).get_result(conn),
        }
        .optional()?;
        let person = person.ok_or(Error::SignedOut)?;
        if person.rights.include(&self.person.rights) {
            Ok(())
        } else {
            Err(Error::Forbidden(
                "Your rights changed while this was on its way, so it was not done. Reload the page to see what you may do.",
            ))
        }
    }
}

impl Caller {
    /// Runs one transaction, like [`Db::write_twice`], if token and person may still do what they could when the
    /// request arrived.
    pub async fn write<T, F>(&self, db: &Db, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Clone + Send + 'static,
    {
        let caller = self.clone();
        db.write_twice(move |conn| {
            caller.confirm(conn)?;
            work(conn)
        })
        .await
    }

    /// Refuses a token that has ended since then, and one that lost a right, or whose person did.
    fn confirm(&self, conn: &mut Conn) -> Result<(), Error> {
        let both = persons::table.inner_join(tokens::table);
        let mine = both.filter(persons::id.eq(self.person.id)).filter(tokens::id.eq(self.token));
        let enabled = mine.filter(persons::enabled.eq(true)).select((persons::rights, tokens::rights));
        let rights: Option<(Rights, Rights)> = match conn {
            Conn::Postgres(conn) => enabled.for_share().get_result(conn),
            // This transaction is the only one that writes.
            Conn::Sqlite(conn) => enabled.get_result(conn),
        }
        .optional()?;
        let (of_person, of_token) = rights.ok_or(Error::SignedOut)?;
        if of_person.and(&of_token).include(&self.person.rights) {
            Ok(())
        } else {
            Err(Error::Forbidden("The rights of this token or its person changed meanwhile, so nothing was done."))
        }
    }
}
