//! Queues, flow schemas and hooks in and out of the database as JSON Lines, one object per line:
//!
//! ```json
//! {"queue":{"id":"1","name":"Inbound support","type":1,"enabled":true}}
//! {"flow_schema":{"id":"1","name":"CRM: push","type":"service","editor":false,"schema":[{"log":"hello"}]}}
//! {"hook":{"id":1,"queue_id":1,"schema":{"id":"1"},"event":"joined","enabled":true}}
//! ```
//!
//! `import` reads what `export` writes, ids included. The text of a flow schema keeps every character.

pub mod export;
mod foreign;
pub mod import;
mod lines;
pub mod record;
mod refused;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar in bytes, on standard error if that is a terminal; elsewhere it shows nothing. If the length is
/// unknown it only counts.
pub fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
