//! Texts of flow schemas that ask for as much memory as they can.

use support::process::*;
use support::worst;

/// Bytes that no request uses above what the server has at rest.
const MEMORY: u64 = 64 << 20;

/// What a server uses for one preview, or for one conflict with another text, above what it has at rest.
fn used(stored: &str, text: &str, button: &str, status: u16) -> u64 {
    let database = Database::sqlite();
    let stored =
        format!(r#"{{"flow_schema":{{"id":"1","name":"CRM","type":"service","editor":false,"schema":{stored}}}}}"#);
    database.import(stored.replace('\n', " ") + "\n").well();
    let server = database.serve();
    let browser = server.browser();
    browser.get("/routing/flow").expect(200);
    let idle = server.process.memory("VmRSS:");
    let fields = [("name", "CRM"), ("type", "service"), ("text", text), (button, "yes"), ("event", "joined")];
    browser.post("/routing/flow/1", &fields).expect(status);
    server.process.memory("VmHWM:").saturating_sub(idle)
}

#[track_caller]
fn assert_little(what: &str, used: u64) {
    println!("{what}: {} KiB", used >> 10);
    assert!(used < MEMORY, "{what}: {} KiB above what the server has at rest", used >> 10);
}

#[test]
fn no_text_makes_a_preview_use_much_memory() {
    for (what, text) in worst() {
        assert_little(what, used("[]", &text, "preview", 200));
    }
}

#[test]
fn no_two_texts_make_a_conflict_use_much_memory() {
    let worst = worst();
    let text = |name| worst.iter().find(|(what, _)| *what == name).map(|(_, text)| &**text).expect("a text");
    for [one, other] in [["many numbers", "many small lists"], ["markup", "many deep lists"]] {
        // A digest that no version has.
        assert_little(one, used(text(one), text(other), "seen", 409));
    }
}
