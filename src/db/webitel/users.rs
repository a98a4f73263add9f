//! Whose name the changes of a person bear in Webitel: that of the user who was named when the domain was attached, or
//! that of a user for this person alone.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{Failure, Privileged, Schema, as_owner, fact, has};

use crate::db::now;
use crate::db::schema::{people, people_journal};

diesel::table! {
    webitel_users (person_id) {
        person_id -> BigInt,
        user_id -> BigInt,
    }
}

/// Somebody here, and in whose name they change things there.
#[derive(QueryableByName)]
pub struct Mapped {
    #[diesel(sql_type = Text)]
    pub name: String,
    /// None: that of everybody who has no user of their own.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub user_id: Option<i64>,
}

/// Everybody, in the order of the names.
pub fn list(privileged: &mut Privileged, schema: &Schema) -> Result<Vec<Mapped>, String> {
    privileged.all_or_nothing(|conn| {
        expect_attached(conn, schema)?;
        as_owner(conn, schema, |conn| {
            let all = "SELECT name, user_id FROM people LEFT JOIN webitel_users ON person_id = people.id ORDER BY name";
            Ok(diesel::sql_query(all).load(conn)?)
        })
    })
}

/// Who does it, and the word for it in the journal of people.
pub struct By<'a> {
    pub author: &'a str,
    pub action: &'a str,
}

/// Gives a person the name of a Webitel user of the domain, or takes it back.
pub fn set(
    privileged: &mut Privileged,
    schema: &Schema,
    person: &str,
    user: Option<i64>,
    by: &By<'_>,
) -> Result<(), String> {
    privileged.all_or_nothing(|conn| {
        expect_attached(conn, schema)?;
        as_owner(conn, schema, |conn| {
            let Some((person_id, display_name)) = find(conn, person)? else {
                return Err(Failure::Told(format!(
                    "There is nobody with the name {person}; “queue-hooks person list” lists all."
                )));
            };
            let own = webitel_users::table.find(person_id);
            if own.select(webitel_users::user_id).first(conn).optional()? == user {
                return Ok(());
            }
            diesel::insert_into(people_journal::table)
                .values((
                    people_journal::at.eq(now()),
                    people_journal::author.eq(by.author),
                    people_journal::action.eq(by.action),
                    people_journal::person_id.eq(person_id),
                    people_journal::person.eq(format!("{display_name} ({person})")),
                    people_journal::address.eq(""),
                    people_journal::about.eq(user.map(|user| user.to_string()).unwrap_or_default()),
                ))
                .execute(conn)?;
            let Some(user) = user else {
                diesel::delete(own).execute(conn)?;
                return Ok(());
            };
            if !is_of_domain(conn, user)? {
                return Err(Failure::Told(format!(
                    "There is no Webitel user {user} in this domain; add one in Webitel, and name it."
                )));
            }
            diesel::insert_into(webitel_users::table)
                .values((webitel_users::person_id.eq(person_id), webitel_users::user_id.eq(user)))
                .on_conflict(webitel_users::person_id)
                .do_update()
                .set(webitel_users::user_id.eq(user))
                .execute(conn)?;
            Ok(())
        })
    })
}

fn expect_attached(conn: &mut PgConnection, schema: &Schema) -> Result<(), Failure> {
    if has(conn, schema, "hooks")? {
        return Ok(());
    }
    Err(Failure::Told(format!(
        "Nothing is attached with the schema {schema} in this database; name another one with --schema."
    )))
}

fn find(conn: &mut PgConnection, name: &str) -> QueryResult<Option<(i64, String)>> {
    people::table.filter(people::name.eq(name)).select((people::id, people::display_name)).first(conn).optional()
}

fn is_of_domain(conn: &mut PgConnection, user: i64) -> QueryResult<bool> {
    fact(
        conn,
        &format!(
            "SELECT EXISTS (SELECT FROM directory.wbt_user WHERE id = {user} AND dc = (SELECT domain_id FROM webitel)) AS fact"
        ),
    )
}
