//! A proxy in front of the application that refuses what nginx refuses with its defaults: a line of more than 8,192 bytes
//! in the head of a request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::App;

const LINE: usize = 8192;

pub struct Proxy {
    pub address: SocketAddr,
}

impl Proxy {
    /// A proxy on a free port. It answers as long as the test runs.
    pub fn before(app: &App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let (address, server) = (listener.local_addr().expect("an address"), app.address);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A browser may close a connection that it does not need.
                std::thread::spawn(move || drop(pass(client, server)));
            }
        });
        Self { address }
    }
}

/// Passes one request on, and its answer back.
fn pass(mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.len() > LINE {
            let status = if head.is_empty() { "414 Request-URI Too Large" } else { "400 Bad Request" };
            let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
            let head = "Content-Type: text/html\r\nConnection: close";
            return write!(client, "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        if line == b"\r\n" {
            break;
        }
        if !text.starts_with("connection:") {
            head.extend_from_slice(&line);
        }
    }
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    let mut server = TcpStream::connect(server)?;
    server.write_all(&head)?;
    std::io::copy(&mut reader.take(length), &mut server)?;
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(std::net::Shutdown::Write)
}
