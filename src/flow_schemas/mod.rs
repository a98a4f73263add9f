//! The Flow schemas section: the registry, the form with what it checks and shows of a schema, its versions, and the
//! search of the hook's drop-down. What a text means is told by [`crate::flow`].

pub mod filter;
pub mod flow_schema;
pub mod form;
pub mod handler;
pub mod query;
pub mod texts;
pub mod view;
