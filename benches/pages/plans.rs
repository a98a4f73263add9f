//! Eight hooks for many queues: the plan, and carrying it out. Each carrying out is about other queues, because those
//! that got the hooks have them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::load::{Client, Measured, Request, between, on_each_thread};
use crate::{HOOKS, Result};

/// The addresses of copies, and of the plan for a page of this many queues.
pub struct Plans<'a> {
    address: SocketAddr,
    cookie: &'a str,
    copies: String,
    size: usize,
}

impl<'a> Plans<'a> {
    /// Of so many of the enabled hooks of the largest queue, which has one for each event.
    pub fn new(address: SocketAddr, cookie: &'a str, size: usize, hooks: usize) -> Result<Self> {
        let mut client = Client::connect(address)?;
        client.send(&Request::get(&format!("{HOOKS}?enabled=true&size={hooks}"), cookie))?;
        let hooks = field(&client, "shown")?;
        Ok(Self { address, cookie, copies: format!("{HOOKS}/{hooks}/copies"), size })
    }

    /// The request for the plan for a page of queues.
    pub fn plan(&self, page: usize) -> Result<Request> {
        let mut client = Client::connect(self.address)?;
        let view = format!("/contact-center/queues?page={page}&size={}", self.size);
        client.send(&Request::get(&view.replace("page=1&", ""), self.cookie))?;
        let shown = field(&client, "shown")?;
        Ok(Request::get(&format!("{}/plan?all=page&shown={shown}", self.copies), self.cookie))
    }

    /// Carries out plans for pages of queues, in a few rounds, at the same time on each connection.
    pub fn carry_out(&self, first: usize, rounds: usize, connections: usize) -> Result<Measured> {
        let (mut waits, mut time) = (Vec::new(), Duration::ZERO);
        for round in 0..rounds {
            let page = |nth: usize| first + round * connections + nth;
            let forms: Vec<Request> = (0..connections).map(|nth| self.form(page(nth))).collect::<Result<_>>()?;
            let begin = Instant::now();
            waits.extend(on_each_thread(connections, |nth| {
                let mut client = Client::connect(self.address)?;
                let sent = Instant::now();
                while client.status(&forms[nth])? == 503 {}
                Ok(sent.elapsed())
            })?);
            time += begin.elapsed();
        }
        Ok(Measured::new(waits, time))
    }

    fn form(&self, page: usize) -> Result<Request> {
        let mut client = Client::connect(self.address)?;
        client.send(&self.plan(page)?)?;
        let fields = ["token", "shown", "change", "seen"]
            .map(|name| field(&client, name).map(|value| format!("{name}={value}")));
        let fields = fields.into_iter().collect::<Result<Vec<_>>>()?.join("&");
        Ok(Request::post(&self.copies, self.cookie, &format!("{fields}&all=page&if_taken=replace")))
    }
}

fn field(client: &Client, name: &str) -> Result<String> {
    let html = std::str::from_utf8(&client.body)?;
    let value = between(html, &format!(r#"name="{name}" value=""#), '"');
    Ok(value.ok_or_else(|| format!("the field {name} is missing"))?.into())
}
