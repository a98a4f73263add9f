//! `/routing/flow/new`: a flow schema from a file.

use support::*;

use crate::routing_flow_new::{NEW, TEXT, filled};

#[on_all]
fn a_file_gives_its_text_and_its_name_to_the_form(app: &App) {
    let browser = app.browser();
    let form = browser.get(NEW);
    let page = form.send_with_file("Load", &[], ("CRM push.json", TEXT.as_bytes())).expect(200);
    assert_eq!((page.typed("name"), page.typed_text()), ("CRM push".into(), TEXT.into()));
    assert_eq!(page.text("h1"), "Add flow schema");
    assert!(schema_names(app).is_empty(), "nothing is saved yet");
    assert_eq!(page.press("Save", &[]).expect(200).said(), "Added CRM push");
    assert_eq!(stored_text(app, 1), TEXT);
}

#[on_all]
fn a_name_that_was_typed_is_kept_when_a_file_is_loaded(app: &App) {
    let browser = app.browser();
    let typed = [Fill::Field("name", "Mine"), Fill::Field("type", "chat"), Fill::Field("text", "[}")];
    let page = browser.get(NEW).send_with_file("Load", &typed, ("other.json", TEXT.as_bytes())).expect(200);
    assert_eq!(
        (page.typed("name"), page.chosen("#type"), page.typed_text()),
        ("Mine".into(), "chat".into(), TEXT.into())
    );
}

#[on_all]
fn a_download_of_webitels_own_client_is_unpacked(app: &App) {
    let browser = app.browser();
    let list = r#"[{"log":"x"},{"httpRequest":{"url":"http://x","data":"\\\""}}]"#;
    let text = serde_json::Value::String(list.into()).to_string();
    for (number, schema) in [list, &*text].into_iter().enumerate() {
        let rest = r#""payload":{},"editor":false,"tags":[]"#;
        let download = format!(r#"{{"name":"From Webitel {number}","type":"voice","schema":{schema},{rest}}}"#);
        // Loaded, its name and type are offered.
        let page = browser.get(NEW).send_with_file("Load", &[], ("x.json", download.as_bytes())).expect(200);
        assert_eq!((page.typed("name"), page.chosen("#type")), (format!("From Webitel {number}"), "voice".into()));
        assert!(page.typed_text().starts_with("[\n  {\n    \"log\": \"x\"\n  },"), "{}", page.typed_text());
        // Pasted and saved at once, the name that was typed stays.
        let name = format!("Mine {number}");
        browser.post("/routing/flow", &[("name", &*name), ("type", "service"), ("text", &download)]).expect(303);
        let id = number as i64 + 1;
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&stored_text(app, id)).expect("JSON"),
            serde_json::from_str::<serde_json::Value>(list).expect("JSON")
        );
    }
    // What only looks like one is told as what it is.
    for text in [r#"{"name":"x"}"#, r#"{"name":"x","schema":{}}"#, r#"{"schema":"not JSON"}"#] {
        let page = browser.post("/routing/flow", &[("name", "x"), ("type", "service"), ("text", text)]).expect(422);
        assert!(page.has("#text-error"), "{text}");
    }
}

#[on_all]
fn load_without_a_file_or_with_an_empty_one_says_so_and_keeps_what_was_typed(app: &App) {
    let browser = app.browser();
    for (button, file, says) in [
        ("Load", "", "Choose a file first."),
        ("Load", "empty.json", "This file is empty. Choose another."),
        ("Save", "empty.json", "This file is empty. Choose another."),
    ] {
        let page = browser.get(NEW).send_with_file(button, &filled("Mine"), (file, b"")).expect(422);
        assert_eq!((page.typed("name"), page.typed_text()), ("Mine".into(), TEXT.into()));
        assert_eq!(page.text("#file-error"), says);
        assert_eq!(page.attr("#file", "aria-describedby"), "file-error");
    }
    assert!(schema_names(app).is_empty());
}

#[on_all]
fn save_with_a_file_saves_the_text_of_the_file(app: &App) {
    let browser = app.browser();
    let answer =
        browser.get(NEW).send_with_file("Save", &[Fill::Field("text", "[}")], ("From a file.json", TEXT.as_bytes()));
    assert_eq!(browser.follow(answer.expect(303)).said(), "Added From a file");
    assert_eq!(stored_text(app, 1), TEXT);
}

#[on_all]
fn a_form_without_a_file_is_sent_in_parts_all_the_same(app: &App) {
    let browser = app.browser();
    let answer = browser.get(NEW).send_with_file("Save", &filled("Ґанок 😀"), ("", b"")).expect(303);
    assert_eq!(browser.follow(answer).said(), "Added Ґанок 😀");
    assert_eq!(stored_text(app, 1), TEXT, "the lines end as they did");
}
