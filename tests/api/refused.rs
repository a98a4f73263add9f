//! What the API refuses, and how it says so.

use support::*;

use crate::client;

#[on_both]
fn a_body_that_cannot_be_understood_is_told_with_the_path_of_the_field(app: &App) {
    let (queue, schema) = (queue().create(app), schema("CRM").create(app));
    let (hooks, client) = (format!("/api/call_center/queues/{queue}/hooks"), client(app));
    let id = format!(r#"{{"id": "{schema}"}}"#);
    for (body, told) in [
        ("", "The body is empty. It has to be an object"),
        (" \n", "The body is empty. It has to be an object"),
        ("{", "The body is not JSON, line 1, column"),
        ("{} x", "The body is not JSON, line 1, column 4: The object ended before this."),
        ("[]", "The body has to be an object"),
        (r#"{"event": "joined", "event": "missed"}"#, "The name “event” stands twice in an object"),
        (r#"{"schema": {"id": 1}}"#, "“event” is missing"),
        (r#"{"event": "joined"}"#, "“schema” is missing"),
        (r#"{"event": "joined", "schema": {}}"#, "“schema.id” is missing"),
        (r#"{"event": "joined", "schema": 5}"#, "“schema” has to be an object"),
        (r#"{"event": "joined", "schema": {"id": [1]}}"#, "“schema.id” has to be an id"),
        (r#"{"event": "joined", "schema": {"id": 1.5}}"#, "“schema.id” has to be an id"),
        (r#"{"event": "joined", "schema": {"id": 99999999999999999999}}"#, "“schema.id” has to be an id"),
        // The next whole number that a program can tell from others is another one.
        (r#"{"event": "joined", "schema": {"id": 9007199254740993.0}}"#, "“schema.id” has to be an id"),
        (r#"{"event": "joined", "schema": {"id": -1}}"#, "“schema.id” has to be an id"),
        (r#"{"event": "joined", "schema": {"id": "+1"}}"#, "“schema.id” has to be an id"),
        (&format!(r#"{{"event": "ringing", "schema": {id}}}"#), "“event” has to be one of: joined, answered"),
        (&format!(r#"{{"event": 7, "schema": {id}}}"#), "“event” has to be a string"),
        (&format!(r#"{{"event": "joined", "enabled": "yes", "schema": {id}}}"#), "“enabled” has to be true or false"),
    ] {
        let detail = client.post(&hooks, body).refused(400);
        assert!(detail.starts_with(told), "{body}: {detail}");
    }
    assert_eq!(ids(app, queue), [0; 0]);
}

#[on_both]
fn a_flow_schema_that_hooks_may_not_run_is_refused(app: &App) {
    let (queue, voice) = (queue().create(app), schema("IVR").schema_type("voice").create(app));
    let body = format!(r#"{{"event": "joined", "schema": {{"id": {voice}}}}}"#);
    client(app).post(&format!("/api/call_center/queues/{queue}/hooks"), &body).refused(422);
    assert_eq!(ids(app, queue), [0; 0]);
}

#[on_both]
fn what_can_be_understood_and_a_rule_refuses_is_told_with_another_status(app: &App) {
    let (queue, schema, client) = (queue().create(app), schema("CRM").create(app), client(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    for id in ["9999999999", "\"9999999999\"", "4711.0"] {
        let body = format!(r#"{{"event": "joined", "schema": {{"id": {id}}}}}"#);
        let detail = client.post(&hooks, &body).refused(422);
        assert!(detail.starts_with("This flow schema cannot be used"), "{detail}");
    }
    assert_eq!(ids(app, queue), [0; 0]);
    let name = r#"{"name": "a\u200bb", "type": 1}"#;
    client.post("/api/call_center/queues", name).refused(422);
    client.post("/api/call_center/queues", &name.replace("\\u200b", "")).expect(200);
    let two = r#"{"name": "Two", "type": "service", "schema": [{"log": 1, "set": 2}]}"#;
    client.post("/api/routing/schema", two).refused(422);
    client.post("/api/routing/schema", &two.replace(r#""log": 1, "#, "")).expect(200);
    client.patch(&format!("/api/routing/schema/{schema}"), r#"{"schema": {}}"#).refused(400);
    let stale = [("If-Match", "\"other\"")];
    client.send("PATCH", &format!("/api/routing/schema/{schema}"), &stale, "").refused(400);
}

#[on_both]
fn a_query_that_cannot_be_understood_is_told(app: &App) {
    let (hooks, client) = (format!("/api/call_center/queues/{}/hooks", queue().create(app)), client(app));
    for (query, told) in [
        ("page=x", "“page” has to be a whole number."),
        ("size=1e3", "“size” has to be a whole number."),
        ("sort=color", "“sort” has to be one of: event, id, schema, enabled."),
        ("id=one", "“id” has to be an id"),
        ("event=ringing", "“event” has to be one of: joined"),
        ("enabled=yes", "“enabled” has to be true or false."),
        ("id=-1", "“id” has to be an id"),
        (&"id=1&".repeat(1001), "“id” has at most 1000 values."),
    ] {
        let detail = client.get(&format!("{hooks}?{query}")).refused(400);
        assert!(detail.starts_with(told), "{query}: {detail}");
    }
    for size in [1, 20_000] {
        client.get(&format!("{hooks}?page=9223372036854775807&size={size}")).expect(200);
    }
    client.get(&format!("{hooks}?unknown=1")).expect(200);
}

#[on_both]
fn what_is_not_there_is_told_as_json(app: &App) {
    let (queue, client) = (queue().create(app), client(app));
    for path in [
        "/api/".to_owned(),
        "/api/nothing".into(),
        "/api/call_center/queues/x/hooks".into(),
        "/api/call_center/queues/99999999999999999999/hooks".into(),
        "/api/call_center/queues/4294967296/hooks".into(),
        format!("/api/call_center/queues/{queue}/hooks/1"),
    ] {
        client.get(&path).refused(404);
    }
}

#[on_both]
fn an_id_in_a_path_is_digits_and_nothing_else(app: &App) {
    let (queue, client) = (queue().create(app), client(app));
    let (schema, before) = (schema("CRM").create(app), contents(app));
    assert_eq!((queue, schema), (1, 1));
    for things in ["/api/call_center/queues", "/api/routing/schema"] {
        client.get(&format!("{things}/1")).expect(200);
        for id in ["+1", "%2B1", "-1", "1.0", "1e0", "0x1", "1%20", "%EF%BC%91", "0000000000000000001"] {
            client.get(&format!("{things}/{id}")).refused(404);
            client.patch(&format!("{things}/{id}"), "{}").refused(404);
            client.delete(&format!("{things}/{id}"), "").refused(404);
        }
    }
    client.delete("/api/call_center/queues/+1/hooks", r#"{"id": [1]}"#).refused(404);
    assert_eq!(contents(app).whoever_signs_in(), before.whoever_signs_in());
}

#[on_both]
fn another_method_is_told_those_that_there_are(app: &App) {
    let (queue, client) = (queue().create(app), client(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let reply = client.send("PUT", &hooks, &[], "{}");
    assert_eq!(reply.header("allow"), Some("GET, HEAD, POST, DELETE, OPTIONS"));
    reply.refused(405);
    let options = client.send("OPTIONS", &hooks, &[], "").expect(204);
    assert_eq!(options.header("allow"), Some("GET, HEAD, POST, DELETE, OPTIONS"));
    let head = client.send("HEAD", &hooks, &[], "").expect(200);
    assert_eq!((head.text.as_str(), head.header("content-type")), ("", Some("application/json")));
}

#[on_both]
fn a_body_of_another_kind_or_too_large_is_refused(app: &App) {
    let (queue, client) = (queue().create(app), client(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    client.send("POST", &hooks, &form, "event=joined").refused(415);
    client.send("POST", &hooks, &[("Content-Encoding", "gzip")], "{}").refused(415);
    client.post(&hooks, &format!(r#"{{"event": "{}"}}"#, "x".repeat(3 << 20))).refused(413);
    client.post(&hooks, &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).refused(400);
    let many = format!(r#"{{"id": [{}1]}}"#, "1,".repeat(100_000));
    client.delete(&hooks, &many).refused(400);
    client.post(&hooks, "\u{feff}{}").refused(400);
}
