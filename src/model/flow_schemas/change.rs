//! Changing flow schemas: all rules for that. Each change writes the journal in its transaction.
//!
//! * A name belongs to one flow schema.
//! * A flow schema that hooks run stays.
//! * On Webitel's tables a drawn one is not changed.
//! * Nobody's change is lost: an edit is refused if the flow schema is neither as its author saw it nor as they want
//!   it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, RestrictViolation, UniqueViolation};

use super::filter::Selection;
use super::flow_schema::{FlowSchema, KeptFlowSchema, SchemaType, Wanted};
use super::query::{Item, find, find_item, holder, lock, lock_selected, text};
use super::uses;
use crate::db::schema::flow_schemas;
use crate::db::{Conn, savepoint};
use crate::error::{DRAWN, Error, Thing};
use crate::model::forgetting;
use crate::model::journal::{self, Action, Change, Once, Step, Subject, once};
use crate::name::keys::{folded, sort_key};
use crate::word::Stored;

/// Everything that is written for a flow schema, whoever writes it.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = flow_schemas, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Row<'a> {
    name: &'a str,
    folded_name: String,
    sort_key: Vec<u8>,
    type_: Stored<SchemaType>,
    editor: bool,
    schema: &'a str,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
}

impl<'a> Row<'a> {
    pub fn new(kept: &'a KeptFlowSchema, text: &'a str, at: NaiveDateTime, by: Option<i64>) -> Self {
        Self {
            name: &kept.name,
            folded_name: folded(&kept.name),
            sort_key: sort_key(&kept.name),
            type_: kept.schema_type.clone(),
            editor: kept.editor,
            schema: text,
            updated_at: at,
            updated_by: by,
        }
    }
}

/// A flow schema that is now as wanted.
pub struct Put {
    pub schema: Item,
    /// The change that made it so, if it is this one, now or when its form was sent before.
    pub change: Option<String>,
}

/// Why a change was not made.
pub enum Refused {
    /// Another flow schema has the name.
    NameTaken,
    /// The flow schema has changed since the form was made; this is how it is now.
    Stale(FlowSchema),
    /// The flow schema no longer exists.
    Gone,
}

impl Refused {
    /// What the form with both versions says too.
    pub const STALE: &str = "Somebody else saved this flow schema meanwhile. Your changes are not saved yet.";

    /// Why the change was refused, for the person.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::NameTaken => "Another flow schema has this name.",
            Self::Stale(_) => Self::STALE,
            Self::Gone => "That flow schema was removed meanwhile. Nothing was changed.",
        }
    }
}

/// Adds a flow schema. Repeating the same change adds nothing more.
pub fn add(conn: &mut Conn, wanted: &Wanted, change: &Change) -> Result<Result<Put, Refused>, Error> {
    let is_same = |added: &KeptFlowSchema| added.name == wanted.name && added.schema_type == wanted.schema_type.into();
    let change = match once::<KeptFlowSchema>(conn, change, is_same)? {
        // It was sent again with another text, because nobody saw the first answer.
        Once::Made(id) if text(conn, id)?.is_some_and(|stored| stored != wanted.text) => {
            return Ok(Err(Refused::NameTaken));
        }
        Once::Made(id) => {
            let schema = flow_schemas::table.find(id).select(Item::as_select()).first(conn).optional()?;
            let made = schema.map(|schema| Put { schema, change: Some(change.id.clone()) });
            return Ok(made.ok_or(Refused::Gone));
        }
        Once::New(change) => change,
    };
    if holder(conn, &wanted.name)?.is_some() {
        return Ok(Err(Refused::NameTaken));
    }
    let kept = KeptFlowSchema { name: wanted.name.clone(), schema_type: wanted.schema_type.into(), editor: false };
    let inserted = savepoint(conn, |conn| {
        let row = Row::new(&kept, &wanted.text, change.at, change.author.id);
        diesel::insert_into(flow_schemas::table)
            .values((flow_schemas::created_at.eq(change.at), row))
            .returning(flow_schemas::id)
            .get_result(conn)
    });
    let Some(id) = unless_taken(inserted)? else { return Ok(Err(Refused::NameTaken)) };
    journal::record(conn, &change, None, Action::Add, &[Step::new(id, None, Some(kept))])?;
    Ok(Ok(Put { schema: find_item(conn, id)?, change: Some(change.id) }))
}

/// Changes a flow schema. `seen` is the digest of what the author saw; without it they saw nothing.
/// Repeating the same change does nothing more.
pub fn put(
    conn: &mut Conn,
    id: i64,
    wanted: &Wanted,
    seen: Option<&str>,
    change: &Change,
) -> Result<Result<Put, Refused>, Error> {
    let schema = match lock(conn, id) {
        Err(Error::NotFound(_)) if was_removed(conn, id)? => return Ok(Err(Refused::Gone)),
        schema => schema?,
    };
    if schema.editor && conn.is_attached()? {
        return Err(Error::Forbidden(DRAWN));
    }
    let before = schema.kept();
    let after =
        KeptFlowSchema { name: wanted.name.clone(), schema_type: wanted.schema_type.into(), editor: schema.editor };
    let was_made = journal::was_made(conn, change, Subject::FlowSchema, id)?;
    if before == after && schema.schema == wanted.text {
        return Ok(Ok(Put { schema: find_item(conn, id)?, change: was_made.then(|| change.id.clone()) }));
    }
    let change = &if was_made { change.anew() } else { change.clone() };
    if seen.is_some_and(|seen| *seen != schema.digest()) {
        return Ok(Err(Refused::Stale(schema)));
    }
    if holder(conn, &wanted.name)?.is_some_and(|holder| holder != id) {
        return Ok(Err(Refused::NameTaken));
    }
    let updated = savepoint(conn, |conn| {
        let row = Row::new(&after, &wanted.text, change.at, change.author.id);
        diesel::update(flow_schemas::table.find(id)).set(row).execute(conn)
    });
    if unless_taken(updated)?.is_none() {
        return Ok(Err(Refused::NameTaken));
    }
    let text = (schema.schema != wanted.text).then_some(&*schema.schema);
    let step = Step { text, ..Step::new(id, Some(before), Some(after)) };
    journal::record(conn, change, None, Action::Edit, &[step])?;
    forgetting::forget_versions(conn, id)?;
    Ok(Ok(Put { schema: find_item(conn, id)?, change: Some(change.id.clone()) }))
}

/// Whether a flow schema with this id was ever removed.
pub fn was_removed(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    Ok(journal::has_removed(conn, Subject::FlowSchema, id, None)?)
}

/// What was written, unless somebody else took the name at the same moment.
pub(in crate::model) fn unless_taken<T>(written: QueryResult<T>) -> Result<Option<T>, Error> {
    match written {
        Err(diesel::result::Error::DatabaseError(UniqueViolation, _)) => Ok(None),
        written => Ok(Some(written?)),
    }
}

/// What a removal did.
#[derive(Default)]
pub struct Removed {
    pub removed: i64,
    /// The name of one of them, to mention if it is the only one.
    pub first: Option<String>,
    /// Selected flow schemas that stay, because hooks run them.
    pub used: i64,
}

/// Removes the selected flow schemas that no hook runs.
pub fn remove(conn: &mut Conn, selection: &Selection, change: &Change) -> Result<Removed, Error> {
    let mut outcome = Removed::default();
    for id in lock_selected(conn, selection)? {
        if uses::count(conn, id)? > 0 {
            outcome.used += 1;
            continue;
        }
        // One by one: a text may have a megabyte.
        let schema = find(conn, id)?;
        diesel::delete(flow_schemas::table.find(id)).execute(conn).map_err(used_meanwhile)?;
        let step = Step { text: Some(&schema.schema), ..Step::new(id, Some(schema.kept()), None) };
        journal::record(conn, change, None, Action::Remove, &[step])?;
        outcome.removed += 1;
        outcome.first = outcome.first.or(Some(schema.name));
    }
    Ok(outcome)
}

/// Somebody made a hook that runs the flow schema at the same moment.
pub(in crate::model) fn used_meanwhile(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(ForeignKeyViolation | RestrictViolation, _) => Error::Conflict(
            Thing::FlowSchema,
            "Somebody began to use this flow schema at the same moment. Nothing was removed.".into(),
        ),
        error => error.into(),
    }
}
