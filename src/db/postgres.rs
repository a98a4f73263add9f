//! A connection to a PostgreSQL database, and the settings that it gets.
//!
//! A pooler such as PgBouncer may give each transaction another session of the server. What is set in one would be
//! missing in the next and would stay for somebody else, and a statement prepared in one may be another's elsewhere.
//! So each connection asks for a parameter of its own when it begins. If it does not have that parameter, its session
//! is shared: then nothing is prepared, and what is set lasts for one transaction.

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::conn::PATIENCE;
use super::postgres_url::PostgresUrl;

/// Whose session of the server a connection has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    Own,
    Shared,
}

pub(super) fn open(url: &PostgresUrl) -> ConnectionResult<(PgConnection, Session)> {
    let told = |error| match error {
        ConnectionError::BadConnection(said) => ConnectionError::BadConnection(url.clean(&said)),
        error => error,
    };
    let conn = match PgConnection::establish(&url.with_own_session()) {
        // Some poolers refuse a parameter that they do not keep.
        Err(ConnectionError::BadConnection(said)) if refuses_options(&said) => {
            PgConnection::establish(&url.with_limits())
        }
        conn => conn,
    };
    let mut conn = conn.map_err(told)?;
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    let session = session(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
    if session == Session::Own {
        conn.set_prepared_statement_cache_size(CacheSize::Unbounded);
        conn.batch_execute(&settings("SET")).map_err(ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok((conn, session))
}

/// Begins a transaction, with the settings that the session does not have.
pub(super) fn beginning(begin: &str, session: Session) -> String {
    match session {
        Session::Own => begin.into(),
        Session::Shared => format!("{begin}; {}", settings("SET LOCAL")),
    }
}

fn settings(set: &str) -> String {
    format!(
        "{set} statement_timeout = {0}; {set} lock_timeout = {0}; {set} idle_in_transaction_session_timeout = 60000; \
         {set} TIME ZONE 'UTC'; {set} client_min_messages = warning",
        PATIENCE.as_millis()
    )
}

fn refuses_options(said: &str) -> bool {
    said.contains("startup parameter") || said.contains("command-line options")
}

fn session(conn: &mut PgConnection) -> QueryResult<Session> {
    #[derive(QueryableByName)]
    struct Said {
        #[diesel(sql_type = Text)]
        said: String,
    }
    let setting = PostgresUrl::OWN_SESSION;
    let query = format!("SELECT coalesce(current_setting('{setting}', true), '') AS said");
    let row: Said = diesel::sql_query(query).get_result(conn)?;
    Ok(if row.said == "on" { Session::Own } else { Session::Shared })
}

/// Whether this role may change rows. It may be one that only reads.
pub(super) fn may_change(conn: &mut PgConnection) -> QueryResult<bool> {
    let may = |what| format!("has_table_privilege('hooks', '{what}')");
    let all = ["INSERT", "UPDATE", "DELETE"].map(may).join(" AND ");
    diesel::dsl::sql::<diesel::sql_types::Bool>(&format!("SELECT {all}")).get_result(conn)
}
