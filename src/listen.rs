//! Where the program listens: from what people type to the sockets.

use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

/// Opens the sockets for `HOST:PORT`, or for `:PORT`, which means all addresses of this machine. A name may have addresses
/// that this machine does not have, such as that of IPv6 where there is none; the others do. `option` is where it was typed.
///
/// The error is one sentence for the person at the terminal.
pub fn bind(option: &str, typed: &str) -> Result<Vec<TcpListener>, String> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = Vec::new();
    for mut address in addresses(option, typed)? {
        // A free port is free for all of them.
        if let (0, Some(Ok(first))) = (address.port(), listeners.first().map(TcpListener::local_addr)) {
            address.set_port(first.port());
        }
        match TcpListener::bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(cause) if is_taken_by_ours(address, &listeners, &cause) => (),
            Err(cause) if is_missing(&cause) => missing.push(format!("{address}: {cause}")),
            Err(cause) => return Err(format!("Cannot listen on {address}: {cause}. Choose another with {option}")),
        }
    }
    if listeners.is_empty() {
        return Err(format!("Cannot listen on {}. Choose another with {option}", missing.join(", nor on ")));
    }
    for cause in missing {
        log::warn!("not listening on {cause}");
    }
    Ok(listeners)
}

/// Where people on this machine find what listens there.
pub fn reachable(bound: SocketAddr) -> String {
    if bound.ip().is_unspecified() { format!("localhost:{}", bound.port()) } else { bound.to_string() }
}

fn addresses(option: &str, typed: &str) -> Result<Vec<SocketAddr>, String> {
    let wrong = |cause: &str| {
        format!(
            "{option} {typed} is not an address to listen on{cause}. Write HOST:PORT, or :PORT for all addresses of this machine"
        )
    };
    if let Some(port) = typed.strip_prefix(':').or_else(|| typed.strip_prefix("*:")) {
        let port: u16 = port.parse().map_err(|_| wrong(""))?;
        return Ok(vec![(Ipv6Addr::UNSPECIFIED, port).into(), (Ipv4Addr::UNSPECIFIED, port).into()]);
    }
    let mut addresses = Vec::new();
    for address in typed.to_socket_addrs().map_err(|cause| wrong(&format!(": {cause}")))? {
        // Some systems name one twice.
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// On most systems all addresses of IPv6 are those of IPv4 as well.
fn is_taken_by_ours(address: SocketAddr, listeners: &[TcpListener], cause: &Error) -> bool {
    let is_all = |listener: &TcpListener| listener.local_addr().is_ok_and(|ours| ours.ip() == Ipv6Addr::UNSPECIFIED);
    cause.kind() == ErrorKind::AddrInUse && address.ip() == Ipv4Addr::UNSPECIFIED && listeners.iter().any(is_all)
}

/// This machine does not have the address, or nothing of its kind.
fn is_missing(cause: &Error) -> bool {
    #[cfg(unix)]
    if cause.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error()) {
        return true;
    }
    matches!(cause.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
}
