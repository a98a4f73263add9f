//! Redirects, as the client of Go follows them.

use url::Host;

use super::address::Address;
use super::headers::{Headers, find, strip};
use super::next::Next;

impl Next {
    /// The request that an answer leads to; none if it is the last one. `first` is where the flow schema sent it.
    pub fn after(&self, status: u16, headers: &Headers, first: &Address) -> Option<Result<Self, String>> {
        let keeps = match status {
            301..=303 => false,
            307 | 308 => true,
            _ => return None,
        };
        let location = find(headers, "location").filter(|location| !location.is_empty())?;
        Some(self.to(location, keeps, first))
    }

    fn to(&self, location: &str, keeps: bool, first: &Address) -> Result<Self, String> {
        let address = self.address.join(location)?;
        let mut next = Self { address, ..self.clone() };
        if !keeps {
            next.body = Vec::new();
            if self.method != "GET" && self.method != "HEAD" {
                next.method = "GET".into();
            }
        }
        strip(&mut next.headers, !is_within(&next.address.host, &first.host), keeps);
        let goes_open = self.address.is_https && !next.address.is_https;
        next.referer = (!goes_open).then(|| self.address.url());
        Ok(next)
    }
}

/// Whether a host is the first one, or below it.
fn is_within(host: &Host<String>, first: &Host<String>) -> bool {
    match (host, first) {
        (Host::Domain(host), Host::Domain(first)) => {
            host == first || host.strip_suffix(&**first).is_some_and(|rest| rest.ends_with('.'))
        }
        _ => host == first,
    }
}
