//! `/api/call_center/queues`.

use queue_hooks::model::event::Event;
use serde_json::{Value, json};
use support::*;

use crate::{client, status_of};

const QUEUES: &str = "/api/call_center/queues";

fn names(list: &Value) -> String {
    let names: Vec<_> = list["items"].as_array().expect("a list").iter().map(|item| item["name"].as_str()).collect();
    names.into_iter().map(|name| name.expect("a name")).collect::<Vec<_>>().join(" ")
}

#[on_both]
fn a_queue_lives_as_webitels_clients_expect(app: &App) {
    let client = client(app);
    assert_eq!(client.get(QUEUES).expect(200).json, json!({"next": false, "items": []}));
    let sent = json!({"name": " Support ", "type": 1, "enabled": true, "strategy": "random", "payload": {"a": [1]}});
    let added = client.post(QUEUES, &sent.to_string()).expect(200);
    let id = added.json["id"].as_str().expect("its id is a string").to_owned();
    let at = added.json["updated_at"].as_str().expect("a moment").to_owned();
    assert!(at.parse::<i64>().is_ok_and(|at| at > 1_600_000_000_000), "milliseconds: {at}");
    let expected = json!({"id": id, "name": "Support", "type": 1, "enabled": true, "updated_at": at});
    assert_eq!(added.json, expected);
    let one = format!("{QUEUES}/{id}");
    let read = client.get(&one).expect(200);
    assert_eq!(read.header("etag"), added.header("etag"));
    assert_eq!(read.json, expected);
    assert_eq!(client.get(QUEUES).expect(200).json, json!({"next": false, "items": [expected]}));

    let patched = client.patch(&one, r#"{"name": "Sales"}"#).expect(200).json;
    assert_eq!((&patched["name"], &patched["type"], &patched["enabled"]), (&json!("Sales"), &json!(1), &json!(true)));
    assert_eq!(client.patch(&one, "{}").expect(200).json, patched, "nothing is asked for, and nothing changed");
    let replaced = client.put(&one, r#"{"name": "Sales", "type": "5"}"#).expect(200).json;
    assert_eq!((&replaced["type"], &replaced["enabled"]), (&json!(5), &json!(false)), "absent means false");

    let schema = schema("CRM").create(app);
    hook(id.parse().expect("a number"), schema).create(app);
    let before = client.get(&one).expect(200).json;
    assert_eq!(client.delete(&one, "").expect(200).json, before, "it answers what was removed");
    client.get(&one).refused(404);
    client.get(&format!("{one}/hooks")).refused(404);
    for reply in [client.delete(&one, ""), client.patch(&one, "{}"), client.put(&one, r#"{"name": "A", "type": 1}"#)] {
        reply.refused(404);
    }
}

#[on_both]
fn a_list_is_paged_sorted_and_filtered(app: &App) {
    let made = [("alpha", 1), ("Beta", 2), ("gamma%", 1), ("100_", 7), ("Äther", 2), ("back\\slash", 2)];
    let made = made.map(|(name, kind)| queue().name(name).queue_type(kind).create(app));
    let client = client(app);
    client.patch(&format!("{QUEUES}/{}", made[1]), r#"{"enabled": false}"#).expect(200);
    let list = |query: &str| client.get(&format!("{QUEUES}?{query}")).expect(200).json;
    let sorted = |query: &str| names(&list(query));

    assert_eq!(sorted(""), "100_ alpha Äther back\\slash Beta gamma%");
    assert_eq!(sorted("sort=-name&size=2"), "gamma% Beta");
    assert_eq!(sorted("sort=+id&size=2"), "alpha Beta");
    assert_eq!(sorted("sort=%2Bid&size=1&page=4"), "100_");
    assert_eq!(sorted("sort=type"), "alpha gamma% Äther back\\slash Beta 100_");
    assert_eq!(sorted("sort=enabled&size=1"), "Beta");
    assert_eq!(sorted("sort=-updated_at&size=1"), "Beta");
    assert_eq!(sorted("type=7&type=1"), "100_ alpha gamma%");
    assert_eq!(sorted("enabled=false"), "Beta");
    assert_eq!(sorted(&format!("id={}&id={}&id=4711", made[0], made[3])), "100_ alpha");
    assert_eq!(sorted("q=&type=&id=&enabled=&sort=&page=&size=&fields=").split(' ').count(), 6, "empty counts as none");

    // A pattern is whole, whatever the case; only `*` means something else than itself.
    assert_eq!(sorted("q=ALPHA"), "alpha");
    assert_eq!(sorted("q=alph"), "");
    assert_eq!(sorted("q=alpha%00"), "");
    assert_eq!(sorted("q=*a"), "alpha Beta");
    assert_eq!(sorted("q=b*a"), "Beta");
    assert_eq!(sorted("q=*"), sorted(""));
    assert_eq!(sorted("q=%C3%84THER"), "Äther");
    assert_eq!(sorted("q=*%25"), "gamma%");
    assert_eq!(sorted("q=100_"), "100_");
    assert_eq!(sorted("q=gamm__"), "");
    assert_eq!(sorted("q=%25"), "");
    assert_eq!(sorted("q=*%5C*"), "back\\slash");

    let first = list("size=4&total=true");
    assert_eq!((names(&first).split(' ').count(), &first["next"], &first["total"]), (4, &json!(true), &json!(6)));
    let second = list("size=4&page=2");
    assert_eq!((names(&second), &second["next"], second.get("total")), ("Beta gamma%".into(), &json!(false), None));
    assert_eq!(list("page=9"), json!({"next": false, "items": []}));
    assert_eq!(list("size=6")["next"], false, "there is no further page after a full one");
}

#[on_both]
fn a_list_shows_only_the_fields_that_are_asked_for(app: &App) {
    let (queue, client) = (queue().name("Support").create(app), client(app));
    let first = |query: &str| client.get(&format!("{QUEUES}?{query}")).expect(200).json["items"][0].clone();
    assert_eq!(first("fields=id&fields=name"), json!({"id": queue.to_string(), "name": "Support"}));
    assert_eq!(first("fields=type,%20enabled"), json!({"type": 1, "enabled": true}));
    assert_eq!(first("fields=name,nothing"), json!({"name": "Support"}));
    assert_eq!(first("fields=nothing"), first(""), "what is not there leaves nothing out");
    assert_eq!(first("").as_object().map(serde_json::Map::len), Some(5));
}

#[on_both]
fn a_queue_that_cannot_be_is_refused_and_told_why(app: &App) {
    let client = client(app);
    let long = format!(r#"{{"name": "{}", "type": 1}}"#, "x".repeat(251));
    for (body, told) in [
        (r#"{"type": 1}"#, "“name” is missing"),
        (r#"{"name": null, "type": 1}"#, "“name” is missing"),
        (r#"{"name": " ", "type": 1}"#, "“name”: Type a name."),
        (&*long, "“name”: A name has at most 250 characters."),
        ("{\"name\": \"a\u{200b}b\", \"type\": 1}", "“name”: A name cannot have line breaks or invisible characters."),
        (r#"{"name": "a\nb", "type": 1}"#, "“name”: A name cannot have line breaks or invisible characters."),
        (r#"{"name": "a\u0000", "type": 1}"#, "“name”: A name cannot have line breaks or invisible characters."),
        (r#"{"name": ["a"], "type": 1}"#, "“name” has to be a string."),
        (r#"{"name": "a"}"#, "“type” is missing"),
        (r#"{"name": "a", "type": 10}"#, "“type” has to be the number of a type, 0 to 9."),
        (r#"{"name": "a", "type": -1}"#, "“type” has to be the number of a type, 0 to 9."),
        (r#"{"name": "a", "type": 4294967297}"#, "“type” has to be the number of a type, 0 to 9."),
        (r#"{"name": "a", "type": "inbound"}"#, "“type” has to be the number of a type, 0 to 9."),
        (r#"{"name": "a", "type": 1, "enabled": 1}"#, "“enabled” has to be true or false."),
    ] {
        let detail = client.post(QUEUES, body).refused(status_of(told));
        assert!(detail.starts_with(told), "{body}: {detail}");
    }
    assert_eq!(client.get(QUEUES).expect(200).json["items"], json!([]));
    for (query, told) in [
        ("type=10", "“type” has to be one of: 0, 1, 2"),
        ("sort=hooks", "“sort” has to be one of: name, id, type, enabled, updated_at."),
        ("enabled=1", "“enabled” has to be true or false."),
        ("id=9999999999999999999999", "“id” has to be an id"),
    ] {
        let detail = client.get(&format!("{QUEUES}?{query}")).refused(400);
        assert!(detail.starts_with(told), "{query}: {detail}");
    }
    let many = (1..=1001).map(|id| format!("id={id}")).collect::<Vec<_>>().join("&");
    client.get(&format!("{QUEUES}?{many}")).refused(400);
}

#[on_both]
fn a_queue_that_changed_since_it_was_read_is_not_changed(app: &App) {
    let (queue, client) = (queue().create(app), client(app));
    let one = format!("{QUEUES}/{queue}");
    let tag = client.get(&one).expect(200).header("etag").expect("a tag").to_owned();
    assert_eq!(client.send("GET", &one, &[("If-None-Match", &tag)], "").expect(304).text, "");
    let changed = client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"enabled": false}"#).expect(200);
    let new = changed.header("etag").expect("a tag").to_owned();
    let before = contents(app);
    client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"enabled": true}"#).refused(412);
    client.send("PUT", &one, &[("If-Match", &tag)], r#"{"name": "Other", "type": 1}"#).refused(412);
    client.send("DELETE", &one, &[("If-Match", &tag)], "").refused(412);
    assert_eq!(contents(app), before);
    // A hook of it counts as its change: whoever removes a queue has seen its hooks.
    let body = format!(r#"{{"event": "joined", "schema": {{"id": {}}}}}"#, schema("CRM").create(app));
    client.post(&format!("{one}/hooks"), &body).expect(200);
    client.send("DELETE", &one, &[("If-Match", &new)], "").refused(412);
    client.send("DELETE", &one, &[("If-Match", "*")], "").expect(200);
}

#[on_both]
fn a_queue_that_is_sent_again_with_its_key_is_added_once(app: &App) {
    let client = client(app);
    let body = r#"{"name": "Support", "type": 1}"#;
    let send = |key: &str, body: &str| client.send("POST", QUEUES, &[("Idempotency-Key", key)], body);
    let first = send("one", body).expect(200).json;
    assert_eq!(send("one", body).expect(200).json, first);
    send("one", &body.replace("Support", "Sales")).refused(409);
    assert_ne!(send("two", body).expect(200).json["id"], first["id"], "names of queues may be the same");
    assert_eq!(client.get(QUEUES).expect(200).json["items"].as_array().map(Vec::len), Some(2));
    client.delete(&format!("{QUEUES}/{}", first["id"].as_str().expect("an id")), "").expect(200);
    send("one", body).refused(409);
}

#[on_both]
fn what_is_sent_many_times_at_once_with_one_key_is_added_once(app: &App) {
    let (queue, schema, client) = (queue().create(app), schema("CRM").create(app), client(app));
    let hook = json!({"event": "joined", "enabled": true, "schema": {"id": schema}});
    for (path, body, there) in [
        (QUEUES.to_owned(), json!({"name": "Support", "type": 1}), 2),
        ("/api/routing/schema".into(), json!({"name": "New", "type": "service", "schema": []}), 2),
        (format!("{QUEUES}/{queue}/hooks"), hook, 1),
    ] {
        let (client, path, body) = (&client, &path, body.to_string());
        let answers: Vec<Value> = std::thread::scope(|scope| {
            let send = || {
                let (client, body) = (Client::new(app, client.token()), &body);
                scope.spawn(move || client.send("POST", path, &[("Idempotency-Key", "at-once")], body).expect(200).json)
            };
            let all: Vec<_> = (0..8).map(|_| send()).collect();
            all.into_iter().map(|one| one.join().expect("it is answered")).collect()
        });
        assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"]), "{path}: {answers:#?}");
        assert_eq!(client.get(path).expect(200).json["items"].as_array().map(Vec::len), Some(there), "{path}");
    }
}

#[on_both]
fn a_queue_goes_with_its_hooks_in_one_change(app: &App) {
    let (queue, schema) = (queue().create(app), schema("CRM").create(app));
    hook(queue, schema).create(app);
    hook(queue, schema).event(Event::Missed).off().create(app);
    client(app).delete(&format!("{QUEUES}/{queue}"), "").expect(200);
    assert_eq!(journal(app, queue).len(), 2);
    assert_eq!((stored_queue(app, queue), ids(app, queue)), (None, vec![]));
}
