//! How a transaction begins, leaves its mark and ends, on either database: see the policy in [`super`].

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::conn::Conn;
use super::log;
use super::pool::Link;
use super::postgres::{self, Session};
use crate::error::{Error, Outage};

pub(super) fn begin(conn: &mut Conn, session: Session, sqlite: &str, postgres: &str) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite)?,
        Conn::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, &postgres::beginning(postgres, session))?;
        }
    }
    Ok(())
}

/// Queries need a transaction only where their limits last no longer.
pub(super) fn reading<T>(link: &mut Link, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    match link.session {
        Session::Own => work(&mut link.conn),
        Session::Shared { .. } => transaction(&mut link.conn, link.session, work),
    }
}

pub(super) fn transaction<T, E: From<Error>>(
    conn: &mut Conn,
    session: Session,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    begin(conn, session, "BEGIN IMMEDIATE", "BEGIN")?;
    match marked(conn, work) {
        Ok(done) => {
            commit(conn)?;
            Ok(done)
        }
        Err(error) => {
            // The first error is the one that matters; a connection that cannot even roll back is dropped.
            let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Whatever changes a SQLite file leaves a mark there.
fn marked<T, E: From<Error>>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    let changes = |conn: &mut Conn| match conn {
        Conn::Sqlite(conn) => log::changes(conn),
        Conn::Postgres(_) => Ok(0),
    };
    let before = changes(conn).map_err(Error::from)?;
    let done = work(conn)?;
    if changes(conn).map_err(Error::from)? != before
        && let Conn::Sqlite(conn) = conn
    {
        log::mark(conn).map_err(Error::from)?;
    }
    Ok(done)
}

fn commit(conn: &mut Conn) -> Result<(), Error> {
    let committed = <Conn as Connection>::TransactionManager::commit_transaction(conn);
    match (conn, committed) {
        // It may have done its work and not said so, unless it gives a reason.
        (Conn::Postgres(_), committed) => committed.map_err(|cause| match Error::from(cause) {
            error @ (Error::Unavailable(Outage::Full, _) | Error::ReadOnly(_)) => error,
            error => Error::Unanswered(format!("commit: {error}")),
        }),
        (Conn::Sqlite(conn), Ok(())) => {
            if let Err(cause) = log::empty_if_long(conn) {
                ::log::warn!("the log of changes grows: {cause}");
            }
            Ok(())
        }
        // It undoes a transaction that it cannot write.
        (conn, Err(cause)) => {
            let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
            Err(Error::from(cause))
        }
    }
}
