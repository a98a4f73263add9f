//! Runs of flow schemas, without a server and without pages: steps alone, a request to a receiver in this process
//! beside the same request without a run, and the memory of eight runs at once, whose answers are as large as they are
//! read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use queue_hooks::flow::run::watch::Watch;
use queue_hooks::flow::run::way::Way;
use support::receiver::{Part, Receiver, json};
use support::way::Walk;
use support::way_out;

use crate::load::{Client, Measured, Request, on_each_thread};
use crate::table::{Beside, Table};
use crate::{CONNECTIONS, Result};

/// Milliseconds for 20 steps, and more than the request itself for a run with one.
const STEPS_MS: f64 = 2.0;
const MORE_MS: f64 = 1.0;
/// How many runs the server lets go on at once, and MiB that they may take together.
const AT_ONCE: usize = 8;
const MEMORY_MIB: f64 = 64.0;

pub fn measure(time: Duration) -> Result<Table> {
    let mut table = Table::default();
    let beside = |ms| [Beside::P50(ms), Beside::Nothing];
    let steps = steps();
    let variables = [("state", "joined"), ("queue_id", "7")];
    let walk = || Walk { variables: &variables, ..Walk::new(&steps) }.way();
    let taken = walk().steps.len();
    if taken != 20 {
        return Err(format!("there are {taken} steps").into());
    }
    let run = |_| {
        walk();
        Ok(())
    };
    table.add("run of 20 steps", &on_all(time, run)?, beside(STEPS_MS));

    let receiver = Receiver::start(|_| json(r#"{"id": 17}"#));
    let request = Request::get("/", "");
    let alone = on_all(time, |_| Client::connect(receiver.address)?.send(&request))?;
    table.add("a request alone", &alone, [Beside::Nothing; 2]);
    let text = asking(&receiver.url("/"), 1);
    let sent =
        on_all(time, |_| if ask(&text).end.is_none() { Ok(()) } else { Err("the run did not end well".into()) })?;
    table.add("run with that request", &sent, beside((alone[0].ms(0.5) * 100.0).round() / 100.0 + MORE_MS));

    let large = Part::Endless(vec![b'x'; 1 << 16]);
    let head = Part::Bytes(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_vec());
    let receiver = Receiver::start(move |_| vec![head.clone(), large.clone()]);
    let text = asking(&receiver.url("/"), 50);
    if let (Some(before), Some(most)) = (memory(), most_memory(&text)?) {
        table.add_memory_of(&format!("memory of {AT_ONCE} runs with 50 large answers"), most - before, MEMORY_MIB);
    }
    Ok(table)
}

/// A flow schema of 20 steps, some of which take scripts.
fn steps() -> String {
    let step = r#"{"set": {"a": "${state} ${a}"}}, {"if": {"expression": "${queue_id} > 1", "then": [{"log": "${a}"}]}},
        {"string": {"data": "${a}", "fn": "length", "setVar": "n"}},
        {"js": {"data": "return ${n} + 1", "setVar": "n"}}"#;
    format!("[{}]", [step; 4].join(", "))
}

/// A flow schema with so many requests.
fn asking(url: &str, requests: usize) -> String {
    let one = format!(r#"{{"httpRequest": {{"url": "{url}", "method": "GET", "exportVariables": {{"id": "id"}}}}}}"#);
    format!("[{}]", vec![one; requests].join(", "))
}

fn ask(text: &str) -> Way {
    let walk = Walk { time: Duration::from_mins(1), ..Walk::new(text) };
    walk.over(way_out().line(), &Watch::default())
}

/// The same work on one thread and on sixteen.
fn on_all(time: Duration, work: impl Fn(usize) -> Result<()> + Sync) -> Result<[Measured; 2]> {
    let on = |threads: usize| -> Result<Measured> {
        let begin = Instant::now();
        let waits = on_each_thread(threads, |nth| {
            let mut waits = Vec::new();
            while begin.elapsed() < time {
                let since = Instant::now();
                work(nth)?;
                waits.push(since.elapsed());
            }
            Ok(waits)
        })?;
        Ok(Measured::new(waits.concat(), begin.elapsed()))
    };
    let [one, sixteen] = CONNECTIONS.map(on);
    Ok([one?, sixteen?])
}

/// MiB of this process at most, while eight runs go on.
fn most_memory(text: &str) -> Result<Option<f64>> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut most: Option<f64> = None;
            while !is_over.load(Ordering::Relaxed) {
                most = [most, memory()].into_iter().flatten().reduce(f64::max);
                std::thread::sleep(Duration::from_millis(2));
            }
            most
        });
        let ways = on_each_thread(AT_ONCE, |_| Ok(ask(text)));
        is_over.store(true, Ordering::Relaxed);
        let kept = ways?.iter().flat_map(|way| &way.steps).filter(|step| step.exchange.is_some()).count();
        if kept < AT_ONCE * 50 {
            return Err(format!("only {kept} requests were sent").into());
        }
        watching.join().map_err(|_| "nobody watched".into())
    })
}

/// MiB of this process.
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok().map(|kib: f64| kib / 1024.0)
}
