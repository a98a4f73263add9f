//! `/api/call_center/queues/{queue}/hooks`.

use queue_hooks::access::rights::Preset;
use queue_hooks::model::event::Event;
use serde_json::{Value, json};
use support::*;

use crate::client;

/// A queue with hooks for these events, the first ones enabled, and its address.
fn queue_with(app: &App, hooks: &[(Event, bool)]) -> (i64, i64, String) {
    let (queue, schema) = (queue().create(app), schema("CRM: push").create(app));
    for (event, is_enabled) in hooks {
        let hook = hook(queue, schema).event(*event);
        if *is_enabled {
            hook.create(app)
        } else {
            hook.off().create(app)
        };
    }
    (queue, schema, format!("/api/call_center/queues/{queue}/hooks"))
}

fn events(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("a list").iter().map(|hook| hook["event"].as_str().expect("an event")).collect()
}

#[on_both]
fn a_hook_lives_as_webitels_clients_expect(app: &App) {
    let (_, schema, hooks) = queue_with(app, &[]);
    let client = client(app);
    assert_eq!(client.get(&hooks).expect(200).json, json!({"next": false, "items": []}));

    let sent = json!({"schema": {"id": schema.to_string(), "name": "whatever"}, "event": "joined", "enabled": true,
                      "queue_id": 5, "properties": []});
    let added = client.post(&hooks, &sent.to_string()).expect(200);
    let id = added.json["id"].as_i64().expect("its id is a number");
    let expected = json!({"id": id, "schema": {"id": schema.to_string(), "name": "CRM: push"}, "event": "joined", "enabled": true});
    assert_eq!(added.json, expected);
    let one = format!("{hooks}/{id}");
    assert_eq!(client.get(&one).expect(200).json, expected);
    assert_eq!(client.get(&hooks).expect(200).json, json!({"next": false, "items": [expected]}));

    let patched = client.patch(&one, r#"{"enabled": false}"#).expect(200).json;
    assert_eq!((&patched["enabled"], &patched["event"]), (&json!(false), &json!("joined")));
    let other = support::schema("Billing: push").create(app);
    let replaced = client.put(&one, &format!(r#"{{"schema": {{"id": {other}}}, "event": "missed"}}"#)).expect(200).json;
    assert_eq!(replaced["schema"], json!({"id": other.to_string(), "name": "Billing: push"}));
    assert_eq!((&replaced["enabled"], &replaced["event"]), (&json!(false), &json!("missed")), "absent means false");

    assert_eq!(client.delete(&one, "").expect(200).json, replaced, "it answers what was removed");
    client.get(&one).refused(404);
    client.delete(&one, "").refused(404);
}

#[on_both]
fn a_hook_without_a_state_is_added_disabled(app: &App) {
    let (_, schema, hooks) = queue_with(app, &[]);
    let body = format!(r#"{{"schema": {{"id": {schema}}}, "event": "active"}}"#);
    assert_eq!(client(app).post(&hooks, &body).expect(200).json["enabled"], false);
}

#[on_both]
fn a_list_is_paged_sorted_and_filtered(app: &App) {
    use Event::*;
    let (_, schema, hooks) = queue_with(app, &[(Joined, true), (Missed, true), (Joined, false), (Bridged, false)]);
    let client = client(app);
    let list = |query: &str| client.get(&format!("{hooks}?{query}")).expect(200).json;
    let sorted = |query: &str| events(&list(query)).join(" ");

    assert_eq!(sorted(""), "bridged joined joined missed");
    assert_eq!(sorted("sort=-event"), "missed joined joined bridged");
    assert_eq!(sorted("sort=+id"), "joined missed joined bridged");
    assert_eq!(sorted("sort=enabled"), "joined bridged joined missed");
    assert_eq!(sorted("sort=schema&size=2"), "joined missed");
    assert_eq!(sorted("event=joined&event=missed"), "joined joined missed");
    assert_eq!(sorted("event=&q="), "bridged joined joined missed", "an empty value counts as none");
    assert_eq!(sorted("enabled=true"), "joined missed");
    assert_eq!(sorted(&format!("schema_id={schema}&size=1")), "bridged");
    assert_eq!(sorted(&format!("schemaId={}", schema + 1)), "");
    let ids: Vec<i64> =
        list("sort=id")["items"].as_array().expect("a list").iter().filter_map(|h| h["id"].as_i64()).collect();
    assert_eq!(sorted(&format!("id={}&id={}&id=99", ids[1], ids[3])), "bridged missed");

    // A pattern is whole, whatever the case.
    assert_eq!(sorted("q=JOINED"), "joined joined");
    assert_eq!(sorted("q=oin"), "");
    assert_eq!(sorted("q=*oin*"), "joined joined");
    assert_eq!(sorted("q=*ed&sort=-id"), "bridged joined missed joined");
    assert_eq!(sorted("q=b*d"), "bridged");
    assert_eq!(sorted("q=*j*j*"), "");

    let first = list("size=3");
    assert_eq!((events(&first).len(), &first["next"]), (3, &json!(true)));
    let second = list("size=3&page=2");
    assert_eq!((events(&second), &second["next"]), (vec!["missed"], &json!(false)));
    assert_eq!(events(&list("size=3&page=0")).len(), 3, "no page before the first");
    assert_eq!(events(&list("size=0")).len(), 4, "a size out of range is the usual one");
    assert_eq!(events(&list("size=20001")).len(), 4);
    assert_eq!(list("size=1&total=true&event=joined")["total"], 2);
    let first = |query: &str| list(query)["items"][0].clone();
    assert_eq!(first("fields=id&fields=enabled&sort=id&size=1"), json!({"id": ids[0], "enabled": true}));
    assert_eq!(
        first("fields=event,schema&sort=id"),
        json!({"schema": {"id": schema.to_string(), "name": "CRM: push"}, "event": "joined"})
    );
    assert_eq!(first("fields=nothing&fields="), first(""));
}

#[on_both]
fn pages_have_forty_hooks_and_each_hook_is_on_one_of_them(app: &App) {
    use Event::*;
    // Most are equal in whatever they are sorted by.
    let hooks = [(Missed, true), (Joined, false), (Joined, false)].into_iter().cycle().enumerate();
    let hooks: Vec<_> = hooks.map(|(at, (event, enabled))| (event, enabled && at == 0)).take(45).collect();
    let (queue, _, hooks) = queue_with(app, &hooks);
    let client = client(app);
    let shown = |query: &str| -> Vec<i64> {
        let page = client.get(&format!("{hooks}?{query}")).expect(200).json;
        page["items"].as_array().expect("a list").iter().map(|hook| hook["id"].as_i64().expect("an id")).collect()
    };
    for query in ["", "page=", "page=1", "page=0", "page=-3", "size=0", "size=-1", "size=20001", "size=40"] {
        let page = shown(query);
        assert_eq!((page.len(), &page), (40, &shown("")), "{query}");
    }
    assert_eq!((shown("page=2").len(), shown("size=20000").len(), shown("size=1").len()), (5, 45, 1));
    for sort in ["", "event", "-event", "+event", "%2Bevent", "schema", "-schema", "enabled", "-enabled", "id", "-id"] {
        let mut all: Vec<i64> = (1..=8).flat_map(|page| shown(&format!("sort={sort}&size=7&page={page}"))).collect();
        assert_eq!(all, shown(&format!("sort={sort}&size=45")), "{sort}");
        all.sort_unstable();
        assert_eq!(all, ids(app, queue), "{sort}: none is missed or shown twice");
    }
}

#[on_both]
fn a_second_enabled_hook_is_refused_with_the_one_in_the_way(app: &App) {
    let (queue, schema, hooks) = queue_with(app, &[(Event::Joined, true), (Event::Joined, false)]);
    let client = client(app);
    let [holder, other] = ids(app, queue)[..] else { panic!("there are two") };
    let body = format!(r#"{{"schema": {{"id": "{schema}"}}, "event": "joined", "enabled": true}}"#);
    let one = format!("{hooks}/{other}");
    for reply in [client.post(&hooks, &body), client.put(&one, &body), client.patch(&one, r#"{"enabled": true}"#)] {
        let detail = reply.refused(409);
        assert!(detail.contains("Joined → CRM: push is enabled already"), "{detail}");
        assert!(detail.ends_with(&format!("It is the hook {holder}.")), "{detail}");
    }
    assert_eq!(ids(app, queue).len(), 2);
}

#[on_both]
fn a_hook_that_changed_since_it_was_read_is_not_changed(app: &App) {
    let (queue, _, hooks) = queue_with(app, &[(Event::Joined, true)]);
    let client = client(app);
    let one = format!("{hooks}/{}", ids(app, queue)[0]);
    let tag = client.get(&one).expect(200).header("etag").expect("a tag").to_owned();
    assert_eq!(client.send("GET", &one, &[("If-None-Match", &tag)], "").expect(304).text, "");
    let changed = client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"enabled": false}"#).expect(200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    client.send("PATCH", &one, &[("If-Match", &tag)], r#"{"enabled": true}"#).refused(412);
    client.send("DELETE", &one, &[("If-Match", &tag)], "").refused(412);
    let new = changed.header("etag").expect("a tag").to_owned();
    let bare = new.trim_matches('"');
    for other in [bare, "\"other\", *", &format!("W/W/{new}"), &new.to_uppercase(), ",", " "] {
        client.send("PATCH", &one, &[("If-Match", other)], r#"{"enabled": true}"#).refused(412);
        client.send("GET", &one, &[("If-None-Match", other)], "").expect(200);
    }
    // A proxy that packs answers makes tags weak.
    for same in [&*new, "*", &format!("W/{new}"), &format!("\"other\",W/{new}, \"more\"")] {
        client.send("PATCH", &one, &[("If-Match", same)], "{}").expect(200);
        client.send("GET", &one, &[("If-None-Match", same)], "").expect(304);
    }
    client.send("PATCH", &one, &[("If-Match", "\"other\""), ("If-Match", &new)], "{}").expect(200);
    client.send("DELETE", &one, &[("If-Match", &format!("\"other\", {new}"))], "").expect(200);
}

#[on_both]
fn a_hook_that_is_sent_again_with_its_key_is_added_once(app: &App) {
    let (queue, schema, hooks) = queue_with(app, &[]);
    let client = client(app);
    let body = format!(r#"{{"schema": {{"id": "{schema}"}}, "event": "joined", "enabled": false}}"#);
    let send = |key: &str, body: &str| client.send("POST", &hooks, &[("Idempotency-Key", key)], body);
    let first = send("one", &body).expect(200).json;
    assert_eq!(send("one", &body).expect(200).json, first);
    assert_eq!(ids(app, queue).len(), 1);
    send("one", &body.replace("joined", "missed")).refused(409);
    send("two", &body).expect(200);
    assert_eq!(ids(app, queue).len(), 2);
    for key in ["x".repeat(256), "a b".into(), " ".into(), "é".into()] {
        send(&key, &body).refused(400);
    }
    client.send("POST", &hooks, &[("Idempotency-Key", "one"), ("Idempotency-Key", "one")], &body).refused(400);
    // It is the person's: with another token of theirs it is the same request.
    let other = Client::new(app, &token(app, crate::ADMINISTRATOR, &Preset::Editor.rights()));
    assert_eq!(other.send("POST", &hooks, &[("Idempotency-Key", "one")], &body).expect(200).json, first);
    assert_eq!(ids(app, queue).len(), 2);
}

#[on_both]
fn many_hooks_are_removed_in_one_change(app: &App) {
    use Event::*;
    let (queue, _, hooks) = queue_with(app, &[(Joined, true), (Missed, true), (Bridged, false)]);
    let client = client(app);
    let all = ids(app, queue);
    let removed = client.delete(&hooks, &json!({"id": [all[0], all[2].to_string(), 999]}).to_string()).expect(200).json;
    assert_eq!(events(&removed).len(), 2, "what is gone already is left out");
    assert_eq!(removed["change"].as_str().map(str::len), Some(32));
    assert_eq!(ids(app, queue), [all[1]]);
    let nothing = client.delete(&hooks, &json!({"id": [all[0]]}).to_string()).expect(200).json;
    assert_eq!(nothing, json!({"items": [], "change": null}));
    client.delete(&hooks, r#"{"id": []}"#).refused(400);
    client.delete(&hooks, "{}").refused(400);
    let many: Vec<i64> = (1..=1001).collect();
    client.delete(&hooks, &json!({"id": many}).to_string()).refused(400);
}
