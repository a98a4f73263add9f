//! A client of chromedriver: one driver for all tests, a browser of its own for each.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Request;

/// What a command of the driver answers when it fails: the error's code and its message.
pub type Answer = Result<Value, String>;

/// chromedriver on a free port. A shell watches over it: when this process ends, in whatever way, the shell's
/// input ends, and the driver with it.
fn driver() -> &'static str {
    static DRIVER: OnceLock<(String, Child)> = OnceLock::new();
    let start = || {
        let mut shell = Command::new("sh")
            .args(["-c", "chromedriver --port=0 </dev/null & read _; kill $!"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh runs");
        let mut output = BufReader::new(shell.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = output.read_line(&mut line).expect("lines of text");
            assert!(read > 0, "chromedriver did not start; `make setup` installs it");
            if let Some((_, port)) = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ") {
                break port.to_owned();
            }
        };
        // Nobody reads further; the pipe stays open so that the driver can write.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        (format!("http://127.0.0.1:{port}"), shell)
    };
    &DRIVER.get_or_init(start).0
}

pub struct Session {
    agent: ureq::Agent,
    url: String,
    /// The browser's profile, removed with it.
    _profile: TempDir,
}

impl Session {
    /// A browser with these preferences.
    pub fn start(preferences: &Value) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut session = Self { agent: config.into(), url: format!("{}/session", driver()), _profile: profile };
        let wanted = json!({
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "ignore",
        });
        let made = session.post("", &json!({ "capabilities": { "alwaysMatch": wanted } })).expect("Chromium starts");
        session.url = format!("{}/{}", session.url, made["sessionId"].as_str().expect("a session's id"));
        session
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Vec::new())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body.to_string().into_bytes())
    }

    fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Answer {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let mut response = self.agent.run(request).map_err(|cause| cause.to_string())?;
        let text = response.body_mut().read_to_string().map_err(|cause| cause.to_string())?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|cause| cause.to_string())?;
        if response.status().is_success() {
            return Ok(answer["value"].take());
        }
        let value = &answer["value"];
        Err(format!(
            "{}: {}",
            value["error"].as_str().unwrap_or_default(),
            value["message"].as_str().unwrap_or_default()
        ))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.send("DELETE", "", Vec::new());
    }
}
