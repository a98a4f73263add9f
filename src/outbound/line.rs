//! What all runs share to send their requests, and one run's way out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use curl::multi::Multi;

use super::address::Address;
use super::destinations::{Destinations, Refused};
use super::headers::{Headers, is_of_token, written};
use super::hop::{self, Head};
use super::kept::Kept;
use super::names::Names;
use super::next::Next;
use crate::flow::program::Application;
use crate::flow::request::Request;
use crate::flow::run::answer::{Answered, Body, gave_up, patience, read};
use crate::flow::run::exchange::{Answer, Exchange, Hop, Times};
use crate::flow::run::limits::{MAX_ANSWER_SHOWN, MAX_HOPS, REQUEST_TIME};
use crate::flow::run::wire::{Order, Sent, Wire};
use crate::flow::text::{boundary, shortened};

/// Bytes of a method.
const MAX_METHOD: usize = 100;

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
        Line { outbound: self.clone(), multi: Multi::new(), kept: Kept::default() }
    }
}

/// Sends the requests of one run.
pub struct Line {
    outbound: Outbound,
    multi: Multi,
    kept: Kept,
}

impl Wire for Line {
    fn send(&mut self, order: &Order, _: &[&str]) -> Sent {
        let mut sent = Sent::default();
        let next = match first(order.request, &mut sent.notes) {
            Ok(Some(next)) => next,
            Ok(None) => return sent,
            Err(sentence) => {
                sent.notes.push(sentence);
                return sent;
            }
        };
        warn(order.application, &mut sent.notes);
        let since = Instant::now();
        let exchange = self.exchange(next, order, since, &mut sent);
        sent.exchange = Some(exchange);
        sent
    }
}

/// The request that goes out first; none if the notes about it say why already.
fn first(request: &Request, notes: &mut Vec<String>) -> Result<Option<Next>, String> {
    if request.url.is_empty() {
        return Ok(None);
    }
    if request.is_cut {
        return Err("It is too long to be sent.".into());
    }
    let method = if request.method.is_empty() { "GET".to_owned() } else { request.method.clone() };
    if method.len() > MAX_METHOD || !method.bytes().all(is_of_token) || method == "CONNECT" {
        return Err(format!("“{}” is no method that can be sent.", shortened(&method).escape_debug()));
    }
    let address = Address::read(&request.url)?;
    let headers = written(request.headers.iter(), notes)?;
    let body = request.body.clone().unwrap_or_default().into_bytes();
    Ok(Some(Next { method, address, headers, referer: None, body }))
}

/// Says what Webitel would do otherwise because of its arguments.
fn warn(application: &Application, notes: &mut Vec<String>) {
    let says_true = |name: &str| {
        application.arguments.get(name).is_some_and(|value| matches!(&*crate::flow::request::plain(value), "true"))
    };
    if says_true("insecureSkipVerify") {
        notes
            .push("Because of insecureSkipVerify Webitel does not look at the certificate; here it is checked.".into());
    }
    if says_true("cacheCookie") && application.arguments.get_text("exportCookie").is_some() {
        notes.push("Webitel sends this only while it remembers no cookie from before.".into());
    }
}

impl Line {
    fn exchange(&mut self, mut next: Next, order: &Order, since: Instant, sent: &mut Sent) -> Exchange {
        let until = order.deadline.min(since + REQUEST_TIME);
        let end = || {
            if let Some(why) = order.watch.stopped() {
                Some(why.sentence().to_owned())
            } else if Instant::now() < until {
                None
            } else if until < order.deadline {
                Some(format!("There was no whole answer within {} seconds.", REQUEST_TIME.as_secs()))
            } else {
                Some("There was no whole answer before the time of the run was over.".to_owned())
            }
        };
        let first = next.address.clone();
        let mut hops = Vec::new();
        loop {
            let name_since = Instant::now();
            let addresses = self.addresses(&next.address, end);
            let name = name_since.elapsed();
            let ended = match addresses {
                Ok(addresses) => hop::send(&self.multi, &next, &addresses, self.outbound.0.uses_proxies, &end),
                Err(sentence) => {
                    let mut hop = unsent(&next, name, sentence);
                    self.kept.cut(&mut hop, &mut sent.notes);
                    hops.push(hop);
                    break;
                }
            };
            let times = Times {
                name: next.address.name().is_err().then_some(name),
                connection: ended.times.connection.map(|time| name + time),
                first_byte: ended.times.first_byte.map(|time| name + time),
                whole: name + ended.times.whole,
            };
            let mut hop = Hop {
                method: next.method.clone(),
                url: next.address.shown(),
                headers: ended.headers,
                times,
                answer: Err(String::new()),
            };
            let Some(Head { status, headers, at }) = ended.came.head else {
                hop.answer = Err(ended.failure.unwrap_or_else(|| "There was no answer.".into()));
                self.kept.cut(&mut hop, &mut sent.notes);
                hops.push(hop);
                break;
            };
            let following = next.after(status, &headers, &first);
            let body = &ended.came.body;
            hop.answer = Ok(Answer {
                status,
                headers: headers.clone(),
                body: shown(body),
                read: body.len(),
                is_cut: ended.came.is_cut,
            });
            self.kept.cut(&mut hop, &mut sent.notes);
            hops.push(hop);
            match following {
                Some(Ok(_)) if hops.len() == MAX_HOPS => {
                    sent.notes.push(format!("It was redirected {MAX_HOPS} times, and Webitel goes no further."));
                    break;
                }
                Some(Ok(following)) => next = following,
                Some(Err(sentence)) => {
                    sent.notes.push(sentence);
                    break;
                }
                None => {
                    sent.notes.extend(ended.failure.clone());
                    let answer = Answered {
                        status,
                        headers: &headers,
                        body,
                        body_is: match (&ended.failure, ended.came.is_cut) {
                            (Some(_), _) => Body::Broken,
                            (None, true) => Body::Longer,
                            (None, false) => Body::Whole,
                        },
                        head_after: at - since,
                        whole_after: since.elapsed(),
                    };
                    let found = read(order.application, &answer, || end().is_none());
                    sent.set = found.variables;
                    sent.notes.extend(found.notes);
                    return Exchange { hops };
                }
            }
        }
        let waited = since.elapsed();
        if let Some(patience) = patience(order.application).filter(|patience| waited > *patience) {
            sent.notes.push(format!("{}.", gave_up(patience)));
        }
        Exchange { hops }
    }

    /// The addresses that a request may be sent to.
    fn addresses(&self, to: &Address, end: impl Fn() -> Option<String>) -> Result<Vec<IpAddr>, String> {
        let shared = &self.outbound.0;
        let (name, found) = match to.name() {
            Ok(address) => (address.to_string(), vec![address]),
            Err(name) => (name.to_owned(), shared.names.look_up(name, end)?),
        };
        let mut refused = None;
        let mut allowed = Vec::new();
        for address in found {
            match shared.destinations.check(&name, address) {
                Ok(()) => allowed.push(address.to_canonical()),
                Err(why) => refused = refused.or(Some((address.to_canonical(), why))),
            }
        }
        match refused {
            Some((address, why)) if allowed.is_empty() => Err(refusal(to, address, why)),
            _ => Ok(allowed),
        }
    }
}

fn refusal(to: &Address, address: IpAddr, why: Refused) -> String {
    let is = match to.name() {
        Ok(_) => format!("{address} is"),
        Err(name) => format!("{name} is at {address},"),
    };
    match why {
        Refused::Private => format!(
            "{is} not a public address, so nothing was sent. Whoever runs this server can open it with --destinations."
        ),
        Refused::Never => format!(
            "{is} an address where machines tell about themselves or nobody is, so nothing was sent. --destinations does not \
             open it."
        ),
    }
}

/// A hop that was not even begun.
fn unsent(next: &Next, name: Duration, sentence: String) -> Hop {
    Hop {
        method: next.method.clone(),
        url: next.address.shown(),
        headers: Headers::new(),
        times: Times { name: next.address.name().is_err().then_some(name), whole: name, ..Times::default() },
        answer: Err(sentence),
    }
}

/// As much of a body as is shown.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(MAX_ANSWER_SHOWN + 4)]).into_owned();
    let end = boundary(&text, MAX_ANSWER_SHOWN);
    // No database keeps a zero in a text.
    text[..end].replace('\0', "\u{fffd}")
}
