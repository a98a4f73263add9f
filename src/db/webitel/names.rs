//! What Webitel's names are searched and sorted by. Webitel writes names without it, so it is in a table of ours, by
//! the name itself. The program makes it for the names that are new, when it starts and now and then.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::db::conn::Conn;
use crate::name::keys::{folded, sort_key};

/// Names to read and write at a time.
const NAMES: usize = 500;

diesel::table! {
    sort_keys (name) {
        name -> Text,
        folded_name -> Text,
        sort_key -> Binary,
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Those that no key was made for.
const MISSING: &str = "SELECT DISTINCT name FROM (SELECT name FROM queues UNION ALL SELECT name FROM flow_schemas) AS names \
                       WHERE NOT EXISTS (SELECT FROM sort_keys WHERE sort_keys.name = names.name)";

pub fn is_any_missing(conn: &mut Conn) -> QueryResult<bool> {
    diesel::select(sql::<Bool>(&format!("EXISTS ({MISSING})"))).get_result(conn)
}

/// Makes what is missing, and says for how many names it was. What others made at the same moment stays.
pub fn make_missing(conn: &mut Conn) -> QueryResult<usize> {
    let Conn::Postgres(conn) = conn else { return Ok(0) };
    let missing = format!("{MISSING} LIMIT {NAMES}");
    let mut made = 0;
    loop {
        let names: Vec<Row> = diesel::sql_query(&missing).load(conn)?;
        let rows: Vec<_> = names
            .iter()
            .map(|Row { name }| {
                let (folded_name, sort_key) = (folded(name), sort_key(name));
                (sort_keys::name.eq(name), sort_keys::folded_name.eq(folded_name), sort_keys::sort_key.eq(sort_key))
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(sort_keys::table).values(rows).on_conflict_do_nothing().execute(conn)?;
        }
        made += names.len();
        if names.len() < NAMES {
            return Ok(made);
        }
    }
}

/// Forgets all of it, because other rules made it.
pub fn forget(conn: &mut Conn) -> QueryResult<()> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    diesel::delete(sort_keys::table).execute(conn).map(drop)
}
