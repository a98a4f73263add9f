//! Attaching a domain of a Webitel system. To attach it once more brings views, functions and grants to this version, and
//! keeps what is ours.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::{DETACH, Failure, GRANTS, GRANTS_FLOW_SCHEMAS, Privileged, REVOKES, Schema, VIEWS, as_owner, fact, views};
use crate::db::migrations;

/// What somebody wants to attach.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub schema: Schema,
    /// The domain of Webitel.
    pub domain: i64,
    /// The Webitel user whose name our changes bear there.
    pub user: i64,
    pub writes_flow_schemas: bool,
}

impl Wanted {
    /// What the owner of the schema gets of Webitel's, statement by statement.
    pub fn grants(&self) -> Vec<String> {
        self.schema.fill(&self.grants_text()).split(';').filter_map(one_line).collect()
    }

    fn grants_text(&self) -> String {
        if self.writes_flow_schemas { format!("{GRANTS}\n{GRANTS_FLOW_SCHEMAS}") } else { GRANTS.into() }
    }
}

/// A statement without its comments.
fn one_line(statement: &str) -> Option<String> {
    let lines = statement.lines().map(str::trim).filter(|line| !line.starts_with("--"));
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Makes roles, schema, tables, views and functions, or brings those that are there to this version.
pub fn attach(privileged: &mut Privileged, wanted: &Wanted) -> Result<(), String> {
    privileged.all_or_nothing(|conn| attach_now(conn, wanted))
}

fn attach_now(conn: &mut PgConnection, wanted: &Wanted) -> Result<(), Failure> {
    let Wanted { schema, domain, user, writes_flow_schemas } = wanted;
    let (owner, login) = (schema.owner(), schema.login());
    let name = domain_name(conn, *domain)?;
    create_role(conn, &owner, "NOLOGIN")?;
    create_role(conn, login, "LOGIN")?;
    if !fact(conn, &format!("SELECT to_regnamespace('{schema}') IS NOT NULL AS fact"))? {
        create_schema(conn, schema)?;
    }
    conn.batch_execute(&schema.fill(REVOKES))?;
    conn.batch_execute(&schema.fill(&wanted.grants_text()))?;
    let fold = if has_icu(conn)? { "COLLATE \"und-x-icu\"" } else { "" };
    let views_text = schema.fill(VIEWS).replace(":domain", &domain.to_string()).replace(":fold", fold);
    as_owner(conn, schema, |conn| {
        conn.batch_execute(DETACH)?;
        migrations::migrate_attached(conn).map_err(|cause| Failure::Database(cause.to_string()))?;
        expect_domain(conn, schema, *domain)?;
        diesel::delete(webitel::table).execute(conn)?;
        diesel::insert_into(webitel::table)
            .values((
                webitel::domain_id.eq(domain),
                webitel::domain.eq(name),
                webitel::user_id.eq(user),
                webitel::writes_flow_schemas.eq(writes_flow_schemas),
                webitel::attached_at.eq(crate::db::now()),
                webitel::views.eq(views()),
            ))
            .execute(conn)?;
        Ok(conn.batch_execute(&views_text)?)
    })?;
    let settings = format!(
        "DO $$ BEGIN \
             EXECUTE format('ALTER ROLE {login} IN DATABASE %I SET search_path = {schema}, pg_temp', current_database()); \
             IF NOT has_database_privilege('{login}', current_database(), 'CONNECT') THEN \
                 EXECUTE format('GRANT CONNECT ON DATABASE %I TO {login}', current_database()); \
             END IF; \
         END $$"
    );
    Ok(conn.batch_execute(&settings)?)
}

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
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

fn domain_name(conn: &mut PgConnection, domain: i64) -> Result<String, Failure> {
    let named = diesel::sql_query("SELECT name::text AS name FROM directory.wbt_domain WHERE dc = $1");
    let found: Option<Name> = named.bind::<BigInt, _>(domain).get_result(conn).optional()?;
    found.map(|row| row.name.unwrap_or_default()).ok_or_else(|| Failure::Told(format!("There is no domain {domain}.")))
}

/// One that is there already has to be as one that is made here.
fn create_role(conn: &mut PgConnection, role: &str, login: &str) -> Result<(), Failure> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        fits: bool,
    }
    let found = format!(
        "SELECT NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls) \
             AND rolcanlogin = {} AND NOT EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS fits \
         FROM pg_roles WHERE rolname = '{role}'",
        login == "LOGIN"
    );
    match diesel::sql_query(found).get_result::<Found>(conn).optional()? {
        None => Ok(conn.batch_execute(&format!("CREATE ROLE {role} {login}"))?),
        Some(Found { fits: true }) => Ok(()),
        Some(Found { fits: false }) => Err(Failure::Told(format!(
            "There is a role {role} already, which may do more than Queue Hooks has to. Choose other names with --schema."
        ))),
    }
}

/// In the name of its owner; for that one has to be a member.
fn create_schema(conn: &mut PgConnection, schema: &Schema) -> Result<(), Failure> {
    let owner = schema.owner();
    let create = format!("CREATE SCHEMA {schema} AUTHORIZATION {owner}");
    if fact(conn, &format!("SELECT pg_has_role(current_user, '{owner}', 'MEMBER') AS fact"))? {
        return Ok(conn.batch_execute(&create)?);
    }
    Ok(conn.batch_execute(&format!("GRANT {owner} TO CURRENT_USER; {create}; REVOKE {owner} FROM CURRENT_USER"))?)
}

fn has_icu(conn: &mut PgConnection) -> QueryResult<bool> {
    fact(conn, "SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') AS fact")
}

fn expect_domain(conn: &mut PgConnection, schema: &Schema, domain: i64) -> Result<(), Failure> {
    let attached: Option<i64> = webitel::table.select(webitel::domain_id).first(conn).optional()?;
    match attached.filter(|attached| *attached != domain) {
        None => Ok(()),
        Some(other) => Err(Failure::Told(format!(
            "The schema {schema} is for domain {other}. Choose another one for domain {domain} with --schema."
        ))),
    }
}
