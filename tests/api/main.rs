//! The API through its real server, on both databases; a file for each kind of thing.

mod changes;
mod docs;
mod faces;
mod failures;
mod flow_schemas;
mod generated_client;
mod hooks;
mod late;
mod mirror;
mod openapi;
mod queues;
mod refused;
mod rights;
mod schemathesis;
mod tokens;
mod tools;

use diesel::connection::SimpleConnection;
use queue_hooks::access::rights::Preset;
use queue_hooks::on_each;
use support::{App, Client, token, write};

/// The tests' administrator has this id in every new database.
const ADMINISTRATOR: i64 = 1;

/// A program that may do everything.
fn client(app: &App) -> Client {
    Client::new(app, &token(app, ADMINISTRATOR, &Preset::Administrator.rights()))
}

/// Changes the database in a way that the application does not offer.
fn execute(app: &App, sql: &str) {
    write(app, |conn| on_each!(conn, c => c.batch_execute(sql)));
}

/// The status with which something is told: what a rule says about a value is 422, what does not fit the document 400.
fn status_of(told: &str) -> u16 {
    if told.contains("”: ") || told.starts_with("This ") { 422 } else { 400 }
}
