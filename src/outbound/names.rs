//! The addresses of names. The system's resolver cannot be told to stop, so each name is looked up on a thread of its
//! own, which nobody need wait for; there are only so many of them.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How many names are looked up at once. Each of eight runs looks one up; the others are left by those who gave up.
const AT_ONCE: usize = 32;
/// How often somebody who waits looks whether they still have to.
const GLANCE: Duration = Duration::from_millis(20);

type Resolve = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

pub struct Names {
    resolve: Arc<Resolve>,
    running: Arc<AtomicUsize>,
}

impl Default for Names {
    fn default() -> Self {
        Self::resolved_by(|name| Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect()))
    }
}

impl Names {
    pub fn resolved_by(resolve: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self { resolve: Arc::new(resolve), running: Arc::default() }
    }

    /// The addresses of a name, each once; or why there are none. `end` says whether to wait no longer, and why.
    pub(super) fn look_up(&self, name: &str, end: impl Fn() -> Option<String>) -> Result<Vec<IpAddr>, String> {
        let place = loop {
            if let Some(place) = Place::take(&self.running) {
                break place;
            }
            end().map_or(Ok(()), Err)?;
            std::thread::sleep(GLANCE);
        };
        let (send, receive) = channel();
        let (resolve, owned) = (Arc::clone(&self.resolve), name.to_owned());
        let thread = std::thread::Builder::new().name("name".into()).spawn(move || {
            let _place = place;
            // Nobody may be waiting any more.
            let _ = send.send(resolve(&owned));
        });
        if let Err(cause) = thread {
            log::warn!("no thread to look up a name: {cause}");
            return Err("This server is too busy to look up the name. Try again.".into());
        }
        let found = loop {
            match receive.recv_timeout(GLANCE) {
                Ok(found) => break found,
                Err(RecvTimeoutError::Timeout) => end().map_or(Ok(()), Err)?,
                Err(RecvTimeoutError::Disconnected) => break Ok(Vec::new()),
            }
        };
        let mut addresses = Vec::new();
        for address in found.unwrap_or_default() {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() { Err(format!("There is no address for the name {name}.")) } else { Ok(addresses) }
    }
}

/// One of the look-ups that may run; it is free again when this is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(running: &Arc<AtomicUsize>) -> Option<Self> {
        let more = |now| (now < AT_ONCE).then_some(now + 1);
        running.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Self(Arc::clone(running)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
