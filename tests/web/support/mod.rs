//! What the tests stand on: a server ([`App`]), somebody who uses it ([`Browser`]), what he sees ([`Page`]),
//! and the data that a test needs ([`queue`], [`schema`], [`hook`]).

mod app;
mod browser;
mod contents;
mod data;
mod flow_schemas;
mod page;
mod urls;
mod wire;

pub use app::{App, Backend, admit};
pub use browser::{Browser, SESSION};
pub use contents::contents;
pub use data::*;
pub use flow_schemas::*;
pub use page::{Fill, Page};
pub use queue_hooks::word::Word;
pub use urls::*;

/// Tests that run on SQLite and on PostgreSQL: `on_both! { fn name(app) { … } }` makes `name::sqlite` and
/// `name::postgres`.
macro_rules! on_both {
    ($($(#[$attribute:meta])* fn $name:ident($app:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a small test needs few of them")]
            use super::*;

            fn run($app: &crate::support::App) $body

            #[test]
            fn sqlite() {
                run(&crate::support::App::start(crate::support::Backend::Sqlite));
            }

            #[test]
            fn postgres() {
                run(&crate::support::App::start(crate::support::Backend::Postgres));
            }
        }
    )+};
}
