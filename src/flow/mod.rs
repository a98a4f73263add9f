//! The language of flow schemas: what a text says, what may be wrong with it, what it would send, and how two of them
//! differ. It knows neither HTTP nor the database. [`request`] does not know about samples either, so whatever runs a
//! flow schema can build the same requests from the values of a run.

pub mod applications;
pub mod changes;
pub mod difference;
pub mod download;
pub mod preview;
pub mod program;
pub mod request;
pub mod room;
pub mod run;
pub mod text;
pub mod tree;
pub mod variables;
pub mod warnings;
