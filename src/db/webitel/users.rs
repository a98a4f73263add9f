//! Whose name the changes of a person bear in Webitel: that of the user who was named when the domain was attached, or that of
//! a user for this person alone.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::{Failure, Privileged, Schema, as_owner, fact, has};

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

/// Gives a person the name of a Webitel user of the domain, or takes it back.
pub fn set(privileged: &mut Privileged, schema: &Schema, person: &str, user: Option<i64>) -> Result<(), String> {
    privileged.all_or_nothing(|conn| {
        expect_attached(conn, schema)?;
        as_owner(conn, schema, |conn| {
            let Some(person_id) = find(conn, person)? else {
                return Err(Failure::Told(format!(
                    "There is nobody with the name {person}; “queue-hooks person list” lists all."
                )));
            };
            let Some(user) = user else {
                diesel::delete(webitel_users::table.find(person_id)).execute(conn)?;
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

fn find(conn: &mut PgConnection, name: &str) -> QueryResult<Option<i64>> {
    use crate::db::schema::people;
    people::table.filter(people::name.eq(name)).select(people::id).first(conn).optional()
}

fn is_of_domain(conn: &mut PgConnection, user: i64) -> QueryResult<bool> {
    fact(
        conn,
        &format!(
            "SELECT EXISTS (SELECT FROM directory.wbt_user WHERE id = {user} AND dc = (SELECT domain_id FROM webitel)) AS fact"
        ),
    )
}
