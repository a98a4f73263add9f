//! Where a request of a run may go: to public addresses, and wherever `--destinations` opens. Some addresses it never
//! opens, because a machine answers there about itself: its cloud gives its keys away at such an address.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// One that an operator opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    Network(IpNet),
    /// All addresses of this name.
    Name(String),
}

impl FromStr for Opened {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        let network = typed.parse().ok().or_else(|| typed.parse::<IpAddr>().ok().map(IpNet::from));
        if let Some(network) = network {
            return Ok(Self::Network(network));
        }
        let is_name = |name: &str| {
            let is_label = |label: &str| {
                !label.is_empty()
                    && label.len() <= 63
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            };
            // What looks like a number is read as an address by some and as a name by others.
            let last = name.rsplit('.').next().unwrap_or_default();
            name.len() <= 253
                && name.split('.').all(is_label)
                && !last.starts_with(|first: char| first.is_ascii_digit())
        };
        let name = plain(typed);
        if is_name(&name) {
            return Ok(Self::Name(name));
        }
        Err("not a network like 10.0.0.0/8, an address like 10.0.0.1 or a name like crm.internal".into())
    }
}

/// A name as names are compared.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[derive(Clone, Debug, Default)]
pub struct Destinations {
    opened: Vec<Opened>,
}

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Until somebody opens it.
    Private,
    Never,
}

impl Destinations {
    pub fn new(opened: Vec<Opened>) -> Self {
        Self { opened }
    }

    /// Whether a request for this name may be sent to this address.
    pub fn check(&self, name: &str, address: IpAddr) -> Result<(), Refused> {
        let address = address.to_canonical();
        let all = [Some(address), carried(address).map(IpAddr::V4)];
        if all.into_iter().flatten().any(is_never) {
            return Err(Refused::Never);
        }
        let is_free = |address| is_public(address) || self.is_opened(address);
        if self.is_opened_name(name) || all.into_iter().flatten().all(is_free) { Ok(()) } else { Err(Refused::Private) }
    }

    fn is_opened(&self, address: IpAddr) -> bool {
        let is_in = |opened: &Opened| matches!(opened, Opened::Network(network) if network.contains(&address));
        self.opened.iter().any(is_in)
    }

    fn is_opened_name(&self, name: &str) -> bool {
        let name = plain(name);
        self.opened.iter().any(|opened| matches!(opened, Opened::Name(opened) if *opened == name))
    }
}

/// The address of IPv4 that one of IPv6 leads to by a rule of its network.
fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let carried = match address.segments() {
        // What was once compatible; `::1` and `::` are something else.
        [0, 0, 0, 0, 0, 0, high, low] if high > 0 => (high, low),
        // NAT64, one's own NAT64, what is translated without state, 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x2002, high, low, ..] => (high, low),
        // Teredo, which turns all bits round.
        [0x2001, 0, _, _, _, _, high, low] => (!high, !low),
        _ => return None,
    };
    Some(Ipv4Addr::from_bits(u32::from(carried.0) << 16 | u32::from(carried.1)))
}

/// Whether nobody can open it: what belongs to one line or to one machine, what is no single machine, and where clouds
/// tell a machine about itself.
fn is_never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            // Alibaba, Oracle, Azure; the others are link-local.
            let tells = matches!(address.octets(), [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16]);
            let is_nobody = address.octets()[0] == 0 || address.is_broadcast() || address.is_multicast();
            tells || is_nobody || address.is_link_local()
        }
        IpAddr::V6(address) => {
            // AWS, Google Cloud.
            let tells = matches!(address.segments(), [0xfd00, 0xec2, ..] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254]);
            let is_nobody = address.is_unspecified() || address.is_multicast();
            tells || is_nobody || address.is_unicast_link_local()
        }
    }
}

/// Whether it belongs to the public network, by the registries of IANA.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !matches!(
            address.octets(),
            [0 | 10 | 127 | 224..=255, ..]
                | [100, 64..=127, ..]
                | [169, 254, ..]
                | [172, 16..=31, ..]
                | [192, 0, 0 | 2, _]
                | [192, 88, 99, _]
                | [192, 168, ..]
                | [198, 18 | 19, ..]
                | [198, 51, 100, _]
                | [203, 0, 113, _]
        ),
        // Everything else is for documentation, for tests, or for nobody yet.
        IpAddr::V6(address) => match address.segments() {
            // What these carry was looked at.
            [0x64, 0xff9b, 0, 0, 0, 0, _, _] | [0x2002, ..] | [0x2001, 0, ..] => true,
            [0x2001, 0..0x200 | 0xdb8, ..] | [0x3fff, 0..0x1000, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}
