//! What the journal forgets: what is older than somebody wants to keep, and versions of flow schemas beyond a number.

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use super::journal::Subject;
use crate::db::Conn;
use crate::db::schema::{forgotten, journal};

/// Forgets the first entries that are older than a moment, at most so many; how many there were. Those that stay are
/// the latest of everything, so what a version was and what Undo brings back is still known for them.
pub fn forget(conn: &mut Conn, before: NaiveDateTime, most: i64) -> QueryResult<usize> {
    let first: Vec<(i64, NaiveDateTime)> =
        journal::table.select((journal::id, journal::at)).order(journal::id).limit(most).load(conn)?;
    // They are in the order of time: later ones need no look.
    let old = first.into_iter().take_while(|(_, at)| *at < before).map(|(id, _)| id);
    let Some(last) = old.last() else { return Ok(0) };
    diesel::delete(forgotten::table).execute(conn)?;
    diesel::insert_into(forgotten::table).values(forgotten::entry_id.eq(last)).execute(conn)?;
    diesel::delete(journal::table.filter(journal::id.le(last))).execute(conn)
}

/// The last entry that was forgotten; 0 if none was.
pub fn last_forgotten(conn: &mut Conn) -> QueryResult<i64> {
    let last: Option<i64> = forgotten::table.select(max(forgotten::entry_id)).first(conn)?;
    Ok(last.unwrap_or_default())
}

/// How many changes of a flow schema are kept, each with a text of up to a mebibyte.
pub const VERSIONS: i64 = 200;

/// Forgets the first changes of a flow schema beyond [`VERSIONS`], a few at a time.
pub fn forget_versions(conn: &mut Conn, schema: i64) -> QueryResult<()> {
    const STEP: i64 = 20;
    let of_schema =
        || journal::table.filter(journal::subject.eq(Subject::FlowSchema)).filter(journal::subject_id.eq(schema));
    let kept: Option<i64> =
        of_schema().select(journal::id).order(journal::id.desc()).offset(VERSIONS - 1).first(conn).optional()?;
    let Some(kept) = kept else { return Ok(()) };
    let over: Vec<i64> =
        of_schema().filter(journal::id.lt(kept)).select(journal::id).order(journal::id).limit(STEP).load(conn)?;
    diesel::delete(journal::table.filter(journal::id.eq_any(over))).execute(conn).map(drop)
}
