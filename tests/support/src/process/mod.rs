//! What the tests of the whole program use: the binary as a process ([`Program`], [`Server`]), a database for one test
//! ([`Database`]), a PostgreSQL server for one test ([`Cluster`]), an nginx in front ([`Nginx`]), and somebody who uses
//! the pages ([`Browser`], [`Page`]).

mod bouncer;
mod cluster;
mod database;
mod nginx;
mod program;
mod webitel;

use std::time::{Duration, Instant};

pub use bouncer::Bouncer;
pub use cluster::{Cluster, postgres_program};
pub use database::{Database, Session, sum};
pub use nginx::{Nginx, free_port};
pub use program::{Ended, Program, Server, VARIABLES, binary, in_mounts_of_its_own, sign_in, signal};
pub use webitel::Webitel;

pub use crate::{Backend, Browser, Fill, PASSWORD, Page, UNDO, on_both, wait_for};

/// What `serve --demo` shows, and what most tests import.
pub const DEMONSTRATION: &str = include_str!("../../../../src/transfer/demonstration.jsonl");

/// A queue and some flow schemas without hooks.
pub const CENTRE: &str = r#"{"queue":{"id":"1","name":"Inbound support","type":1,"enabled":true}}
{"flow_schema":{"id":"1","name":"CRM: push","type":"service","editor":false,"schema":[{"log":"crm"}]}}
{"flow_schema":{"id":"2","name":"Billing: push","type":"service","editor":false,"schema":[{"log":"billing"}]}}
"#;

/// The Hooks tab of the queue that is in every center here.
pub const HOOKS: &str = "/contact-center/queues/1/hooks";

/// How long something took, with its result.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
