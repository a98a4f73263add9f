//! Hooks: when this event happens in this queue, run that flow schema.

pub mod change;
pub mod filter;
pub mod hook;
pub mod many;
pub mod query;
pub mod removal;
pub mod row;
pub mod search;
pub mod tab;
