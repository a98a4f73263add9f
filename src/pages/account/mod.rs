//! One's own account: the time zone, the password, the open sessions, and tokens for programs.

pub mod handler;
pub mod tokens;
pub mod view;
