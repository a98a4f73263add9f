//! The clients: threads that each send a request, read the whole answer, and send the next one, on a connection that
//! is kept alive. They do little else, because the server shares the processor with them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::Result;

/// A request as it is sent, and the status that its answer should have.
pub struct Request {
    bytes: Vec<u8>,
    status: u16,
}

impl Request {
    /// A page, requested by a browser that has been here before.
    pub fn get(path: &str, cookie: &str) -> Self {
        Self {
            bytes: format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n").into(),
            status: 200,
        }
    }

    /// The same page, in the compression that the server likes best.
    pub fn get_compressed(path: &str, cookie: &str) -> Self {
        let cookie_and_more = format!("{cookie}\r\nAccept-Encoding: gzip, deflate");
        Self::get(path, &cookie_and_more)
    }

    /// A form that changes something; the answer is a redirect.
    pub fn post(path: &str, cookie: &str, form: &str) -> Self {
        let length = form.len();
        let bytes = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        Self { bytes: bytes.into(), status: 303 }
    }

    /// What a program asks of the API.
    pub fn api(method: &str, path: &str, token: &str, body: &str) -> Self {
        let length = body.len();
        let bytes = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Webitel-Access: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        Self { bytes: bytes.into(), status: 200 }
    }

    fn line(&self) -> String {
        self.bytes.lines().next().and_then(std::io::Result::ok).unwrap_or_default()
    }
}

pub struct Client {
    stream: BufReader<TcpStream>,
    line: String,
    pub set_cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let stream = BufReader::with_capacity(1 << 16, stream);
        Ok(Self { stream, line: String::new(), set_cookies: Vec::new(), body: Vec::new() })
    }

    /// Sends a request and reads its answer, which must have the expected status.
    pub fn send(&mut self, request: &Request) -> Result<()> {
        let status = self.status(request)?;
        if status == request.status {
            Ok(())
        } else {
            Err(format!("expected {}, not {status}, after {}", request.status, request.line()).into())
        }
    }

    /// Sends a request, reads its answer, and returns the answer's status.
    pub fn status(&mut self, request: &Request) -> Result<u16> {
        self.exchange(&request.bytes).map_err(|cause| format!("{cause}, after {}", request.line()).into())
    }

    /// The status of the answer. Cookies and body are kept until the next answer.
    fn exchange(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.get_mut().write_all(request)?;
        self.body.clear();
        self.set_cookies.clear();
        let status: u16 = self.read_line()?.split(' ').nth(1).ok_or("the answer has no status")?.parse()?;
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.read_line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                chunked = true;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let value = value.to_owned();
                self.set_cookies.push(value);
            }
        }
        if chunked {
            while self.read_chunk()? > 0 {}
        } else {
            self.read_body(length)?;
        }
        Ok(status)
    }

    /// The cookies of somebody in this session: what each request sends after the first page.
    pub fn cookies(&mut self, path: &str, session: &str) -> Result<String> {
        self.send(&Request::get(path, session))?;
        let token = self.set_cookies.first().and_then(|cookie| cookie.split(';').next());
        Ok(format!("{session}; {}", token.ok_or("the first page set no cookie")?))
    }

    fn read_chunk(&mut self) -> Result<usize> {
        let length = usize::from_str_radix(self.read_line()?, 16)?;
        self.read_body(length)?;
        self.read_line()?;
        Ok(length)
    }

    fn read_body(&mut self, length: usize) -> Result<()> {
        let end = self.body.len();
        self.body.resize(end + length, 0);
        Ok(self.stream.read_exact(&mut self.body[end..])?)
    }

    fn read_line(&mut self) -> Result<&str> {
        self.line.clear();
        self.stream.read_line(&mut self.line)?;
        Ok(self.line.trim_end())
    }
}

/// How long each answer took, and how many there were per second.
pub struct Measured {
    pub per_second: f64,
    sorted: Vec<Duration>,
}

impl Measured {
    /// From the wait for each answer, and the time for all of them together.
    pub fn new(mut waits: Vec<Duration>, time: Duration) -> Self {
        waits.sort_unstable();
        Self { per_second: waits.len() as f64 / time.as_secs_f64(), sorted: waits }
    }

    /// Milliseconds that this part of the answers took at most.
    pub fn ms(&self, part: f64) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get((last as f64 * part).round() as usize).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1000.0)
    }
}

/// Sends the requests in turn on this many connections for this long, after a third of that time to warm up.
pub fn load(address: SocketAddr, requests: &[Request], connections: usize, time: Duration) -> Result<Measured> {
    run(address, connections, time, |nth| requests.iter().cycle().skip(nth))
}

/// The same with a connection for each list of requests, which it sends from the first to the last and again.
pub fn load_each(address: SocketAddr, lists: &[Vec<Request>], time: Duration) -> Result<Measured> {
    run(address, lists.len(), time, |nth| lists[nth].iter().cycle())
}

fn run<'a, I: Iterator<Item = &'a Request>>(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    requests: impl Fn(usize) -> I + Sync,
) -> Result<Measured> {
    let all_connected = Barrier::new(connections);
    let client = |nth: usize| -> Result<Vec<Duration>> {
        let mut client = Client::connect(address);
        all_connected.wait();
        let client = client.as_mut().map_err(|cause| cause.to_string())?;
        let begin = Instant::now() + time / 3;
        let mut waits = Vec::new();
        for request in requests(nth) {
            let sent = Instant::now();
            client.send(request)?;
            if sent >= begin {
                if sent.elapsed() + (sent - begin) > time {
                    break;
                }
                waits.push(sent.elapsed());
            }
        }
        Ok(waits)
    };
    let waits = on_each_thread(connections, client)?;
    Ok(Measured::new(waits.concat(), time))
}

/// Runs the same work on this many threads; each of them gets its index.
pub fn on_each_thread<T: Send>(threads: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|nth| scope.spawn(move || work(nth))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a client panicked")?).collect()
    })
}

/// What is between these in a text, if they are there.
pub fn between<'a>(text: &'a str, before: &str, after: char) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}
