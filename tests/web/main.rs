//! The application through its real server, on both databases; a file for each URL, named after it.
//!
//! A test is written once with [`on_both!`] and runs on SQLite and on PostgreSQL, each time on a server and a
//! database of its own.

#[macro_use]
mod support;

mod error;
mod hooks;
mod hooks_history;
