//! One's own account: the password, and the open sessions.

pub mod handler;
pub mod view;
