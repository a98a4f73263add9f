//! A script that mirrors the hooks of every queue by what `/api/changes` tells, while several others write.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use queue_hooks::db::schema::hooks;
use queue_hooks::model::event::Event;
use queue_hooks::web::site::Site;
use serde_json::{Value, json};
use support::*;

use crate::client;

const WRITERS: usize = 4;
const CHANGES: usize = 40;

/// A server that lets programs ask as often as they like.
struct Busy(App);

impl OnBoth for Busy {
    fn on(backend: Backend) -> Self {
        Self(App::start_at(backend, Site { api_rate: NonZeroU32::MAX, ..Site::default() }))
    }
}

/// Event, flow schema and state of each hook.
type Mirror = BTreeMap<String, (String, String, bool)>;

fn apply(mirror: &mut Mirror, item: &Value) {
    if item["what"]["type"] != "hook" {
        return;
    }
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let (id, after) = (text(&item["what"]["id"]), &item["after"]);
    if after.is_null() {
        mirror.remove(&id);
    } else {
        let state = (text(&after["event"]), text(&after["schema"]["id"]), after["enabled"] == true);
        mirror.insert(id, state);
    }
}

/// Changes hooks of two queues at random, in every way that there is.
fn write_at_random(client: &Client, queues: &[i64], schemas: &[i64], seed: usize) {
    let mut number = seed * 7919 + 17;
    let mut random = |below: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % below
    };
    let mut removals: Vec<String> = Vec::new();
    for _ in 0..CHANGES {
        let hooks = format!("/api/call_center/queues/{}/hooks", queues[random(queues.len())]);
        let listed = client.get(&format!("{hooks}?sort=id&size=1000&fields=id")).expect(200).json;
        let ids: Vec<i64> =
            listed["items"].as_array().into_iter().flatten().filter_map(|hook| hook["id"].as_i64()).collect();
        let wanted = json!({
            "event": Event::ALL[random(Event::ALL.len())].word(),
            "schema": {"id": schemas[random(schemas.len())]},
            "enabled": random(2) == 0,
        });
        let one = ids.get(random(ids.len().max(1))).map(|id| format!("{hooks}/{id}"));
        // Refusals are part of it: an event may be taken, and a hook may have gone.
        let reply = match (random(10), one) {
            (0, Some(one)) => client.delete(&one, ""),
            (1, Some(_)) => {
                let reply = client.delete(&hooks, &json!({"id": ids[..ids.len().min(5)]}).to_string());
                removals.extend(reply.json["change"].as_str().map(str::to_owned));
                reply
            }
            (2, _) if !removals.is_empty() => {
                client.post(&format!("/api/changes/{}/undo", removals.swap_remove(0)), "")
            }
            (3..6, Some(one)) => client.put(&one, &wanted.to_string()),
            (6, Some(one)) => client.patch(&one, &json!({"enabled": wanted["enabled"]}).to_string()),
            _ => client.post(&hooks, &wanted.to_string()),
        };
        assert!([200, 404, 409].contains(&reply.status), "{}", reply.text);
    }
}

#[on_both]
fn a_mirror_misses_nothing(busy: &Busy) {
    let Busy(app) = busy;
    let queues = [queue().create(app), queue().create(app)];
    let schemas = [schema("One").create(app), schema("Two").create(app)];
    let client = client(app);
    let token = client.token();
    let at_work = AtomicUsize::new(WRITERS);
    let mut mirror = Mirror::new();
    std::thread::scope(|scope| {
        for seed in 0..WRITERS {
            let (client, at_work) = (Client::new(app, token), &at_work);
            scope.spawn(move || {
                write_at_random(&client, &queues, &schemas, seed);
                at_work.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let (mut after, mut last) = ("0".to_owned(), 0);
        loop {
            // Asked before: what was written until then is in the answer.
            let is_over = at_work.load(Ordering::SeqCst) == 0;
            let told = client.get(&format!("/api/changes?after={after}&size=7&wait=1")).expect(200).json;
            let items = told["items"].as_array().expect("a list");
            for item in items {
                let id: i64 = item["id"].as_str().expect("a string").parse().expect("a number");
                assert!(id > last, "{id} after {last}");
                last = id;
                apply(&mut mirror, item);
            }
            told["after"].as_str().expect("a string").clone_into(&mut after);
            if is_over && items.is_empty() {
                break;
            }
        }
    });
    let stored: Vec<(i64, Event, i64, bool)> =
        write(app, |conn| hooks::table.select((hooks::id, hooks::event, hooks::schema_id, hooks::enabled)).load(conn));
    let stored: Mirror = stored
        .into_iter()
        .map(|(id, event, schema, enabled)| (id.to_string(), (event.word().to_owned(), schema.to_string(), enabled)))
        .collect();
    assert!(!stored.is_empty());
    assert_eq!(mirror, stored, "left: the mirror");
}
