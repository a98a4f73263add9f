//! Attaching a domain of a Webitel system. To attach it once more brings views, functions and grants to this version,
//! and keeps what is ours.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::check::{has_icu, look};
use super::detach::run;
use super::serving::LOCK_TIMEOUT;
use super::wanted::Wanted;
use super::{DETACH, Failure, Privileged, Schema, as_owner, fact, rights, views};
use crate::db::migrations;
use crate::error::Outage;

/// Makes roles, schema, tables, views and functions, or brings those that are there to this version. Not where
/// something is in the way.
pub fn attach(privileged: &mut Privileged, wanted: &Wanted) -> Result<(), String> {
    privileged.all_or_nothing(|conn| match look(conn, wanted)?.problems.into_iter().next() {
        Some(problem) => Err(Failure::Told(problem)),
        None => attach_now(conn, wanted),
    })
}

fn attach_now(conn: &mut PgConnection, wanted: &Wanted) -> Result<(), Failure> {
    let schema = &wanted.schema;
    for (role, login) in [(&*schema.owner(), "NOLOGIN"), (schema.login(), "LOGIN")] {
        if fact(conn, &format!("SELECT to_regrole('{role}') IS NULL AS fact"))? {
            conn.batch_execute(&format!("CREATE ROLE \"{role}\" {login}"))?;
        }
    }
    if fact(conn, &schema.fill("SELECT to_regnamespace(':schema') IS NULL AS fact"))? {
        super::as_members(conn, &[&schema.owner()], |conn| {
            Ok(conn.batch_execute(&schema.fill("CREATE SCHEMA :\"schema\" AUTHORIZATION :\"owner\""))?)
        })?;
    }
    rights::revoke(conn, schema, "attach")?;
    conn.batch_execute(&schema.fill(&wanted.grants_text()))?;
    let views_text = wanted.views_text(has_icu(conn)?);
    let domain: Name =
        diesel::sql_query("SELECT coalesce(name::text, '') AS name FROM directory.wbt_domain WHERE dc = $1")
            .bind::<BigInt, _>(wanted.domain)
            .get_result(conn)?;
    as_owner(conn, schema, |conn| {
        run(conn, schema, DETACH)?;
        migrations::migrate_attached(conn).map_err(|cause| Failure::Database(cause.to_string()))?;
        expect_domain(conn, wanted)?;
        diesel::delete(webitel::table).execute(conn)?;
        diesel::insert_into(webitel::table)
            .values((
                webitel::domain_id.eq(wanted.domain),
                webitel::domain.eq(domain.name),
                webitel::user_id.eq(wanted.user),
                webitel::writes_flow_schemas.eq(wanted.writes_flow_schemas),
                webitel::attached_at.eq(crate::db::now()),
                webitel::views.eq(views()),
            ))
            .execute(conn)?;
        Ok(conn.batch_execute(&views_text)?)
    })?;
    conn.batch_execute(&schema.fill(OF_LOGIN))?;
    try_change(conn, schema)
}

/// Changes a hook that nobody else is changing, and takes it back: triggers that we do not know may need rights that
/// the owner of the schema has not.
fn try_change(conn: &mut PgConnection, schema: &Schema) -> Result<(), Failure> {
    let change = "UPDATE hooks SET updated_at = clock_timestamp() AT TIME ZONE 'UTC' \
                  WHERE id = (SELECT id FROM hooks ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)";
    as_owner(conn, schema, |conn| {
        let tried = conn.transaction(|conn| {
            // As a server waits: Webitel's own changes come first.
            conn.batch_execute(&format!("SET LOCAL lock_timeout = {LOCK_TIMEOUT}; {change}"))?;
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        });
        match tried {
            Err(diesel::result::Error::RollbackTransaction) | Ok(()) => Ok(()),
            Err(cause) if Outage::of(&cause.to_string()) == Outage::Busy => Ok(()),
            Err(cause) => Err(Failure::Told(format!(
                "Nothing was changed, because a trigger of Webitel's tables fails for {}; use a version of Queue Hooks that knows \
                 this Webitel. It says: {cause}",
                schema.owner()
            ))),
        }
    })
}

/// Where the role of the server finds its tables, and that it may come in.
const OF_LOGIN: &str = r"
DO $$
BEGIN
    EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = %I, pg_temp', ':login', current_database(), ':schema');
    IF NOT has_database_privilege(':login', current_database(), 'CONNECT') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), ':login');
    END IF;
END $$";

diesel::table! {
    webitel (domain_id) {
        domain_id -> BigInt,
        domain -> Text,
        user_id -> BigInt,
        writes_flow_schemas -> Bool,
        attached_at -> Timestamp,
        views -> Text,
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Who is no superuser could not see before which domain it was for.
fn expect_domain(conn: &mut PgConnection, wanted: &Wanted) -> Result<(), Failure> {
    let attached: Option<i64> = webitel::table.select(webitel::domain_id).first(conn).optional()?;
    match attached.filter(|attached| *attached != wanted.domain) {
        None => Ok(()),
        Some(other) => Err(Failure::Told(wanted.is_for_another(other))),
    }
}
