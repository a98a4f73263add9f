//! A rule stands once: the same change is refused in the same words, whether a form or an import brings it.

use std::io::Cursor;

use queue_hooks::transfer::import::{Refused, import};
use queue_hooks::transfer::progress;
use support::*;

/// What an import of one line says is wrong with it.
fn refused(app: &App, line: &str) -> String {
    match import(&app.db, Cursor::new(line.to_owned()), &progress()) {
        Err(Refused::Lines { errors, more: 0 }) if errors.len() == 1 => errors[0].1.clone(),
        other => panic!("{line} gives {other:?}"),
    }
}

/// Names that nothing can have.
fn bad_names(longest: usize) -> Vec<String> {
    vec![
        " ".into(),
        "\u{3000}".into(),
        "x".repeat(longest + 1),
        "a\u{200b}b".into(),
        "a\u{202e}b".into(),
        "a\nb".into(),
        "a\tb".into(),
        "\u{200b}".into(),
        "\u{200d}a".into(),
        "a\u{200d}".into(),
        "a\u{200c} b".into(),
        "a\u{200d}\u{200d}b".into(),
        "\u{fe0f}".into(),
        "a\u{fe0f}\u{fe0f}".into(),
        "🏴\u{e0061}\u{e007f}".into(),
        "a\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}".into(),
    ]
}

#[on_both("queues are added in Webitel")]
fn a_name_of_a_queue(app: &App) {
    let browser = app.browser();
    for name in bad_names(250) {
        let fields = [("name", &*name), ("type", "1"), ("enabled", "true")];
        let page = browser.post("/contact-center/queues", &fields).expect(422);
        let record = serde_json::json!({ "queue": { "id": "7", "name": name, "type": 1, "enabled": true } });
        assert_eq!(refused(app, &record.to_string()), page.text("#name-error"), "{name:?}");
    }
}

#[on_all]
fn a_name_of_a_flow_schema(app: &App) {
    let browser = app.browser();
    for name in bad_names(100) {
        let page = browser.post("/routing/flow", &[("name", &*name), ("type", "service"), ("text", "[]")]).expect(422);
        let schema = serde_json::json!({ "id": "7", "name": name, "type": "service", "editor": false, "schema": [] });
        let record = serde_json::json!({ "flow_schema": schema });
        assert_eq!(refused(app, &record.to_string()), page.text("#name-error"), "{name:?}");
    }
}

#[on_both("nothing is imported into the tables of Webitel")]
fn one_enabled_hook_an_event(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let before = contents(app);
    let fields = [("event", "joined"), ("schema", &*crm.to_string())];
    let browser = app.browser();
    let page = browser.post(&tab(queue_id), &fields).expect(422);
    let schema = serde_json::json!({ "id": crm.to_string() });
    let hook =
        serde_json::json!({ "id": 4711, "queue_id": queue_id, "schema": schema, "event": "joined", "enabled": true });
    let record = serde_json::json!({ "hook": hook });
    assert_eq!(refused(app, &record.to_string()), page.text("#event-error p:first-child"));
    assert_eq!(contents(app), before);
}
