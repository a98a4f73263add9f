//! What the tests stand on: a server ([`App`]), somebody who uses it ([`Browser`]), what he sees ([`Page`]),
//! and the data that a test needs ([`queue`], [`schema`], [`hook`]). In [`process`] it is the binary that runs, in
//! [`window`] a real browser that looks.

mod app;
mod browser;
mod contents;
mod data;
mod flow_schemas;
mod page;
pub mod process;
mod urls;
pub mod window;
mod wire;

pub use app::{App, Backend, admit};
pub use browser::{Browser, SESSION};
pub use contents::contents;
pub use data::*;
pub use flow_schemas::*;
pub use on_both::on_both;
pub use page::{Fill, Page};
pub use queue_hooks::word::Word;
pub use urls::*;

/// What a test with `#[on_both]` takes.
pub trait OnBoth {
    fn on(backend: Backend) -> Self;
}

/// Runs a test on a database of its own.
pub fn run<T: OnBoth>(backend: Backend, test: fn(&T)) {
    test(&T::on(backend));
}
