//! The wire, byte for byte: for requests that no browser sends and answers that no browser shows.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::{App, SESSION};

/// What came back before the server closed the connection.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]);
        let (status, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
        let headers: Vec<(String, String)> = headers
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let status = status.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Self { status, headers, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = joined(&answer.body);
        }
        Some(answer)
    }
}

/// A chunked body, without the lengths between the chunks.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(&String::from_utf8_lossy(&chunks[..end]), 16).expect("a chunk's length");
        let Some(chunk) = chunks.get(end + 2..end + 2 + length) else { break };
        body.extend_from_slice(chunk);
        chunks = &chunks[(end + 4 + length).min(chunks.len())..];
    }
    body
}

/// Whether these are the bytes of an answer to its end.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(answer) = Answer::parse(bytes) else { return false };
    match answer.header("content-length") {
        Some(length) => length.parse() == Ok(answer.body.len()),
        None => bytes.ends_with(b"\r\n0\r\n\r\n"),
    }
}

impl App {
    /// Sends these bytes and reads until the server closes; `None` if it closes without an answer.
    pub fn wire(&self, request: &[u8]) -> Option<Answer> {
        self.exchange(request, false)
    }

    /// The same, but tells the server that nothing more will come.
    pub fn wire_and_end(&self, request: &[u8]) -> Option<Answer> {
        self.exchange(request, true)
    }

    /// A GET by the tests' administrator with these headers, one per line.
    pub fn wire_get(&self, path: &str, headers: &str) -> Option<Answer> {
        let (address, (name, value)) = (self.address, SESSION);
        let cookie = format!("Cookie: {name}={value}");
        let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{cookie}\r\n");
        self.wire(format!("{head}{headers}\r\n").as_bytes())
    }

    /// The same, but leaves when the answer is whole: the server goes on for a while to read what it refused.
    pub fn wire_and_leave(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let mut sender = stream.try_clone().expect("a second handle");
        std::thread::scope(|scope| {
            scope.spawn(move || sender.write_all(request));
            let mut bytes = Vec::new();
            let mut piece = [0; 1 << 14];
            while !is_whole(&bytes) {
                match stream.read(&mut piece) {
                    Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
                    _ => break,
                }
            }
            let _ = stream.shutdown(Shutdown::Both);
            Answer::parse(&bytes)
        })
    }

    fn exchange(&self, request: &[u8], end: bool) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let mut sender = stream.try_clone().expect("a second handle");
        let mut bytes = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // The server need not read to the end of a request that it refuses.
                let _ = sender.write_all(request);
                if end {
                    let _ = sender.shutdown(Shutdown::Write);
                }
            });
            match stream.read_to_end(&mut bytes) {
                Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => {
                    let _ = stream.shutdown(Shutdown::Both);
                    panic!("neither closed nor complete after 20 s: {}", String::from_utf8_lossy(&bytes));
                }
                // A reset is one way to close; what was read before it counts.
                _ => drop(stream.shutdown(Shutdown::Both)),
            }
        });
        Answer::parse(&bytes)
    }
}
