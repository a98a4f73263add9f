//! What every part of an undo knows: what is undone, and what that asks for.

use super::part::Part;
use crate::access::rights::{
    Access, CHANGE_FLOW_SCHEMAS, CHANGE_HOOKS, REMOVE_FLOW_SCHEMAS, REMOVE_QUEUES, SWITCH_QUEUES,
};
use crate::db::Conn;
use crate::error::{Error, Thing};
use crate::model::journal::{Change, Subject};

/// What somebody may do who undoes what happened to something. What came goes, what went comes back.
pub fn needs(subject: Subject, came_or_went: bool) -> Access {
    match (subject, came_or_went) {
        (Subject::Hook, _) => CHANGE_HOOKS,
        (Subject::Queue, false) => SWITCH_QUEUES,
        (Subject::Queue, true) => REMOVE_QUEUES,
        (Subject::FlowSchema, false) => CHANGE_FLOW_SCHEMAS,
        (Subject::FlowSchema, true) => REMOVE_FLOW_SCHEMAS,
    }
}

/// Refuses somebody whose rights do not cover what an undo does, and what is not done in this database.
pub fn allow(conn: &mut Conn, by: &Change, needed: Access) -> Result<(), Error> {
    if let Some(why) = conn.refuses(needed.work())? {
        return Err(Error::Forbidden(why));
    }
    if by.rights.may(needed) {
        Ok(())
    } else {
        Err(Error::Forbidden(
            "Your rights do not cover undoing this. Nothing was changed. If you need it, ask somebody who manages people.",
        ))
    }
}

/// What is undone: a whole change, or one thing of it.
#[derive(Clone, Copy)]
pub struct Undoing<'a> {
    pub change: &'a str,
    pub only: Option<(Subject, i64)>,
    /// The change that undoes it.
    pub by: &'a Change,
}

impl Undoing<'_> {
    /// What the change did to things of this kind, if any of it is undone.
    pub fn part(&self, subject: Subject) -> Option<Part<'_>> {
        let id = match self.only {
            None => None,
            Some((of, id)) if of == subject => Some(id),
            Some(_) => return None,
        };
        Some(Part { change: self.change, id, queue_id: None })
    }
}

/// Somebody brought back the same thing at the same moment, by undoing another change.
pub fn back_meanwhile(error: diesel::result::Error, thing: Thing) -> Error {
    use diesel::result::DatabaseErrorKind::UniqueViolation;
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation, _) => {
            Error::Conflict(thing, "Somebody brought this back at the same moment. Nothing was changed here.".into())
        }
        error => error.into(),
    }
}
