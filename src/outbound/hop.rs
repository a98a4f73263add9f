//! One request over one connection, by curl.

use std::io::Read;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use curl::easy::{Easy2, Handler, HttpVersion, InfoType, List, SslVersion, WriteError};
use curl::multi::Multi;
use flate2::read::MultiGzDecoder;

use super::failure::{Failure, too_many_headers};
use super::headers::{Headers, find};
use super::next::{Next, complete};
use crate::flow::run::exchange::Times;
use crate::flow::run::limits::{MAX_ANSWER, MAX_ANSWER_HEADERS};

/// How long it is waited for the line before somebody looks whether to go on.
const GLANCE: Duration = Duration::from_millis(50);

/// How long an address may take to connect while the name has others.
const CONNECTION_TIME: Duration = Duration::from_secs(2);

/// A request that was sent, or could not be.
pub struct Ended {
    /// As they went over the line, or would have.
    pub headers: Headers,
    pub times: Times,
    pub came: Came,
    /// Why what came is not all, in a sentence. If its head is not, there is no answer.
    pub failure: Option<String>,
}

/// What came back.
#[derive(Default)]
pub struct Came {
    /// None as long as the head is not whole.
    pub head: Option<Head>,
    /// As far as it was read.
    pub body: Vec<u8>,
    pub is_cut: bool,
}

impl Came {
    /// Decompresses a body as Go's client does if nobody else asked for one that is compressed. Says why it cannot.
    fn unpack(&mut self) -> Option<String> {
        let head = self.head.as_ref()?;
        if !find(&head.headers, "content-encoding").is_some_and(|value| value.eq_ignore_ascii_case("gzip")) {
            return None;
        }
        let packed = std::mem::take(&mut self.body);
        let unpacked = MultiGzDecoder::new(&*packed).take(MAX_ANSWER as u64 + 1).read_to_end(&mut self.body);
        let is_broken = unpacked.is_err() && !self.is_cut;
        self.is_cut |= self.body.len() > MAX_ANSWER || is_broken;
        self.body.truncate(MAX_ANSWER);
        is_broken.then(|| "The body of the answer cannot be decompressed.".into())
    }
}

pub struct Head {
    pub status: u16,
    pub headers: Headers,
    pub at: Instant,
}

/// Sends a request to the first of these addresses that is reached. They were checked, and there is at least one. `end`
/// says whether to wait no longer, and why.
pub fn send(
    multi: &Multi,
    next: &Next,
    addresses: &[IpAddr],
    uses_proxies: bool,
    end: &dyn Fn() -> Option<String>,
) -> Ended {
    let (planned, unpacks) = complete(next);
    let since = Instant::now();
    let mut rest = addresses.iter();
    loop {
        let address = *rest.next().expect("there is an address");
        let patience = (rest.len() > 0).then_some(CONNECTION_TIME);
        let handle = prepared(next, &planned, address, uses_proxies, patience).map_err(Failure::curl);
        let (line, mut times, failure) = match handle.and_then(|handle| carry_out(multi, handle, end)) {
            Ok(done) => done,
            Err(failure) => (Line::default(), Times::default(), Some(failure)),
        };
        if failure.as_ref().is_some_and(Failure::is_of_connection) && rest.len() > 0 && end().is_none() {
            continue;
        }
        times.whole = since.elapsed();
        let failure = match line.stop {
            None => failure.map(|failure| failure.sentence(&next.address, address, line.head_is_whole)),
            Some(Stop::Headers) => Some(too_many_headers()),
            Some(Stop::Body | Stop::Head) => None,
        };
        let headers = if line.is_sent() { line.sent_headers() } else { planned };
        let at = line.head_at.unwrap_or_else(Instant::now);
        let head = line.head_is_whole.then_some(Head { status: line.status, headers: line.headers, at });
        let is_cut = line.stop == Some(Stop::Body) || failure.is_some();
        let mut came = Came { head, body: line.body, is_cut };
        let failure = if unpacks { failure.or(came.unpack()) } else { failure };
        return Ended { headers, times, came, failure };
    }
}

/// Everything that curl has to know.
fn prepared(
    next: &Next,
    headers: &Headers,
    address: IpAddr,
    uses_proxies: bool,
    patience: Option<Duration>,
) -> Result<Easy2<Line>, curl::Error> {
    // One with a body ends with its head. A proxy's own head comes before, so there is no such request over one.
    let is_bare_head = next.method == "HEAD" && (next.body.is_empty() || uses_proxies);
    let ends_with_head = next.method == "HEAD" && !is_bare_head;
    let mut curl = Easy2::new(Line { ends_with_head, ..Line::default() });
    curl.url(&next.address.url())?;
    let mut list = List::new();
    list.append(&match address {
        IpAddr::V4(address) => format!("::{address}:{}", next.address.port()),
        IpAddr::V6(address) => format!("::[{address}]:{}", next.address.port()),
    })?;
    curl.connect_to(list)?;
    if uses_proxies {
        // Always, so that a proxy's own headers are never among those of the request.
        curl.http_proxy_tunnel(true)?;
    } else {
        curl.proxy("")?;
    }
    curl.http_version(HttpVersion::V11)?;
    curl.http_09_allowed(false)?;
    curl.ssl_min_max_version(SslVersion::Tlsv12, SslVersion::Default)?;
    curl.path_as_is(true)?;
    curl.fresh_connect(true)?;
    curl.forbid_reuse(true)?;
    curl.tcp_nodelay(true)?;
    if let Some(patience) = patience {
        curl.connect_timeout(patience)?;
    }
    // So that it tells what it sends.
    curl.verbose(true)?;
    if is_bare_head {
        curl.nobody(true)?;
    } else if !next.body.is_empty() || matches!(&*next.method, "POST" | "PUT" | "PATCH") {
        curl.post(true)?;
        curl.post_fields_copy(&next.body)?;
    } else {
        curl.get(true)?;
    }
    curl.custom_request(&next.method)?;
    curl.http_headers(list_of(headers)?)?;
    Ok(curl)
}

/// The headers as curl wants them: without those that it makes itself, and with a word for those that it must not make.
fn list_of(headers: &Headers) -> Result<List, curl::Error> {
    let mut list = List::new();
    let has = |name: &str| find(headers, name).is_some();
    for (name, value) in headers.iter().filter(|(name, _)| name != "Content-Length") {
        list.append(&if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") })?;
    }
    for name in ["Accept", "Content-Type", "Expect"].into_iter().filter(|name| !has(name)) {
        list.append(&format!("{name}:"))?;
    }
    Ok(list)
}

/// Waits until it is over.
fn carry_out(
    multi: &Multi,
    curl: Easy2<Line>,
    end: &dyn Fn() -> Option<String>,
) -> Result<(Line, Times, Option<Failure>), Failure> {
    let handle = multi.add2(curl).map_err(|cause| Failure::fault(&cause))?;
    let result = loop {
        let mut result = None;
        if let Err(cause) = multi.perform() {
            break Some(Failure::fault(&cause));
        }
        multi.messages(|message| result = message.result_for2(&handle).or(result.take()));
        if let Some(result) = result {
            break result.err().map(Failure::curl);
        }
        if let Some(sentence) = end() {
            break Some(Failure::Ended(sentence));
        }
        if let Err(cause) = multi.poll(&mut [], GLANCE) {
            break Some(Failure::fault(&cause));
        }
    };
    let mut curl = multi.remove2(handle).map_err(|cause| Failure::fault(&cause))?;
    let time = |time: Result<Duration, curl::Error>| time.ok().filter(|time| !time.is_zero());
    let connection = time(curl.connect_time()).max(time(curl.appconnect_time()));
    let first_byte = time(curl.starttransfer_time()).filter(|_| curl.get_ref().head_at.is_some());
    let times = Times { name: None, connection, first_byte, whole: Duration::ZERO };
    let failure = result.map(|failure| failure.with_number(curl.os_errno().unwrap_or_default()));
    Ok((std::mem::take(curl.get_mut()), times, failure))
}

/// What curl tells while it works.
#[derive(Default)]
struct Line {
    ends_with_head: bool,
    /// The head of a request as it goes out, the last one if there are several: curl asks a proxy for its way first.
    sent: Vec<u8>,
    status: u16,
    headers: Headers,
    header_bytes: usize,
    head_is_whole: bool,
    head_at: Option<Instant>,
    body: Vec<u8>,
    stop: Option<Stop>,
}

/// Why no more was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Headers,
    /// There is more of it than is read.
    Body,
    /// There is nothing more.
    Head,
}

impl Line {
    /// Whether the request itself goes out, and not one to a proxy. What came before is the proxy's.
    fn is_sent(&self) -> bool {
        !self.sent.is_empty() && !self.sent.starts_with(b"CONNECT ")
    }

    fn sent_headers(&self) -> Headers {
        let head = String::from_utf8_lossy(&self.sent);
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.to_owned(), value.trim_start().to_owned())).collect()
    }
}

impl Handler for Line {
    fn header(&mut self, line: &[u8]) -> bool {
        self.header_bytes += line.len();
        if self.header_bytes > MAX_ANSWER_HEADERS {
            self.stop = Some(Stop::Headers);
            return false;
        }
        if !self.is_sent() {
            return true;
        }
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\r', '\n']);
        // An answer may come after others, such as 100; trailers come after the body.
        if line.starts_with("HTTP/") && self.body.is_empty() {
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            (self.status, self.headers, self.head_is_whole) = (status.unwrap_or_default(), Headers::new(), false);
            self.head_at = Some(Instant::now());
        } else if line.is_empty() {
            self.head_is_whole = self.status >= 200;
            if self.ends_with_head && self.head_is_whole {
                self.stop = Some(Stop::Head);
                return false;
            }
        } else if !self.head_is_whole
            && let Some((name, value)) = line.split_once(':')
        {
            self.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        true
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        let fits = data.len().min(MAX_ANSWER - self.body.len());
        self.body.extend_from_slice(&data[..fits]);
        if fits < data.len() {
            self.stop = Some(Stop::Body);
        }
        Ok(fits)
    }

    fn debug(&mut self, kind: InfoType, data: &[u8]) {
        if let InfoType::HeaderOut = kind {
            if self.sent.ends_with(b"\r\n\r\n") {
                self.sent.clear();
                self.header_bytes = 0;
            }
            self.sent.extend_from_slice(data);
        }
    }
}
