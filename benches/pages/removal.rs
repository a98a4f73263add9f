//! Removals of many hooks at once. Each is undone again, so that the next one finds the same hooks.
//!
//! Changes of one queue wait for each other. A client that waited so long that the answer was 503 tries again; the
//! measured wait ends when the hooks are removed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use queue_hooks::model::hooks::filter::Filter;
use queue_hooks::web::paging::View;

use crate::load::{Client, Measured, Request, between, on_each_thread};
use crate::{HOOKS, Result};

/// Removes whole pages of this many hooks, one page per connection at the same time, in a few rounds. Only the
/// removals are measured.
pub fn load(address: SocketAddr, cookie: &str, hooks: usize, connections: usize) -> Result<Measured> {
    let (mut waits, mut time) = (Vec::new(), Duration::ZERO);
    for _ in 0..(20 / connections).max(3) {
        let mut client = Client::connect(address)?;
        let token = page(&mut client, cookie, hooks, 1)?.0;
        let removals: Vec<_> = (1..=connections)
            .map(|nth| {
                let (token, shown) = page(&mut client, cookie, hooks, nth)?;
                let form = format!("token={token}&all=page&shown={shown}");
                Ok(Request::post(&format!("{HOOKS}/removal"), cookie, &form))
            })
            .collect::<Result<_>>()?;
        let begin = Instant::now();
        let removed = on_each_thread(connections, |nth| {
            let mut client = Client::connect(address)?;
            let sent = Instant::now();
            while client.status(&removals[nth])? == 503 {}
            Ok((sent.elapsed(), removal_id(&client.set_cookies)?))
        })?;
        time += begin.elapsed();
        for (wait, removal) in removed {
            waits.push(wait);
            let form = format!("token={token}&change={removal}");
            client.send(&Request::post("/undo", cookie, &form))?;
        }
    }
    Ok(Measured::new(waits, time))
}

/// The token and the ids in the forms of a page.
fn page(client: &mut Client, cookie: &str, size: usize, page: usize) -> Result<(String, String)> {
    let view = View::<Filter>::from_query(&format!("size={size}&page={page}")).query();
    client.send(&Request::get(&format!("{HOOKS}{view}"), cookie))?;
    let html = std::str::from_utf8(&client.body)?;
    let field = |name: &str| between(html, &format!(r#"name="{name}" value=""#), '"').ok_or("a field is missing");
    Ok((field("token")?.into(), field("shown")?.into()))
}

/// What **Undo** would undo, from the cookie with the message.
fn removal_id(set_cookies: &[String]) -> Result<String> {
    let id = set_cookies.iter().find_map(|cookie| between(cookie, "undo=", ';'));
    Ok(id.ok_or("nothing was removed")?.into())
}
