//! What somebody does to people and tokens, and to a Webitel system, from the terminal of the machine; and what a server
//! starts itself.

pub mod person;
pub mod scripts;
pub mod token;
pub mod webitel;

use crate::access::people;
use crate::access::person::{Name, Person};
use crate::config::Database;
use crate::db::{Conn, Db};
use crate::error::Error;

/// The database, which is there already.
fn open(database: &Database) -> Result<Db, String> {
    Db::open_for_command(&database.url()?)
}

fn write<T>(db: &Db, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, String> {
    db.write_now(work).map_err(|error| error.to_string())
}

/// The person with a name.
fn find(name: &str, database: &Database) -> Result<(Db, Person), String> {
    let db = open(database)?;
    let name = Name::new(name)?.0;
    let found = db
        .snapshot(|conn| people::find_by_name(conn, &name).map_err(Error::from))
        .map_err(|error| error.to_string())?;
    let (person, _) = found.ok_or_else(|| format!("There is nobody with the name {name}."))?;
    Ok((db, person))
}
