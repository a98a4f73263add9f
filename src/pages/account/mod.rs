//! One's own account: the time zone, the password, and the open sessions.

pub mod handler;
pub mod view;
