//! The versions of a flow schema: what its changes made of it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::flow_schema::{FlowSchema, KeptFlowSchema};
use super::query::find;
use crate::db::Conn;
use crate::db::schema::journal;
use crate::error::{Error, Thing};
use crate::model::journal::{Action, Kept, Subject};

/// A change of a flow schema: how it was before and after.
pub struct Version {
    pub entry: i64,
    pub at: NaiveDateTime,
    pub author: String,
    pub action: Action,
    pub before: Option<(KeptFlowSchema, String)>,
    pub after: Option<(KeptFlowSchema, String)>,
}

/// A change of a flow schema, together with the schema as it is now. The text that a change made is the text that the
/// next change with a text replaced, or the current one.
pub fn version(conn: &mut Conn, id: i64, entry: i64) -> Result<(FlowSchema, Version), Error> {
    type Found = (NaiveDateTime, String, Action, Option<String>, Option<String>, Option<String>);
    let schema = find(conn, id)?;
    let of_schema = journal::table.filter(journal::subject.eq(Subject::FlowSchema)).filter(journal::subject_id.eq(id));
    let found: Option<Found> = of_schema
        .filter(journal::id.eq(entry))
        .select((journal::at, journal::author, journal::action, journal::before, journal::after, journal::text))
        .first(conn)
        .optional()?;
    let (at, author, action, before, after, replaced) = found.ok_or(Error::NotFound(Thing::Version { schema: id }))?;
    let next: Option<String> = of_schema
        .filter(journal::id.gt(entry))
        .filter(journal::text.is_not_null())
        .order(journal::id)
        .select(journal::text.assume_not_null())
        .first(conn)
        .optional()?;
    let text = next.unwrap_or_else(|| schema.schema.clone());
    let kept = |json: Option<String>| json.map(|json| KeptFlowSchema::read(&json)).transpose();
    let before = kept(before)?.map(|kept| (kept, replaced.unwrap_or_else(|| text.clone())));
    let after = kept(after)?.map(|kept| (kept, text));
    Ok((schema, Version { entry, at, author, action, before, after }))
}

/// The text that a change of a flow schema replaced or removed, if it did.
pub fn replaced_text(conn: &mut Conn, entry: i64) -> QueryResult<Option<String>> {
    journal::table.find(entry).select(journal::text).first(conn).optional().map(Option::flatten)
}

/// Whether a later change replaced the text that a change left.
pub fn was_replaced(conn: &mut Conn, id: i64, entry: i64) -> QueryResult<bool> {
    let of_schema = journal::table.filter(journal::subject.eq(Subject::FlowSchema)).filter(journal::subject_id.eq(id));
    let later = of_schema.filter(journal::id.gt(entry)).filter(journal::text.is_not_null());
    diesel::select(diesel::dsl::exists(later)).get_result(conn)
}
