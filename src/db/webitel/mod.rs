//! A live Webitel system: its queues, flow schemas and hooks in the place of our own tables.
//!
//! The program finds the same names and columns there. In a schema of ours are views of Webitel's tables, functions
//! that write to them, and the tables that are ours (`migrations/webitel/`). Two roles belong to it. The owner of the
//! schema cannot log in, and may do with Webitel's tables what the functions need. The other one logs in, and can use
//! nothing but what is in the schema; each function looks whether a thing is of its domain. Nothing of Webitel's is
//! altered but the grants to the owner.
//!
//! Somebody with more rights makes all that ([`attach`]) and takes it back ([`detach`]), after a look at what is there
//! ([`check`]). A server only recognizes it, by the table `webitel` on its search path.

pub mod attach;
pub mod check;
pub mod detach;
pub mod names;
mod rights;
pub(super) mod serving;
pub mod users;
pub mod wanted;

use std::fmt;
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use sha2::{Digest, Sha256};

use super::conn::Conn;
use super::postgres::Session;
use super::transaction::transaction;
use super::url::DatabaseUrl;
use crate::error::{Error, Outage};

const VIEWS: &str = include_str!("../../../migrations/webitel/views.sql");
const GRANTS: &str = include_str!("../../../migrations/webitel/grants.sql");
const GRANTS_FLOW_SCHEMAS: &str = include_str!("../../../migrations/webitel/grants-flow-schemas.sql");
const DETACH: &str = include_str!("../../../migrations/webitel/detach.sql");
const DEPENDENTS: &str = include_str!("../../../migrations/webitel/dependents.sql");

/// Whether the tables of a Webitel system are in this database, whoever may use them.
pub(super) fn is_of_webitel(conn: &mut Conn) -> QueryResult<bool> {
    let Conn::Postgres(conn) = conn else { return Ok(false) };
    fact(conn, "SELECT count(*) = 2 AS fact FROM pg_namespace WHERE nspname IN ('call_center', 'flow')")
}

/// Whether the views and functions there are those of this version.
pub(super) fn has_our_views(conn: &mut Conn) -> QueryResult<bool> {
    let Conn::Postgres(conn) = conn else { return Ok(false) };
    let are_ours = sql::<Bool>("to_regclass('hooks') IS NOT NULL AND (SELECT views FROM webitel) = ");
    diesel::select(are_ours.bind::<Text, _>(views())).get_result(conn)
}

/// What tells the views and functions of this version from others.
fn views() -> String {
    let digest = Sha256::digest(VIEWS);
    let first: [u8; 8] = std::array::from_fn(|place| digest[place]);
    format!("{:016x}", u64::from_be_bytes(first))
}

/// The name of the schema that an attached domain has for itself. The names of its roles are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(String);

impl Schema {
    /// Who owns it, and cannot log in.
    pub fn owner(&self) -> String {
        format!("{}_owner", self.0)
    }

    /// Who works with it.
    pub fn login(&self) -> &str {
        &self.0
    }

    /// SQL with the names in it, in the place of variables: `:"owner"` is one, and `:owner` is a part of a text.
    fn fill(&self, text: &str) -> String {
        let names = [("schema", self.0.as_str()), ("owner", &self.owner()), ("login", self.login())];
        names.iter().fold(text.to_owned(), |text, (variable, name)| {
            text.replace(&format!(":\"{variable}\""), &format!("\"{name}\"")).replace(&format!(":{variable}"), name)
        })
    }
}

impl FromStr for Schema {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins_well = typed.starts_with(|first: char| first.is_ascii_lowercase()) && !typed.starts_with("pg_");
        if ["none", "public"].contains(&typed) {
            Err("no role may have this name in PostgreSQL; choose another one".into())
        } else if begins_well && typed.len() <= 50 && typed.bytes().all(is_plain) {
            Ok(Self(typed.into()))
        } else {
            Err("1 to 50 letters a to z, digits and _, beginning with a letter and not with pg_".into())
        }
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who may do more with the database than a server may.
pub struct Privileged {
    conn: Conn,
    session: Session,
    url: DatabaseUrl,
}

impl Privileged {
    /// The error is one sentence for the person at the terminal.
    pub fn connect(url: &DatabaseUrl) -> Result<Self, String> {
        if !matches!(url, DatabaseUrl::Postgres(_)) {
            return Err(format!(
                "{url} is no database of Webitel. Name that with --database-url postgres://…, as somebody who may create roles"
            ));
        }
        let (conn, session) = url.connect().map_err(|cause| url.cannot("opened", &cause))?;
        Ok(Self { conn, session, url: url.clone() })
    }

    /// Everything that is done there, or nothing of it.
    fn all_or_nothing<T>(&mut self, work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>) -> Result<T, String> {
        let done = transaction(&mut self.conn, self.session, |conn| match conn {
            Conn::Postgres(conn) => {
                conn.batch_execute(SAFE_PATH)?;
                if fact(conn, "SELECT pg_is_in_recovery() AS fact")? {
                    return Err(Failure::Told(REPLICA.into()));
                }
                // Two do not do this at the same time.
                conn.batch_execute("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7163041)")?;
                work(conn)
            }
            Conn::Sqlite(_) => unreachable!("only PostgreSQL is connected here"),
        });
        done.map_err(|failure| match failure {
            Failure::Told(sentence) => sentence,
            Failure::Database(cause) if Outage::of(&cause) == Outage::Busy => {
                format!("Nothing was changed, because others use {}. Stop its servers, and try again.", self.url)
            }
            Failure::Database(cause) => self.url.cannot("changed", &cause),
        })
    }
}

/// Everybody may be allowed to make functions in `public`, and what those do would be done with the rights of this
/// session.
const SAFE_PATH: &str = "SET LOCAL search_path = pg_catalog, pg_temp";

const REPLICA: &str =
    "This server is a replica, on which nothing can be written; name the primary with --database-url.";

/// Why something was not done.
enum Failure {
    /// One sentence for the person at the terminal.
    Told(String),
    /// What the database said.
    Database(String),
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// Does something as the owner of the schema. Who is not a superuser has to be a member for that, and is none
/// afterwards.
fn as_owner<T>(
    conn: &mut PgConnection,
    schema: &Schema,
    work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    as_members(conn, &[&schema.owner()], |conn| {
        conn.batch_execute(&schema.fill("SET LOCAL ROLE :\"owner\"; SET LOCAL search_path = :\"schema\", pg_temp"))?;
        let done = work(conn)?;
        conn.batch_execute(&format!("RESET ROLE; {SAFE_PATH}"))?;
        Ok(done)
    })
}

/// Does something as a member of these roles, and is none of those afterwards that it was not before.
fn as_members<T>(
    conn: &mut PgConnection,
    roles: &[&str],
    work: impl FnOnce(&mut PgConnection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut joined = Vec::new();
    for role in roles {
        // From version 16 on, who creates a role may give it to others without having it.
        let is_member = format!(
            "SELECT pg_has_role(current_user, '{role}', CASE WHEN current_setting('server_version_num')::int < 160000 \
             THEN 'MEMBER' ELSE 'SET' END) AS fact"
        );
        if !fact(conn, &is_member)? {
            let may_join = format!(
                "SELECT rolsuper OR pg_has_role(current_user, '{role}', 'MEMBER WITH ADMIN OPTION') \
                 OR (rolcreaterole AND current_setting('server_version_num')::int < 160000) AS fact \
                 FROM pg_roles WHERE rolname = current_user"
            );
            if !fact(conn, &may_join)? {
                return Err(Failure::Told(
                    "Nothing was changed, because this role may not; name the one that attached with --database-url."
                        .into(),
                ));
            }
            conn.batch_execute(&format!("GRANT \"{role}\" TO CURRENT_USER"))?;
            joined.push(role);
        }
    }
    let done = work(conn)?;
    for role in joined {
        conn.batch_execute(&format!("REVOKE \"{role}\" FROM CURRENT_USER"))?;
    }
    Ok(done)
}

/// Whether attaching made a table or a view of this name in the schema. One need not be allowed to use it.
fn has(conn: &mut PgConnection, schema: &Schema, relation: &str) -> QueryResult<bool> {
    let query = "SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname = ':schema' \
                 AND relname = ':name' AND nspowner = to_regrole(':owner') AND relowner = to_regrole(':owner')) AS fact";
    fact(conn, &schema.fill(query).replace(":name", relation))
}

/// A sentence for each row.
fn said(conn: &mut PgConnection, query: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        sentence: String,
    }
    let rows: Vec<Row> = diesel::sql_query(query).load(conn)?;
    Ok(rows.into_iter().map(|row| row.sentence).collect())
}

/// What others made of ours, and what has to go before ours can. With the tables, or without them.
fn dependents(conn: &mut PgConnection, schema: &Schema, with_tables: bool) -> QueryResult<Vec<String>> {
    said(conn, &schema.fill(DEPENDENTS).replace(":all", if with_tables { "TRUE" } else { "FALSE" }))
}

/// Whether something is so.
fn fact(conn: &mut PgConnection, query: &str) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        fact: bool,
    }
    diesel::sql_query(query).get_result::<Row>(conn).map(|row| row.fact)
}
