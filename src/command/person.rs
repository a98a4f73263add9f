//! `queue-hooks person …`: people, from the terminal of the machine.

use std::io::Write;

use super::{find, open, write};
use crate::access::journal::By;
use crate::access::password::Password;
use crate::access::people::{self, Saved, Wanted};
use crate::access::person::{DisplayName, Name, Person};
use crate::config::{self, Database, PasswordInput};
use crate::error::Error;
use crate::name::printable;
use crate::terminal::{Failure, Output, say};

pub fn run(command: config::Person) -> Result<(), Failure> {
    match command {
        config::Person::Add { name, preset, display_name, password, database } => {
            let name = Name::new(&name)?;
            let display_name = DisplayName::new(display_name.as_deref().unwrap_or(&name.0))?;
            let db = open(&database)?;
            let password = read_password(password, &name)?;
            let wanted = Wanted { name, display_name, rights: preset.rights() };
            let done = write(&db, |conn| people::add(conn, &wanted, &password, &By::command_line()))?;
            Ok(tell(done, "Added")?)
        }
        config::Person::List { database } => {
            let db = open(&database)?;
            let all = db.snapshot(|conn| people::all(conn).map_err(Error::from)).map_err(|error| error.to_string())?;
            let mut out = Output::new();
            let listed = list(&all, &mut out).map_err(|cause| format!("The list cannot be written: {cause}"));
            out.end(listed)
        }
        config::Person::SetPassword { name, password, database } => {
            let (db, person) = find(&name, &database)?;
            let password = read_password(password, &Name(person.name))?;
            let by = By::command_line();
            let person = write(&db, |conn| people::set_password(conn, person.id, &password, &by))?;
            Ok(tell(Saved::Done(person), "Set the password of")?)
        }
        config::Person::Disable { name, database } => Ok(set_access(&name, &database, false, "Disabled")?),
        config::Person::Enable { name, database } => Ok(set_access(&name, &database, true, "Enabled")?),
    }
}

fn list(all: &[Person], out: &mut impl Write) -> std::io::Result<()> {
    for person in all {
        let access = if person.enabled { "enabled" } else { "disabled" };
        let display_name = printable(&person.display_name).replace(['\n', '\t'], " ");
        writeln!(out, "{}\t{display_name}\t{access}\t{}", printable(&person.name), person.rights.summary())?;
    }
    out.flush()
}

fn set_access(name: &str, database: &Database, enabled: bool, done: &str) -> Result<(), String> {
    let (db, person) = find(name, database)?;
    tell(write(&db, |conn| people::set_access(conn, person.id, enabled, &By::command_line()))?, done)
}

fn tell(saved: Saved, done: &str) -> Result<(), String> {
    match saved {
        Saved::Done(person) => say(&format!("{done} {}.", printable(&person.to_string()))),
        Saved::Unchanged(person) => {
            let state = if person.enabled { "enabled" } else { "disabled" };
            say(&format!("{} is {state} already.", printable(&person.to_string())));
        }
        Saved::NameTaken => return Err("Somebody else has this name.".into()),
        Saved::LastManager => return Err("Nobody else manages people, so nothing was changed.".into()),
        Saved::Stale(..) => return Err("Somebody changed this person meanwhile. Try again.".into()),
    }
    Ok(())
}

/// What is stored of a password that comes from standard input, or from the terminal without being shown.
fn read_password(input: PasswordInput, name: &Name) -> Result<String, String> {
    let typed = if input.password_stdin {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|cause| format!("The password on standard input cannot be read: {cause}"))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        let ask = |prompt| {
            rpassword::prompt_password(prompt)
                .map_err(|cause| format!("The terminal cannot be asked ({cause}): use --password-stdin"))
        };
        let typed = ask("Password: ")?;
        if ask("The same again: ")? != typed {
            return Err("These were two different passwords, so nothing was changed.".into());
        }
        typed
    };
    // As forms do: PostgreSQL and browsers have no NUL.
    Password::new(&typed.replace('\0', "\u{fffd}"), &name.0)?.hash_now().map_err(|error| error.to_string())
}
