//! What a change did to flow schemas, undone. Each is a text of up to a mebibyte, so they are put back one by one.

use diesel::prelude::*;

use super::outcome::{Fate, Undone};
use super::part::Done;
use super::undoing::{Undoing, allow, back_meanwhile, needs};
use crate::db::schema::flow_schemas;
use crate::db::{Conn, savepoint};
use crate::error::{Error, Thing};
use crate::model::flow_schemas::change::{Row, unless_taken, used_meanwhile};
use crate::model::flow_schemas::flow_schema::{FlowSchema, KeptFlowSchema};
use crate::model::flow_schemas::query::{holder, lock};
use crate::model::flow_schemas::{uses, version};
use crate::model::forgetting;
use crate::model::journal::{self, Action, Kept, Step, Subject};
use crate::name::composed;

pub fn undo(conn: &mut Conn, undoing: Undoing, undone: &mut Undone) -> Result<(), Error> {
    let Some(part) = undoing.part(Subject::FlowSchema) else { return Ok(()) };
    let mut last = 0;
    loop {
        let batch: Vec<Done<KeptFlowSchema>> = part.done(conn, last)?;
        let Some(end) = batch.last() else { return Ok(()) };
        last = end.id;
        for mut done in batch {
            allow(conn, undoing.by, needs(Subject::FlowSchema, done.before.is_none() || done.after.is_none()))?;
            let now = match lock(conn, done.id) {
                Err(Error::NotFound(_)) => None,
                now => Some(now?),
            };
            let text = version::replaced_text(conn, done.entry)?;
            let fate = fate(conn, &done, now.as_ref(), text.as_deref())?;
            if !undone.flow_schemas.is_put_back(fate, &done) {
                continue;
            }
            match (done.before.take(), now) {
                (Some(before), now) => put(conn, undoing, done.id, before, text, now, undone)?,
                (None, Some(now)) => go(conn, undoing, &now, undone)?,
                (None, None) => (),
            }
        }
    }
}

/// The text belongs to it: what a change made is what the next one replaced, or what is there now.
fn fate(
    conn: &mut Conn,
    done: &Done<KeptFlowSchema>,
    now: Option<&FlowSchema>,
    text: Option<&str>,
) -> Result<Fate, Error> {
    let fate = Fate::of(done, now.map(FlowSchema::kept).as_ref());
    let Some(now) = now.filter(|_| done.after.is_some()) else { return Ok(fate) };
    if fate == Fate::PutBack && !version::was_replaced(conn, done.id, done.entry)? {
        return Ok(fate);
    }
    let is_before = done.before.as_ref().is_some_and(|before| before.is(&now.kept()));
    let has_text = text.is_none_or(|text| text == now.schema);
    Ok(if is_before && has_text { Fate::Already } else { Fate::Changed })
}

/// Brings back a flow schema that was removed, or what an edit made another.
fn put(
    conn: &mut Conn,
    Undoing { by, .. }: Undoing,
    id: i64,
    mut schema: KeptFlowSchema,
    text: Option<String>,
    now: Option<FlowSchema>,
    undone: &mut Undone,
) -> Result<(), Error> {
    // It may have been removed by an older version.
    schema.name = composed(&schema.name).into_owned();
    if holder(conn, &schema.name)?.is_some_and(|holder| holder != id) {
        undone.names_taken.push(schema.name);
        return Ok(());
    }
    let Some(now) = now else {
        let text = text.ok_or_else(|| Error::Internal(format!("the journal lost the text of schema {id}")))?;
        let row = Row::new(&schema, &text, by.at, by.author.id);
        diesel::insert_into(flow_schemas::table)
            .values((flow_schemas::id.eq(id), flow_schemas::created_at.eq(by.at), row))
            .execute(conn)
            .map_err(|error| back_meanwhile(error, Thing::FlowSchema))?;
        undone.flow_schemas.did(Action::Restore, id, &schema);
        return Ok(journal::record(conn, by, None, Action::Restore, &[Step::new(id, None, Some(schema))])?);
    };
    let updated = savepoint(conn, |conn| {
        let row = Row::new(&schema, text.as_deref().unwrap_or(&now.schema), by.at, by.author.id);
        diesel::update(flow_schemas::table.find(id)).set(row).execute(conn)
    });
    if unless_taken(updated)?.is_none() {
        undone.names_taken.push(schema.name);
        return Ok(());
    }
    undone.flow_schemas.did(Action::Edit, id, &schema);
    let replaced = text.is_some().then_some(&*now.schema);
    let step = Step { text: replaced, ..Step::new(id, Some(now.kept()), Some(schema)) };
    journal::record(conn, by, None, Action::Edit, &[step])?;
    Ok(forgetting::forget_versions(conn, id)?)
}

/// Removes a flow schema that the change brought, unless hooks run it.
fn go(conn: &mut Conn, Undoing { by, .. }: Undoing, schema: &FlowSchema, undone: &mut Undone) -> Result<(), Error> {
    if uses::count(conn, schema.id)? > 0 {
        undone.used += 1;
        return Ok(());
    }
    diesel::delete(flow_schemas::table.find(schema.id)).execute(conn).map_err(used_meanwhile)?;
    undone.flow_schemas.did(Action::Remove, schema.id, &schema.kept());
    undone.gone_flow_schemas.insert(schema.id);
    let step = Step { text: Some(&schema.schema), ..Step::new(schema.id, Some(schema.kept()), None) };
    Ok(journal::record(conn, by, None, Action::Remove, &[step])?)
}
