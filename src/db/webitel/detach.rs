//! Taking back what attaching made.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::{DETACH, Failure, Privileged, REVOKES, Schema, as_members, as_owner, fact, has};
use crate::error::Outage;

/// What is there no more.
pub struct Detached {
    /// Roles that something else in this cluster still needs.
    pub remaining_roles: Vec<String>,
}

/// Removes views, functions and grants. People and history stay for the next attach if they are to be kept; if not, they go,
/// and the roles with them.
pub fn detach(privileged: &mut Privileged, schema: &Schema, keeps_data: bool) -> Result<Detached, String> {
    privileged.all_or_nothing(|conn| {
        if !has(conn, schema, "webitel")? {
            return Err(Failure::Told(format!(
                "Nothing is attached with the schema {schema} in this database; name another one with --schema."
            )));
        }
        as_owner(conn, schema, |conn| Ok(conn.batch_execute(DETACH)?))?;
        if keeps_data {
            revoke(conn, schema)?;
            return Ok(Detached { remaining_roles: Vec::new() });
        }
        as_members(conn, &[&schema.owner(), schema.login()], |conn| {
            // With its rights, whoever gave them; not with what others made of it.
            let dropped = conn.batch_execute(&schema.fill("DROP OWNED BY :\"owner\", :\"login\" RESTRICT"));
            dropped.map_err(|cause| match Failure::from(cause) {
                Failure::Database(cause) if Outage::of(&cause) == Outage::Away => Failure::Told(format!(
                    "Nothing was changed, because somebody made something that depends on the schema {schema}; remove that first."
                )),
                failure => failure,
            })
        })?;
        conn.batch_execute(&schema.fill(FORGET_PATH))?;
        let mut remaining_roles = Vec::new();
        for role in [schema.login().to_owned(), schema.owner()] {
            let is_needed =
                format!("SELECT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole('{role}')) AS fact");
            if fact(conn, &is_needed)? {
                remaining_roles.push(role);
            } else {
                conn.batch_execute(&format!("DROP ROLE \"{role}\""))?;
            }
        }
        Ok(Detached { remaining_roles })
    })
}

/// Takes back the rights to Webitel's tables. PostgreSQL says nothing if they are those that others gave.
fn revoke(conn: &mut PgConnection, schema: &Schema) -> Result<(), Failure> {
    let is_left = match conn.batch_execute(&schema.fill(REVOKES)) {
        Ok(()) => fact(conn, &schema.fill(HAS_RIGHTS))?,
        Err(cause) if Outage::of(&cause.to_string()) == Outage::Busy => return Err(cause.into()),
        Err(_) => true,
    };
    if is_left {
        return Err(Failure::Told(format!(
            "Nothing was changed, because others gave {} its rights to Webitel's tables; detach as the role that attached.",
            schema.owner()
        )));
    }
    Ok(())
}

/// Whether the owner of our schema still has rights to something outside it.
const HAS_RIGHTS: &str = "SELECT EXISTS (SELECT FROM pg_shdepend AS d LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass \
                              AND c.oid = d.objid \
                          WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND d.deptype = 'a' \
                              AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = to_regrole(':owner') \
                              AND coalesce(c.relnamespace, d.objid) <> to_regnamespace(':schema')) AS fact";

/// A role that stays does not look there any more.
const FORGET_PATH: &str = r"
DO $$
BEGIN
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET search_path', ':login', current_database());
END $$";
