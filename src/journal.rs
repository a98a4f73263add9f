//! The journal: what happened to which queue, hook or flow schema, written in the transaction of the change. Undo
//! and History read it, so nothing is kept in the other tables that was removed.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Conn, MAX_IDS, now};
use crate::error::Error;
use crate::people::person::Author;
use crate::schema::journal;
use crate::token::{Hex, random};
use crate::word::Word;
use crate::{on_each, stored_as_word};

/// One person's change, however many things it touches: its entries share its id.
#[derive(Clone, Debug)]
pub struct Change {
    /// 32 hexadecimal digits. A form brings its own, so that sending it twice changes once.
    pub id: String,
    pub at: NaiveDateTime,
    pub author: Author,
}

impl Change {
    /// A change of its own.
    pub fn begin(author: Author) -> Self {
        Self { id: Self::new_id(), at: now(), author }
    }

    /// The change that a form makes with the id it was given, or a new one if it brings none.
    pub fn with_id(id: &str, author: Author) -> Self {
        let valid = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let anew = Self::begin(author);
        if valid { Self { id: id.to_ascii_lowercase(), ..anew } } else { anew }
    }

    pub fn new_id() -> String {
        Hex(&random::<16>()).to_string()
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Action {
    Add,
    Edit,
    Enable,
    Disable,
    Remove,
    Restore,
}

impl Word for Action {
    const ALL: &'static [Self] = &[Self::Add, Self::Edit, Self::Enable, Self::Disable, Self::Remove, Self::Restore];

    fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Edit => "edit",
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Remove => "remove",
            Self::Restore => "restore",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Add => "Added",
            Self::Edit => "Edited",
            Self::Enable => "Enabled",
            Self::Disable => "Disabled",
            Self::Remove => "Removed",
            Self::Restore => "Restored",
        }
    }
}

stored_as_word!(Action);

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Subject {
    Queue,
    Hook,
    FlowSchema,
}

impl Word for Subject {
    const ALL: &'static [Self] = &[Self::Queue, Self::Hook, Self::FlowSchema];

    fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Hook => "hook",
            Self::FlowSchema => "flow_schema",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Queue => "Queue",
            Self::Hook => "Hook",
            Self::FlowSchema => "Flow schema",
        }
    }
}

stored_as_word!(Subject);

/// What the journal keeps of a thing, as JSON.
pub trait State: Serialize + DeserializeOwned {
    const SUBJECT: Subject;

    /// What people call it.
    fn name(&self) -> String;

    /// What else there is to know of it, in a few words.
    fn details(&self) -> String;

    /// A state that the journal kept. One that cannot be read was not written by us.
    fn read(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|cause| Error::Internal(format!("the journal says {json}: {cause}")))
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("words, numbers and strings are JSON")
    }
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Entry<'a> {
    change: &'a str,
    at: NaiveDateTime,
    author_id: Option<i64>,
    author: &'a str,
    subject: Subject,
    subject_id: i64,
    queue_id: Option<i64>,
    action: Action,
    before: Option<String>,
    after: Option<String>,
    text: Option<&'a str>,
}

/// A thing before and after a change; `None` where it did not exist.
pub struct Step<'a, S> {
    pub id: i64,
    pub before: Option<S>,
    pub after: Option<S>,
    /// The text that the change replaced or removed, of what has one.
    pub text: Option<&'a str>,
}

impl<S> Step<'_, S> {
    pub fn new(id: i64, before: Option<S>, after: Option<S>) -> Self {
        Self { id, before, after, text: None }
    }
}

/// Writes down what a change did. `queue_id` is the queue that hooks belong to.
pub fn record<S: State>(
    conn: &mut Conn,
    change: &Change,
    queue_id: Option<i64>,
    action: Action,
    steps: &[Step<S>],
) -> QueryResult<()> {
    for steps in steps.chunks(MAX_IDS) {
        let entries: Vec<_> = steps
            .iter()
            .map(|step| Entry {
                change: &change.id,
                at: change.at,
                author_id: change.author.id,
                author: &change.author.name,
                subject: S::SUBJECT,
                subject_id: step.id,
                queue_id: if S::SUBJECT == Subject::Queue { Some(step.id) } else { queue_id },
                action,
                before: step.before.as_ref().map(State::json),
                after: step.after.as_ref().map(State::json),
                text: step.text,
            })
            .collect();
        on_each!(conn, c => diesel::insert_into(journal::table).values(&entries).execute(c))?;
    }
    Ok(())
}

/// What a change added, as it was then, if it was made already.
pub fn added_by<S: State>(conn: &mut Conn, change: &Change) -> Result<Option<(i64, S)>, Error> {
    let added: Option<(i64, String)> = journal::table
        .filter(journal::change.eq(&change.id))
        .filter(journal::subject.eq(S::SUBJECT))
        .filter(journal::action.eq(Action::Add))
        .filter(journal::after.is_not_null())
        .select((journal::subject_id, journal::after.assume_not_null()))
        .first(conn)
        .optional()?;
    added.map(|(id, after)| Ok((id, S::read(&after)?))).transpose()
}

/// Whether something of that id was ever removed; a hook, from that queue.
pub fn has_removed(conn: &mut Conn, subject: Subject, id: i64, queue_id: Option<i64>) -> QueryResult<bool> {
    let removed = journal::table
        .filter(journal::subject.eq(subject))
        .filter(journal::subject_id.eq(id))
        .filter(journal::action.eq(Action::Remove));
    match queue_id {
        Some(queue_id) => {
            diesel::select(diesel::dsl::exists(removed.filter(journal::queue_id.eq(queue_id)))).get_result(conn)
        }
        None => diesel::select(diesel::dsl::exists(removed)).get_result(conn),
    }
}

/// What a change removed, as it was, after the one of that id and in the order of the ids; at most [`MAX_IDS`] of
/// them. Hooks are those of one queue.
pub fn removed_by<S: State>(
    conn: &mut Conn,
    change: &str,
    queue_id: Option<i64>,
    after: i64,
) -> Result<Vec<(i64, S)>, Error> {
    let mut removed = journal::table
        .filter(journal::change.eq(change))
        .filter(journal::subject.eq(S::SUBJECT))
        .filter(journal::action.eq(Action::Remove))
        .filter(journal::before.is_not_null())
        .filter(journal::subject_id.gt(after))
        .order(journal::subject_id)
        .limit(MAX_IDS as i64)
        .select((journal::subject_id, journal::before.assume_not_null()))
        .into_boxed();
    if let Some(queue_id) = queue_id {
        removed = removed.filter(journal::queue_id.eq(queue_id));
    }
    let removed: Vec<(i64, String)> = removed.load(conn)?;
    removed.into_iter().map(|(id, before)| Ok((id, S::read(&before)?))).collect()
}
