//! Whoever the requests of a try go to: it writes down what comes, byte for byte, and answers as the test says, well or
//! badly.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::ssl::SslAcceptor;
use socket2::SockRef;

/// Something that an answer consists of.
#[derive(Clone)]
pub enum Part {
    Bytes(Vec<u8>),
    Wait(Duration),
    /// One byte after the other, with a pause after each.
    Trickle(Vec<u8>, Duration),
    /// Again and again, until nobody listens.
    Endless(Vec<u8>),
    /// Nothing more, until the other side leaves.
    Hang,
    /// The connection ends with a reset.
    Reset,
}

pub type Reply = Vec<Part>;

/// A request that came.
#[derive(Clone, Debug, Default)]
pub struct Got {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In their order, as they were written.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} comes twice: {self:?}");
        value
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.splitn(3, ' ').map(str::to_owned);
        let (method, target) = (first.next()?, first.next()?);
        let headers = lines.filter_map(|line| line.split_once(": ").or_else(|| line.split_once(':')));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let got = Self { method, target, headers, body: bytes[end + 4..].to_vec() };
        let length = got.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        (got.body.len() >= length).then_some(got)
    }
}

/// It stops when it is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub fn start(reply: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(None, reply)
    }

    /// One that speaks TLS.
    pub fn start_with_tls(tls: SslAcceptor, reply: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(Some(tls), reply)
    }

    fn serve(tls: Option<SslAcceptor>, reply: impl Fn(&Got) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (got, is_over) = (Arc::new(Mutex::default()), Arc::new(AtomicBool::new(false)));
        let visitor =
            Arc::new(Visitor { tls, reply: Box::new(reply), got: Arc::clone(&got), is_over: Arc::clone(&is_over) });
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if visitor.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let visitor = Arc::clone(&visitor);
                std::thread::spawn(move || visitor.serve(stream));
            }
        });
        Self { address, got, is_over, thread: Some(thread) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Who waits for somebody wakes up.
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

type Answering = dyn Fn(&Got) -> Reply + Send + Sync;

/// What serves one connection.
struct Visitor {
    tls: Option<SslAcceptor>,
    reply: Box<Answering>,
    got: Arc<Mutex<Vec<Got>>>,
    is_over: Arc<AtomicBool>,
}

impl Visitor {
    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        match &self.tls {
            None => self.answer(&stream, &stream, &stream),
            Some(tls) => {
                // While hands are shaken nobody waits long.
                let raw = stream.try_clone().expect("a second handle");
                raw.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
                let Ok(mut secured) = tls.accept(stream) else { return };
                raw.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
                let Some(reply) = self.read(&mut secured) else { return };
                self.write(&mut secured, &raw, reply);
                let _ = secured.shutdown();
            }
        }
    }

    fn answer(&self, mut input: impl Read, mut output: impl Write, raw: &TcpStream) {
        let Some(reply) = self.read(&mut input) else { return };
        self.write(&mut output, raw, reply);
    }

    /// Reads a request, and says what it is answered with.
    fn read(&self, input: &mut impl Read) -> Option<Reply> {
        let (mut bytes, mut piece) = (Vec::new(), [0; 1 << 14]);
        let got = loop {
            match input.read(&mut piece) {
                Ok(0) => return None,
                Ok(read) => bytes.extend_from_slice(&piece[..read]),
                Err(cause) if is_pause(&cause) && !self.is_over.load(Ordering::Relaxed) => (),
                Err(_) => return None,
            }
            if let Some(got) = Got::parse(&bytes) {
                break got;
            }
            // TLS, where nobody speaks it.
            if bytes[0] == 0x16 {
                return Some(reply(400, &[], ""));
            }
        };
        let reply = (self.reply)(&got);
        self.got.lock().unwrap_or_else(PoisonError::into_inner).push(got);
        Some(reply)
    }

    /// Ends early if nobody listens any more.
    fn write(&self, output: &mut impl Write, raw: &TcpStream, reply: Reply) {
        let is_over = || self.is_over.load(Ordering::Relaxed);
        let left = || {
            let mut byte = [0];
            match raw.peek(&mut byte) {
                Ok(read) => read == 0,
                Err(cause) => !is_pause(&cause),
            }
        };
        for part in reply {
            let done = match part {
                Part::Bytes(bytes) => output.write_all(&bytes).and_then(|()| output.flush()),
                Part::Wait(time) => {
                    std::thread::sleep(time);
                    Ok(())
                }
                Part::Trickle(bytes, pause) => bytes.iter().try_for_each(|byte| {
                    std::thread::sleep(pause);
                    output.write_all(&[*byte]).and_then(|()| output.flush())
                }),
                Part::Endless(bytes) => loop {
                    if let Err(cause) = output.write_all(&bytes) {
                        break Err(cause);
                    }
                },
                Part::Hang => {
                    while !is_over() && !left() {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    Ok(())
                }
                Part::Reset => {
                    // What the other side has not read is gone with the connection.
                    SockRef::from(raw).set_linger(Some(Duration::ZERO)).expect("a socket without patience");
                    return;
                }
            };
            if done.is_err() {
                return;
            }
        }
        let _ = raw.shutdown(Shutdown::Write);
    }
}

fn is_pause(cause: &std::io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// An answer that is whole and says so.
pub fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} As it is\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    vec![Part::Bytes([head.as_bytes(), b"\r\n", body].concat())]
}

pub fn json(body: &str) -> Reply {
    reply(200, &[("Content-Type", "application/json")], body)
}

pub fn redirect(status: u16, location: &str) -> Reply {
    reply(status, &[("Location", location)], "")
}

/// These bytes and nothing else.
pub fn raw(bytes: impl AsRef<[u8]>) -> Reply {
    vec![Part::Bytes(bytes.as_ref().to_vec())]
}
