//! Switching hooks off and on again. Each connection has a hook of its own, in a queue of its own: changes of one queue
//! wait for each other.

use std::net::SocketAddr;
use std::time::Duration;

use crate::Result;
use crate::load::{Client, Measured, Request, between, load_each};

/// What is measured is the request that changes something, and not the page that its answer leads to.
pub fn load(address: SocketAddr, cookie: &str, connections: usize, time: Duration) -> Result<Measured> {
    let mut client = Client::connect(address)?;
    // The first queue is the one that everything else is about.
    let switches: Vec<_> =
        (2..2 + connections).map(|queue| switch(&mut client, cookie, queue)).collect::<Result<_>>()?;
    load_each(address, &switches, time)
}

/// The requests that switch the first enabled hook of a queue off and on.
fn switch(client: &mut Client, cookie: &str, queue: usize) -> Result<Vec<Request>> {
    let tab = format!("/contact-center/queues/{queue}/hooks");
    client.send(&Request::get(&format!("{tab}?enabled=true&size=1"), cookie))?;
    let html = std::str::from_utf8(&client.body)?;
    let field = |name: &str| between(html, &format!(r#"name="{name}" value=""#), '"').ok_or("a field is missing");
    let (token, id) = (field("token")?, field("shown")?);
    let to = |enabled: bool| {
        Request::post(&format!("{tab}/{id}/state"), cookie, &format!("token={token}&enabled={enabled}"))
    };
    Ok(vec![to(false), to(true)])
}
