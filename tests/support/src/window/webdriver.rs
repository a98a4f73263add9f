//! A client for chromedriver: one driver for all tests, and for each test a browser that knows nothing of the others.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Request;

/// A command's answer; when it fails, the error's code and its message.
pub type Answer = Result<Value, String>;

/// chromedriver on a free port, and the folder for the profiles of its browsers. A shell watches over them: when this
/// process ends, for whatever reason, the shell's input ends, and with it the driver, the browsers and the folder.
struct Driver {
    url: String,
    folder: PathBuf,
    _shell: Child,
}

const WATCH: &str = r#"
    TMPDIR=$0 chromedriver --port=0 </dev/null & read _; kill $!
    for process in /proc/[0-9]*; do
        [ "${process#/proc/}" = $$ ] || ! grep -qs "$0" "$process/cmdline" || kill "${process#/proc/}"
    done
    for attempt in 1 2 3; do rm -rf "$0" && break; sleep 1; done"#;

fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    let start = || {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let mut shell = Command::new("sh")
            .args([OsStr::new("-c"), OsStr::new(WATCH), folder.as_os_str()])
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
        // Nobody reads any further, but the pipe stays open so that the driver can write.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Driver { url: format!("http://127.0.0.1:{port}"), folder, _shell: shell }
    };
    DRIVER.get_or_init(start)
}

/// Browsers that one test has used and the next one may use: starting one takes longer than most tests.
static RESTING: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// A running browser.
#[derive(Clone)]
struct Browser {
    agent: ureq::Agent,
    url: String,
    /// What it was started with.
    preferences: Value,
}

/// A browser that is as good as new, for one test.
pub struct Session(Browser);

impl Session {
    /// A browser with these preferences.
    pub fn start(preferences: &Value) -> Self {
        let mut resting = RESTING.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = resting.iter().position(|browser| browser.preferences == *preferences);
        let browser = fitting.map(|at| resting.swap_remove(at));
        drop(resting);
        Self(browser.unwrap_or_else(|| Browser::start(preferences)))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.0.send("GET", path, Vec::new())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.0.post(path, body)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.0.forget().is_ok() {
            RESTING.lock().unwrap_or_else(PoisonError::into_inner).push(self.0.clone());
        } else {
            let _ = self.0.send("DELETE", "", Vec::new());
        }
    }
}

impl Browser {
    fn start(preferences: &Value) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let Driver { url, folder, .. } = driver();
        let profile = folder.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
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
            &format!("--user-data-dir={}", profile.display()),
        ];
        let preferences = preferences.clone();
        let mut browser = Self { agent: config.into(), url: format!("{url}/session"), preferences };
        let wanted = json!({
            "goog:chromeOptions": { "args": arguments, "prefs": browser.preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "ignore",
        });
        let made = browser.post("", &json!({ "capabilities": { "alwaysMatch": wanted } })).expect("Chromium starts");
        browser.url = format!("{}/{}", browser.url, made["sessionId"].as_str().expect("a session's id"));
        browser
    }

    /// Continues in a new tab without anything that was set in the last one, and without cookies and cache.
    fn forget(&self) -> Result<(), String> {
        let tab = self.post("/window/new", &json!({ "type": "tab" }))?;
        self.send("DELETE", "/window", Vec::new())?;
        self.post("/window", &json!({ "handle": tab["handle"] }))?;
        for command in ["Network.clearBrowserCookies", "Network.clearBrowserCache"] {
            self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": {} }))?;
        }
        Ok(())
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
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
