//! Why a request has no answer, in sentences that say what happened and what to do. What curl and OpenSSL say is for
//! the log alone.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};

use super::address::Address;
use crate::flow::run::limits::MAX_ANSWER_HEADERS;

pub enum Failure {
    /// Somebody waits no longer, and says why.
    Ended(String),
    Curl {
        cause: curl::Error,
        /// What the system says of it.
        number: i32,
    },
}

impl Failure {
    pub fn curl(cause: curl::Error) -> Self {
        Self::Curl { cause, number: 0 }
    }

    /// What must not happen, because it does not come from the line.
    pub fn fault(cause: &impl Display) -> Self {
        log::error!("curl: {cause}");
        Self::Ended("It could not be sent because of a fault of this program, which its log has.".into())
    }

    pub fn with_number(self, number: i32) -> Self {
        match self {
            Self::Curl { cause, .. } => Self::Curl { cause, number },
            ended @ Self::Ended(_) => ended,
        }
    }

    /// Whether another address of the same name might do.
    pub fn is_of_connection(&self) -> bool {
        matches!(self, Self::Curl { cause, .. } if cause.is_couldnt_connect() || cause.is_operation_timedout())
    }

    /// Whether a proxy did not lead any further.
    pub fn is_of_proxy(&self) -> bool {
        let refuses = |detail: &str| detail.contains("CONNECT tunnel failed");
        matches!(self, Self::Curl { cause, .. } if cause.extra_description().is_some_and(refuses))
    }

    /// `has_head` says whether the head of an answer came.
    pub fn sentence(self, to: &Address, at: IpAddr, has_head: bool) -> String {
        if self.is_of_proxy() {
            return format!("The proxy that the variables name refused to lead to {}.", SocketAddr::new(at, to.port()));
        }
        let (cause, number) = match self {
            Self::Ended(sentence) => return sentence,
            Self::Curl { cause, number } => (cause, number),
        };
        let detail = cause.extra_description().unwrap_or_default();
        log::debug!("a request of a run failed: {cause}");
        let (host, place) = (&to.host, SocketAddr::new(at, to.port()));
        if cause.is_couldnt_connect() || cause.is_operation_timedout() {
            return not_connected(std::io::Error::from_raw_os_error(number).kind(), &place);
        }
        if cause.is_peer_failed_verification() || cause.is_ssl_issuer_error() {
            return not_trusted(detail, &host.to_string());
        }
        if cause.is_ssl_connect_error() {
            return no_tls(detail, &place);
        }
        if cause.is_ssl_cacert_badfile() {
            return "The certificates that this server trusts cannot be read. Look at SSL_CERT_FILE.".into();
        }
        if cause.is_couldnt_resolve_proxy() {
            return "There is no address for the name of the proxy that the variables name.".into();
        }
        if cause.is_got_nothing() {
            return format!("{place} closed the connection without an answer.");
        }
        let is_of_line = cause.is_recv_error() || cause.is_send_error() || cause.is_partial_file();
        if is_of_line && has_head {
            return format!("{place} closed the connection before the answer was whole.");
        }
        if is_of_line {
            return format!("{place} closed the connection before an answer came.");
        }
        // CURLE_WEIRD_SERVER_REPLY.
        if cause.is_unsupported_protocol() || cause.code() == 8 {
            return format!("What came from {place} is no answer of HTTP.");
        }
        // CURLE_TOO_LARGE.
        if cause.code() == 100 {
            return too_many_headers();
        }
        format!("It could not be sent, for a reason that has no words here but a number of curl: {}.", cause.code())
    }
}

pub fn too_many_headers() -> String {
    format!("The answer has more than {} KiB of headers, so it was given up.", MAX_ANSWER_HEADERS >> 10)
}

fn not_connected(kind: std::io::ErrorKind, place: &SocketAddr) -> String {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::ConnectionRefused => format!("Nothing listens at {place}: it refused the connection."),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            format!("No way leads from this server to {place}.")
        }
        _ => format!("There is no connection to {place}."),
    }
}

fn not_trusted(detail: &str, host: &str) -> String {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    let own = "If it is of an authority of your own, name that one's certificate in SSL_CERT_FILE of this server.";
    if says(&["has expired"]) {
        format!("The certificate of {host} has expired. It has to be renewed there.")
    } else if says(&["not yet valid"]) {
        format!("The certificate of {host} is not valid yet. Look at its dates, and at the clock of this server.")
    } else if says(&["subject name", "hostname mismatch", "IP address mismatch"]) {
        format!("The certificate there is for another name than {host}.")
    } else if says(&["self-signed certificate in certificate chain", "local issuer", "first certificate", "get issuer"])
    {
        format!("The certificate of {host} is from an issuer that nobody here knows. {own}")
    } else if says(&["self-signed"]) {
        format!("The certificate of {host} is signed by itself. {own}")
    } else {
        format!("The certificate of {host} is not accepted here. {own}")
    }
}

fn no_tls(detail: &str, place: &SocketAddr) -> String {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    if says(&["wrong version number", "http request", "packet length", "record layer", "bad record type"]) {
        format!("No TLS is spoken at {place}. Is it http://, or another port?")
    } else if says(&["unsupported protocol", "protocol version", "version too low"]) {
        format!("The TLS that is spoken at {place} is older than 1.2, which Webitel does not accept either.")
    } else if says(&["SYSCALL", "unexpected eof", "reset"]) {
        format!("{place} closed the connection while TLS began.")
    } else {
        format!("This server and {place} could not agree on TLS.")
    }
}
