//! The language of flow schemas: what a text says, what may be wrong with it, what it would send, and what differs
//! between two of them. It knows neither HTTP nor the database; [`request`] knows no samples either, so that whatever
//! runs a flow schema builds the same requests from the values of a run.

pub mod applications;
pub mod difference;
pub mod download;
pub mod preview;
pub mod program;
pub mod request;
pub mod room;
pub mod text;
pub mod tree;
pub mod variables;
pub mod warnings;
