//! Queues: calls, chats and tasks wait in them for agents, and hooks belong to them.

pub mod change;
pub mod coverage;
pub mod filter;
pub mod query;
pub mod queue;
pub mod queue_type;
pub mod search;
