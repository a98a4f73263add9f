//! What came of a run, in words for the pages.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::http::StatusCode;

use crate::flow::run::exchange::{Answer, Times};
use crate::flow::run::way::Way;
use crate::flow::text::indented;

/// A body that is longer is folded away.
const LONG: usize = 1000;
const LINES: usize = 12;

/// A number of things, in words.
pub fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// How much of a flow schema ran, in words.
pub fn ran(steps: usize, requests: usize, time: Duration) -> String {
    format!("{} with {} in {}", counted(steps, "step"), counted(requests, "request"), seconds(time))
}

pub fn seconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

fn bytes(count: usize) -> String {
    if count < 10 << 10 { format!("{count} bytes") } else { format!("{} KiB", count >> 10) }
}

pub fn is_long(body: &str) -> bool {
    body.len() > LONG || body.lines().count() > LINES
}

/// A body of JSON with every value on its own line, if that does not make much more of it; any other as it is.
pub fn readable(body: &str) -> Cow<'_, str> {
    let is_json = body.trim_start().starts_with(['{', '[']);
    let lines = is_json.then(|| indented(body)).flatten().filter(|lines| lines.len() < 4 * body.len() + 100);
    lines.map_or(Cow::Borrowed(body), Cow::Owned)
}

impl Way {
    /// The steps that are not shown, in words.
    pub fn not_shown(&self) -> Option<String> {
        let are = if self.more == 1 { "is" } else { "are" };
        (self.more > 0).then(|| format!("{} {are} not shown.", counted(self.more, "more step")))
    }

    /// How much there was, in words.
    pub fn size(&self) -> String {
        let requests = self.steps.iter().filter(|step| step.request.is_some()).count();
        format!("{} with {}", counted(self.steps.len() + self.more, "step"), counted(requests, "request"))
    }

    /// The number of a step's request among the others, from 1.
    pub fn number(&self, step: &usize) -> usize {
        self.steps[..=*step].iter().filter(|step| step.request.is_some()).count()
    }
}

impl Answer {
    /// The status with its words.
    pub fn status(&self) -> String {
        let words = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        words.map_or_else(|| self.status.to_string(), |words| format!("{} {words}", self.status))
    }

    /// It is no more than a status to Webitel, but people look for it.
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }

    /// How much of the body is shown.
    pub fn size(&self) -> String {
        match (self.body.len() < self.read, self.is_cut) {
            (_, true) => format!("{} of more than {}", bytes(self.body.len()), bytes(self.read)),
            (true, false) => format!("{} of {}", bytes(self.body.len()), bytes(self.read)),
            (false, false) => bytes(self.read),
        }
    }

    pub fn headers_in_words(&self) -> String {
        counted(self.headers.len(), "header")
    }
}

impl Times {
    pub fn words(&self) -> String {
        let parts = [
            ("name", self.name),
            ("connection", self.connection),
            ("first byte", self.first_byte),
            ("whole", Some(self.whole)),
        ];
        let parts = parts.into_iter().filter_map(|(what, time)| Some(format!("{what} {}", seconds(time?))));
        parts.collect::<Vec<_>>().join(" · ")
    }
}

/// A request or a redirect that it was led on by, counted from 0.
pub fn hop(number: usize, redirects: usize) -> String {
    if redirects == 0 { format!("request {number}") } else { format!("redirect {redirects} of request {number}") }
}
