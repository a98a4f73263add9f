//! Queues, flow schemas and hooks in and out of the database as JSON Lines, one object a line:
//!
//! ```json
//! {"queue":{"id":"1","name":"Inbound support","type":1,"enabled":true}}
//! {"flow_schema":{"id":"1","name":"CRM: push","type":"service","editor":false,"schema":[{"log":"hello"}]}}
//! {"hook":{"id":1,"queue_id":1,"schema":{"id":"1"},"event":"joined","enabled":true}}
//! ```
//!
//! What `export` writes `import` reads, ids and all. A flow schema's text is kept to the letter.

pub mod export;
pub mod import;
pub mod record;

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar over bytes on a terminal's standard error; elsewhere it shows nothing. Without a known
/// length it only counts.
pub fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
