//! The Queues section: the registry, the page to add a queue, and the General tab.

pub mod form;
pub mod handler;
pub mod view;
