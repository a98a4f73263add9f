//! What the tests use: a server ([`App`]), somebody who uses it ([`Browser`]), what they see ([`Page`]), and the data
//! that a test needs ([`queue`], [`schema`], [`hook`]). [`process`] is for tests of the program as a process,
//! [`window`] for tests in Chromium.

mod app;
pub mod attached;
mod browser;
pub mod certificates;
mod client;
mod contents;
mod data;
mod flow_schemas;
mod page;
pub mod process;
mod proxy;
pub mod receiver;
mod urls;
pub mod way;
pub mod window;
mod wire;
mod worst;

use std::time::{Duration, Instant};

use app::copy_database;
pub use app::{App, admit, way_out};
pub use attached::Attached;
pub use browser::{ADMIT, Browser, SESSION};
pub use client::{Client, Reply, token};
pub use contents::contents;
pub use data::*;
pub use flow_schemas::*;
pub use on_both::{on_all, on_both};
pub use page::{Fill, Page};
pub use proxy::Proxy;
pub use queue_hooks::word::Word;
pub use urls::*;
pub use worst::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    /// The tables of a Webitel system.
    Attached,
}

/// What a test with `#[on_both]` takes.
pub trait OnBoth {
    fn on(backend: Backend) -> Self;
}

/// Runs a test on a database of its own.
pub fn run<T: OnBoth>(backend: Backend, test: fn(&T)) {
    test(&T::on(backend));
}

/// The database of the PostgreSQL cluster that the tests share, from which they create others.
fn cluster_url() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: run `make test`, or `tests/with-postgres cargo test`")
}

/// Asks again and again until there is an answer.
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "still waiting for {what} after 30 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}
