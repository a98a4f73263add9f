//! A change whose head came before the token or a right was taken, and its body after.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use queue_hooks::access::journal::By;
use queue_hooks::access::rights::Preset;
use queue_hooks::access::{people, tokens};
use support::*;

/// The status of a request whose body is sent after something was done.
fn late(app: &App, path: &str, token: &str, body: &str, meanwhile: impl FnOnce()) -> u16 {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        app.address,
        body.len()
    );
    let mut stream = TcpStream::connect(app.address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(head.as_bytes()).expect("the head is taken");
    // Until the server has looked who sends it. Where that takes longer, the test proves less, but does not fail.
    std::thread::sleep(Duration::from_millis(300));
    meanwhile();
    stream.write_all(body.as_bytes()).expect("the body is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[on_both]
fn a_change_that_began_before_its_token_or_a_right_was_taken_is_not_made(app: &App) {
    let (queue, schema) = (queue().create(app), schema("CRM").create(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let body = format!(r#"{{"event": "joined", "schema": {{"id": {schema}}}}}"#);
    let editor = person("ed").preset(Preset::Editor).create(app);
    let new_token = || token(app, editor, &Preset::Editor.rights());
    let change = |work: &dyn Fn(&mut queue_hooks::db::Conn) -> Result<(), queue_hooks::error::Error>| {
        app.db.write_now(work).expect("it is done");
    };
    let remove = |conn: &mut queue_hooks::db::Conn| tokens::remove_all(conn, editor).map(|_| ()).map_err(Into::into);
    let removed = late(app, &hooks, &new_token(), &body, || change(&remove));
    assert_eq!(removed, 401);
    let disable =
        |conn: &mut queue_hooks::db::Conn| people::set_access(conn, editor, false, &By::command_line()).map(drop);
    let disabled = late(app, &hooks, &new_token(), &body, || change(&disable));
    assert_eq!(disabled, 401);
    let enable =
        |conn: &mut queue_hooks::db::Conn| people::set_access(conn, editor, true, &By::command_line()).map(drop);
    change(&enable);
    let less = "UPDATE people SET rights = 'queues:read' WHERE name = 'ed'";
    let narrowed = late(app, &hooks, &new_token(), &body, || crate::execute(app, less));
    assert_eq!(narrowed, 403);
    assert_eq!(ids(app, queue), [0; 0]);
}
