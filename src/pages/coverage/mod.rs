//! Coverage: a table of queues and events that shows where a hook is missing, and the same as a file.

pub mod csv;
pub mod handler;
pub mod view;
