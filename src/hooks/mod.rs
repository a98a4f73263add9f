//! The Hooks tab of a queue.

pub mod filter;
pub mod form;
pub mod handler;
pub mod hook;
pub mod query;
pub mod view;
