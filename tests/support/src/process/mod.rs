//! What the tests of the program as a whole stand on: the binary as a process ([`Program`], [`Server`]), a
//! database of the test's own ([`Database`]), a PostgreSQL server of the test's own ([`Cluster`]), and somebody
//! who uses the pages ([`Browser`], [`Page`]).

mod cluster;
mod database;
mod program;

use std::time::{Duration, Instant};

pub use cluster::Cluster;
pub use database::{Database, sum};
pub use program::{Ended, Program, Server, sign_in, signal};

pub use crate::{Backend, Browser, Fill, PASSWORD, Page, on_both};

/// What `serve --demo` shows, and what most tests import.
pub const DEMONSTRATION: &str = include_str!("../../../../src/transfer/demonstration.jsonl");

/// A queue and some flow schemas without hooks.
pub const CENTRE: &str = r#"{"queue":{"id":"1","name":"Inbound support","type":1,"enabled":true}}
{"flow_schema":{"id":"1","name":"CRM: push","type":"service","editor":false,"schema":[{"log":"crm"}]}}
{"flow_schema":{"id":"2","name":"Billing: push","type":"service","editor":false,"schema":[{"log":"billing"}]}}
"#;

/// The Hooks tab of the queue that every centre here has.
pub const HOOKS: &str = "/contact-center/queues/1/hooks";

/// Asks again and again until there is an answer.
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "still waiting for {what} after 30 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How long something took, with what came of it.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
