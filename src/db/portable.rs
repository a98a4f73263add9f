//! Portable SQL: what a query needs so that it means the same on SQLite and on PostgreSQL.

use chrono::{NaiveDateTime, SubsecRound, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, SingleValue, SqlType};

use super::conn::Conn;
use crate::name::keys::folded;

/// Sorts a boxed query as a [`Walk`](crate::model::listing::Walk) goes: by columns and then by the id, all of them in
/// the same direction.
#[macro_export]
macro_rules! sorted {
    ($rows:expr, $walk:expr, $($column:expr),+) => {
        if $walk.order.descending { $rows.order(($($column.desc(),)+)) } else { $rows.order(($($column,)+)) }
    };
}

/// The rows of a boxed query to which a walk leads, in its order.
#[macro_export]
macro_rules! ordered {
    ($rows:expr, $walk:expr, $($column:expr),+) => {
        $crate::sorted!($rows.limit($walk.limit).offset($walk.offset), $walk, $($column),+)
    };
}

/// Narrows a boxed query to the rows that match a filter: some kinds (none means all), a name that contains what was
/// typed, and a state if that is a column. A macro, because Diesel's boxed queries of two tables, or for two
/// databases, have no type in common.
#[macro_export]
macro_rules! narrowed {
    ($rows:expr, $filter:expr, $kind:expr, $folded_name:expr) => {{
        let mut rows = $rows;
        if !$filter.kinds.is_empty() {
            rows = rows.filter($kind.eq_any($filter.kinds.clone()));
        }
        if !$filter.q.is_empty() {
            rows = rows.filter($folded_name.like($crate::db::contains(&$filter.q)).escape('\\'));
        }
        rows
    }};
    ($rows:expr, $filter:expr, $kind:expr, $folded_name:expr, $state:expr) => {{
        let rows = $crate::narrowed!($rows, $filter, $kind, $folded_name);
        if let Some(state) = $filter.state { rows.filter($state.eq(state)) } else { rows }
    }};
}

/// Of all rows of a table: how many, when the last of them was changed, and the last id. An index knows each of the
/// three, so no row is read.
#[macro_export]
macro_rules! whole {
    ($table:ident) => {{
        let (last_change, last_id) = (diesel::dsl::max($table::updated_at), diesel::dsl::max($table::id));
        diesel::select((
            $table::table.count().single_value().assume_not_null(),
            $table::table.select(last_change).single_value(),
            $table::table.select(last_id).single_value(),
        ))
    }};
}

/// The sum of what the ids of rows leave when divided by a prime: it has room for any ids, and differs when others take
/// the place of some. PostgreSQL sums numbers of 64 bits as decimals.
pub const SUM_OF_IDS: &str = "CAST(sum(id % 1000003) AS BIGINT)";

/// Has PostgreSQL plan a query each time, with the values that it has. After a few runs it would keep one plan for any
/// values, and a search for an unknown word, or a list of unknown ids, is planned badly.
pub fn planned_anew() -> SqlLiteral<Bool> {
    // Diesel prepares no query that has text of ours in it.
    sql("TRUE")
}

diesel::define_sql_function! {
    /// Of one column twice, it is that column without its indexes: SQLite, which may know nothing of what is in a
    /// table, would walk one for the order and find little on the way.
    fn coalesce<T: SqlType + SingleValue>(one: T, other: T) -> T;
}

/// The time now, in the precision that both databases store.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

/// The pattern of a whole `folded_name` in which `*` stands for any characters, with `\` as the escape.
pub fn wildcards(typed: &str) -> String {
    // As long as a pattern may be, with every part of it escaped.
    let short: String = typed.chars().take(1000).collect();
    short.split('*').map(escaped).collect::<Vec<_>>().join("%")
}

/// The pattern that finds what was typed anywhere in a `folded_name`, with `\` as the escape.
pub fn contains(typed: &str) -> String {
    format!("%{}%", escaped(typed))
}

/// What was typed, folded, with no meaning of its own in a pattern.
fn escaped(typed: &str) -> String {
    let mut pattern = String::new();
    // No name is longer, and SQLite refuses patterns of more than 50,000 bytes.
    for c in folded(typed).chars().take(1000) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

diesel::define_sql_function! {
    /// Waits until nobody else has this lock, and keeps it until the transaction ends. It returns nothing.
    fn pg_advisory_xact_lock(key: BigInt) -> BigInt;
}

/// From here until the transaction ends, nobody else can make the change with this id of 32 hexadecimal digits.
pub fn one_at_a_time(conn: &mut Conn, change: &str) -> QueryResult<()> {
    match conn {
        Conn::Postgres(conn) => {
            let key = change.get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
            diesel::select(pg_advisory_xact_lock(key)).execute(conn).map(drop)
        }
        // This transaction is the only one that writes.
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Runs a part of a transaction that may be refused, so that the transaction can go on after that.
pub fn savepoint<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
    conn.transaction(work)
}
