//! The journal: what happened to which queue, hook or flow schema, written in the transaction of the change. Undo and
//! History read it, so the other tables need not keep what was removed.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::{count, count_star};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::access::person::{Author, Person};
use crate::access::rights::Rights;
use crate::db::schema::journal;
use crate::db::{Conn, MAX_IDS, coalesce, now, one_at_a_time};
use crate::error::Error;
use crate::name::short;
use crate::secret::{Hex, random};
use crate::word::Word;
use crate::{on_each, stored_as_word};

/// One person's change, however many things it touches: its entries share its id.
#[derive(Clone, Debug)]
pub struct Change {
    /// 32 hexadecimal digits. A form brings its own, so that sending it twice makes one change.
    pub id: String,
    pub at: NaiveDateTime,
    pub author: Author,
    /// What the author may do. A route asks for the rights that all its changes need; a rule asks for any others.
    pub rights: Rights,
    /// The change that this one undoes.
    pub undoes: Option<String>,
    /// Its id was made here just now, so it cannot have been made before.
    pub is_new: bool,
}

impl Change {
    /// A change with a new id.
    pub fn by(person: &Person) -> Self {
        let (author, rights) = (person.author(), person.rights.clone());
        Self { id: Self::new_id(), at: now(), author, rights, undoes: None, is_new: true }
    }

    /// The change that a form makes with the id in it, or a new one if it has none.
    pub fn with_id(id: &str, person: &Person) -> Self {
        if Self::is_id(id) { Self { id: Self::id_of(id), is_new: false, ..Self::by(person) } } else { Self::by(person) }
    }

    /// The id in a form, or a new one if it has none.
    pub fn id_of(id: &str) -> String {
        if Self::is_id(id) { id.to_ascii_lowercase() } else { Self::new_id() }
    }

    fn is_id(id: &str) -> bool {
        id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())
    }

    /// The same under a new id.
    pub fn anew(&self) -> Self {
        Self { id: Self::new_id(), is_new: true, ..self.clone() }
    }

    pub fn new_id() -> String {
        Hex(&random::<16>()).to_string()
    }
}

/// What was done.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    AsExpression,
    FromSqlRow,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[diesel(sql_type = Text)]
pub enum Action {
    #[strum(message = "Added")]
    Add,
    #[strum(message = "Edited")]
    Edit,
    #[strum(message = "Enabled")]
    Enable,
    #[strum(message = "Disabled")]
    Disable,
    #[strum(message = "Removed")]
    Remove,
    #[strum(message = "Restored")]
    Restore,
}

impl Word for Action {}

stored_as_word!(Action);

impl Action {
    /// The action of switching to a state.
    pub fn switch(enabled: bool) -> Self {
        if enabled { Self::Enable } else { Self::Disable }
    }
}

/// What an entry is about.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    AsExpression,
    FromSqlRow,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[diesel(sql_type = Text)]
pub enum Subject {
    #[strum(message = "Queue")]
    Queue,
    #[strum(message = "Hook")]
    Hook,
    #[strum(message = "Flow schema")]
    FlowSchema,
}

impl Word for Subject {}

stored_as_word!(Subject);

/// What the journal stores about a thing, as JSON.
pub trait Kept: Clone + Serialize + DeserializeOwned {
    const SUBJECT: Subject;

    /// What people call it.
    fn name(&self) -> String;

    /// The name, short enough for a message.
    fn short_name(&self) -> String {
        short(&self.name())
    }

    /// Whether both are the same, whatever the things that they refer to are called by now.
    fn is(&self, other: &Self) -> bool;

    /// What else to know about it, in a few words.
    fn details(&self) -> String;

    /// What the journal stored. JSON that cannot be read was not written by us.
    fn read(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|cause| Error::Internal(format!("the journal says {json}: {cause}")))
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("words, numbers and strings are JSON")
    }
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Row<'a> {
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
    undoes: Option<&'a str>,
}

/// A thing before and after a change; `None` where it did not exist.
pub struct Step<'a, K> {
    pub id: i64,
    pub before: Option<K>,
    pub after: Option<K>,
    /// The text that the change replaced or removed, for things that have one.
    pub text: Option<&'a str>,
    /// The queue that a hook belongs to, where a change is about several.
    pub queue_id: Option<i64>,
}

impl<K> Step<'_, K> {
    pub fn new(id: i64, before: Option<K>, after: Option<K>) -> Self {
        Self { id, before, after, text: None, queue_id: None }
    }

    /// The step of a hook in this queue.
    pub fn of(self, queue_id: i64) -> Self {
        Self { queue_id: Some(queue_id), ..self }
    }
}

/// So many rows PostgreSQL takes faster by COPY.
const MANY: usize = 20;

/// Records what a change did. `queue_id` is the queue that hooks belong to, unless their steps say so.
pub fn record<K: Kept>(
    conn: &mut Conn,
    change: &Change,
    queue_id: Option<i64>,
    action: Action,
    steps: &[Step<K>],
) -> QueryResult<()> {
    for steps in steps.chunks(MAX_IDS) {
        let rows: Vec<_> = steps
            .iter()
            .map(|step| Row {
                change: &change.id,
                at: change.at,
                author_id: change.author.id,
                author: &change.author.name,
                subject: K::SUBJECT,
                subject_id: step.id,
                queue_id: if K::SUBJECT == Subject::Queue { Some(step.id) } else { step.queue_id.or(queue_id) },
                action,
                before: step.before.as_ref().map(Kept::json),
                after: step.after.as_ref().map(Kept::json),
                text: step.text,
                undoes: change.undoes.as_deref(),
            })
            .collect();
        let into = diesel::insert_into(journal::table);
        match (&mut *conn, rows.as_slice()) {
            (conn, [row]) => on_each!(conn, c => into.values(row).execute(c))?,
            (Conn::Postgres(conn), rows) if rows.len() > MANY => {
                diesel::copy_from(journal::table).from_insertable(rows).execute(conn)?
            }
            (conn, rows) => on_each!(conn, c => into.values(rows).execute(c))?,
        };
    }
    Ok(())
}

/// What the entries of a change are about. Without an index: those that begin with the subject lead to everything that
/// ever happened, and SQLite does not know that a change has few entries.
macro_rules! subject_is {
    ($subject:expr) => {
        coalesce(journal::subject, journal::subject).eq($subject)
    };
}
pub(in crate::model) use subject_is;

/// Whether a form that adds something was sent before.
pub enum Once {
    /// It was, and added the thing with this id.
    Made(i64),
    /// It was not, or was filled in again since then: this is the change to make.
    New(Change),
}

/// Finds out whether a change has already added something. If two people send the same form at the same moment, the
/// second waits here for the first.
pub fn once<K: Kept>(conn: &mut Conn, change: &Change, is_same: impl FnOnce(&K) -> bool) -> Result<Once, Error> {
    Ok(match added(conn, change)? {
        Some((id, after)) if is_same(&after) => Once::Made(id),
        Some(_) => Once::New(change.anew()),
        None => Once::New(change.clone()),
    })
}

/// The thing that a change has added: its id, and what it was then. If two send the same change at the same moment, the
/// second waits here for the first.
pub fn added<K: Kept>(conn: &mut Conn, change: &Change) -> Result<Option<(i64, K)>, Error> {
    if change.is_new {
        return Ok(None);
    }
    one_at_a_time(conn, &change.id)?;
    let added: Option<(i64, String)> = journal::table
        .filter(journal::change.eq(&change.id))
        .filter(subject_is!(K::SUBJECT))
        .filter(journal::action.eq(Action::Add))
        .filter(journal::after.is_not_null())
        .select((journal::subject_id, journal::after.assume_not_null()))
        .first(conn)
        .optional()?;
    added.map(|(id, after)| Ok((id, K::read(&after)?))).transpose()
}

/// Whether a form that changes this thing was sent before, and changed it then.
pub fn was_made(conn: &mut Conn, change: &Change, subject: Subject, id: i64) -> QueryResult<bool> {
    if change.is_new {
        return Ok(false);
    }
    let made = journal::table
        .filter(journal::change.eq(&change.id))
        .filter(subject_is!(subject))
        .filter(journal::subject_id.eq(id));
    diesel::select(diesel::dsl::exists(made)).get_result(conn)
}

/// How much a change did to hooks: what was done to how many, and in how many queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The change, if it did anything.
    pub change: Option<String>,
    pub hooks: BTreeMap<Action, i64>,
    pub queues: i64,
}

impl Tally {
    pub fn of(&self, action: Action) -> i64 {
        self.hooks.get(&action).copied().unwrap_or_default()
    }
}

/// What a change has done to hooks so far. If two people send the same form at the same moment, the second waits here
/// for the first.
pub fn tally(conn: &mut Conn, change: &Change) -> QueryResult<Tally> {
    one_at_a_time(conn, &change.id)?;
    let entries = journal::table.filter(journal::change.eq(&change.id)).filter(subject_is!(Subject::Hook));
    let hooks: Vec<(Action, i64)> =
        entries.group_by(journal::action).select((journal::action, count_star())).load(conn)?;
    let queues: i64 = entries.select(count(journal::queue_id).aggregate_distinct()).get_result(conn)?;
    let id = (queues > 0).then(|| change.id.clone());
    Ok(Tally { change: id, hooks: hooks.into_iter().collect(), queues })
}

/// Whether something with this id was ever removed; for a hook, from this queue.
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

/// The queues that a change is about, and those whose hooks it is about, in the order of their ids.
pub fn queues_of(conn: &mut Conn, change: &str) -> QueryResult<Vec<i64>> {
    let queues = journal::table.filter(journal::change.eq(change)).filter(journal::queue_id.is_not_null());
    queues.select(journal::queue_id.assume_not_null()).distinct().order(journal::queue_id).load(conn)
}

/// What an entry of a change is about: what it is, its id and its queue.
pub fn subject_of(conn: &mut Conn, change: &str, entry: i64) -> QueryResult<Option<(Subject, i64, Option<i64>)>> {
    journal::table
        .filter(journal::id.eq(entry))
        .filter(journal::change.eq(change))
        .select((journal::subject, journal::subject_id, journal::queue_id))
        .first(conn)
        .optional()
}

/// Whether there is anything of a change.
pub fn knows(conn: &mut Conn, change: &str) -> QueryResult<bool> {
    if !Change::is_id(change) {
        return Ok(false);
    }
    diesel::select(diesel::dsl::exists(journal::table.filter(journal::change.eq(change)))).get_result(conn)
}
