//! What happened to whose access, written in the transaction of the change. Passwords are never part of it.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::person::{Author, Person, State};
use crate::db::{Conn, now};
use crate::schema::people_journal;
use crate::stored_as_word;
use crate::word::Word;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Action {
    SignIn,
    FailToSignIn,
    SignOut,
    Add,
    Edit,
    Enable,
    Disable,
    SetPassword,
    EndSessions,
}

impl Word for Action {
    const ALL: &'static [Self] = &[
        Self::SignIn,
        Self::FailToSignIn,
        Self::SignOut,
        Self::Add,
        Self::Edit,
        Self::Enable,
        Self::Disable,
        Self::SetPassword,
        Self::EndSessions,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::FailToSignIn => "failed-sign-in",
            Self::SignOut => "sign-out",
            Self::Add => "add",
            Self::Edit => "edit",
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::SetPassword => "set-password",
            Self::EndSessions => "end-sessions",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "Signed in",
            Self::FailToSignIn => "Failed to sign in",
            Self::SignOut => "Signed out",
            Self::Add => "Added",
            Self::Edit => "Edited",
            Self::Enable => "Access on",
            Self::Disable => "Access off",
            Self::SetPassword => "Password set",
            Self::EndSessions => "Sessions ended",
        }
    }
}

stored_as_word!(Action);

/// Who does something to somebody's access, and from where.
#[derive(Clone, Debug)]
pub struct By {
    pub author: Author,
    /// The address that the request came from; empty at the terminal.
    pub address: String,
}

impl By {
    pub fn command_line() -> Self {
        Self { author: Author::command_line(), address: String::new() }
    }
}

/// What a person was and what became of him, where that changed.
#[derive(Default)]
pub struct Change {
    pub before: Option<State>,
    pub after: Option<State>,
}

/// Writes down what was done to a person's access; `None` is somebody whom nobody knows.
pub fn record(conn: &mut Conn, by: &By, action: Action, person: Option<&Person>, change: Change) -> QueryResult<()> {
    let json = |state: State| serde_json::to_string(&state).expect("strings are JSON");
    diesel::insert_into(people_journal::table)
        .values((
            people_journal::at.eq(now()),
            people_journal::author_id.eq(by.author.id),
            people_journal::author.eq(&by.author.name),
            people_journal::action.eq(action),
            people_journal::person_id.eq(person.map(|person| person.id)),
            people_journal::person.eq(person.map(ToString::to_string).unwrap_or_default()),
            people_journal::address.eq(&by.address),
            people_journal::before.eq(change.before.map(json)),
            people_journal::after.eq(change.after.map(json)),
        ))
        .execute(conn)?;
    Ok(())
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
}

impl Entry {
    pub fn before(&self) -> Option<State> {
        self.before.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }

    pub fn after(&self) -> Option<State> {
        self.after.as_deref().and_then(|json| serde_json::from_str(json).ok())
    }
}
