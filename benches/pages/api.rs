//! What programs ask of the API, with a token.

use std::net::SocketAddr;
use std::time::Duration;

use crate::load::{Client, Measured, Request, between, load, load_each};
use crate::table::{Beside, Table};
use crate::{CONNECTIONS, Result, is_asked};

/// What was planned for 16 connections on SQLite: answers per second. PostgreSQL is to reach half of it.
const ROWS: [(&str, f64); 5] = [
    ("API: list of 40 hooks", 6000.0),
    ("API: list of 1000 hooks", 500.0),
    ("API: one hook", 10_000.0),
    ("API: new hook", 1200.0),
    ("API: change of one hook", 1200.0),
];

/// Adds the rows; `part` of what was planned is the reference.
pub fn measure(table: &mut Table, address: SocketAddr, token: &str, part: f64, time: Duration) -> Result<()> {
    for (nth, (work, planned)) in ROWS.into_iter().enumerate().filter(|(_, (work, _))| is_asked(work)) {
        let mut client = Client::connect(address)?;
        let [one, sixteen] = CONNECTIONS.map(|connections| match nth {
            0 => load(address, &[list(1, 40, token)], connections, time),
            1 => load(address, &[list(1, 1000, token)], connections, time),
            2 => load(address, &[Request::api("GET", &one(&mut client, 1, token)?.0, token, "")], connections, time),
            3 => each(connections, time, address, |queue| new(&mut client, queue, token)),
            _ => each(connections, time, address, |queue| change(&mut client, queue, token)),
        });
        table.add(work, &[one?, sixteen?], [Beside::Nothing, Beside::PerSecond(planned * part)]);
    }
    Ok(())
}

/// Each connection has a queue of its own, after the first one: changes of one queue wait for each other.
fn each(
    connections: usize,
    time: Duration,
    address: SocketAddr,
    requests: impl FnMut(usize) -> Result<Vec<Request>>,
) -> Result<Measured> {
    let lists: Vec<_> = (2..2 + connections).map(requests).collect::<Result<_>>()?;
    load_each(address, &lists, time)
}

fn hooks(queue: usize) -> String {
    format!("/api/call_center/queues/{queue}/hooks")
}

fn list(queue: usize, size: usize, token: &str) -> Request {
    Request::api("GET", &format!("{}?size={size}", hooks(queue)), token, "")
}

/// The first enabled hook of a queue: its address, and the id of its flow schema.
fn one(client: &mut Client, queue: usize, token: &str) -> Result<(String, String)> {
    let path = format!("{}?enabled=true&size=1", hooks(queue));
    client.send(&Request::api("GET", &path, token, ""))?;
    let json = std::str::from_utf8(&client.body)?;
    let id = between(json, r#""items":[{"id":"#, ',').ok_or("a queue has no hook")?;
    let schema = between(json, r#""schema":{"id":""#, '"').ok_or("a hook has no flow schema")?;
    Ok((format!("{}/{id}", hooks(queue)), schema.to_owned()))
}

fn new(client: &mut Client, queue: usize, token: &str) -> Result<Vec<Request>> {
    let (_, schema) = one(client, queue, token)?;
    let body = format!(r#"{{"schema":{{"id":"{schema}"}},"event":"leaving","enabled":false}}"#);
    Ok(vec![Request::api("POST", &hooks(queue), token, &body)])
}

/// Off and on.
fn change(client: &mut Client, queue: usize, token: &str) -> Result<Vec<Request>> {
    let (path, _) = one(client, queue, token)?;
    let to = |enabled: bool| Request::api("PATCH", &path, token, &format!(r#"{{"enabled":{enabled}}}"#));
    Ok(vec![to(false), to(true)])
}
