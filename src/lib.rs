//! Queue Hooks: the hooks of contact-centre queues, for the people who keep them.
//!
//! A request goes from [`routes`] to a handler, which reads or changes the data with the functions of its
//! `query` and answers with a view of its `view`; [`page`] puts that into the layout. `ARCHITECTURE.md` has
//! the map.

pub mod account;
pub mod assets;
pub mod bulkhead;
pub mod config;
pub mod db;
pub mod error;
pub mod event;
pub mod events;
pub mod flash;
pub mod flow;
pub mod flow_schemas;
pub mod form;
pub mod history;
pub mod hooks;
pub mod journal;
pub mod name;
pub mod page;
pub mod paging;
pub mod params;
pub mod password;
pub mod people;
pub mod queues;
pub mod registry;
pub mod rights;
pub mod routes;
pub mod schema;
pub mod security;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod site;
pub mod token;
pub mod transfer;
pub mod word;
