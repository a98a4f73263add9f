//! A change in a transaction of its own: whether it may be made at all, and whether to try once more.

use diesel::connection::SimpleConnection;

use super::conn::Conn;
use super::pool::Link;
use super::postgres;
use super::transaction::transaction;
use crate::error::{Error, Outage};
use crate::on_each;

/// Changes nothing, and is refused all the same where nothing can be changed.
pub(super) fn try_to_change(conn: &mut Conn) -> Result<(), Error> {
    expect_rights(conn)?;
    on_each!(conn, c => c.batch_execute("DELETE FROM links WHERE false")).map_err(Error::from)
}

/// PostgreSQL refuses each statement of a role without rights, in words of its own language.
pub(super) fn expect_rights(conn: &mut Conn) -> Result<(), Error> {
    let may_change = match conn {
        Conn::Sqlite(_) => true,
        Conn::Postgres(conn) => postgres::may_change(conn)?,
    };
    if may_change { Ok(()) } else { Err(Error::ReadOnly("this role may only read".into())) }
}

/// A transaction in which something changes.
pub(super) fn attempt<T>(
    link: &mut Link,
    is_read_only: bool,
    work: impl FnOnce(&mut Conn) -> Result<T, Error>,
) -> Result<T, Error> {
    transaction(&mut link.conn, link.session, |conn| {
        // A transaction that only reads would work, and prove nothing.
        if is_read_only {
            try_to_change(conn)?;
        }
        work(conn)
    })
}

/// PostgreSQL ended it, so that one of two who waited for each other goes on, or because it waited too long for
/// another.
pub(super) fn was_in_the_way(error: &Error) -> bool {
    match error {
        Error::Unavailable(Outage::Busy, cause) => {
            cause.contains("deadlock detected") || cause.contains("due to lock timeout")
        }
        _ => false,
    }
}
