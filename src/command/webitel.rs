//! `queue-hooks webitel …`: works on a Webitel system, as somebody who may do more with its database than a server may.

use std::io::{BufRead, IsTerminal, Write};

use crate::access::journal::Action;
use crate::access::person::{Author, Name};
use crate::config::{self, Database, WebitelUser};
use crate::db::webitel::attach::attach;
use crate::db::webitel::check::{Findings, check};
use crate::db::webitel::detach::detach;
use crate::db::webitel::users::By;
use crate::db::webitel::wanted::Wanted;
use crate::db::webitel::{Privileged, Schema, users};
use crate::name::printable;
use crate::terminal::{Failure, Output, say};

pub fn run(command: config::Webitel) -> Result<(), Failure> {
    match command {
        config::Webitel::Check { attachment, database } => {
            let wanted = attachment.wanted();
            expect_fit(&mut connect(&database)?, &wanted)?;
            print(&format!("Domain {} can be attached.\n", wanted.domain))
        }
        config::Webitel::Attach { attachment, yes, database } => {
            let wanted = attachment.wanted();
            let mut privileged = connect(&database)?;
            expect_fit(&mut privileged, &wanted)?;
            print(&plan(&wanted, &database)?)?;
            expect_consent("Attach?", yes)?;
            attach(&mut privileged, &wanted)?;
            print(&next(&wanted.schema, wanted.domain))
        }
        config::Webitel::Detach { schema, keep_data, yes, database } => {
            let (mut privileged, schema) = (connect(&database)?, schema.schema);
            print(&loss(&schema, keep_data))?;
            expect_consent("Detach?", yes)?;
            let detached = detach(&mut privileged, &schema, keep_data)?;
            for role in detached.remaining_roles {
                say(&format!("The role {role} stays, because something else in this PostgreSQL belongs to it."));
            }
            print("Detached.\n")
        }
        config::Webitel::User(WebitelUser { person, user, remove, schema, database }) => {
            let (mut privileged, schema) = (connect(&database)?, schema.schema);
            let Some(person) = person else { return list(&mut privileged, &schema) };
            let person = Name::new(&person)?.0;
            if user.is_none() && !remove {
                return Err("Name a Webitel user too, or add --remove.".into());
            }
            let author = Author::command_line().name;
            let action = if remove { Action::RemoveWebitelUser } else { Action::SetWebitelUser };
            users::set(&mut privileged, &schema, &person, user, &By { author: &author, action: action.into() })?;
            let person = printable(&person);
            say(&match user {
                Some(user) => format!("Changes of {person} bear the name of the Webitel user {user} in Webitel."),
                None => format!("Changes of {person} bear the name in Webitel that those of everybody else bear."),
            });
            Ok(())
        }
    }
}

fn connect(database: &Database) -> Result<Privileged, String> {
    Privileged::connect(&database.url()?)
}

/// Prints what was found, and goes on if nothing is in the way.
fn expect_fit(privileged: &mut Privileged, wanted: &Wanted) -> Result<(), Failure> {
    let Findings { problems, notes } = check(privileged, wanted)?;
    print(&lines(problems.iter().chain(&notes).map(|line| printable(line))))?;
    match problems.len() {
        0 => Ok(()),
        1 => Err("This is in the way, so nothing was changed.".into()),
        _ => Err(format!("These {} are in the way, so nothing was changed.", problems.len()).into()),
    }
}

/// What attaching makes.
fn plan(wanted: &Wanted, database: &Database) -> Result<String, String> {
    let Wanted { schema, domain, user, .. } = wanted;
    let (owner, login) = (schema.owner(), schema.login());
    let mut plan = format!(
        "In {url}, for domain {domain}, this makes, or brings to this version:\n\
         * the role {owner}, which cannot log in and owns\n\
         * the schema {schema}: tables for people, sessions, tokens and history, the views {views}, and the functions {functions};\n\
         * the role {login}, which can log in and use nothing but what is in that schema.\n\
         Changes bear the name of the Webitel user {user} in Webitel.\n\
         Nothing of Webitel's is altered, but {owner} gets these rights:\n",
        url = database.url()?,
        views = wanted.made("VIEW").join(", "),
        functions = wanted.made("FUNCTION").join(", "),
    );
    for grant in wanted.grants() {
        plan += &format!("  {grant};\n");
    }
    Ok(plan)
}

/// What is left to do.
fn next(schema: &Schema, domain: i64) -> String {
    let login = schema.login();
    format!(
        "Attached to domain {domain}.\n\
         Give the role {login} a password: psql … -c '\\password {login}'\n\
         Then start the server as this role: DATABASE_URL=postgres://{login}:PASSWORD@HOST/NAME queue-hooks serve\n"
    )
}

/// What detaching takes away.
fn loss(schema: &Schema, keeps_data: bool) -> String {
    let (owner, login) = (schema.owner(), schema.login());
    let what = if keeps_data {
        format!(
            "the views and functions in {schema}, and the rights of {owner} to Webitel's tables. People and history stay"
        )
    } else {
        format!(
            "the schema {schema} with people and history, and the roles {owner} and {login}. Add --keep-data to keep them"
        )
    };
    format!("This removes {what}. Webitel's queues, flow schemas and hooks stay as they are.\n")
}

fn list(privileged: &mut Privileged, schema: &Schema) -> Result<(), Failure> {
    let line = |row: users::Mapped| {
        let user = row.user_id.map_or("as everybody".into(), |user| format!("Webitel user {user}"));
        format!("{}\t{user}", printable(&row.name))
    };
    print(&lines(users::list(privileged, schema)?.into_iter().map(line)))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = Output::new();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    out.end(written.map_err(|cause| format!("Standard output cannot be written: {cause}")))
}

/// Asks, unless somebody said yes already.
fn expect_consent(question: &str, is_given: bool) -> Result<(), String> {
    if is_given {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err("Nothing was changed, because nobody can be asked here. Add --yes if this is what you want.".into());
    }
    eprint!("{question} [y/N] ");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|cause| format!("The terminal cannot be asked ({cause}). Add --yes if this is what you want."))?;
    if matches!(line.trim(), "y" | "Y" | "yes" | "Yes") { Ok(()) } else { Err("Nothing was changed.".into()) }
}
