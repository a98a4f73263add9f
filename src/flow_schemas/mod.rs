//! The Flow schemas section: the registry, the form with what it checks and shows of a schema, its versions, and the
//! search of the hook's drop-down.

pub mod applications;
pub mod difference;
pub mod filter;
pub mod flow_schema;
pub mod form;
pub mod handler;
pub mod preview;
pub mod program;
pub mod query;
pub mod request;
pub mod room;
pub mod text;
pub mod texts;
pub mod tree;
pub mod variables;
pub mod view;
pub mod warnings;
