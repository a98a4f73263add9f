//! `queue-hooks webitel …`: works on a Webitel system, as somebody who may do more with its database than a server may.

use std::io::{BufRead, IsTerminal, Write};

use crate::config::{self, Database};
use crate::db::webitel::attach::{Wanted, attach};
use crate::db::webitel::detach::detach;
use crate::db::webitel::{Privileged, Schema};
use crate::terminal::{Failure, Output, say};

pub fn run(command: config::Webitel) -> Result<(), Failure> {
    match command {
        config::Webitel::Attach { attachment, yes, database } => {
            let wanted = attachment.wanted();
            let mut privileged = connect(&database)?;
            print(&plan(&wanted, &database)?)?;
            expect_consent("Attach?", yes)?;
            attach(&mut privileged, &wanted)?;
            print(&next(&wanted.schema, wanted.domain))
        }
        config::Webitel::Detach { schema, keep_data, yes, database } => {
            let mut privileged = connect(&database)?;
            expect_consent("Detach?", yes)?;
            detach(&mut privileged, &schema.schema, keep_data)?;
            say("Detached.");
            Ok(())
        }
    }
}

fn connect(database: &Database) -> Result<Privileged, String> {
    Privileged::connect(&database.url()?)
}

/// What attaching makes.
fn plan(wanted: &Wanted, database: &Database) -> Result<String, String> {
    let Wanted { schema, domain, .. } = wanted;
    let mut plan = format!(
        "In {}, for domain {domain}, this makes, or brings to this version:\n\
         * a role {} that cannot log in, and a schema {schema} with tables, views and functions that belong to it;\n\
         * a role {} that can log in, and use nothing but what is in that schema.\n\
         Nothing of Webitel's is altered, but these rights are given:\n",
        database.url()?,
        schema.owner(),
        schema.login()
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
        "Attached to domain {domain}. Give the role {login} a password (in psql: \\password {login}), and start the server with \
         DATABASE_URL=postgres://{login}:PASSWORD@HOST/NAME.\n"
    )
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
        return Err(
            "Nothing was changed, because there is no terminal to ask at: add --yes if that is what you want".into()
        );
    }
    eprint!("{question} [y/N] ");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|cause| format!("The terminal cannot be asked ({cause}): use --yes"))?;
    if matches!(line.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err("Nothing was changed.".into()) }
}
