//! How often somebody may fail to get in, and how often they may get in, within a quarter of an hour:
//!
//! | who tries | may fail |
//! |---|---|
//! | an address, with any names and links | 50 times |
//! | an address, with one name | 10 times |
//! | everybody together, with one name | 100 times |
//! | a browser in which that name signed in before, which is counted separately | 10 times |
//! | somebody signed in who changes their password | 10 times |
//!
//! So whoever tries a name again and again does not keep its person out of their own browser, nor out of other
//! browsers as long as the tries come from few addresses. An IPv6 address counts as its /64, which is what one visitor
//! has. Nobody can get in more than 100 times.
//!
//! Counted in the database, so that all instances share the count, and by hash, because a password may be typed as a
//! name.

use std::net::IpAddr;

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use crate::db::schema::sign_in_failures as failures;
use crate::db::{Conn, Db, now};
use crate::error::{Error, minutes};
use crate::on_each;
use crate::secret::hash;

const WINDOW: Duration = Duration::minutes(15);
const PER_ADDRESS: i64 = 50;
const PER_NAME_AND_ADDRESS: i64 = 10;
const PER_NAME: i64 = 100;
const PER_BROWSER: i64 = 10;
const PER_ACCOUNT: i64 = 10;
const ENTRIES: i64 = 100;

/// One attempt too many, and how long to wait.
pub struct TooMany {
    pub seconds: i64,
    what: &'static str,
}

impl TooMany {
    pub fn sentence(&self) -> String {
        format!("{} Try again in {} min.", self.what, minutes(self.seconds))
    }
}

/// For pages that have no form to say it in.
impl From<TooMany> for Error {
    fn from(too_many: TooMany) -> Self {
        Self::TooManyFailures(too_many.seconds)
    }
}

/// An attempt to get in.
#[derive(Clone)]
pub struct Attempt {
    address: Option<String>,
    /// What else the attempt counts for, and how often that may fail. In the same order for everybody, so that two
    /// attempts cannot wait for each other.
    others: Vec<(String, i64)>,
    /// The count of attempts that worked.
    entries: Option<String>,
}

impl Attempt {
    /// With a name and a password, from an unknown browser.
    pub fn with_name(name: &str, address: &str) -> Self {
        let (name, entries, address) = (name_key(name), Some(entries_key(name)), address_key(address));
        let both = format!("{name}@{address}");
        Self { address: Some(address), others: vec![(both, PER_NAME_AND_ADDRESS), (name, PER_NAME)], entries }
    }

    /// With a name and a password, from a browser in which this name signed in before.
    pub fn in_browser(name: &str, browser: &str) -> Self {
        let entries = Some(entries_key(name));
        Self { address: None, others: vec![(format!("{}#{browser}", name_key(name)), PER_BROWSER)], entries }
    }

    /// With a link that works once.
    pub fn with_link(address: &str) -> Self {
        Self { address: Some(address_key(address)), others: Vec::new(), entries: None }
    }

    /// With one's own password, from one's own account.
    pub fn from_account(name: &str) -> Self {
        Self { address: None, others: vec![(format!("{}/account", name_key(name)), PER_ACCOUNT)], entries: None }
    }

    /// Counts the attempt as failed until it succeeds, so that many at once count as many. Refuses if it is one too
    /// many.
    pub fn begin(&self, conn: &mut Conn) -> QueryResult<Result<(), TooMany>> {
        diesel::delete(failures::table.filter(failures::since.lt(now() - WINDOW))).execute(conn)?;
        // An address that has failed too often does not count against any name.
        let address = self.address.iter().map(|address| (address, PER_ADDRESS));
        for (key, allowed) in address.chain(self.others.iter().map(|(key, allowed)| (key, *allowed))) {
            let (count, since) = count(conn, key)?;
            if count > allowed {
                return Ok(Err(TooMany { seconds: left(since), what: "Too many attempts failed." }));
            }
        }
        let Some(entries) = &self.entries else { return Ok(Ok(())) };
        let entries = failures::table.find(entries).filter(failures::failures.ge(ENTRIES));
        let since: Option<NaiveDateTime> = entries.select(failures::since).first(conn).optional()?;
        Ok(match since {
            Some(since) => Err(TooMany { seconds: left(since), what: "You signed in too often." }),
            None => Ok(()),
        })
    }

    /// The attempt worked: the address did not fail this time, and everything else starts from zero.
    pub fn succeed(&self, conn: &mut Conn) -> QueryResult<()> {
        if let Some(address) = &self.address {
            let address = diesel::update(failures::table.find(address));
            address.set(failures::failures.eq(failures::failures - 1)).execute(conn)?;
        }
        for (key, _) in &self.others {
            diesel::delete(failures::table.find(key)).execute(conn)?;
        }
        if let Some(entries) = &self.entries {
            count(conn, entries)?;
        }
        Ok(())
    }

    /// Nobody could look at the attempt, so it did not fail.
    pub fn take_back(&self, conn: &mut Conn) -> QueryResult<()> {
        for key in self.address.iter().chain(self.others.iter().map(|(key, _)| key)) {
            diesel::update(failures::table.find(key))
                .set(failures::failures.eq(failures::failures - 1))
                .execute(conn)?;
        }
        Ok(())
    }

    /// Takes the attempt back if the server was too busy to look at it: strangers who keep it busy use up no attempts of
    /// others.
    pub async fn unless_busy<T>(&self, db: &Db, looked_at: Result<T, Error>) -> Result<T, Error> {
        if matches!(looked_at, Err(Error::Busy)) {
            let attempt = self.clone();
            db.write(move |conn| Ok(attempt.take_back(conn)?)).await?;
        }
        looked_at
    }
}

/// Lets a name start from zero, wherever it was tried, because its person got a new password.
pub fn forget(conn: &mut Conn, name: &str) -> QueryResult<()> {
    let all = failures::table.filter(failures::key.like(format!("{}%", name_key(name))));
    // The name itself comes last, as in an attempt.
    let keys: Vec<String> = all.select(failures::key).order(failures::key.desc()).load(conn)?;
    keys.iter().try_for_each(|key| diesel::delete(failures::table.find(key)).execute(conn).map(drop))
}

fn name_key(name: &str) -> String {
    hash(&format!("name {name}"))
}

fn entries_key(name: &str) -> String {
    hash(&format!("entries {name}"))
}

fn address_key(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(ip)) => hash(&format!("network {:?}", &ip.segments()[..4])),
        _ => hash(&format!("address {address}")),
    }
}

/// The seconds until what was counted since that time is forgotten.
fn left(since: NaiveDateTime) -> i64 {
    (since + WINDOW - now()).num_seconds().max(1)
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
