//! A Webitel system for one test, which the test attaches itself.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Database, Ended};
use crate::attached::{WEBITEL, as_role};

pub struct Webitel {
    /// As its superuser.
    pub root: Database,
    /// The schema, and the role of the server. No other test has the same: roles belong to the whole cluster.
    pub schema: String,
}

impl Webitel {
    pub fn new() -> Self {
        let root = Database::postgres();
        root.session().execute(WEBITEL);
        Self::at(root)
    }

    /// The tables are there already.
    pub fn at(root: Database) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let schema = format!("hooks_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { root, schema }
    }

    /// One of the commands, for the schema of this test. Nobody is asked.
    #[track_caller]
    pub fn run(&self, command: &str, arguments: &[&str]) -> Ended {
        self.run_as(&self.root, command, arguments)
    }

    #[track_caller]
    pub fn run_as(&self, database: &Database, command: &str, arguments: &[&str]) -> Ended {
        let yes: &[&str] = if matches!(command, "attach" | "detach") { &["--yes"] } else { &[] };
        database.run(&[&["webitel", command, "--schema", &self.schema], yes, arguments].concat())
    }

    /// Attaches the first domain.
    #[track_caller]
    pub fn attach(&self, arguments: &[&str]) -> Ended {
        self.run("attach", &[&["--domain", "1", "--user", "12"], arguments].concat())
    }

    /// What the server works with.
    pub fn login(&self) -> Database {
        Database::at(&as_role(&self.root.url, &self.schema))
    }

    /// Two queues and two flow schemas of the first domain, as Webitel makes them.
    pub fn fill(&self) {
        self.root.session().execute(
            "INSERT INTO call_center.cc_queue (strategy, enabled, name, domain_id, created_at, created_by) \
                 VALUES ('fifo', TRUE, 'Inbound support', 1, 1, 11), ('fifo', TRUE, 'Sales', 1, 1, 11); \
             INSERT INTO flow.acr_routing_scheme (domain_id, name, scheme, created_at, updated_at, created_by, updated_by, type) \
                 VALUES (1, 'CRM: push', '[{\"log\": \"crm\"}]', 1, 1, 11, NULL, 'service'), \
                     (1, 'Billing: push', '[{\"log\": \"billing\"}]', 1, 1, 11, 11, 'service')",
        );
    }
}

impl Default for Webitel {
    fn default() -> Self {
        Self::new()
    }
}
