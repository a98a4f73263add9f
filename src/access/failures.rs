//! How often somebody may fail to sign in: 10 times a quarter of an hour for one name, 50 times from one
//! address. Counted in the database, so that all instances share it; by hash, because what is typed for a name
//! may be a password.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use crate::db::schema::sign_in_failures as failures;
use crate::db::{Conn, now};
use crate::error::{Error, minutes};
use crate::on_each;
use crate::secret::hash;

const WINDOW: Duration = Duration::minutes(15);
const PER_NAME: i64 = 10;
const PER_ADDRESS: i64 = 50;

/// An attempt too many, and how long to wait.
pub struct TooMany {
    pub seconds: i64,
}

impl TooMany {
    pub fn sentence(&self) -> String {
        format!("Too many attempts failed. Try again in {} min.", minutes(self.seconds))
    }
}

/// Where there is no form to say it in.
impl From<TooMany> for Error {
    fn from(too_many: TooMany) -> Self {
        Self::TooManyFailures(too_many.seconds)
    }
}

/// An attempt to get in.
#[derive(Clone)]
pub struct Attempt {
    /// None for an attempt with a link, which is nobody's yet.
    name: Option<String>,
    address: String,
}

impl Attempt {
    pub fn new(name: &str, address: &str) -> Self {
        Self { name: Some(name_key(name)), ..Self::with_link(address) }
    }

    /// An attempt with a link that works once.
    pub fn with_link(address: &str) -> Self {
        Self { name: None, address: hash(&format!("address {address}")) }
    }

    /// Counts the attempt as failed until it is known better, so that many at once count as many. Refuses
    /// when it is one too many.
    pub fn begin(&self, conn: &mut Conn) -> QueryResult<Result<(), TooMany>> {
        diesel::delete(failures::table.filter(failures::since.lt(now() - WINDOW))).execute(conn)?;
        // In one order for everybody, so that two attempts cannot wait for each other; and an address that is
        // done with leaves the names alone.
        let name = self.name.iter().map(|name| (name, PER_NAME));
        for (key, allowed) in [(&self.address, PER_ADDRESS)].into_iter().chain(name) {
            let (count, since) = count(conn, key)?;
            if count > allowed {
                return Ok(Err(TooMany { seconds: (since + WINDOW - now()).num_seconds().max(1) }));
            }
        }
        Ok(Ok(()))
    }

    /// The attempt worked: the name starts anew, and the address did not fail this time.
    pub fn succeed(&self, conn: &mut Conn) -> QueryResult<()> {
        if let Some(name) = &self.name {
            diesel::delete(failures::table.find(name)).execute(conn)?;
        }
        diesel::update(failures::table.find(&self.address))
            .set(failures::failures.eq(failures::failures - 1))
            .execute(conn)?;
        Ok(())
    }
}

fn name_key(name: &str) -> String {
    hash(&format!("name {name}"))
}

/// Lets a name start anew: its person was given another password.
pub fn forget(conn: &mut Conn, name: &str) -> QueryResult<()> {
    diesel::delete(failures::table.find(name_key(name))).execute(conn).map(drop)
}

fn count(conn: &mut Conn, key: &str) -> QueryResult<(i64, NaiveDateTime)> {
    on_each!(conn, c => diesel::insert_into(failures::table)
        .values((failures::key.eq(key), failures::failures.eq(1), failures::since.eq(now())))
        .on_conflict(failures::key)
        .do_update()
        .set(failures::failures.eq(failures::failures + 1))
        .returning((failures::failures, failures::since))
        .get_result(c))
}
