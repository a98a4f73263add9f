//! A person's browser window, which tests press, click and read like a person. Where a page takes its time, they wait:
//! whatever a test says about a page has to be true before a person's patience runs out.

mod data;
mod webdriver;

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{App, SESSION};
use webdriver::{Answer, Session};

pub use data::*;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Window {
    session: Session,
    origin: String,
    /// How many keys were pressed.
    pub presses: Cell<usize>,
    /// The server is gone on purpose, so the log may say so.
    pub may_be_offline: Cell<bool>,
}

impl Window {
    pub fn open(app: &App, path: &str) -> Self {
        Self::with(app, path, &json!({}))
    }

    /// A window that runs no scripts of pages.
    pub fn without_scripts(app: &App, path: &str) -> Self {
        Self::with(app, path, &json!({ "profile.managed_default_content_settings.javascript": 2 }))
    }

    fn with(app: &App, path: &str, preferences: &Value) -> Self {
        let window = Self::start(app.address, preferences);
        window.becomes(SESSION.1);
        window.go(path);
        window
    }

    fn start(address: SocketAddr, preferences: &Value) -> Self {
        let session = Session::start(preferences);
        let origin = format!("http://{address}");
        Self { session, origin, presses: Cell::default(), may_be_offline: Cell::default() }
    }

    /// The window of somebody who comes to an address for the first time, where a server or a proxy is.
    pub fn at(address: SocketAddr, path: &str) -> Self {
        let window = Self::start(address, &json!({}));
        window.go(path);
        window
    }

    /// The window of somebody else, who is signed in.
    pub fn of(app: &App, person: i64, path: &str) -> Self {
        let window = Self::of_nobody(app, "/sign-in");
        window.becomes(&app.browser_of(person).cookie(SESSION.0).expect("a session"));
        window.go(path);
        window
    }

    /// The window of somebody who is not signed in.
    pub fn of_nobody(app: &App, path: &str) -> Self {
        let window = Self::open(app, "/static/favicon.svg");
        window.forgets_session();
        window.go(path);
        window
    }

    /// Takes the session away from the browser.
    pub fn forgets_session(&self) {
        self.devtools("Network.deleteCookies", &json!({ "url": self.origin, "name": SESSION.0 }));
    }

    /// Gives this session to the browser.
    pub fn becomes(&self, session: &str) {
        self.gets_cookie(SESSION.0, session);
    }

    pub fn gets_cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "url": self.origin, "name": name, "value": value, "httpOnly": true, "sameSite": "Lax" });
        self.devtools("Network.setCookie", &cookie);
    }

    pub fn go(&self, path: &str) {
        self.ask("/url", &json!({ "url": format!("{}{path}", self.origin) }));
    }

    pub fn back(&self) {
        self.ask("/back", &json!({}));
    }

    pub fn forward(&self) {
        self.ask("/forward", &json!({}));
    }

    pub fn reload(&self) {
        self.ask("/refresh", &json!({}));
    }

    /// Acts as if the system had this preference: `("prefers-color-scheme", "dark")`.
    pub fn prefers(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// Shows the page as it is printed.
    pub fn prints(&self) {
        self.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    }

    /// As narrow as a phone, or as a screen at 400 %.
    pub fn narrow(&self) {
        let size = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// As wide as it was before.
    pub fn wide(&self) {
        self.devtools("Emulation.clearDeviceMetricsOverride", &json!({}));
    }

    /// Cuts the network, or connects it again.
    pub fn offline(&self, offline: bool) {
        self.may_be_offline.set(true);
        self.network(offline, -1);
    }

    /// Sends only so many bytes in a second.
    pub fn uploads(&self, bytes: i32) {
        self.network(false, bytes);
    }

    fn network(&self, offline: bool, upload: i32) {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload });
        self.devtools("Network.enable", &json!({}));
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    pub fn devtools(&self, command: &str, parameters: &Value) {
        self.ask("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// Presses a key while others are held: `"j"`, `"Shift+ArrowDown"`.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let keys: Vec<_> = keys.split('+').map(code).collect();
        self.presses.set(self.presses.get() + keys.len());
        let key = |kind, value: &char| json!({ "type": kind, "value": value.to_string() });
        let down = keys.iter().map(|value| key("keyDown", value));
        let up = keys.iter().rev().map(|value| key("keyUp", value));
        let actions: Vec<_> = down.chain(up).collect();
        self.act(&json!([{ "type": "key", "id": "keyboard", "actions": actions }]));
    }

    /// Presses one key after another.
    #[track_caller]
    pub fn press_all(&self, keys: &[&str]) {
        for key in keys {
            self.press(key);
        }
    }

    #[track_caller]
    pub fn write(&self, text: &str) {
        for letter in text.chars() {
            self.press(&letter.to_string());
        }
    }

    /// Clicks what has this name, as soon as it can be clicked.
    #[track_caller]
    pub fn click(&self, name: &str) {
        self.retry(&format!("{name:?} to click on"), || {
            let element = self.find(name)?;
            self.session.post(&format!("/element/{element}/click"), &json!({}))
        });
    }

    /// Clicks with a key held, or quickly several times.
    #[track_caller]
    pub fn click_with(&self, held: Option<&str>, name: &str, times: usize) {
        let element = self.retry(&format!("{name:?} to click on"), || self.find(name).map(Value::String));
        let origin = json!({ "element-6066-11e4-a52e-4f735466cecf": element });
        let click = [json!({ "type": "pointerDown", "button": 0 }), json!({ "type": "pointerUp", "button": 0 })];
        let mut pointer = vec![json!({ "type": "pointerMove", "origin": origin, "x": 0, "y": 0 })];
        for _ in 0..times {
            pointer.extend_from_slice(&click);
        }
        let mut keyboard = vec![json!({ "type": "pause" }); pointer.len()];
        if let Some(held) = held {
            keyboard[0] = json!({ "type": "keyDown", "value": code(held).to_string() });
            keyboard.push(json!({ "type": "keyUp", "value": code(held).to_string() }));
        }
        self.act(&json!([
            { "type": "pointer", "id": "mouse", "actions": pointer },
            { "type": "key", "id": "keyboard", "actions": keyboard },
        ]));
    }

    /// Moves the pointer onto what has this name.
    #[track_caller]
    pub fn point_at(&self, name: &str) {
        self.click_with(None, name, 0);
    }

    /// Presses Tab until this has the focus.
    #[track_caller]
    pub fn tab_to(&self, name: &str) {
        let is_there = format!("{HELPERS} return nameOf(document.activeElement) === {}", json!(name));
        for _ in 0..100 {
            self.press("Tab");
            if self.script(&is_there) == json!(true) {
                return;
            }
        }
        panic!("the tabulator does not come to {name:?}");
    }

    /// Holds back whatever the page requests from the server, until [`Window::let_go`].
    pub fn hold(&self) {
        self.script(
            "const fetch = window.fetch;
            window.asked = 0;
            const held = new Promise((resolve) => { window.letGo = resolve });
            window.fetch = (...request) => { window.asked += 1; return held.then(() => fetch(...request)); }",
        );
    }

    /// Lets the held requests go; there must be this many.
    #[track_caller]
    pub fn let_go(&self, requests: usize) {
        self.until("window.asked");
        self.expect("window.asked", requests);
        self.script("window.letGo()");
    }

    /// Chooses an option, by its text, in the drop-down list with this id.
    #[track_caller]
    pub fn choose(&self, id: &str, text: &str) {
        self.retry(&format!("{text:?} to choose"), || {
            let found = self.session.post(
                "/element",
                &json!({ "using": "xpath", "value": format!("//select[@id='{id}']/option[starts-with(normalize-space(), '{text}')]") }),
            )?;
            let element = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
            self.session.post(&format!("/element/{}/click", element.unwrap_or_default()), &json!({}))
        });
    }

    /// Answers the question that the browser asks, and returns the question.
    #[track_caller]
    pub fn answer(&self, question: &str, yes: bool) {
        let asked = self.retry("a question", || self.session.get("/alert/text"));
        assert_eq!(asked, question);
        self.ask(if yes { "/alert/accept" } else { "/alert/dismiss" }, &json!({}));
    }

    /// Runs a script that is not the page's.
    #[track_caller]
    pub fn script(&self, script: &str) -> Value {
        self.ask("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a script that says when it is done.
    #[track_caller]
    pub fn script_async(&self, script: &str) -> Value {
        self.ask("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// What a promise resolves to.
    #[track_caller]
    pub fn expect_async(&self, promise: &str, expected: impl Into<Value>) {
        let found = self.script_async(&format!("{promise}.then(arguments[arguments.length - 1])"));
        assert_eq!(found, expected.into(), "{promise}");
    }

    /// Waits until an expression has this value.
    #[track_caller]
    pub fn expect(&self, expression: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        let began = Instant::now();
        let body = json!({ "script": format!("{HELPERS} return ({expression})"), "args": [] });
        loop {
            let found = self.session.post("/execute/sync", &body);
            if found.as_ref() == Ok(&expected) {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{expression}\n  is not {expected}\n  but    {}\n  at {}\n{}",
                found.map_or_else(|error| error, |value| value.to_string()),
                self.path(),
                self.script("return document.body.innerText").as_str().unwrap_or_default(),
            );
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn until(&self, expression: &str) {
        self.expect(&format!("Boolean({expression})"), true);
    }

    /// The name of what has the focus; for a row, the name of its checkbox.
    #[track_caller]
    pub fn focus_is_on(&self, name: &str) {
        self.expect("nameOf(document.activeElement)", name);
    }

    /// What the message says.
    #[track_caller]
    pub fn says(&self, text: &str) {
        self.expect("document.querySelector('#status p')?.textContent", text);
    }

    /// Path and query in the address bar.
    #[track_caller]
    pub fn is_at(&self, path: &str) {
        self.expect("location.pathname + location.search", path);
    }

    /// The numbers beside the links between pages, which say that the page has arrived.
    #[track_caller]
    pub fn shows(&self, numbers: &str) {
        self.expect("document.querySelector('.pages p')?.textContent", numbers);
    }

    /// How many rows are selected.
    #[track_caller]
    pub fn selects(&self, count: usize) {
        self.expect("document.querySelectorAll('#selection tbody :checked').length", count);
    }

    /// Whether something visible has this name.
    #[track_caller]
    pub fn has(&self, name: &str) {
        self.until(&format!("named({})", json!(name)));
    }

    #[track_caller]
    pub fn has_no(&self, name: &str) {
        self.until(&format!("!named({})", json!(name)));
    }

    #[track_caller]
    pub fn modal_is(&self, title: &str) {
        self.expect("document.querySelector('dialog:modal h2')?.textContent", title);
    }

    #[track_caller]
    pub fn has_no_modal(&self) {
        self.until("!document.querySelector('dialog:modal')");
    }

    pub fn path(&self) -> String {
        let url = self.session.get("/url").unwrap_or_default();
        url.as_str().unwrap_or_default().replacen(&self.origin, "", 1)
    }

    fn find(&self, name: &str) -> Result<String, String> {
        let script = format!("{HELPERS} return named({})", json!(name));
        let found = self.session.post("/execute/sync", &json!({ "script": script, "args": [] }))?;
        let element = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        element.map(str::to_owned).ok_or_else(|| "there is none".into())
    }

    #[track_caller]
    fn act(&self, actions: &Value) {
        self.ask("/actions", &json!({ "actions": actions }));
    }

    #[track_caller]
    fn ask(&self, path: &str, body: &Value) -> Value {
        self.session.post(path, body).unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    #[track_caller]
    fn retry(&self, what: &str, attempt: impl Fn() -> Answer) -> Value {
        let began = Instant::now();
        loop {
            match attempt() {
                Ok(value) => return value,
                Err(error) => assert!(began.elapsed() < PATIENCE, "no {what} at {}: {error}", self.path()),
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// What the browser's log complains about, except the answers that a test asks for.
    fn faults(&self) -> Vec<String> {
        let log = self.session.post("/se/log", &json!({ "type": "browser" })).expect("a log");
        let lines = log.as_array().expect("lines").iter();
        let grave = lines.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        let messages = grave.map(|line| line["message"].as_str().unwrap_or_default());
        let expected = |message: &&str| {
            message.contains("the server responded with a status of")
                || self.may_be_offline.get()
                    && (message.contains("net::ERR_")
                        || message.contains("Failed to fetch")
                        || message.contains("timeout"))
        };
        messages.filter(|message| !expected(message)).map(str::to_owned).collect()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let faults = self.faults();
            assert!(faults.is_empty(), "the browser's log: {faults:#?}");
        }
    }
}

/// The character that stands for a key in the protocol of the driver.
fn code(key: &str) -> char {
    match key {
        "Alt" => '\u{e00a}',
        "ArrowDown" => '\u{e015}',
        "ArrowLeft" => '\u{e012}',
        "ArrowRight" => '\u{e014}',
        "ArrowUp" => '\u{e013}',
        "Backspace" => '\u{e003}',
        "Control" => '\u{e009}',
        "Delete" => '\u{e017}',
        "End" => '\u{e010}',
        "Enter" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "Home" => '\u{e011}',
        "Meta" => '\u{e03d}',
        "Shift" => '\u{e008}',
        "Space" => ' ',
        "Tab" => '\u{e004}',
        letter => letter.chars().next().expect("a key"),
    }
}

/// How the tests name what is on a page: by its label, or else by its text.
const HELPERS: &str = r#"
    const nameOf = (e) => {
        if (e?.localName === "tr") e = e.querySelector("input");
        const name = e?.ariaLabel ?? e?.labels?.[0]?.textContent ?? e?.textContent ?? "";
        return name.replace(/\s+/g, " ").trim();
    };
    const named = (name) => {
        const root = document.querySelector("dialog:modal, dialog[open]") ?? document;
        const all = [...root.querySelectorAll("a, button, input, select, summary, label, [role=option]")];
        return all.find((e) => nameOf(e) === name && e.checkVisibility({ visibilityProperty: true }));
    };
"#;
