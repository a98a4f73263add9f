//! Taking back what attaching made.

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
        conn.batch_execute(&schema.fill(REVOKES))?;
        as_owner(conn, schema, |conn| Ok(conn.batch_execute(DETACH)?))?;
        if keeps_data {
            return Ok(Detached { remaining_roles: Vec::new() });
        }
        as_members(conn, &[&schema.owner(), schema.login()], |conn| {
            // Not with what others made of it.
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
                format!("SELECT EXISTS (SELECT FROM pg_shdepend WHERE refobjid = to_regrole('{role}')) AS fact");
            if fact(conn, &is_needed)? {
                remaining_roles.push(role);
            } else {
                conn.batch_execute(&format!("DROP ROLE \"{role}\""))?;
            }
        }
        Ok(Detached { remaining_roles })
    })
}

/// A role that stays does not look there any more.
const FORGET_PATH: &str = r"
DO $$
BEGIN
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET search_path', ':login', current_database());
END $$";
