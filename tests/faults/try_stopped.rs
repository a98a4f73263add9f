//! A server that ends while it tries a flow schema.

use support::process::*;
use support::receiver::{Part, Receiver};
use support::wait_for;

#[on_both]
fn a_server_that_is_told_to_stop_stops_its_tries_and_writes_that_down(database: &Database) {
    database.import(CENTRE).well();
    let receiver = Receiver::start(|_| vec![Part::Hang]);
    let server = Program::new(&["serve", "--listen", "127.0.0.1:0"])
        .env("DATABASE_URL", &database.url)
        .env("QUEUE_HOOKS_DESTINATIONS", "127.0.0.1")
        .serve();
    let browser = server.browser();
    let text = format!(r#"[{{"httpRequest":{{"url":"{}"}}}}]"#, receiver.url("/"));
    browser.post("/routing/flow", &[("name", "Hanging"), ("type", "service"), ("text", &text)]).expect(303);
    let id = database.lines("SELECT CAST(max(id) AS TEXT) AS line FROM flow_schemas").remove(0);
    let body = format!("token={}", browser.token());
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("hx-request", "true")];
    browser.request("POST", &format!("/routing/flow/{id}/try"), &headers, body.as_bytes()).expect(200);
    wait_for("the request", || (!receiver.got().is_empty()).then_some(()));
    server.stop();
    assert_eq!(database.lines("SELECT outcome AS line FROM tries"), ["stopped"]);
}
