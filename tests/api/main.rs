//! The API through its real server, on both databases; a file for each kind of thing.

mod hooks;
mod refused;
mod tokens;

use queue_hooks::access::rights::Preset;
use support::{App, Client, token};

/// The tests' administrator has this id in every new database.
const ADMINISTRATOR: i64 = 1;

/// A program that may do everything.
fn client(app: &App) -> Client {
    Client::new(app, &token(app, ADMINISTRATOR, &Preset::Administrator.rights()))
}
