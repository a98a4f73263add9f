//! Taking back what attaching made, each thing by its name. What others made of it, or gave to its roles, is in the way
//! or stays.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::{DETACH, Failure, Privileged, Schema, as_owner, dependents, fact, has, rights};
use crate::error::Outage;

/// What is there no more.
pub struct Detached {
    /// Roles that something else in this cluster still needs.
    pub remaining_roles: Vec<String>,
}

/// Removes views, functions and grants. People and history stay for the next attach if they are to be kept; if not,
/// they go, and the roles with them.
pub fn detach(privileged: &mut Privileged, schema: &Schema, keeps_data: bool) -> Result<Detached, String> {
    privileged.all_or_nothing(|conn| {
        if !has(conn, schema, "webitel")? {
            return Err(Failure::Told(format!(
                "Nothing is attached with the schema {schema} in this database; name another one with --schema."
            )));
        }
        if let Some(why) = is_in_the_way(conn, schema, keeps_data)? {
            return Err(Failure::Told(format!("Nothing was changed. {why}")));
        }
        as_owner(conn, schema, |conn| run(conn, schema, DETACH))?;
        rights::revoke(conn, schema, "detach")?;
        if keeps_data {
            return Ok(Detached { remaining_roles: Vec::new() });
        }
        as_owner(conn, schema, |conn| run(conn, schema, &schema.fill(DROP)))?;
        conn.batch_execute(&schema.fill(FORGET))?;
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

fn is_in_the_way(conn: &mut PgConnection, schema: &Schema, keeps_data: bool) -> Result<Option<String>, Failure> {
    let mut held = rights::held(conn, schema)?;
    held.retain(|held| !keeps_data && held.how == "owned");
    let owned = rights::sentences(&held, "give it to another role with ALTER … OWNER TO, and try again");
    let all: Vec<_> = owned.into_iter().chain(dependents(conn, schema, !keeps_data)?).collect();
    Ok((!all.is_empty()).then(|| all.join("\n")))
}

/// Somebody may have made something of it a moment ago.
pub(super) fn run(conn: &mut PgConnection, schema: &Schema, statements: &str) -> Result<(), Failure> {
    conn.batch_execute(statements).map_err(|cause| match Failure::from(cause) {
        Failure::Database(cause) if Outage::of(&cause) == Outage::Away => Failure::Told(format!(
            "Nothing was changed, because somebody made something in the schema {schema}, or of it; remove that first. \
             PostgreSQL says: {cause}"
        )),
        failure => failure,
    })
}

/// Nothing but what is in the schema, and nothing that anything else depends on. Run as its owner.
const DROP: &str = r#"
DO $$
DECLARE
    tables TEXT := (SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
                     WHERE relnamespace = to_regnamespace(':schema') AND relkind IN ('r', 'p'));
BEGIN
    EXECUTE format('DROP TABLE %s RESTRICT', tables);
    DROP SCHEMA :"schema" RESTRICT;
END $$"#;

/// A role that stays does not look there any more, and needs not come in here.
const FORGET: &str = r"
DO $$
BEGIN
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET search_path', ':login', current_database());
    IF has_database_privilege(current_database(), 'CONNECT WITH GRANT OPTION') AND EXISTS (
        SELECT FROM pg_database AS b, aclexplode(b.datacl) AS a WHERE b.datname = current_database() AND a.grantee = to_regrole(':login'))
    THEN
        EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), ':login');
    END IF;
END $$";
