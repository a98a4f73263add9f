//! Runs of flow schemas that send their requests, to receivers of the tests' own.

use std::time::Duration;

use queue_hooks::flow::run::exchange::{Answer, Hop};
use queue_hooks::flow::run::watch::Watch;
use queue_hooks::flow::run::way::Way;
use queue_hooks::outbound::Outbound;
use support::way::Walk;
use support::way_out;

/// Runs it with a way out to this machine.
pub fn tried(text: &str) -> Way {
    tried_by(&way_out(), text)
}

pub fn tried_by(outbound: &Outbound, text: &str) -> Way {
    let walk = Walk { time: Duration::from_secs(30), ..Walk::new(text) };
    walk.over(outbound.line(), &Watch::default())
}

/// The hops of the only request.
pub fn hops(way: &Way) -> &[Hop] {
    let mut exchanges = way.steps.iter().filter_map(|step| step.exchange.as_ref());
    let exchange = exchanges.next().unwrap_or_else(|| panic!("nothing was sent: {:?}", support::way::notes(way)));
    assert!(exchanges.next().is_none(), "more than one request was sent");
    &exchange.hops
}

pub fn only_hop(way: &Way) -> &Hop {
    let [hop] = hops(way) else { panic!("{} hops", hops(way).len()) };
    hop
}

/// The answer to the last hop.
pub fn answer(way: &Way) -> &Answer {
    let hop = hops(way).last().expect("a hop");
    hop.answer.as_ref().unwrap_or_else(|sentence| panic!("no answer: {sentence}"))
}

/// Why the last hop has none.
pub fn failure(way: &Way) -> &str {
    let hop = hops(way).last().expect("a hop");
    hop.answer.as_ref().err().unwrap_or_else(|| panic!("there is an answer"))
}
