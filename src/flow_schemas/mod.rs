//! The Flow schemas section: a list and a page to read, and the search of the hook's drop-down.

pub mod flow_schema;
pub mod handler;
pub mod query;
pub mod view;
