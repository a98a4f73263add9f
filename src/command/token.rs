//! `queue-hooks token …`: what programs show to the API, from the terminal of the machine.

use std::io::Write;

use super::{find, write};
use crate::access::journal::By;
use crate::access::person::Person;
use crate::access::rights::Preset;
use crate::access::tokens::{self, Token, Wanted};
use crate::config;
use crate::db::Db;
use crate::error::Error;
use crate::name::printable;
use crate::terminal::{Failure, Output, say};

pub fn run(command: config::Token) -> Result<(), Failure> {
    match command {
        config::Token::Add { person, name, expires, preset, database } => {
            let name = tokens::read_name(&name)?;
            let (db, person) = find(&person, &database)?;
            let rights = preset.map_or_else(|| person.rights.clone(), Preset::rights);
            let wanted = Wanted { name, rights, days: expires };
            let made = write(&db, |conn| tokens::add(conn, &person, &wanted, &By::command_line()))?;
            let token = made.map_err(|refused| refused.sentence())?;
            print(|out| writeln!(out, "{token}")).inspect_err(|_| {
                // Nobody has seen it.
                let _ = remove(&db, &person, &wanted.name);
            })
        }
        config::Token::List { person, database } => {
            let (db, person) = find(&person, &database)?;
            let read = db.snapshot(|conn| tokens::list(conn, person.id).map_err(Error::from));
            let all = read.map_err(|error| error.to_string())?;
            print(|out| all.iter().try_for_each(|token| line(token, out)))
        }
        config::Token::Remove { person, name, database } => {
            let (db, person) = find(&person, &database)?;
            let removed = remove(&db, &person, &name)?;
            let name = removed.ok_or_else(|| format!("{person} has no token with this name."))?;
            say(&format!("Removed the token {} of {}.", printable(&name), printable(&person.to_string())));
            Ok(())
        }
    }
}

/// Removes the token with a name, and returns the name if there was one.
fn remove(db: &Db, person: &Person, name: &str) -> Result<Option<String>, String> {
    write(db, |conn| {
        let own = tokens::list(conn, person.id)?;
        match own.iter().find(|token| token.name == name) {
            Some(token) => tokens::remove(conn, person, token.id, &By::command_line()),
            None => Ok(None),
        }
    })
}

fn print(write: impl FnOnce(&mut Output) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut out = Output::new();
    let written = write(&mut out).and_then(|()| out.flush());
    out.end(written.map_err(|cause| format!("Standard output cannot be written: {cause}")))
}

/// Name, rights, the day on which it ends, and when it was used last.
fn line(token: &Token, out: &mut impl Write) -> std::io::Result<()> {
    let Token { name, rights, expires_at, used_at, .. } = token;
    let used = used_at.map_or_else(|| "never used".into(), |at| format!("used {}", at.format("%Y-%m-%d %H:%M")));
    let end = if token.is_over() { "over since" } else { "until" };
    let (name, end_at) = (printable(name).replace(['\n', '\t'], " "), expires_at.format("%Y-%m-%d %H:%M"));
    writeln!(out, "{name}\t{}\t{end} {end_at}\t{used}", rights.summary())
}
