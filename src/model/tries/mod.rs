//! Tries of flow schemas: what came of them, and what somebody typed for the next one. Running them is
//! [`crate::tries`].

pub mod log;
pub mod typed;

use chrono::TimeDelta;

/// How long both are kept.
pub const KEPT: TimeDelta = TimeDelta::days(30);
