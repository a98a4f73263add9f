//! The address of a request, read so strictly that whoever reads it again finds the same host in it.

use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Bytes of an address. No server accepts one as long as this.
const MAX_ADDRESS: usize = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub is_https: bool,
    /// Name and password, as they are in the address.
    user: Option<String>,
    pub host: Host<String>,
    /// As it was written, if it was.
    written_port: Option<u16>,
    /// Path and query; begins with a slash.
    target: String,
}

impl Address {
    /// Reads it, or says what is wrong with it.
    pub fn read(address: &str) -> Result<Self, String> {
        if address.len() > MAX_ADDRESS {
            return Err("The address has more than 64 KiB, so nothing is sent to it.".into());
        }
        let (scheme, rest) = address.split_once("://").ok_or("The address has no scheme, such as https://.")?;
        let is_https = match &*scheme.to_ascii_lowercase() {
            "https" => true,
            "http" => false,
            _ => return Err("Only http:// and https:// can be sent here, and in Webitel.".into()),
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let target = target.split('#').next().unwrap_or_default();
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, authority),
        };
        let (host, port) = match host.rfind(':').filter(|colon| !host[*colon..].contains(']')) {
            Some(colon) => (&host[..colon], &host[colon + 1..]),
            None => (host, ""),
        };
        let written_port = match port {
            "" => None,
            // No sign, as `parse` would read one.
            _ if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse() {
                Ok(port) if port > 0 => Some(port),
                _ => return Err(format!("There is no port {port:.20}.")),
            },
            _ => return Err("The port in the address is not a number.".into()),
        };
        if host.is_empty() {
            return Err("The address names no host.".into());
        }
        let is_name = |host: &Host| match host {
            Host::Domain(name) => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
            Host::Ipv4(_) | Host::Ipv6(_) => true,
        };
        let host =
            Host::parse(host).ok().filter(is_name).ok_or("The host in the address is no name and no address.")?;
        if !is_escaped_well(target.split('?').next().unwrap_or_default())
            || !user.as_deref().is_none_or(is_escaped_well)
        {
            return Err("A % in the address is not followed by two hexadecimal digits.".into());
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        if target.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            return Err("There is a character in the address that does not belong there.".into());
        }
        Ok(Self { is_https, user, host, written_port, target: format!("{slash}{target}") })
    }

    pub fn port(&self) -> u16 {
        self.written_port.unwrap_or(if self.is_https { 443 } else { 80 })
    }

    /// What the line `Host` says.
    pub fn authority(&self) -> String {
        self.written_port.map_or(self.host.to_string(), |port| format!("{}:{port}", self.host))
    }

    /// The host as a name to look up, or as what it is already.
    pub fn name(&self) -> Result<IpAddr, &str> {
        match &self.host {
            Host::Domain(name) => Err(name),
            Host::Ipv4(address) => Ok((*address).into()),
            Host::Ipv6(address) => Ok((*address).into()),
        }
    }

    /// The whole address, without name and password.
    pub fn url(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority(), self.target)
    }

    /// The whole address.
    pub fn shown(&self) -> String {
        let user = self.user.as_ref().map_or(String::new(), |user| format!("{user}@"));
        let url = self.url();
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        format!("{scheme}://{user}{rest}")
    }

    /// What the header `Authorization` says of name and password in the address.
    pub fn authorization(&self) -> Option<String> {
        let user = self.user.as_deref()?;
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
        let both = [decoded(name), vec![b':'], decoded(password)].concat();
        Some(format!("Basic {}", BASE64_STANDARD.encode(both)))
    }

    /// Where a redirect leads from here.
    pub fn join(&self, location: &str) -> Result<Self, String> {
        let broken = || "It was redirected to an address that nobody can read.".to_owned();
        let base = Url::parse(&self.url()).map_err(|_| broken())?;
        let joined = base.join(location).map_err(|_| broken())?;
        if joined.as_str().len() > MAX_ADDRESS {
            return Err("It was redirected to an address of more than 64 KiB, so nothing was sent there.".into());
        }
        if !matches!(joined.scheme(), "http" | "https") {
            let scheme = joined.scheme();
            return Err(format!("It was redirected to {scheme:.20}:, but only http:// and https:// can be sent."));
        }
        Self::read(joined.as_str()).map_err(|_| broken())
    }
}

/// Whether each `%` begins an escaped byte.
fn is_escaped_well(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => rest = &rest[at + 3..],
            _ => return false,
        }
    }
    true
}
