//! What the program tells a monitoring system about itself, in the text format of Prometheus.

mod process;

use std::fmt::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use self::process::Process;
use crate::db::Load;

pub use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Timed {
    route: String,
    method: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

type NoLabels = [(&'static str, &'static str); 0];

/// Seconds. A page takes about one thousandth.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Why somebody could not sign in: their name and password do not match, or they tried too often.
pub const REFUSED: &str = "refused";
pub const TOO_MANY: &str = "too_many";

pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    times: Family<Timed, Histogram>,
    sign_in_failures: Family<Of, Counter>,
    connections: Family<Of, Gauge>,
    most_connections: Gauge,
    waiting: Gauge,
    faults: Family<Of, Counter>,
    /// None where they are not known.
    sessions: Family<NoLabels, Gauge>,
    process: Process,
}

impl Default for Metrics {
    fn default() -> Self {
        let times = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            times,
            sign_in_failures: Family::default(),
            connections: Family::default(),
            most_connections: Gauge::default(),
            waiting: Gauge::default(),
            faults: Family::default(),
            sessions: Family::default(),
            process: Process::default(),
        };
        metrics.register();
        // Counters that begin with nothing show the first time, too.
        for kind in [REFUSED, TOO_MANY] {
            drop(metrics.sign_in_failures.get_or_create(&Of { kind }));
        }
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let all = &mut self.registry;
        let build = Family::<Build, Gauge>::default();
        build.get_or_create(&Build { version: env!("CARGO_PKG_VERSION") }).set(1);
        all.register("queue_hooks_build_info", "The version of the program", build);
        all.register("queue_hooks_http_requests", "Requests that were answered", self.requests.clone());
        all.register(
            "queue_hooks_http_request_duration_seconds",
            "How long it took until the answer was ready to be sent",
            self.times.clone(),
        );
        all.register("queue_hooks_sign_in_failures", "Attempts to sign in that failed", self.sign_in_failures.clone());
        all.register("queue_hooks_sessions", "Sessions that are valid", self.sessions.clone());
        all.register(
            "queue_hooks_database_connections",
            "Connections to the database that are open",
            self.connections.clone(),
        );
        all.register(
            "queue_hooks_database_connections_max",
            "Connections to the database that may be open",
            self.most_connections.clone(),
        );
        all.register(
            "queue_hooks_database_waiting",
            "Requests that wait for a connection to the database, or for their turn to write",
            self.waiting.clone(),
        );
        all.register(
            "queue_hooks_database_errors",
            "How often the database could not do its work",
            self.faults.clone(),
        );
        self.process.register(all);
    }

    /// A request was answered. What strangers invent is counted together: a route or a method of their own.
    pub fn answered(&self, route: Option<&str>, method: &str, status: u16, took: Duration) {
        const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let route = route.filter(|route| !route.is_empty()).unwrap_or("other").to_owned();
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        self.times.get_or_create(&Timed { route: route.clone(), method }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { route, method, status }).inc();
    }

    /// Somebody could not sign in.
    pub fn failed_to_sign_in(&self, kind: &'static str) {
        self.sign_in_failures.get_or_create(&Of { kind }).inc();
    }

    /// Everything in the text format of Prometheus. `sessions` are those that are valid, if the database says so.
    pub fn text(&self, load: &Load, sessions: Option<i64>) -> String {
        for (kind, connections) in [("used", load.used), ("idle", load.idle)] {
            self.connections.get_or_create(&Of { kind }).set(connections.into());
        }
        self.most_connections.set(load.most.into());
        self.waiting.set(load.waiting as i64);
        for (fault, count) in &load.faults {
            self.faults.get_or_create(&Of { kind: fault }).inner().store(*count, Ordering::Relaxed);
        }
        self.sessions.clear();
        if let Some(sessions) = sessions {
            self.sessions.get_or_create(&[]).set(sessions);
        }
        self.process.look();
        let mut text = String::with_capacity(16 * 1024);
        if let Err(cause) = prometheus_text::encode(&mut text, &self.registry) {
            log::error!("the metrics cannot be written: {cause}");
            let _ = write!(text, "# {cause}");
        }
        text
    }
}
