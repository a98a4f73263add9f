//! Plans for many queues at once: a hook that all of them get, copies of hooks, another flow schema for hooks. Each begins
//! with a selection in a registry. The address says what is wanted, the page shows the plan, and a form carries it out.

pub mod addition;
pub mod copies;
mod form;
mod hooks;
pub mod successor;
mod view;
