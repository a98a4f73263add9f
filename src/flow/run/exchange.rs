//! What went over the line for one request of a run: each hop that was sent, and what came back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The request and the redirects that were followed, in their order; there is at least one.
#[derive(Clone, Serialize, Deserialize)]
pub struct Exchange {
    pub hops: Vec<Hop>,
}

/// One request as it was sent, and what came of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Hop {
    pub method: String,
    pub url: String,
    /// In the order of the line, those that the client adds by itself among them.
    pub headers: Vec<(String, String)>,
    pub times: Times,
    /// Or why there is no answer, in a sentence.
    pub answer: Result<Answer, String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// As much of the body as is shown, decompressed. What is not UTF-8 is replaced.
    pub body: String,
    /// Bytes of the body that were read, and whether there were more.
    pub read: usize,
    pub is_cut: bool,
}

/// How long a hop took until something was there. What was not reached has none.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub struct Times {
    /// The addresses of the name.
    pub name: Option<Duration>,
    /// The connection, with TLS.
    pub connection: Option<Duration>,
    pub first_byte: Option<Duration>,
    pub whole: Duration,
}
