//! `/api/routing/schema`.

use serde_json::{Value, json};
use support::*;

use crate::{client, status_of};

const SCHEMAS: &str = "/api/routing/schema";

fn names(list: &Value) -> String {
    let names: Vec<_> = list["items"].as_array().expect("a list").iter().map(|item| item["name"].as_str()).collect();
    names.into_iter().map(|name| name.expect("a name")).collect::<Vec<_>>().join(" ")
}

#[on_both]
fn a_flow_schema_lives_as_webitels_clients_expect(app: &App) {
    let client = client(app);
    assert_eq!(client.get(SCHEMAS).expect(200).json, json!({"next": false, "items": []}));
    let sent = json!({"name": "crm", "type": "service", "schema": [{"log": "hello"}], "payload": {}, "debug": true});
    let added = client.post(SCHEMAS, &sent.to_string()).expect(200);
    let (id, at) = (&added.json["id"], &added.json["updated_at"]);
    let mut expected = json!({"id": id, "name": "crm", "type": "service", "editor": false,
                              "schema": [{"log": "hello"}], "updated_at": at});
    assert_eq!(added.json, expected);
    let one = format!("{SCHEMAS}/{}", id.as_str().expect("its id is a string"));
    let read = client.get(&one).expect(200);
    assert_eq!(read.json, expected);
    assert_eq!(read.header("etag"), added.header("etag"));

    expected.as_object_mut().expect("an object").remove("schema");
    assert_eq!(client.get(SCHEMAS).expect(200).json["items"], json!([expected]), "a list has no programs");

    let patched = client.patch(&one, r#"{"type": "default"}"#).expect(200).json;
    assert_eq!((&patched["type"], &patched["name"]), (&json!("default"), &json!("crm")));
    assert_eq!(patched["schema"], json!([{"log": "hello"}]));
    assert_eq!(client.patch(&one, "{}").expect(200).json, patched, "nothing is asked for, and nothing changed");
    let replaced = client.put(&one, r#"{"name": "other", "type": "service", "schema": []}"#).expect(200).json;
    assert_eq!((&replaced["name"], &replaced["schema"]), (&json!("other"), &json!([])));
    client.put(&one, r#"{"name": "other", "type": "service"}"#).refused(400);

    assert_eq!(client.delete(&one, "").expect(200).json, replaced, "it answers what was removed");
    client.get(&one).refused(404);
    client.delete(&one, "").refused(404);
    client.patch(&format!("{SCHEMAS}/4711"), "{}").refused(404);
}

#[on_both]
fn a_program_is_sent_as_json_or_as_the_text_of_it(app: &App) {
    let client = client(app);
    let text = "[\n  {\"log\": \"hello\"}  \n]";
    let body = json!({"name": "text", "type": "service", "schema": text}).to_string();
    let id = client.post(SCHEMAS, &body).expect(200).json["id"].as_str().expect("an id").to_owned();
    let one = format!("{SCHEMAS}/{id}");
    assert_eq!(client.get(&one).expect(200).json["schema"], json!([{"log": "hello"}]));
    assert_eq!(stored_text(app, id.parse().expect("a number")), text, "as it was typed");
    // Numbers that a program would round stay as they are.
    let precise = r#"{"schema": [{"set": {"a": 12345678901234567890.10, "b": 1e300}}]}"#;
    let patched = client.patch(&one, precise).expect(200);
    assert!(patched.text.contains("12345678901234567890.10") && patched.text.contains("1e300"), "{}", patched.text);
}

fn stored_text(app: &App, id: i64) -> String {
    use diesel::prelude::*;
    use queue_hooks::db::schema::flow_schemas;
    write(app, |conn| flow_schemas::table.find(id).select(flow_schemas::schema).first(conn))
}

#[on_both]
fn a_stored_text_that_is_no_json_is_read_as_a_string(app: &App) {
    let id = schema("old").text("[{").create(app);
    let client = client(app);
    assert_eq!(client.get(&format!("{SCHEMAS}/{id}")).expect(200).json["schema"], "[{");
    client.patch(&format!("{SCHEMAS}/{id}"), r#"{"name": "renamed"}"#).expect(200);
    assert_eq!(stored_text(app, id), "[{");
}

#[on_both]
fn a_list_is_paged_sorted_and_filtered(app: &App) {
    let made = [("alpha", "service"), ("Beta", "voice"), ("gamma%", "default"), ("100_", "chat"), ("Äther", "service")];
    let made = made.map(|(name, kind)| schema(name).schema_type(kind).create(app));
    let client = client(app);
    client.patch(&format!("{SCHEMAS}/{}", made[1]), r#"{"type": "processing"}"#).expect(200);
    let list = |query: &str| client.get(&format!("{SCHEMAS}?{query}")).expect(200).json;
    let sorted = |query: &str| names(&list(query));

    assert_eq!(sorted(""), "100_ alpha Äther Beta gamma%");
    assert_eq!(sorted("sort=-name&size=2"), "gamma% Beta");
    assert_eq!(sorted("sort=+id&size=2"), "alpha Beta");
    assert_eq!(sorted("sort=type"), "100_ gamma% Beta alpha Äther");
    assert_eq!(sorted("sort=-updated_at&size=1"), "Beta");
    assert_eq!(sorted("type=service&type=default"), "alpha Äther gamma%");
    assert_eq!(sorted(&format!("id={}&id={}&id=4711", made[0], made[3])), "100_ alpha");
    assert_eq!(sorted("q=&type=&id="), sorted(""), "empty counts as none");

    assert_eq!(sorted("q=ALPHA"), "alpha");
    assert_eq!(sorted("q=alph"), "");
    assert_eq!(sorted("q=alpha%00"), "");
    assert_eq!(sorted("q=*a"), "alpha Beta");
    assert_eq!(sorted("q=*"), sorted(""));
    assert_eq!(sorted("q=%C3%A4ther"), "Äther");
    assert_eq!(sorted("q=*%25"), "gamma%");
    assert_eq!(sorted("q=100_"), "100_");
    assert_eq!(sorted("q=_eta"), "");

    let first = list("size=3&total=true");
    assert_eq!((names(&first).split(' ').count(), &first["next"], &first["total"]), (3, &json!(true), &json!(5)));
    let second = list("size=3&page=2");
    assert_eq!((names(&second), &second["next"]), ("Beta gamma%".into(), &json!(false)));
    assert_eq!(list("fields=id,name&size=1&q=alpha")["items"], json!([{"id": made[0].to_string(), "name": "alpha"}]));
    for (query, told) in [
        ("type=script", "“type” has to be one of: default, voice, chat, processing, service."),
        ("sort=used_by", "“sort” has to be one of: name, id, type, updated_at."),
    ] {
        let detail = client.get(&format!("{SCHEMAS}?{query}")).refused(400);
        assert!(detail.starts_with(told), "{query}: {detail}");
    }
}

#[on_both]
fn a_flow_schema_that_cannot_be_is_refused_and_told_why(app: &App) {
    let client = client(app);
    let long = format!(r#"{{"name": "{}", "type": "service", "schema": []}}"#, "x".repeat(101));
    for (body, told) in [
        (r#"{"type": "service", "schema": []}"#, "“name” is missing"),
        (&*long, "“name”: A name has at most 100 characters."),
        ("{\"name\": \"a\u{202e}b\", \"type\": \"service\", \"schema\": []}", "“name”: A name cannot have line breaks"),
        (r#"{"name": "a", "schema": []}"#, "“type” is missing. It has to be one of: default, voice"),
        (r#"{"name": "a", "type": "script", "schema": []}"#, "“type” has to be one of: default, voice"),
        (r#"{"name": "a", "type": "service"}"#, "“schema” is missing. It has to be the program"),
        (r#"{"name": "a", "type": "service", "schema": {}}"#, "“schema” has to be the program"),
        (r#"{"name": "a", "type": "service", "schema": 7}"#, "“schema” has to be the program"),
        (r#"{"name": "a", "type": "service", "schema": "[{"}"#, "“schema”: "),
        (r#"{"name": "a", "type": "service", "schema": ""}"#, "“schema”: "),
        (r#"{"name": "a", "type": "service", "schema": [7]}"#, "“schema”: "),
    ] {
        let detail = client.post(SCHEMAS, body).refused(status_of(told));
        assert!(detail.starts_with(told), "{body}: {detail}");
    }
    assert_eq!(client.get(SCHEMAS).expect(200).json["items"], json!([]));
}

#[on_both]
fn a_program_has_at_most_a_mebibyte(app: &App) {
    let client = client(app);
    // `[{"log":"…"}]` around this many.
    let program = |bytes: usize| format!(r#"[{{"log":"{}"}}]"#, "x".repeat(bytes - 12));
    let body = |name: &str, program: &str| json!({"name": name, "type": "service", "schema": program}).to_string();
    let whole = client.post(SCHEMAS, &body("as text", &program(1 << 20))).expect(200).json;
    assert_eq!(whole["schema"][0]["log"].as_str().map(str::len), Some((1 << 20) - 12));
    let raw = format!(r#"{{"name": "as json", "type": "service", "schema": {}}}"#, program(1 << 20));
    client.post(SCHEMAS, &raw).expect(200);
    client.post(SCHEMAS, &body("more", &program((1 << 20) + 1))).refused(422);
}

#[on_both]
fn a_name_belongs_to_one_flow_schema(app: &App) {
    let (taken, other, client) = (schema("Taken").create(app), schema("Other").create(app), client(app));
    let before = contents(app);
    let body = r#"{"name": "Taken", "type": "service", "schema": []}"#;
    for reply in [
        client.post(SCHEMAS, body),
        client.put(&format!("{SCHEMAS}/{other}"), body),
        client.patch(&format!("{SCHEMAS}/{other}"), r#"{"name": "Taken"}"#),
    ] {
        assert_eq!(reply.refused(409), "Another flow schema has this name.");
    }
    assert_eq!(contents(app), before);
    client.patch(&format!("{SCHEMAS}/{taken}"), r#"{"name": "Taken", "schema": []}"#).expect(200);
}

#[on_both]
fn a_flow_schema_that_hooks_run_stays(app: &App) {
    let (schema, client) = (schema("CRM").create(app), client(app));
    let hook = hook(queue().create(app), schema).create(app);
    let before = contents(app);
    let detail = client.delete(&format!("{SCHEMAS}/{schema}"), "").refused(409);
    assert!(detail.starts_with("Hooks run this flow schema"), "{detail}");
    assert_eq!(contents(app), before);
    remove_hook(app, hook);
    client.delete(&format!("{SCHEMAS}/{schema}"), "").expect(200);
}

#[on_both]
fn a_drawn_flow_schema_is_not_changed_but_read_and_removed(app: &App) {
    let (schema, client) = (schema("Drawn").drawn().create(app), client(app));
    let one = format!("{SCHEMAS}/{schema}");
    assert_eq!(client.get(&one).expect(200).json["editor"], true);
    let before = contents(app);
    client.patch(&one, r#"{"name": "Else"}"#).refused(409);
    client.put(&one, r#"{"name": "Drawn", "type": "service", "schema": []}"#).refused(409);
    assert_eq!(contents(app), before);
    assert_eq!(client.delete(&one, "").expect(200).json["name"], "Drawn");
}

#[on_both]
fn a_flow_schema_that_changed_since_it_was_read_is_not_changed(app: &App) {
    let (schema, client) = (schema("CRM").create(app), client(app));
    let one = format!("{SCHEMAS}/{schema}");
    let tag = client.get(&one).expect(200).header("etag").expect("a tag").to_owned();
    assert_eq!(client.send("GET", &one, &[("If-None-Match", &tag)], "").expect(304).text, "");
    client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"schema": []}"#).expect(200);
    let before = contents(app);
    client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"schema": [{"log": "mine"}]}"#).refused(412);
    client.send("PUT", &one, &[("If-Match", &tag)], r#"{"name": "A", "type": "service", "schema": []}"#).refused(412);
    client.send("DELETE", &one, &[("If-Match", &tag)], "").refused(412);
    assert_eq!(contents(app), before);
}

#[on_both]
fn a_flow_schema_that_is_sent_again_with_its_key_is_added_once(app: &App) {
    let client = client(app);
    let body = r#"{"name": "CRM", "type": "service", "schema": [{"log": "hello"}]}"#;
    let send = |body: &str| client.send("POST", SCHEMAS, &[("Idempotency-Key", "one")], body);
    let first = send(body).expect(200).json;
    assert_eq!(send(body).expect(200).json, first);
    send(&body.replace("CRM", "Other")).refused(409);
    send(&body.replace("hello", "other")).refused(409);
    assert_eq!(names(&client.get(SCHEMAS).expect(200).json), "CRM");
}
