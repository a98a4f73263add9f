//! Somebody who uses the application without JavaScript: keeps cookies, follows links, fills in forms.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::http::{HeaderMap, Request};

use super::Page;

/// The session cookie of the tests' administrator, the same in each database.
pub const SESSION: (&str, &str) = ("queue-hooks-session", "0123456789abcdef0123456789abcdef");

/// Adds the tests' administrator, with a session that does not end on its own.
pub const ADMIT: &str = "
    INSERT INTO people (name, display_name, folded_name, password, enabled, rights, created_at, updated_at)
        SELECT 'tester', 'Test Administrator', 'test administrator',
            '$argon2id$v=19$m=19456,t=2,p=1$PaAOMVqGR1uEAWS2zYdgrg$Z+x3fYuwbZzUAVfDKy6CsyXuhtAYipcJvaXxeT9474w', TRUE,
            'queues:create queues:read queues:update queues:delete flow_schemas:create flow_schemas:read '
            || 'flow_schemas:update flow_schemas:delete flow_schemas:try people:manage', '2100-01-01 00:00:00', '2100-01-01 00:00:00'
        WHERE NOT EXISTS (SELECT 1 FROM people WHERE name = 'tester');
    INSERT INTO sessions (hash, person_id, created_at, used_at, address, agent)
        SELECT '3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9', id, '2100-01-01 00:00:00', '2100-01-01 00:00:00', '', ''
        FROM people WHERE name = 'tester' AND NOT EXISTS (SELECT 1 FROM sessions);
";

pub struct Browser {
    agent: ureq::Agent,
    address: SocketAddr,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    /// Somebody who has not been here yet.
    pub fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self { agent: config.into(), address, cookies: RefCell::default() }
    }

    /// The tests' administrator, signed in.
    pub fn admitted(address: SocketAddr) -> Self {
        let browser = Self::new(address);
        browser.set_cookie(SESSION.0, SESSION.1);
        browser
    }

    /// The same browser at another port of this host: it has the same cookies.
    pub fn at(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The value of a cookie, by its name without the mark of an installation.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let name = self.marked(name)?;
        self.cookies.borrow().get(&name).cloned()
    }

    /// Puts another value into a cookie, by its name without the mark of an installation.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let name = self.marked(name).unwrap_or_else(|| name.into());
        self.cookies.borrow_mut().insert(name, value.into());
    }

    /// The whole name of a cookie that the browser has.
    fn marked(&self, name: &str) -> Option<String> {
        let of_kind =
            |cookie: &&String| cookie.strip_prefix(name).is_some_and(|mark| mark.is_empty() || mark.starts_with('-'));
        self.cookies.borrow().keys().rfind(of_kind).cloned()
    }

    /// All cookies, as a request carries them.
    pub fn cookies(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Opens a page, and follows redirects.
    pub fn get(&self, path: &str) -> Page<'_> {
        self.follow(self.request("GET", path, &[], b""))
    }

    /// Sends one request with these headers and this body, without following redirects.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Page<'_> {
        self.try_request(method, path, headers, body).unwrap_or_else(|cause| panic!("{method} {path}: {cause}"))
    }

    /// The same, for tests in which there may be no answer.
    pub fn try_request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Page<'_>, ureq::Error> {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(&uri);
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let mut response = self.agent.run(request)?;
        self.keep_cookies(response.headers());
        let mut bytes = Vec::new();
        response.body_mut().as_reader().read_to_end(&mut bytes)?;
        let body = String::from_utf8(bytes).expect("UTF-8");
        Ok(Page::new(self, path, response.status().as_u16(), response.headers().clone(), body))
    }

    /// Sends a form with the token of this browser's pages, without following redirects.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page<'_> {
        let token = self.token();
        let fields = [&[("token", token.as_str())], fields].concat();
        self.post_raw(path, &fields)
    }

    /// Sends a form as it is, without adding a token.
    pub fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Page<'_> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.request("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    /// Sends a form in parts, as browsers do, perhaps with one file: its name and its bytes.
    pub fn post_parts(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Page<'_> {
        const BOUNDARY: &str = "----a-line-that-stands-in-no-file";
        let mut body = Vec::new();
        for (field, value) in fields {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            // A browser ends the lines of what was typed like this.
            body.extend_from_slice(value.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        if let Some((name, bytes)) = file {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: application/json\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.request("POST", path, &[("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))], &body)
    }

    /// A token as in the pages of this browser; opens a page first if it has none.
    pub fn token(&self) -> String {
        let name = "queue-hooks-token";
        if self.cookie(name).is_none() {
            self.request("GET", "/nothing", &[], b"");
        }
        let secret = self.cookie(name).expect("a page sets the token's cookie");
        // A mask of zeros is as good as any.
        format!("{}{secret}", "0".repeat(secret.len()))
    }

    /// Follows redirects, as a browser does.
    pub fn follow<'a>(&'a self, mut page: Page<'a>) -> Page<'a> {
        for _ in 0..5 {
            let Some(location) = page.header("location").map(str::to_owned) else { return page };
            assert_eq!(page.status, 303, "every redirect is a 303");
            page = self.request("GET", &location, &[], b"");
        }
        panic!("too many redirects, the last one to {}", page.path);
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie of ASCII");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a name and a value");
            let mut cookies = self.cookies.borrow_mut();
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
    }
}
