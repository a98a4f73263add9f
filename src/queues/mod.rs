//! The Queues section: a list to come from, and the General tab.

pub mod handler;
pub mod query;
pub mod queue;
pub mod view;
