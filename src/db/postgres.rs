//! A connection to a PostgreSQL database, and the settings that it gets.
//!
//! A pooler such as PgBouncer may give each transaction another session of the server. What is set in one would be
//! missing in the next and would stay for somebody else, and a statement prepared in one may be another's elsewhere.
//! So each connection asks for a parameter of its own when it begins. If it does not have that parameter, its session
//! is shared: then nothing is prepared, and what is set lasts for one transaction.

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::conn::PATIENCE;
use super::postgres_url::PostgresUrl;
use super::webitel::serving::{IS_ATTACHED, LOCK_TIMEOUT};

/// Whose session of the server a connection has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    Own,
    Shared { is_attached: bool },
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
    let Said { is_own, is_attached } = ask(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
    if !is_own {
        return Ok((conn, Session::Shared { is_attached }));
    }
    conn.set_prepared_statement_cache_size(CacheSize::Unbounded);
    conn.batch_execute(&settings("SET", is_attached)).map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok((conn, Session::Own))
}

/// Begins a transaction, with the settings that the session does not have.
pub(super) fn beginning(begin: &str, session: Session) -> String {
    match session {
        Session::Own => begin.into(),
        Session::Shared { is_attached } => format!("{begin}; {}", settings("SET LOCAL", is_attached)),
    }
}

/// Beside Webitel's writers a transaction waits less, and is not left open for long.
fn settings(set: &str, is_attached: bool) -> String {
    let patience = PATIENCE.as_millis();
    let (locks, idle) = if is_attached { (LOCK_TIMEOUT, 5000) } else { (patience as u32, 60_000) };
    format!(
        "{set} statement_timeout = {patience}; {set} lock_timeout = {locks}; \
         {set} idle_in_transaction_session_timeout = {idle}; {set} TIME ZONE 'UTC'; {set} client_min_messages = warning"
    )
}

fn refuses_options(said: &str) -> bool {
    said.contains("startup parameter") || said.contains("command-line options")
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Bool)]
    is_own: bool,
    #[diesel(sql_type = Bool)]
    is_attached: bool,
}

/// It is asked before anything is set, maybe as a superuser: only PostgreSQL's own functions may answer.
fn ask(conn: &mut PgConnection) -> QueryResult<Said> {
    let (setting, is_attached) = (PostgresUrl::OWN_SESSION, IS_ATTACHED);
    let query = format!(
        "SELECT coalesce(pg_catalog.current_setting('{setting}', true), '') OPERATOR(pg_catalog.=) 'on' AS is_own, \
         {is_attached} AS is_attached"
    );
    diesel::sql_query(query).get_result(conn)
}

/// Whether this role may change rows. It may be one that only reads.
pub(super) fn may_change(conn: &mut PgConnection) -> QueryResult<bool> {
    let may = |what| format!("has_table_privilege('hooks', '{what}')");
    let all = ["INSERT", "UPDATE", "DELETE"].map(may).join(" AND ");
    diesel::dsl::sql::<Bool>(&format!("SELECT {all}")).get_result(conn)
}
