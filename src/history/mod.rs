//! The History tab of a queue: who changed which hook, removed hooks included.

pub mod filter;
pub mod handler;
pub mod query;
pub mod view;
