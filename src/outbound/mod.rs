//! The way out: the requests of a run, sent by curl over a real line. Every address is resolved and checked here, for
//! each connection and each redirect anew, and curl is told where to connect to: it asks nobody itself. Redirects are
//! followed as the client of Go does, in which Webitel's flow manager is written.

pub mod address;
pub mod destinations;
mod failure;
mod headers;
mod hop;
mod line;
pub mod names;
mod redirect;

use std::sync::Arc;

pub use line::Line;

use destinations::Destinations;
use names::Names;

/// What all runs share. Cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Shared>);

struct Shared {
    destinations: Destinations,
    names: Names,
    /// Whether the variables `http_proxy`, `https_proxy` and `no_proxy` count.
    uses_proxies: bool,
}

impl Outbound {
    pub fn new(destinations: Destinations, uses_proxies: bool) -> Self {
        Self::resolving(destinations, uses_proxies, Names::default())
    }

    /// The same, with names that somebody else resolves.
    pub fn resolving(destinations: Destinations, uses_proxies: bool, names: Names) -> Self {
        Self(Arc::new(Shared { destinations, names, uses_proxies }))
    }

    /// What carries the requests of one run out.
    pub fn line(&self) -> Line {
        Line::new(self.clone())
    }
}
