//! Signing in and out, and the links that work once.

pub mod handler;
pub mod held;
pub mod view;
