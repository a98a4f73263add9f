//! Each failure is told in the documented form, with a key that programs can compare.

use std::num::NonZeroU32;

use queue_hooks::access::rights::Rights;
use queue_hooks::web::site::Site;
use support::*;

use crate::{ADMINISTRATOR, client};

#[on_both]
fn each_failure_has_its_key_its_status_and_its_reason(app: &App) {
    let (queue, schema, client) = (queue().create(app), schema("CRM").create(app), client(app));
    hook(queue, schema).create(app);
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let (one, large, long) = (format!("{hooks}/1"), "x".repeat(3 << 20), "x".repeat(50_000));
    let body = format!(r#"{{"event": "joined", "enabled": true, "schema": {{"id": {schema}}}}}"#);
    let blind = Client::new(app, &token(app, ADMINISTRATOR, &Rights::from_words(["flow_schemas:read"])));
    for (reply, status, reason, key) in [
        (client.get(&format!("{hooks}?page=x")), 400, "Bad Request", "api.request.query.app_error"),
        (client.post(&hooks, "{"), 400, "Bad Request", "api.request.body.app_error"),
        (Client::new(app, "").get(&hooks), 401, "Unauthorized", "session.valid"),
        (blind.get(&hooks), 403, "Forbidden", "api.context.permissions.app_error"),
        (client.get(&format!("{hooks}/4711")), 404, "Not Found", "store.sql_queue_hook.get.app_error"),
        (client.get("/api/call_center/queues/4711"), 404, "Not Found", "store.sql_queue.get.app_error"),
        (client.get("/api/call_center/queues/4711/hooks"), 404, "Not Found", "store.sql_queue.get.app_error"),
        (client.get("/api/routing/schema/4711"), 404, "Not Found", "store.sql_routing_schema.get.app_error"),
        (client.get("/api/nothing"), 404, "Not Found", "api.context.404.app_error"),
        (client.post("/api/changes/0/undo", ""), 404, "Not Found", "api.changes.get.app_error"),
        (client.put(&hooks, "{}"), 405, "Method Not Allowed", "api.context.405.app_error"),
        (client.post(&hooks, &body), 409, "Conflict", "api.request.conflict.app_error"),
        (client.get("/api/changes?after=4711"), 410, "Gone", "api.changes.forgotten.app_error"),
        (
            client.send("DELETE", &one, &[("If-Match", "\"other\"")], ""),
            412,
            "Precondition Failed",
            "api.request.precondition.app_error",
        ),
        (client.post(&hooks, &large), 413, "Payload Too Large", "api.request.body.app_error"),
        (client.get(&format!("{hooks}?q={long}")), 414, "URI Too Long", "api.request.app_error"),
        (
            client.send("POST", &hooks, &[("Content-Type", "text/plain")], &body),
            415,
            "Unsupported Media Type",
            "api.request.body.app_error",
        ),
        (
            client.post(&hooks, r#"{"event": "missed", "schema": {"id": 4711}}"#),
            422,
            "Unprocessable Entity",
            "api.request.rule.app_error",
        ),
        (
            client.send("GET", &hooks, &[("X-Long", &large[..65_000])], ""),
            431,
            "Request Header Fields Too Large",
            "api.request.app_error",
        ),
    ] {
        assert_eq!(reply.header("content-type"), Some("application/json"), "{status} {key}");
        assert_eq!((reply.json["id"].as_str(), reply.json["status"].as_str()), (Some(key), Some(reason)), "{status}");
        reply.refused(status);
    }
    assert_eq!(ids(app, queue), [1]);
}

#[test]
fn a_foreign_name_and_too_many_requests_are_told_in_the_same_form() {
    let public_url = Some("https://hooks.example".parse().expect("a URL"));
    let site = Site { public_url, api_rate: NonZeroU32::MIN, ..Site::default() };
    let app = App::start_at(Backend::Sqlite, site);
    let client = client(&app);
    let foreign = client.send("GET", "/api/call_center/queues", &[("Host", "evil.example")], "");
    assert_eq!(foreign.json["id"], "api.request.app_error");
    foreign.refused(421);
    let refused = (0..50).map(|_| client.get("/api/call_center/queues")).find(|reply| reply.status != 200);
    let refused = refused.expect("there is a limit");
    assert_eq!(refused.json["id"], "api.context.rate_limit.app_error");
    refused.refused(429);
}
