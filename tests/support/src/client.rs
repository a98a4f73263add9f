//! A program of somebody else, which speaks to the API with a token.

use queue_hooks::access::journal::By;
use queue_hooks::access::people;
use queue_hooks::access::rights::Rights;
use queue_hooks::access::tokens::{self, Wanted};
use serde_json::Value;

use super::{App, Browser};

/// Sends requests, and shows its token with each.
pub struct Client {
    browser: Browser,
    token: String,
}

/// What it hears.
pub struct Reply {
    pub status: u16,
    pub json: Value,
    pub text: String,
    headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(app: &App, token: &str) -> Self {
        Self { browser: app.stranger(), token: token.into() }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    pub fn post(&self, path: &str, body: &str) -> Reply {
        self.send("POST", path, &[], body)
    }

    pub fn put(&self, path: &str, body: &str) -> Reply {
        self.send("PUT", path, &[], body)
    }

    pub fn patch(&self, path: &str, body: &str) -> Reply {
        self.send("PATCH", path, &[], body)
    }

    pub fn delete(&self, path: &str, body: &str) -> Reply {
        self.send("DELETE", path, &[], body)
    }

    /// Sends these headers too.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut all = vec![("X-Webitel-Access", self.token.as_str())];
        if !body.is_empty() {
            all.push(("Content-Type", "application/json"));
        }
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        let page = self.browser.request(method, path, &all, body.as_bytes());
        let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        Reply {
            status: page.status,
            json: serde_json::from_str(&page.body).unwrap_or_default(),
            headers: page.headers.iter().map(header).collect(),
            text: page.body,
        }
    }
}

impl Reply {
    /// The reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The error, which must have the documented form and this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        let reply = self.expect(status);
        let text = |name: &str| reply.json[name].as_str().unwrap_or_default();
        assert_eq!(reply.json["code"], status, "{}", reply.text);
        assert_eq!(reply.json.as_object().map(serde_json::Map::len), Some(4), "{}", reply.text);
        assert!(!text("id").is_empty() && !text("status").is_empty() && !text("detail").is_empty(), "{}", reply.text);
        for raw in ["diesel", "SQL", "sqlite", "constraint", "serde", "expected value", "relation"] {
            assert!(!text("detail").contains(raw), "{}", reply.text);
        }
        text("detail").to_owned()
    }
}

/// A new token of a person, with these rights.
pub fn token(app: &App, person: i64, rights: &Rights) -> String {
    let wanted = Wanted { name: format!("Token {person} {}", rights.words()), rights: rights.clone(), days: 1 };
    let made = app.db.write_now(move |conn| {
        let person = people::find(conn, person)?;
        tokens::add(conn, &person, &wanted, &By::command_line())
    });
    made.expect("the database answers").expect("the token is made")
}
