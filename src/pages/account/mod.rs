//! One's own account: the password, and the sessions that are open.

pub mod handler;
pub mod view;
