//! Taking back what attaching made.

use diesel::connection::SimpleConnection;

use super::{DETACH, Failure, Privileged, REVOKES, Schema, as_owner, fact};

/// Removes views, functions and grants; with everything else that is ours, unless it is to be kept for the next attach.
pub fn detach(privileged: &mut Privileged, schema: &Schema, keeps_data: bool) -> Result<(), String> {
    privileged.all_or_nothing(|conn| {
        if !fact(conn, &format!("SELECT to_regclass('{schema}.webitel') IS NOT NULL AS fact"))? {
            return Err(Failure::Told(format!("Nothing is attached with the schema {schema}.")));
        }
        conn.batch_execute(&schema.fill(REVOKES))?;
        as_owner(conn, schema, |conn| {
            conn.batch_execute(DETACH)?;
            if !keeps_data {
                conn.batch_execute(&format!("DROP SCHEMA {schema} CASCADE"))?;
            }
            Ok(())
        })
    })
}
