//! A request as it goes over the line: what the flow schema says, and what Go's client adds.

use super::address::Address;
use super::headers::{Headers, find};

/// A request that is to be sent next.
#[derive(Clone)]
pub struct Next {
    pub method: String,
    pub address: Address,
    /// Without those that the client adds.
    pub headers: Headers,
    /// Where it was redirected from, unless the flow schema says something else.
    pub referer: Option<String>,
    pub body: Vec<u8>,
}

/// All headers of a request, in the order of Go's client, and whether it unpacks the answer by itself.
pub fn complete(next: &Next) -> (Headers, bool) {
    let Next { method, address, headers: own, referer, body } = next;
    let agent = find(own, "user-agent").unwrap_or("Go-http-client/1.1").to_owned();
    let mut all = vec![("Host".to_owned(), address.authority()), ("User-Agent".to_owned(), agent)];
    if !body.is_empty() || matches!(&**method, "POST" | "PUT" | "PATCH") {
        all.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    let is_agent = |name: &str| name.eq_ignore_ascii_case("user-agent");
    all.extend(own.iter().filter(|(name, _)| !is_agent(name)).cloned());
    if find(own, "authorization").is_none() {
        all.extend(address.authorization().map(|value| ("Authorization".to_owned(), value)));
    }
    if let Some(referer) = referer.as_ref().filter(|_| find(own, "referer").is_none()) {
        all.push(("Referer".to_owned(), referer.clone()));
    }
    let unpacks = method != "HEAD" && find(own, "accept-encoding").is_none() && find(own, "range").is_none();
    if unpacks {
        all.push(("Accept-Encoding".to_owned(), "gzip".to_owned()));
    }
    (all, unpacks)
}
