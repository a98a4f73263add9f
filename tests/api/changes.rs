//! `/api/changes`: what happened, for programs that follow it, and the undo of it.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use queue_hooks::access::rights::Rights;
use queue_hooks::access::tokens;
use queue_hooks::model::forgetting::forget;
use queue_hooks::web::site::Site;
use serde_json::{Value, json};
use support::*;

use crate::{ADMINISTRATOR, client};

const CHANGES: &str = "/api/changes";

/// A server that lets programs ask as often as they like.
struct Busy(App);

impl OnBoth for Busy {
    fn on(backend: Backend) -> Self {
        Self(App::start_at(backend, Site { api_rate: NonZeroU32::MAX, ..Site::default() }))
    }
}

fn items(answer: &Value) -> &Vec<Value> {
    answer["items"].as_array().expect("a list")
}

fn told(answer: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    items(answer).iter().map(|item| format!("{} {}", text(&item["action"]), text(&item["what"]["type"]))).collect()
}

/// Makes a queue, a flow schema and a hook, like a program; the path of the hook.
fn make(client: &Client) -> (String, String) {
    let queue =
        client.post("/api/call_center/queues", r#"{"name": "Support", "type": 1}"#).expect(200).json["id"].clone();
    let schema = json!({"name": "CRM", "type": "service", "schema": [{"log": "secret"}]}).to_string();
    let schema = client.post("/api/routing/schema", &schema).expect(200).json["id"].clone();
    let hooks = format!("/api/call_center/queues/{}/hooks", queue.as_str().expect("an id"));
    let body = json!({"event": "joined", "enabled": true, "schema": {"id": schema}}).to_string();
    let hook = client.post(&hooks, &body).expect(200).json["id"].clone();
    (hooks.clone(), format!("{hooks}/{hook}"))
}

#[on_both]
fn what_happened_is_told_in_its_order(app: &App) {
    let client = client(app);
    assert_eq!(client.get(CHANGES).expect(200).json, json!({"next": false, "after": "0", "items": []}));
    let (_, hook) = make(&client);
    client.patch(&hook, r#"{"enabled": false}"#).expect(200);
    client.delete(&hook, "").expect(200);
    let all = client.get(CHANGES).expect(200).json;
    assert_eq!(told(&all), ["add queue", "add flow_schema", "add hook", "disable hook", "remove hook"]);
    let [.., disabled, removed] = &items(&all)[..] else { panic!("{all}") };
    let state = |enabled| json!({"event": "joined", "schema": {"id": "1", "name": "CRM"}, "enabled": enabled});
    let change = disabled["change"].as_str().expect("a change");
    let at: i64 = disabled["at"].as_str().expect("a string").parse().expect("milliseconds");
    assert!(change.len() == 32 && at > 1_600_000_000_000);
    let expected = json!({
        "id": "4", "change": change, "at": at.to_string(), "who": {"id": "1", "name": disabled["who"]["name"]},
        "what": {"type": "hook", "id": "1", "queue_id": "1"}, "action": "disable",
        "before": state(true), "after": state(false),
    });
    assert_eq!(*disabled, expected);
    assert!(disabled["who"]["name"].as_str().is_some_and(|name| name.contains("tester")), "{disabled}");
    assert_eq!((&removed["before"], &removed["after"]), (&state(false), &Value::Null));
    let schema = &items(&all)[1];
    assert_eq!(schema["after"], json!({"name": "CRM", "type": "service", "editor": false}), "and never a program");
    assert_eq!(items(&all)[0]["after"], json!({"name": "Support", "type": 1, "enabled": false}));

    let first = client.get(&format!("{CHANGES}?size=2")).expect(200).json;
    assert_eq!((told(&first).len(), &first["next"], &first["after"]), (2, &json!(true), &json!("2")));
    let rest = client.get(&format!("{CHANGES}?after=2&size=3")).expect(200).json;
    assert_eq!((told(&rest).len(), &rest["next"], &rest["after"]), (3, &json!(false), &json!("5")));
    let now = client.get(&format!("{CHANGES}?after=now")).expect(200).json;
    assert_eq!(now, json!({"next": false, "after": "5", "items": []}));
    // Of more at once than there may be, there are as many as usual.
    let body = json!({"event": "missed", "schema": {"id": 1}}).to_string();
    for _ in 0..40 {
        client.post("/api/call_center/queues/1/hooks", &body).expect(200);
    }
    let size = |query: &str| told(&client.get(&format!("{CHANGES}?{query}")).expect(200).json).len();
    assert_eq!([size(""), size("size=1001"), size("size=0"), size("size=1000")], [40, 40, 40, 45]);
    for query in ["after=-1", "after=x", "after=99999999999999999999", "wait=x", "size=x"] {
        client.get(&format!("{CHANGES}?{query}")).refused(400);
    }
}

#[on_both]
fn a_token_follows_only_what_it_may_see(app: &App) {
    make(&client(app));
    let follow = |rights: &str| Client::new(app, &token(app, ADMINISTRATOR, &Rights::from_words(rights.split(' '))));
    let all = follow("queues:read").get(CHANGES).expect(200).json;
    assert_eq!(told(&all), ["add queue", "add hook"]);
    let schemas = follow("flow_schemas:read").get(CHANGES).expect(200).json;
    assert_eq!((told(&schemas), &schemas["after"]), (vec!["add flow_schema".to_owned()], &json!("3")));
    for rights in ["people:manage", "queues:update", ""] {
        follow(rights).get(CHANGES).refused(403);
    }
}

#[on_both]
fn whoever_waits_is_told_as_soon_as_there_is_something(app: &App) {
    let client = client(app);
    let (hooks, hook) = make(&client);
    let begun = Instant::now();
    let nothing = client.get(&format!("{CHANGES}?after=3&wait=1")).expect(200).json;
    assert_eq!(told(&nothing), [""; 0]);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let blind = token(app, ADMINISTRATOR, &Rights::from_words(["flow_schemas:read"]));
    let lost = person("lost").create(app);
    let lost_token = token(app, lost, &Rights::from_words(["queues:read"]));
    std::thread::scope(|scope| {
        let wait = |token: &str, seconds: u32| {
            let client = Client::new(app, token);
            scope.spawn(move || client.get(&format!("{CHANGES}?after=3&wait={seconds}")))
        };
        let waiting: Vec<_> = (0..20).map(|_| wait(client.token(), 30)).collect();
        let (blind, refused) = (wait(&blind, 4), wait(&lost_token, 30));
        std::thread::sleep(Duration::from_millis(500));
        write(app, |conn| tokens::remove_all(conn, lost));
        client.patch(&hook, r#"{"event": "missed"}"#).expect(200);
        for waiting in waiting {
            assert_eq!(told(&waiting.join().expect("it is answered").expect(200).json), ["edit hook"]);
        }
        refused.join().expect("it is answered").refused(401);
        let nothing = blind.join().expect("it is answered").expect(200).json;
        assert_eq!((told(&nothing).len(), &nothing["after"]), (0, &json!("4")), "it need not look at that again");
    });
    assert!(begun.elapsed() < Duration::from_secs(20));
    client.get(&hooks).expect(200);
}

#[test]
fn an_entry_that_appears_after_one_with_a_larger_id_is_not_missed() {
    let Busy(app) = Busy::on(Backend::Postgres);
    let client = client(&app);
    let (hooks, hook) = make(&client);
    let connect = || PgConnection::establish(&app.url).expect("the database answers");
    let (mut slow, mut slower) = (connect(), connect());
    let insert = "INSERT INTO journal (change, at, author, subject, subject_id, queue_id, action) \
                  VALUES ('00', now(), 'slow', 'queue', 1, 1, 'edit')";
    slow.batch_execute(&format!("BEGIN; {insert}")).expect("it has the smaller id");
    // Nobody is kept from writing, and what comes meanwhile is not told yet.
    let begun = Instant::now();
    client.patch(&hook, r#"{"enabled": false}"#).expect(200);
    assert!(begun.elapsed() < Duration::from_secs(2));
    for _ in 0..3 {
        let nothing = client.get(&format!("{CHANGES}?after=3")).expect(200).json;
        assert_eq!(nothing, json!({"next": false, "after": "3", "items": []}));
    }
    std::thread::scope(|scope| {
        let waiting = Client::new(&app, client.token());
        let waiting = scope.spawn(move || waiting.get(&format!("{CHANGES}?after=3&wait=30")));
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!waiting.is_finished());
        // Others go on writing, so there is never a moment without somebody.
        slower.batch_execute(&format!("BEGIN; {insert}")).expect("it is written");
        slow.batch_execute("COMMIT").expect("it ends");
        let all = waiting.join().expect("it is answered").expect(200).json;
        assert_eq!(told(&all), ["edit queue", "disable hook"]);
        assert_eq!((&items(&all)[0]["id"], &all["after"]), (&json!("4"), &json!("5")));
    });
    slower.batch_execute("ROLLBACK").expect("it ends");
    client.get(&hooks).expect(200);
    assert_eq!(client.get(&format!("{CHANGES}?after=5")).expect(200).json["items"], json!([]));
}

#[on_both]
fn whoever_has_missed_what_is_forgotten_is_told(app: &App) {
    let client = client(app);
    make(&client);
    let later = queue_hooks::db::now() + chrono::Duration::days(1);
    write(app, |conn| forget(conn, later, 2));
    let detail = client.get(&format!("{CHANGES}?after=1")).refused(410);
    assert!(detail.starts_with("Changes up to 2 are not kept any more."), "{detail}");
    client.get(&format!("{CHANGES}?after=0")).refused(410);
    assert_eq!(told(&client.get(&format!("{CHANGES}?after=2")).expect(200).json), ["add hook"]);
    assert_eq!(told(&client.get(CHANGES).expect(200).json), ["add hook"], "it begins with the first that is kept");
    write(app, |conn| forget(conn, later, 2));
    client.get(&format!("{CHANGES}?after=2")).refused(410);
    assert_eq!(client.get(&format!("{CHANGES}?after=3")).expect(200).json["items"], json!([]));
}

#[on_both]
fn whoever_followed_another_database_is_told(app: &App) {
    let client = client(app);
    make(&client);
    client.get(&format!("{CHANGES}?after=3")).expect(200);
    let detail = client.get(&format!("{CHANGES}?after=4&wait=30")).refused(410);
    assert!(detail.starts_with("There is no change 4 yet"), "{detail}");
    // Where all is forgotten, the last one is still known.
    let later = queue_hooks::db::now() + chrono::Duration::days(1);
    write(app, |conn| forget(conn, later, 100));
    assert_eq!(client.get(&format!("{CHANGES}?after=3")).expect(200).json["after"], "3");
    client.get(&format!("{CHANGES}?after=4")).refused(410);
}

#[on_both]
fn a_removal_is_taken_back_and_told_what_came_of_it(app: &App) {
    let client = client(app);
    let (hooks, hook) = make(&client);
    let body = |event: &str| json!({"event": event, "enabled": true, "schema": {"id": 1}}).to_string();
    client.post(&hooks, &body("missed")).expect(200);
    let before = client.get(&format!("{hooks}?sort=id")).expect(200).json;
    let removed = client.delete(&hooks, r#"{"id": [1, 2]}"#).expect(200).json;
    let undo = format!("{CHANGES}/{}/undo", removed["change"].as_str().expect("a change"));
    client.post(&hooks, &body("joined")).expect(200);

    let undone = client.post(&undo, "").expect(200).json;
    let change = undone["change"].as_str().expect("it is a change");
    assert_eq!(undone["hooks"], json!({"total": 2, "undone": 2, "already": 0, "changed": 0, "removed": 0}));
    let detail = undone["detail"].as_str().expect("words");
    assert!(detail.starts_with("Restored 2 hooks") && detail.contains("is enabled for Joined by now"), "{detail}");
    assert_eq!(client.get(&hook).expect(200).json["enabled"], false);
    assert_eq!(client.get(&format!("{hooks}/2")).expect(200).json, before["items"][1]);

    let again = client.post(&undo, "{}").expect(200).json;
    assert_eq!((&again["change"], &again["hooks"]["already"]), (&Value::Null, &json!(2)), "{again}");
    client.post(&format!("{CHANGES}/{change}/undo"), "").expect(200);
    assert_eq!(client.get(&format!("{hooks}?fields=id")).expect(200).json["items"], json!([{"id": 3}]));

    for change in ["0", "00000000000000000000000000000000", "%00", "%F0%9F%98%80%F0%9F%98%80"] {
        client.post(&format!("{CHANGES}/{change}/undo"), "").refused(404);
    }
}

#[on_both]
fn an_undo_needs_the_rights_of_what_it_does(app: &App) {
    let client = client(app);
    let (hooks, _) = make(&client);
    let removed = client.delete(&hooks, r#"{"id": [1]}"#).expect(200).json;
    let undo = format!("{CHANGES}/{}/undo", removed["change"].as_str().expect("a change"));
    let before = contents(app).whoever_signs_in();
    for rights in ["queues:read", "flow_schemas:read", "queues:read queues:delete", ""] {
        let narrow = token(app, ADMINISTRATOR, &Rights::from_words(rights.split(' ')));
        Client::new(app, &narrow).post(&undo, "").refused(403);
    }
    assert_eq!(contents(app).whoever_signs_in(), before);
    let enough = Rights::from_words(["queues:read", "queues:update", "flow_schemas:read"]);
    Client::new(app, &token(app, ADMINISTRATOR, &enough)).post(&undo, "").expect(200);
    assert_eq!(ids(app, 1), [1]);
}
