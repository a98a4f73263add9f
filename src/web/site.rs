//! How people reach the application: by which address, over https or not, and through which proxies.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;

use actix_web::http::{Uri, header};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::access::session::Limits;

/// How many requests a second one token may send, unless the command line says otherwise.
pub const API_RATE: NonZeroU32 = NonZeroU32::new(100).expect("it is not zero");

#[derive(Clone, Debug)]
pub struct Site {
    pub public_url: Option<PublicUrl>,
    /// Other machines can reach the application too.
    pub is_open: bool,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    pub limits: Limits,
    /// How many requests a second one token may send.
    pub api_rate: NonZeroU32,
    /// Tells the cookies of this installation from those of others on the same host.
    pub mark: String,
}

impl Default for Site {
    fn default() -> Self {
        let limits = Limits { idle: chrono::Duration::hours(8), absolute: chrono::Duration::days(7) };
        let (public_url, proxies) = (None, Vec::new());
        Self { public_url, is_open: false, proxies, limits, api_rate: API_RATE, mark: String::new() }
    }
}

/// What people type to come here: `https://HOST` or `http://HOST`, with a port and a path if needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    pub is_https: bool,
    pub authority: String,
    /// The path that is before every address: empty, or like `/hooks`.
    pub base: String,
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let wrong = || {
            format!("“{url}” is not https://HOST or http://HOST, with a port and a plain path like /hooks/ if needed")
        };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?.to_string().to_ascii_lowercase();
        let base = uri.path().strip_suffix('/').unwrap_or(uri.path());
        if authority.contains('@') || !is_plain(base) || uri.query().is_some() || url.contains('#') {
            return Err(wrong());
        }
        Ok(Self { is_https, authority, base: base.into() })
    }
}

/// Whether a path means the same to every browser and proxy: only parts like `hooks`, `hooks-2` and `v1.0`.
fn is_plain(path: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.chars().all(|char| char.is_ascii_alphanumeric() || "-_.~".contains(char))
    };
    path.is_empty() || path.strip_prefix('/').is_some_and(|parts| parts.split('/').all(is_part))
}

impl PublicUrl {
    /// As browsers name it: without the path.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.is_https { "https" } else { "http" }, self.authority)
    }
}

impl Site {
    /// The site that a request came to.
    ///
    /// # Panics
    /// If the application has none: `server.rs` puts it there.
    pub fn of(request: &HttpRequest) -> &Self {
        request.app_data::<web::Data<Self>>().expect("the server has a site")
    }

    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.is_https)
    }

    /// Whether a request may name this host: the public one or, as long as only this machine can come here, one of its
    /// own names. This alone keeps strangers from pointing a name of theirs at it.
    pub fn is_host(&self, host: &str) -> bool {
        is_this_machine(host)
            || match &self.public_url {
                Some(url) => is_same_host(&url.authority, host, url.is_https),
                None => self.is_open,
            }
    }

    /// The hosts that a request may name, for the log.
    pub fn hosts(&self) -> String {
        const OWN: &str = "the names of this machine, such as localhost";
        self.public_url.as_ref().map_or(OWN.into(), |url| format!("{} and to {OWN}", url.authority))
    }

    /// Whether a page from this origin is one of ours.
    pub fn is_origin(&self, origin: &str, host: &str) -> bool {
        let is_public = self.public_url.as_ref().is_some_and(|url| url.origin().eq_ignore_ascii_case(origin));
        is_public || origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
    }

    /// Whether the other end of the connection is one of our proxies.
    pub fn is_proxy(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr().map(|address| address.ip().to_canonical());
        peer.is_some_and(|peer| self.proxies.iter().any(|proxies| proxies.contains(&peer)))
    }

    /// Where a request came from: the last address in the chain that is not one of our proxies.
    pub fn client(&self, request: &HttpRequest) -> String {
        let Some(peer) = request.peer_addr().map(|address| address.ip().to_canonical()) else { return String::new() };
        let mut client = peer;
        let forwarded = request.headers().get_all(header::X_FORWARDED_FOR).filter_map(|value| value.to_str().ok());
        let hops: Vec<_> = forwarded.flat_map(|value| value.split(',')).collect();
        for hop in hops.into_iter().rev() {
            if !self.proxies.iter().any(|proxies| proxies.contains(&client)) {
                break;
            }
            let Some(address) = address(hop.trim()) else { break };
            client = address;
        }
        client.to_string()
    }
}

/// An address as proxies write it: some add a port, some put brackets around it.
fn address(hop: &str) -> Option<IpAddr> {
    let socket = || hop.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip());
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().ok().or_else(socket).map(|address| address.to_canonical())
}

fn is_this_machine(host: &str) -> bool {
    let name = without_port(host);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn without_port(host: &str) -> &str {
    host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name)
}

/// Whether name and port are the same. The default port may be written or left out.
fn is_same_host(public: &str, host: &str, is_https: bool) -> bool {
    let default = if is_https { ":443" } else { ":80" };
    let bare = |host: &str| host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase();
    bare(public) == bare(host)
}
