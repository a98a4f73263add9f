//! The way out: the requests of a run, sent by curl over a real line. Every address is resolved and checked here, for
//! each connection and each redirect anew, and curl is told where to connect to: it asks nobody itself. Redirects are
//! followed as the client of Go does, in which Webitel's flow manager is written.

pub mod address;
pub mod destinations;
mod failure;
mod headers;
mod hop;
pub mod kept;
mod line;
pub mod names;
mod next;
mod redirect;

pub use line::{Line, Outbound};
