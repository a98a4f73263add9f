//! What the two roles have outside our schema, and which of it attaching gave. Nothing else is ever revoked.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Failure, GRANTS, GRANTS_FLOW_SCHEMAS, Schema};
use crate::error::Outage;

const HELD: &str = include_str!("../../../migrations/webitel/held.sql");

/// So many are named in a sentence.
const NAMED: usize = 5;

/// Something that a role has.
#[derive(QueryableByName)]
pub(super) struct Held {
    #[diesel(sql_type = Text)]
    pub role: String,
    /// "right", with the words of GRANT; "owned"; "other", rights to something that we never touch; or "elsewhere",
    /// something in another database.
    #[diesel(sql_type = Text)]
    pub how: String,
    #[diesel(sql_type = Text)]
    pub what: String,
}

pub(super) fn held(conn: &mut PgConnection, schema: &Schema) -> QueryResult<Vec<Held>> {
    diesel::sql_query(schema.fill(HELD)).load(conn)
}

impl Held {
    /// Whether attaching gives it, with one option or another.
    pub fn is_given(&self, schema: &Schema) -> bool {
        self.role == schema.owner() && self.how == "right" && given().contains(&self.what)
    }
}

/// What is not ours: a sentence for each role, and for each way in which it has something.
pub(super) fn sentences(held: &[Held], advice: &str) -> Vec<String> {
    held.chunk_by(|one, other| (&one.role, &one.how) == (&other.role, &other.how))
        .map(|group| {
            let Held { role, how, .. } = &group[0];
            let has = match &**how {
                "owned" => "owns",
                "right" => "has the right",
                "other" => "has rights to",
                _ => "has rights in the database",
            };
            let named: Vec<_> = group.iter().take(NAMED).map(|held| &*held.what).collect();
            let more = match group.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("The role {role} {has} {}{more}, which Queue Hooks did not give it; {advice}.", named.join(", "))
        })
        .collect()
}

/// Takes back what attaching gave. PostgreSQL says nothing if it is what others gave.
pub(super) fn revoke(conn: &mut PgConnection, schema: &Schema, work: &str) -> Result<(), Failure> {
    let revokes: Vec<_> =
        ours(conn, schema)?.iter().map(|Held { role, what, .. }| format!("REVOKE {what} FROM \"{role}\"")).collect();
    if revokes.is_empty() {
        return Ok(());
    }
    let is_left = match conn.batch_execute(&revokes.join("; ")) {
        Ok(()) => !ours(conn, schema)?.is_empty(),
        Err(cause) if Outage::of(&cause.to_string()) == Outage::Busy => return Err(cause.into()),
        Err(_) => true,
    };
    if is_left {
        return Err(Failure::Told(format!(
            "Nothing was changed, because others gave {} its rights to Webitel's tables; {work} as the role that attached.",
            schema.owner()
        )));
    }
    Ok(())
}

fn ours(conn: &mut PgConnection, schema: &Schema) -> QueryResult<Vec<Held>> {
    let mut held = held(conn, schema)?;
    held.retain(|held| held.is_given(schema));
    Ok(held)
}

/// Each right that attaching may give, one by one.
fn given() -> BTreeSet<String> {
    [GRANTS, GRANTS_FLOW_SCHEMAS]
        .into_iter()
        .flat_map(super::wanted::statements)
        .flat_map(|grant| each(&grant))
        .collect()
}

/// `GRANT SELECT (id, dc), DELETE ON x, y TO …`, right by right: `SELECT (id) ON x`.
fn each(grant: &str) -> Vec<String> {
    let parts = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON "));
    let Some((rights, (places, _))) = parts.and_then(|(rights, rest)| Some((rights, rest.split_once(" TO ")?))) else {
        return Vec::new();
    };
    let kind = ["SCHEMA ", "SEQUENCE "].into_iter().find(|kind| places.starts_with(kind)).unwrap_or_default();
    let (mut all, mut privilege) = (Vec::new(), None);
    for word in rights.split(", ") {
        let column = match word.split_once(" (") {
            Some((of, first)) => {
                privilege = Some(of);
                first
            }
            None => word,
        };
        let right = match privilege {
            Some(privilege) => format!("{privilege} ({})", column.trim_end_matches(')')),
            None => word.into(),
        };
        if word.ends_with(')') {
            privilege = None;
        }
        all.extend(places[kind.len()..].split(", ").map(|place| format!("{right} ON {kind}{place}")));
    }
    all
}
