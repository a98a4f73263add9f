//! Ids: which ones are allowed, and that none is given out twice.
//!
//! SQLite's `AUTOINCREMENT` continues after the largest id that ever existed, imported ones included. PostgreSQL's
//! sequence does not know ids that come with a row: it is first moved past them, so that nobody gets one of them in
//! the meantime.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::conn::Conn;

/// The largest id that may be imported: every program that reads JSON understands it, and there is room after it.
pub const MAX_ID: i64 = (1 << 53) - 1;

/// Nobody else takes this many ids during one statement.
const FAR: i64 = 100_000;

/// If two want to move a sequence far at once, the second waits here for the first.
const MOVING: &str = "pg_advisory_lock(7163042)";
const MOVED: &str = "pg_advisory_unlock(7163042)";

/// Makes sure that the ids of a table continue after this one.
///
/// The sequence never goes back: ids are drawn from it, as when somebody adds a row. It is set directly only if the
/// way is so far that nobody can have passed that place in the meantime. It locks nothing that an insert needs.
pub fn reserve(conn: &mut Conn, table: &str, id: i64) -> QueryResult<()> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    if given(conn, table)? >= id {
        return Ok(());
    }
    diesel::sql_query(format!("SELECT {MOVING}")).execute(conn)?;
    // The lock is the session's. It must not stay with a session that others get after a failure.
    let moved = conn.transaction(|conn| {
        let missing = id - given(conn, table)?;
        if missing > FAR {
            let set = format!("SELECT setval({SEQUENCE}, $2)");
            diesel::sql_query(set).bind::<Text, _>(table).bind::<BigInt, _>(id).execute(conn)
        } else {
            let draw = format!("SELECT count(nextval({SEQUENCE})) FROM generate_series(1, $2)");
            diesel::sql_query(draw).bind::<Text, _>(table).bind::<BigInt, _>(missing).execute(conn)
        }
    });
    diesel::sql_query(format!("SELECT {MOVED}")).execute(conn)?;
    moved.map(drop)
}

/// So many ids of a table that nobody else gets, for rows that are written together. On SQLite nobody else writes until
/// the transaction ends.
pub fn draw(conn: &mut Conn, table: &str, count: usize) -> QueryResult<Vec<i64>> {
    let count = count as i64;
    match conn {
        Conn::Postgres(conn) => {
            let drawn = diesel::sql_query("SELECT id FROM draw_ids($1, $2) AS drawn (id)")
                .bind::<Text, _>(table)
                .bind::<BigInt, _>(count);
            Ok(drawn.load::<Drawn>(conn)?.into_iter().map(|drawn| drawn.id).collect())
        }
        Conn::Sqlite(conn) => {
            let last = "SELECT coalesce(max(seq), 0) AS id FROM sqlite_sequence WHERE name = ?";
            let Drawn { id: last } = diesel::sql_query(last).bind::<Text, _>(table).get_result(conn)?;
            Ok((last + 1..=last + count).collect())
        }
    }
}

#[derive(QueryableByName)]
struct Drawn {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

const SEQUENCE: &str = "pg_get_serial_sequence($1, 'id')::regclass";

/// The last id that a sequence gave out.
fn given(conn: &mut PgConnection, table: &str) -> QueryResult<i64> {
    let last = diesel::dsl::sql::<BigInt>("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(")
        .bind::<Text, _>(table)
        .sql(", 'id')::regclass), 0)");
    last.get_result(conn)
}
