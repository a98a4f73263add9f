//! Queue Hooks: the hooks of contact-center queues, for the people who maintain them.
//!
//! The rooms: [`model`] has the rules and the queries, [`flow`] the language of flow schemas, [`access`] who may come
//! in and what they may do, [`db`] the two databases. None of them knows HTTP or HTML. [`web`] is the HTTP kernel of
//! the [`pages`]. A request goes from [`routes`] to a handler, from there to a function of the model, and back through
//! a view and its template. `ARCHITECTURE.md` has the map.

pub mod access;
pub mod api;
pub mod bulkhead;
pub mod command;
pub mod condition;
pub mod config;
pub mod connection;
pub mod db;
pub mod error;
pub mod flow;
pub mod listen;
pub mod logging;
pub mod manual;
pub mod metrics;
pub mod model;
pub mod name;
pub mod outbound;
pub mod pages;
pub mod routes;
pub mod secret;
pub mod seldom;
pub mod server;
pub mod signals;
pub mod terminal;
pub mod transfer;
pub mod tries;
pub mod upkeep;
pub mod web;
pub mod word;
pub mod zone;
