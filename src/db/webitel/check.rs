//! What keeps a domain from being attached, a sentence for each. It reads catalogues, and of Webitel's rows those of
//! the domain and the user.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable};

use super::rights::{self, Held};
use super::wanted::Wanted;
use super::{Failure, Privileged, dependents, fact, has, said};

const CHECK: &str = include_str!("../../../migrations/webitel/check.sql");

/// What somebody should know.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is in the way.
    pub problems: Vec<String>,
    /// What is not.
    pub notes: Vec<String>,
}

/// Looks, and changes nothing.
pub fn check(privileged: &mut Privileged, wanted: &Wanted) -> Result<Findings, String> {
    privileged.all_or_nothing(|conn| look(conn, wanted))
}

pub(super) fn look(conn: &mut PgConnection, wanted: &Wanted) -> Result<Findings, Failure> {
    let mut found = Findings::default();
    if let Some(why) = is_elsewhere(conn)? {
        found.problems.push(why.into());
        return Ok(found);
    }
    found.problems = said(conn, CLOSED)?;
    if !found.problems.is_empty() {
        return Ok(found);
    }
    let Wanted { schema, writes_flow_schemas, .. } = wanted;
    let sentences = schema.fill(CHECK).replace(":writes", if *writes_flow_schemas { "TRUE" } else { "FALSE" });
    found.problems = said(conn, &sentences)?;
    if !found.problems.iter().any(|problem| problem.contains(" is a superuser, ")) {
        of_roles(conn, wanted, &mut found)?;
    }
    found.problems.extend(dependents(conn, schema, false)?);
    let can_read = |tables: &[&str]| {
        let can = |table: &&str| format!("coalesce(has_table_privilege(to_regclass('{table}'), 'SELECT'), FALSE)");
        format!("SELECT {} AS fact", tables.iter().map(can).collect::<Vec<_>>().join(" AND "))
    };
    if fact(conn, &can_read(&["directory.wbt_domain", "directory.wbt_user"]))? && found.problems.is_empty() {
        found.problems.extend(of_rows(conn, wanted)?);
    }
    if !wanted.ignores_record_access && fact(conn, &can_read(&["directory.wbt_class"]))? {
        found.problems.extend(of_record_access(conn, wanted)?);
    }
    if let Some(other) = other_domain(conn, wanted)? {
        found.problems.push(wanted.is_for_another(other));
    }
    if !has_icu(conn)? {
        found.notes.push(
            "This PostgreSQL has no ICU, so until Queue Hooks has seen a new name, a search finds only those of its letters that \
             are in the same case."
                .into(),
        );
    }
    found.notes.extend(said(conn, OPEN_TO_ALL)?);
    Ok(found)
}

/// The roles that are there already have nothing but what attaching gave them. Where something is attached already,
/// something that they have in another database is none of its business.
fn of_roles(conn: &mut PgConnection, wanted: &Wanted, found: &mut Findings) -> QueryResult<()> {
    let schema = &wanted.schema;
    let (is_made, is_attached) = (has(conn, schema, "webitel")?, has(conn, schema, "hooks")?);
    let mut held = rights::held(conn, schema)?;
    held.retain(|held| !(is_attached && held.is_given(schema)));
    let (elsewhere, here): (Vec<Held>, Vec<Held>) = held.into_iter().partition(|held| held.how == "elsewhere");
    let other = "choose other names with --schema";
    let advice = if is_made { "take that away from it with REVOKE, or ALTER … OWNER TO" } else { other };
    found.problems.extend(rights::sentences(&here, advice));
    if is_made {
        let advice = "if that is a copy of this one, attach there too";
        found.notes.extend(rights::sentences(&elsewhere, advice));
    } else {
        let advice = format!("{other}, or attach there first if that is a copy of one where it was attached");
        found.problems.extend(rights::sentences(&elsewhere, &advice));
    }
    Ok(())
}

/// Schemas that this role may not look into.
const CLOSED: &str = "SELECT format('The role %s may not use the schema %s; attach as the owner of Webitel''s tables.', \
                          current_user, nspname) AS sentence \
                      FROM pg_namespace WHERE nspname IN ('call_center', 'flow', 'directory') \
                          AND NOT has_schema_privilege(oid, 'USAGE') ORDER BY 1";

/// Why there is nothing to look at.
fn is_elsewhere(conn: &mut PgConnection) -> QueryResult<Option<&'static str>> {
    #[derive(QueryableByName)]
    struct Server {
        #[diesel(sql_type = Integer)]
        version: i32,
        #[diesel(sql_type = Bool)]
        is_webitel: bool,
    }
    let server: Server = diesel::sql_query(
        "SELECT current_setting('server_version_num')::int AS version, \
         to_regnamespace('call_center') IS NOT NULL AND to_regnamespace('flow') IS NOT NULL AS is_webitel",
    )
    .get_result(conn)?;
    Ok(if !server.is_webitel {
        Some("There are no tables of Webitel in this database; name its database with --database-url.")
    } else if server.version < 140_000 {
        Some("This PostgreSQL is older than version 14; upgrade it first.")
    } else {
        None
    })
}

fn of_rows(conn: &mut PgConnection, wanted: &Wanted) -> QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        has_domain: bool,
        #[diesel(sql_type = Nullable<BigInt>)]
        domain_of_user: Option<i64>,
    }
    let Wanted { domain, user, .. } = wanted;
    let rows = "SELECT EXISTS (SELECT FROM directory.wbt_domain WHERE dc = $1) AS has_domain, \
                (SELECT dc FROM directory.wbt_user WHERE id = $2) AS domain_of_user";
    let row: Row = diesel::sql_query(rows).bind::<BigInt, _>(domain).bind::<BigInt, _>(user).get_result(conn)?;
    Ok(if !row.has_domain {
        let all = said(
            conn,
            "SELECT format('%s (%s)', dc, name) AS sentence FROM directory.wbt_domain ORDER BY dc LIMIT 20",
        )?;
        Some(format!("There is no domain {domain}; name one of these with --domain: {}.", all.join(", ")))
    } else if row.domain_of_user != Some(*domain) {
        Some(match row.domain_of_user {
            None => format!(
                "There is no Webitel user {user}; add one to domain {domain} in Webitel, and name it with --user."
            ),
            Some(other) => format!(
                "The Webitel user {user} is of domain {other}; add one to domain {domain} in Webitel, and name it with --user."
            ),
        })
    } else {
        None
    })
}

/// Webitel lets some people change some queues only. Queue Hooks does not know which.
fn of_record_access(conn: &mut PgConnection, wanted: &Wanted) -> QueryResult<Vec<String>> {
    let knows = "SELECT count(*) = 3 AS fact FROM pg_attribute WHERE attrelid = to_regclass('directory.wbt_class') \
                 AND attname IN ('dc', 'name', 'rbac') AND NOT attisdropped \
                 AND (SELECT relkind IN ('r', 'p') FROM pg_class WHERE oid = attrelid)";
    if !fact(conn, knows)? {
        return Ok(Vec::new());
    }
    let classes = format!(
        "SELECT format('Webitel checks rights to single objects of the class %s in this domain, and Queue Hooks does not; add \
         --ignore-record-access if everybody who signs in here may see and change those of the whole domain.', name) AS sentence \
         FROM directory.wbt_class WHERE dc = {} AND rbac AND name IN ('cc_queue', 'flow_scheme', 'schema') ORDER BY name",
        wanted.domain
    );
    said(conn, &classes)
}

fn other_domain(conn: &mut PgConnection, wanted: &Wanted) -> QueryResult<Option<i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        domain_id: i64,
    }
    let can_read = wanted.schema.fill(
        // A view that somebody else made could do anything.
        "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(':schema') AND relname = 'webitel' \
         AND relkind = 'r' AND relowner = to_regrole(':owner') \
         AND has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid, 'SELECT')) AS fact",
    );
    if !fact(conn, &can_read)? {
        return Ok(None);
    }
    let row: Option<Row> = diesel::sql_query(format!("SELECT domain_id FROM \"{}\".webitel", wanted.schema))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|row| row.domain_id).filter(|domain| *domain != wanted.domain))
}

pub(super) fn has_icu(conn: &mut PgConnection) -> QueryResult<bool> {
    fact(conn, "SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') AS fact")
}

/// What every role may do in this database, the role of the server included.
const OPEN_TO_ALL: &str = include_str!("../../../migrations/webitel/open-to-all.sql");
