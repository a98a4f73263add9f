//! Queues: what waits for agents, and what hooks belong to.

pub mod change;
pub mod filter;
pub mod query;
pub mod queue;
pub mod queue_type;
