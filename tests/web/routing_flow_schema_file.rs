//! `/routing/flow/{schema}/file`: the text of a flow schema as a file.

use percent_encoding::percent_decode_str;
use support::*;

fn file(id: i64) -> String {
    format!("{}/file", flow(id))
}

/// The name that a browser gives the file.
fn name(page: &Page) -> String {
    let disposition = page.header("content-disposition").expect("it is a file to be saved");
    let name = disposition.strip_prefix("attachment; filename*=UTF-8''").unwrap_or_else(|| panic!("{disposition}"));
    percent_decode_str(name).decode_utf8().expect("UTF-8").into_owned()
}

#[on_both("Webitel keeps JSON, and nothing that is almost JSON")]
fn the_file_is_the_text_as_it_is_stored(app: &App) {
    let browser = app.browser();
    for (index, text) in [r#"[{"log":"Ґ 😀"}]"#, "[\r\n]\r\n", "\n{ no json", "", "[\n  {\n    \"log\": 1.50\n  }\n]"]
        .into_iter()
        .enumerate()
    {
        let id = schema(&format!("Schema {index}")).text(text).create(app);
        let page = browser.get(&file(id)).expect(200);
        assert_eq!(page.body, text, "to the byte");
        assert_eq!(page.header("content-type"), Some("application/json"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(name(&page), format!("Schema {index}.json"));
    }
}

#[on_all]
fn the_file_is_named_after_the_flow_schema_whatever_its_name(app: &App) {
    let browser = app.browser();
    for (of, called) in [
        ("CRM: push", "CRM: push.json"),
        ("Рахунки 😀", "Рахунки 😀.json"),
        ("a/b\\c", "a_b_c.json"),
        ("../../etc", ".._.._etc.json"),
        ("\"quoted\"; filename=x", "\"quoted\"; filename=x.json"),
        ("100%41", "100%41.json"),
        ("two\r\nlines: x", "two\r\nlines: x.json"),
    ] {
        let id = schema(of).create(app);
        assert_eq!(name(&browser.get(&file(id)).expect(200)), called);
    }
}

#[on_all]
fn a_file_that_was_saved_can_be_loaded_again_and_is_the_same(app: &App) {
    let text = "[\n  {\n    \"log\": \"Ґ 😀\"\n  }\n]";
    let id = schema("CRM").text(text).create(app);
    let browser = app.browser();
    let saved = browser.get(&flow(id)).click("Download").expect(200);
    assert_eq!(saved.path, file(id));
    let form = browser.get(&format!("{FLOW}/new"));
    let page = form.send_with_file("Load", &[], ("Copy.json", saved.body.as_bytes())).expect(200);
    browser.follow(page.send("Save", &[])).expect(200);
    assert_eq!(stored_text(app, id + 1), text);
}

#[on_all]
fn a_viewer_may_save_the_file(app: &App) {
    let id = schema("CRM").create(app);
    let viewer = person("viewer").signed_in(app);
    assert_eq!(viewer.get(&flow(id)).click("Download").expect(200).body, r#"[{"log":"hello"}]"#);
}

#[on_all]
fn the_file_of_a_flow_schema_that_does_not_exist_is_404(app: &App) {
    let browser = app.browser();
    for id in ["0", "7", "abc"] {
        assert!(browser.get(&format!("{FLOW}/{id}/file")).expect(404).header("content-disposition").is_none());
    }
    browser.post(&file(7), &[]).expect(405);
}
