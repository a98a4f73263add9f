//! Keeps what names are searched and sorted by up to date: when a program with other rules opens the database
//! ([`RULES`]), it makes the keys of all names anew before anybody sees a page. A thousand at a time, so it needs
//! little memory, and in one transaction, so nobody meets half of them.
//!
//! The names of a Webitel system stay as they are, and their keys are in a table of their own ([`webitel::names`]).
//!
//! Names from older versions are composed on the way. One stays as it is if it would be too long, or if another flow
//! schema has the composed name already.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{CheckViolation, UniqueViolation};
use diesel::result::Error::DatabaseError;
use diesel::sql_types::{BigInt, Binary, Text};

use super::postgres::Session;
use super::schema::{flow_schemas, name_keys, people, queues};
use super::transaction::transaction;
use super::{Conn, savepoint, webitel};
use crate::error::Error;
use crate::name::composed;
use crate::name::keys::{RULES, folded, sort_key};
use crate::on_each;

/// The tables with names, and their columns.
const NAMES: [(&str, &str); 3] = [("queues", "name"), ("flow_schemas", "name"), ("people", "display_name")];
/// Those that are ours beside a Webitel system.
const OWN_NAMES: [(&str, &str); 1] = [NAMES[2]];

/// Rows to read and write at a time.
const ROWS: usize = 1000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    folded_name: String,
    #[diesel(sql_type = Binary)]
    sort_key: Vec<u8>,
}

/// Makes the keys anew if other rules made those that are there, or if somebody wrote a name without them.
pub(super) fn keep(conn: &mut Conn, session: Session) -> Result<(), Error> {
    let rules: Vec<String> = name_keys::table.select(name_keys::rules).load(conn)?;
    if are_ours(&rules) && !is_any_missing(conn)? {
        return Ok(());
    }
    if !are_ours(&rules) && is_any_name(conn)? {
        log::info!("what names are searched and sorted by is made anew, by the rules {RULES}");
    }
    match transaction(conn, session, make) {
        // Without the right to change anything, lists are as they were.
        Err(cause) if !rules.is_empty() && !rules.iter().any(String::is_empty) => {
            log::warn!("names are searched and sorted as in another version of Queue Hooks. {cause}");
            Ok(())
        }
        made => made,
    }
}

fn are_ours(rules: &[String]) -> bool {
    !rules.is_empty() && rules.iter().all(|rules| rules == RULES)
}

/// Restored from the data of an older version, or written past the application.
fn is_any_missing(conn: &mut Conn) -> QueryResult<bool> {
    let none: &[u8] = &[];
    let of_people = exists(people::table.filter(people::sort_key.eq(none)).select(people::id));
    if conn.is_attached()? {
        return Ok(webitel::names::is_any_missing(conn)? || diesel::select(of_people).get_result(conn)?);
    }
    let of_queues = exists(queues::table.filter(queues::sort_key.eq(none)).select(queues::id));
    let of_flow_schemas = exists(flow_schemas::table.filter(flow_schemas::sort_key.eq(none)).select(flow_schemas::id));
    diesel::select(of_queues.or(of_flow_schemas).or(of_people)).get_result(conn)
}

fn is_any_name(conn: &mut Conn) -> QueryResult<bool> {
    let (of_queues, of_flow_schemas) = (queues::table.select(queues::id), flow_schemas::table.select(flow_schemas::id));
    let any = exists(of_queues).or(exists(of_flow_schemas)).or(exists(people::table.select(people::id)));
    diesel::select(any).get_result(conn)
}

fn make(conn: &mut Conn) -> Result<(), Error> {
    conn.make_ready_for_bulk()?;
    if let Conn::Postgres(conn) = conn {
        // Several instances may start at once: one of them does it, and the others wait.
        diesel::sql_query("SET LOCAL lock_timeout = 0").execute(conn)?;
        diesel::sql_query("SELECT pg_advisory_xact_lock(7163043)").execute(conn)?;
    }
    let are_ours = are_ours(&name_keys::table.select(name_keys::rules).load(conn)?);
    if are_ours && !is_any_missing(conn)? {
        return Ok(());
    }
    let mut tables = &NAMES[..];
    if conn.is_attached()? {
        if !are_ours {
            webitel::names::forget(conn)?;
        }
        webitel::names::make_missing(conn)?;
        tables = &OWN_NAMES;
    }
    for (table, column) in tables {
        make_those_of(conn, table, column)?;
    }
    diesel::delete(name_keys::table).execute(conn)?;
    diesel::insert_into(name_keys::table).values(name_keys::rules.eq(RULES)).execute(conn)?;
    Ok(())
}

fn make_those_of(conn: &mut Conn, table: &str, column: &str) -> QueryResult<()> {
    let mut last = i64::MIN;
    loop {
        let next = format!(
            "SELECT id, {column} AS name, folded_name, sort_key FROM {table} WHERE id > {last} ORDER BY id LIMIT {ROWS}"
        );
        let rows: Vec<Row> = on_each!(conn, c => diesel::sql_query(next).load(c))?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.id;
        for row in &rows {
            compose(conn, table, column, row)?;
        }
        let remade: Vec<Row> = rows
            .into_iter()
            .filter_map(|row| {
                let (folded_name, sort_key) = (folded(&row.name), sort_key(&row.name));
                let is_other = folded_name != row.folded_name || sort_key != row.sort_key;
                is_other.then_some(Row { folded_name, sort_key, ..row })
            })
            .collect();
        write(conn, table, remade)?;
    }
}

fn compose(conn: &mut Conn, table: &str, column: &str, row: &Row) -> QueryResult<()> {
    let name = composed(&row.name);
    if name == row.name {
        return Ok(());
    }
    let composing = savepoint(conn, |conn| match conn {
        Conn::Postgres(conn) => {
            let update = format!("UPDATE {table} SET {column} = $1 WHERE id = $2");
            diesel::sql_query(update).bind::<Text, _>(&name).bind::<BigInt, _>(row.id).execute(conn)
        }
        Conn::Sqlite(conn) => {
            let update = format!("UPDATE {table} SET {column} = ? WHERE id = ?");
            diesel::sql_query(update).bind::<Text, _>(&name).bind::<BigInt, _>(row.id).execute(conn)
        }
    });
    match composing {
        // Another one has the composed name, or it is too long.
        Err(DatabaseError(UniqueViolation | CheckViolation, _)) => Ok(()),
        composed => composed.map(drop),
    }
}

fn write(conn: &mut Conn, table: &str, rows: Vec<Row>) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let values = (0..rows.len()).map(|row| format!("(${}, ${}, ${})", 3 * row + 1, 3 * row + 2, 3 * row + 3));
    let update = format!(
        "UPDATE {table} SET folded_name = made.column2, sort_key = made.column3 \
         FROM (VALUES {}) AS made WHERE {table}.id = made.column1",
        values.collect::<Vec<_>>().join(", ")
    );
    on_each!(conn, c => {
        let mut update = diesel::sql_query(update).into_boxed();
        for Row { id, folded_name, sort_key, .. } in rows {
            update = update.bind::<BigInt, _>(id).bind::<Text, _>(folded_name).bind::<Binary, _>(sort_key);
        }
        update.execute(c).map(drop)
    })
}
