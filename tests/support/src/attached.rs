//! A database with the tables of a Webitel system, attached: what a server works with, and what its administrator can
//! do.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use queue_hooks::db::webitel::Privileged;
use queue_hooks::db::webitel::attach::attach;
use queue_hooks::db::webitel::wanted::Wanted;
use queue_hooks::db::{DatabaseUrl, Db};

use super::cluster_url;

/// Tables that behave as Webitel's do: see there for their domains and users.
pub const WEBITEL: &str = include_str!("../webitel/fixture.sql");

/// The attached domain, the user whose name changes bear there, and the role of the server.
pub const DOMAIN: i64 = 1;
pub const WEBITEL_USER: i64 = 12;
pub const LOGIN: &str = "queue_hooks";

/// The role and the schema for what a test finds there.
const SET_UP: &str = "set_up";
const VIEWS_OF_SET_UP: &str = include_str!("../webitel/set_up.sql");
const ROLE_OF_SET_UP: &str =
    "DO $$ BEGIN CREATE ROLE set_up SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;";

pub struct Attached {
    /// Of the role that a server works as.
    pub url: String,
    /// Of the superuser, who also does what Webitel does.
    pub root: String,
    /// Of the superuser too, who finds the tables of the program and writes to them past all rules.
    pub set_up: String,
}

impl Attached {
    /// A database of its own, copied from a template that is attached once. With the option to write flow schemas, or
    /// not.
    pub fn new(writes_flow_schemas: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        static TEMPLATES: Mutex<[bool; 2]> = Mutex::new([false; 2]);
        let cluster = cluster_url();
        let base = cluster.rsplit_once('/').expect("a URL with a database").0;
        let mut conn = PgConnection::establish(&cluster).expect("the cluster answers");
        let kind = if writes_flow_schemas { "writing" } else { "reading" };
        let template = format!("webitel_{}_{kind}", std::process::id());
        let mut are_made = TEMPLATES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_made = &mut are_made[usize::from(writes_flow_schemas)];
        if !*is_made {
            make_template(&mut conn, base, &template, writes_flow_schemas);
            *is_made = true;
        }
        let name = format!("{template}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        super::copy_database(&mut conn, &template, &name);
        // A copy has no settings of its roles.
        let paths = format!(
            "ALTER ROLE {LOGIN} IN DATABASE {name} SET search_path = {LOGIN}, pg_temp; \
             ALTER ROLE {SET_UP} IN DATABASE {name} SET search_path = {SET_UP}, {LOGIN}"
        );
        conn.batch_execute(&paths).expect("the copy is like the template");
        let root = format!("{base}/{name}");
        Self { url: as_role(&root, LOGIN), set_up: as_role(&root, SET_UP), root }
    }
}

/// The same database, for another role.
pub fn as_role(url: &str, role: &str) -> String {
    let (_, place) = url.split_once('@').expect("a user in the URL");
    format!("postgres://{role}@{place}")
}

fn make_template(conn: &mut PgConnection, base: &str, name: &str, writes_flow_schemas: bool) {
    conn.batch_execute(&format!("CREATE DATABASE {name} STRATEGY file_copy")).expect("a database is made");
    let root = format!("{base}/{name}");
    PgConnection::establish(&root)
        .and_then(|mut conn| conn.batch_execute(WEBITEL).map_err(ConnectionError::CouldntSetupConfiguration))
        .expect("the tables of a Webitel system are made");
    let url: DatabaseUrl = root.parse().expect("a valid URL");
    let schema = LOGIN.parse().expect("the name of a schema");
    let wanted =
        Wanted { schema, domain: DOMAIN, user: WEBITEL_USER, writes_flow_schemas, ignores_record_access: false };
    Privileged::connect(&url).and_then(|mut privileged| attach(&mut privileged, &wanted)).expect("it can be attached");
    PgConnection::establish(&root)
        .and_then(|mut conn| {
            let text = format!("{ROLE_OF_SET_UP} {VIEWS_OF_SET_UP}");
            conn.batch_execute(&text).map_err(ConnectionError::CouldntSetupConfiguration)
        })
        .expect("tests can set up what is there");
    // What a first start does is done once.
    drop(Db::open(&as_role(&root, LOGIN).parse().expect("a valid URL")).expect("a server can use it"));
}
