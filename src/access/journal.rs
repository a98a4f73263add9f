//! What happened to whose access, written in the transaction of the change. It never contains passwords.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::person::{Author, KeptPerson, Person};
use crate::db::schema::people_journal;
use crate::db::{Conn, now};
use crate::stored_as_word;
use crate::word::Word;

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
#[strum(serialize_all = "kebab-case")]
#[diesel(sql_type = Text)]
pub enum Action {
    #[strum(message = "Signed in")]
    SignIn,
    #[strum(serialize = "failed-sign-in", message = "Failed to sign in")]
    FailToSignIn,
    #[strum(message = "Signed out")]
    SignOut,
    #[strum(message = "Added")]
    Add,
    #[strum(message = "Edited")]
    Edit,
    #[strum(message = "Access on")]
    Enable,
    #[strum(message = "Access off")]
    Disable,
    #[strum(message = "Password set")]
    SetPassword,
    #[strum(message = "Sessions ended")]
    EndSessions,
    #[strum(message = "Token added")]
    AddToken,
    #[strum(message = "Token removed")]
    RemoveToken,
    #[strum(message = "Webitel user set")]
    SetWebitelUser,
    #[strum(message = "Webitel user removed")]
    RemoveWebitelUser,
}

impl Word for Action {}

stored_as_word!(Action);

/// Who does something to somebody's access, and from which address.
#[derive(Clone, Debug)]
pub struct By {
    pub author: Author,
    /// The address that the request came from; empty at the terminal.
    pub address: String,
    /// The id of the change that a form makes once.
    pub change: Option<String>,
}

impl By {
    pub fn command_line() -> Self {
        Self { author: Author::command_line(), address: String::new(), change: None }
    }
}

/// What a person was before a change and after it, where that differs.
#[derive(Default)]
pub struct Difference {
    pub before: Option<KeptPerson>,
    pub after: Option<KeptPerson>,
}

/// Records what was done to a person's access; `None` is somebody unknown.
pub fn record(
    conn: &mut Conn,
    by: &By,
    action: Action,
    person: Option<&Person>,
    difference: Difference,
) -> QueryResult<()> {
    insert(conn, by, action, person, difference, "")
}

/// Records what was done with a person's token.
pub fn record_token(conn: &mut Conn, by: &By, action: Action, person: &Person, name: &str) -> QueryResult<()> {
    insert(conn, by, action, Some(person), Difference::default(), name)
}

fn insert(
    conn: &mut Conn,
    by: &By,
    action: Action,
    person: Option<&Person>,
    difference: Difference,
    about: &str,
) -> QueryResult<()> {
    let json = |kept: KeptPerson| serde_json::to_string(&kept).expect("strings are JSON");
    diesel::insert_into(people_journal::table)
        .values((
            people_journal::at.eq(now()),
            people_journal::author_id.eq(by.author.id),
            people_journal::author.eq(&by.author.name),
            people_journal::action.eq(action),
            people_journal::person_id.eq(person.map(|person| person.id)),
            people_journal::person.eq(person.map(ToString::to_string).unwrap_or_default()),
            people_journal::address.eq(&by.address),
            people_journal::change.eq(&by.change),
            people_journal::before.eq(difference.before.map(json)),
            people_journal::after.eq(difference.after.map(json)),
            people_journal::about.eq(about),
        ))
        .execute(conn)?;
    Ok(())
}

/// The person whom a change added already, by their id and as they were added.
pub fn added_by(conn: &mut Conn, change: &str) -> QueryResult<Option<(i64, KeptPerson)>> {
    let added: Option<(i64, String)> = people_journal::table
        .filter(people_journal::change.eq(change))
        .filter(people_journal::action.eq(Action::Add))
        .filter(people_journal::person_id.is_not_null())
        .filter(people_journal::after.is_not_null())
        .select((people_journal::person_id.assume_not_null(), people_journal::after.assume_not_null()))
        .first(conn)
        .optional()?;
    Ok(added.and_then(|(id, after)| Some((id, serde_json::from_str(&after).ok()?))))
}

/// Whether somebody's password was replaced since they were added.
pub fn has_new_password(conn: &mut Conn, person_id: i64) -> QueryResult<bool> {
    let replaced = people_journal::table
        .filter(people_journal::person_id.eq(person_id))
        .filter(people_journal::action.eq(Action::SetPassword));
    diesel::select(diesel::dsl::exists(replaced)).get_result(conn)
}

/// Forgets the first entries that are older than a moment, at most so many; how many there were.
pub fn forget(conn: &mut Conn, before: NaiveDateTime, most: i64) -> QueryResult<usize> {
    let first: Vec<(i64, NaiveDateTime)> = people_journal::table
        .select((people_journal::id, people_journal::at))
        .order(people_journal::id)
        .limit(most)
        .load(conn)?;
    // They are in the order of time: later ones need no look.
    let old = first.into_iter().take_while(|(_, at)| *at < before).map(|(id, _)| id);
    let Some(last) = old.last() else { return Ok(0) };
    diesel::delete(people_journal::table.filter(people_journal::id.le(last))).execute(conn)
}

/// What happened to somebody's access.
#[derive(Queryable, Selectable)]
#[diesel(table_name = people_journal)]
pub struct Entry {
    pub at: NaiveDateTime,
    pub author: String,
    pub action: Action,
    pub person_id: Option<i64>,
    pub person: String,
    pub address: String,
    before: Option<String>,
    after: Option<String>,
    /// The name of the token that it is about.
    pub about: String,
}

impl Entry {
    pub fn before(&self) -> Option<KeptPerson> {
        self.before.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }

    pub fn after(&self) -> Option<KeptPerson> {
        self.after.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }
}
