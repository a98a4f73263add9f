//! People: finding and changing them. Each change writes the journal in its transaction.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;

use super::journal::{self, Action, By, Difference, Entry};
use super::person::{DisplayName, KeptPerson, Name, Person};
use super::rights::{Right, Rights};
use super::{failures, sessions, tokens};
use crate::db::schema::{people, people_journal};
use crate::db::{Conn, MultiBackend, contains, now, one_at_a_time};
use crate::error::{Error, Thing};
use crate::model::listing::{Listed, Order, Range};
use crate::name::keys::{folded, sort_key};
use crate::ordered;
use crate::zone::Zone;

/// A page of the list takes two queries: the count and the rows. `q` is part of a name.
pub fn list(conn: &mut Conn, q: &str, descending: bool, range: Range) -> Result<Listed<Person>, Error> {
    let pages = range.of(matching(q).count().get_result(conn)?);
    let walk = pages.walk(Order { column: (), descending });
    let rows = ordered!(matching(q).select(Person::as_select()), walk, people::sort_key, people::id);
    Ok(Listed { pages, rows: walk.arrive(rows.load(conn)?) })
}

fn matching<'a>(q: &str) -> people::BoxedQuery<'a, MultiBackend> {
    let people = people::table.into_boxed();
    if q.is_empty() {
        return people;
    }
    let pattern = contains(q);
    people.filter(people::folded_name.like(pattern.clone()).escape('\\').or(people::name.like(pattern).escape('\\')))
}

/// A page of what happened to people's access, newest first or in reverse: the count and the rows.
pub fn history(
    conn: &mut Conn,
    actions: &BTreeSet<Action>,
    oldest_first: bool,
    range: Range,
) -> Result<Listed<Entry>, Error> {
    let mut count = people_journal::table.count().into_boxed();
    let mut rows = people_journal::table.select(Entry::as_select()).into_boxed();
    if !actions.is_empty() {
        count = count.filter(people_journal::action.eq_any(actions.clone()));
        rows = rows.filter(people_journal::action.eq_any(actions.clone()));
    }
    let pages = range.of(count.get_result(conn)?);
    let walk = pages.walk(Order { column: (), descending: !oldest_first });
    Ok(Listed { pages, rows: walk.arrive(ordered!(rows, walk, people_journal::id).load(conn)?) })
}

pub fn find(conn: &mut Conn, id: i64) -> Result<Person, Error> {
    people::table.find(id).select(Person::as_select()).first(conn).optional()?.ok_or(Error::NotFound(Thing::Person))
}

/// A person, and when they were changed last.
pub fn find_with_version(conn: &mut Conn, id: i64) -> Result<(Person, NaiveDateTime), Error> {
    let found = people::table.find(id).select((Person::as_select(), people::updated_at)).first(conn).optional()?;
    found.ok_or(Error::NotFound(Thing::Person))
}

/// The person who signs in with this name, and the stored password.
pub fn find_by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<(Person, String)>> {
    people::table.filter(people::name.eq(name)).select((Person::as_select(), people::password)).first(conn).optional()
}

/// Everybody, for the command line.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<Person>> {
    let mut people: Vec<Person> = people::table.order(people::id).select(Person::as_select()).load(conn)?;
    people.sort_by_cached_key(|person| sort_key(&person.name));
    Ok(people)
}

pub fn is_nobody(conn: &mut Conn) -> QueryResult<bool> {
    let anybody: bool = diesel::select(diesel::dsl::exists(people::table.select(people::id))).get_result(conn)?;
    Ok(!anybody)
}

/// A person as somebody wants them to be, apart from the password.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: Name,
    pub display_name: DisplayName,
    pub rights: Rights,
}

/// Everything that is written for a person, whoever writes it.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = people)]
struct Row<'a> {
    name: &'a str,
    display_name: &'a str,
    folded_name: String,
    sort_key: Vec<u8>,
    rights: String,
    updated_at: NaiveDateTime,
}

impl<'a> Row<'a> {
    fn of(wanted: &'a Wanted) -> Self {
        let Wanted { name: Name(name), display_name: DisplayName(display_name), rights } = wanted;
        Self {
            name,
            display_name,
            folded_name: folded(display_name),
            sort_key: sort_key(display_name),
            rights: rights.words(),
            updated_at: now(),
        }
    }
}

/// The result of changing a person.
pub enum Saved {
    Done(Person),
    /// They were as wanted already.
    Unchanged(Person),
    /// Somebody else signs in with this name.
    NameTaken,
    /// Nobody would be left who manages people.
    LastManager,
    /// Somebody changed the person after the form was made; this is what is stored now.
    Stale(Person, NaiveDateTime),
}

/// Adds a person with access. `password` is in its stored form. Sending the same form twice adds one person; whether
/// the second one has the same password, [`first_password`] tells.
pub fn add(conn: &mut Conn, wanted: &Wanted, password: &str, by: &By) -> Result<Saved, Error> {
    if let Some(person) = added_already(conn, wanted, by)? {
        return Ok(Saved::Unchanged(person));
    }
    if find_by_name(conn, &wanted.name.0)?.is_some() {
        return Ok(Saved::NameTaken);
    }
    let id = diesel::insert_into(people::table)
        .values((
            people::password.eq(password),
            people::enabled.eq(true),
            people::created_at.eq(now()),
            Row::of(wanted),
        ))
        .returning(people::id)
        .get_result(conn)
        .map_err(taken_meanwhile)?;
    let person = find(conn, id)?;
    let difference = Difference { before: None, after: Some(person.kept()) };
    journal::record(conn, by, Action::Add, Some(&person), difference)?;
    Ok(Saved::Done(person))
}

/// The person that the form added when it was sent before, unless it was filled in again since then. If two people
/// send it at the same moment, the second waits here for the first.
fn added_already(conn: &mut Conn, wanted: &Wanted, by: &By) -> Result<Option<Person>, Error> {
    let Some(change) = &by.change else { return Ok(None) };
    one_at_a_time(conn, change)?;
    let is_same = |(_, added): &(i64, KeptPerson)| {
        added.name == wanted.name.0
            && added.display_name == wanted.display_name.0
            && added.rights == wanted.rights.words()
    };
    match journal::added_by(conn, change)?.filter(is_same) {
        Some((id, _)) => find(conn, id).map(Some),
        None => Ok(None),
    }
}

/// The stored form of the password that a person was added with, if they have no other one since.
pub fn first_password(conn: &mut Conn, id: i64) -> QueryResult<Option<String>> {
    if journal::has_new_password(conn, id)? {
        return Ok(None);
    }
    people::table.find(id).select(people::password).first(conn).optional()
}

/// Changes names and rights. `seen` is the person's last change before the form was made.
pub fn put(conn: &mut Conn, id: i64, wanted: &Wanted, seen: NaiveDateTime, by: &By) -> Result<Saved, Error> {
    let Wanted { name: Name(name), display_name: DisplayName(display_name), rights } = wanted;
    lock(conn)?;
    let (before, version) = find_with_version(conn, id)?;
    let after =
        Person { name: name.clone(), display_name: display_name.clone(), rights: rights.clone(), ..before.clone() };
    if after.kept() == before.kept() {
        return Ok(Saved::Unchanged(before));
    }
    if version != seen {
        return Ok(Saved::Stale(before, version));
    }
    if find_by_name(conn, name)?.is_some_and(|(other, _)| other.id != id) {
        return Ok(Saved::NameTaken);
    }
    if is_last_manager(conn, &before)? && !rights.has(Right::ManagePeople) {
        return Ok(Saved::LastManager);
    }
    diesel::update(people::table.find(id)).set(Row::of(wanted)).execute(conn).map_err(taken_meanwhile)?;
    let difference = Difference { before: Some(before.kept()), after: Some(after.kept()) };
    journal::record(conn, by, Action::Edit, Some(&after), difference)?;
    Ok(Saved::Done(after))
}

/// Gives a person access or takes it away, which ends all their sessions and tokens.
pub fn set_access(conn: &mut Conn, id: i64, enabled: bool, by: &By) -> Result<Saved, Error> {
    lock(conn)?;
    let before = find(conn, id)?;
    if before.enabled == enabled {
        return Ok(Saved::Unchanged(before));
    }
    if !enabled && is_last_manager(conn, &before)? {
        return Ok(Saved::LastManager);
    }
    diesel::update(people::table.find(id))
        .set((people::enabled.eq(enabled), people::updated_at.eq(now())))
        .execute(conn)?;
    if !enabled {
        sessions::end_all(conn, id)?;
        tokens::remove_all(conn, id)?;
    }
    let after = Person { enabled, ..before.clone() };
    let action = if enabled { Action::Enable } else { Action::Disable };
    let difference = Difference { before: Some(before.kept()), after: Some(after.kept()) };
    journal::record(conn, by, action, Some(&after), difference)?;
    Ok(Saved::Done(after))
}

/// Stores a new password and ends the person's sessions. After too many failed attempts they may try again.
pub fn set_password(conn: &mut Conn, id: i64, password: &str, by: &By) -> Result<Person, Error> {
    let person = find(conn, id)?;
    store_password(conn, id, password)?;
    sessions::end_all(conn, id)?;
    failures::forget(conn, &person.name)?;
    journal::record(conn, by, Action::SetPassword, Some(&person), Difference::default())?;
    Ok(person)
}

/// Whether a person may still come in with the password in this stored form. Nobody changes that until the transaction
/// ends.
pub(super) fn opens(conn: &mut Conn, id: i64, stored: &str) -> QueryResult<bool> {
    let person = people::table.find(id).filter(people::enabled.eq(true)).filter(people::password.eq(stored));
    let found: Option<i64> = match conn {
        Conn::Postgres(conn) => person.select(people::id).for_no_key_update().first(conn),
        // This transaction is the only one that writes.
        Conn::Sqlite(conn) => person.select(people::id).first(conn),
    }
    .optional()?;
    Ok(found.is_some())
}

/// Stores the same password in another form.
pub(super) fn store_password(conn: &mut Conn, id: i64, password: &str) -> QueryResult<()> {
    diesel::update(people::table.find(id)).set(people::password.eq(password)).execute(conn).map(drop)
}

/// Stores in which zone a person wants to see times; none is that of their browser. It is theirs alone and no matter of
/// access: no journal tells it, and no form about the person becomes stale.
pub fn set_zone(conn: &mut Conn, id: i64, zone: Option<&Zone>) -> QueryResult<()> {
    let name = zone.map(Zone::name);
    diesel::update(people::table.find(id)).set(people::zone.eq(name)).execute(conn).map(drop)
}

pub fn end_sessions(conn: &mut Conn, id: i64, by: &By) -> Result<(Person, usize), Error> {
    let person = find(conn, id)?;
    let ended = sessions::end_all(conn, id)?;
    if ended > 0 {
        journal::record(conn, by, Action::EndSessions, Some(&person), Difference::default())?;
    }
    Ok((person, ended))
}

/// Nobody else changes people until the transaction ends, so two managers cannot take away each other's rights at
/// once.
pub(super) fn lock(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Postgres(conn) => {
            people::table.order(people::id).select(people::id).for_update().load::<i64>(conn).map(drop)
        }
        // This transaction is the only one that writes.
        Conn::Sqlite(_) => Ok(()),
    }
}

fn is_last_manager(conn: &mut Conn, person: &Person) -> QueryResult<bool> {
    let is_manager = |person: &Person| person.enabled && person.rights.has(Right::ManagePeople);
    if !is_manager(person) {
        return Ok(false);
    }
    Ok(!all(conn)?.iter().any(|other| other.id != person.id && is_manager(other)))
}

/// Two people were given the same name at the same moment.
fn taken_meanwhile(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(UniqueViolation, _) => Error::Conflict(
            Thing::Person,
            "Somebody took this name at the same moment. Nothing was changed. Try again.".into(),
        ),
        error => error.into(),
    }
}
