//! Flow schemas: the named programs that hooks run.

pub mod change;
pub mod filter;
pub mod flow_schema;
pub mod query;
pub mod search;
pub mod uses;
pub mod version;
