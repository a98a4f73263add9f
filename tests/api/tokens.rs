//! Who may speak to the API, and as whom.

use std::num::NonZeroU32;

use queue_hooks::access::rights::{Preset, Rights};
use queue_hooks::access::tokens;
use queue_hooks::web::site::Site;
use support::*;

use crate::{ADMINISTRATOR, client, execute};

const NOTHING: &str = "/api/call_center/queues/1/hooks";

#[on_both]
fn without_a_valid_token_nobody_is_let_in(app: &App) {
    let valid = token(app, ADMINISTRATOR, &Preset::Administrator.rights());
    let shorter = &valid[..valid.len() - 1];
    for shown in
        ["", "nonsense", shorter, &format!("{shorter}g"), &valid.to_uppercase(), valid.trim_start_matches("qh_")]
    {
        let reply = Client::new(app, shown).get(NOTHING);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert_eq!(reply.json["id"], "session.valid", "{shown}");
        reply.refused(401);
    }
    // No token, but the session of somebody who may do everything.
    let session = app.browser();
    assert_eq!(session.request("GET", NOTHING, &[], b"").status, 401);
    assert_eq!(session.request("DELETE", NOTHING, &[], b"{\"id\":[1]}").status, 401);
}

#[on_both]
fn a_token_is_shown_in_either_header(app: &App) {
    let hooks = format!("/api/call_center/queues/{}/hooks", queue().create(app));
    let valid = token(app, ADMINISTRATOR, &Preset::Viewer.rights());
    let client = Client::new(app, "");
    for (name, value) in [
        ("X-Webitel-Access", valid.clone()),
        ("Authorization", format!("Bearer {valid}")),
        ("authorization", format!("bearer {valid}")),
    ] {
        client.send("GET", &hooks, &[("X-Webitel-Access", ""), (name, &value)], "").expect(200);
    }
    let (bearer, lower) = (format!("Bearer {valid}"), format!("bEARER  {valid}"));
    let (of_webitel, authorization) = ("X-Webitel-Access", "Authorization");
    for shown in [
        // A proxy may want the one for itself, and an empty one counts as none.
        [(of_webitel, &*valid), (authorization, "Bearer of-a-proxy")],
        [(of_webitel, " "), (authorization, &*bearer)],
        [(of_webitel, " "), (authorization, &*lower)],
    ] {
        client.send("GET", &hooks, &shown, "").expect(200);
    }
    for shown in [
        [(of_webitel, " "), (authorization, &*format!("Basic {valid}"))],
        [(of_webitel, " "), (authorization, &*valid)],
        [(of_webitel, "nonsense"), (authorization, &*bearer)],
        [(of_webitel, &*bearer), ("Cookie", &*format!("queue-hooks-session={valid}"))],
        // Nobody knows who is meant.
        [(of_webitel, &*valid), (of_webitel, &*valid)],
        [(authorization, &*bearer), (authorization, "Bearer nonsense")],
    ] {
        let without = Client::new(app, "");
        without.send("GET", &hooks, &shown, "").refused(401);
    }
    for name in ["access_token", "token", "X-Webitel-Access"] {
        Client::new(app, " ").get(&format!("{hooks}?{name}={valid}")).refused(401);
    }
}

#[on_both]
fn a_token_may_do_what_both_it_and_its_person_may(app: &App) {
    let (queue, schema) = (queue().create(app), schema("CRM").create(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let body = format!(r#"{{"event": "joined", "schema": {{"id": {schema}}}}}"#);
    let viewer = person("viewer").create(app);
    let of_viewer = Client::new(app, &token(app, viewer, &Preset::Administrator.rights()));
    of_viewer.get(&hooks).expect(200);
    of_viewer.post(&hooks, &body).refused(403);
    let narrow = Client::new(app, &token(app, ADMINISTRATOR, &Rights::from_words(["queues:read"])));
    narrow.get(&hooks).expect(200);
    narrow.post(&hooks, &body).refused(403);
    let blind = Client::new(app, &token(app, ADMINISTRATOR, &Rights::from_words(["flow_schemas:read"])));
    blind.get(&hooks).refused(403);
    // To change hooks without seeing flow schemas is to choose none.
    let without = Client::new(app, &token(app, ADMINISTRATOR, &Rights::from_words(["queues:read", "queues:update"])));
    without.post(&hooks, &body).refused(403);
    assert_eq!(ids(app, queue), [0; 0]);
    client(app).post(&hooks, &body).expect(200);
}

#[on_both]
fn a_token_ends_with_its_time_and_with_its_persons_access(app: &App) {
    let hooks = format!("/api/call_center/queues/{}/hooks", queue().create(app));
    let one = person("one").create(app);
    let client = Client::new(app, &token(app, one, &Preset::Viewer.rights()));
    client.get(&hooks).expect(200);
    execute(app, "UPDATE tokens SET expires_at = '2020-01-01 00:00:00'");
    client.get(&hooks).refused(401);
    execute(app, "UPDATE tokens SET expires_at = '2100-01-01 00:00:00'");
    client.get(&hooks).expect(200);
    let administrator = app.browser();
    administrator.get(&format!("/people/{one}")).press("Take access away", &[]).expect(200);
    client.get(&hooks).refused(401);
    assert!(write(app, |conn| tokens::list(conn, one)).is_empty(), "access that comes back brings no tokens");
}

#[on_both]
fn what_a_program_does_is_its_persons_change(app: &App) {
    let (queue, schema) = (queue().create(app), schema("CRM").create(app));
    let hooks = format!("/api/call_center/queues/{queue}/hooks");
    let editor = person("ed").preset(Preset::Editor).create(app);
    let client = Client::new(app, &token(app, editor, &Preset::Editor.rights()));
    client
        .post(&hooks, &format!(r#"{{"event": "joined", "enabled": true, "schema": {{"id": {schema}}}}}"#))
        .expect(200);
    let browser = app.browser();
    let history = browser.get(&format!("/contact-center/queues/{queue}/hooks/history"));
    let row = history.text("tbody tr");
    assert!(row.contains("The ed (ed)") && row.contains("Joined → CRM"), "{row}");
}

#[test]
fn whoever_asks_too_often_is_told_when_to_ask_again() {
    let site = Site { api_rate: NonZeroU32::MIN, ..Site::default() };
    let app = App::start_at(Backend::Sqlite, site);
    let hooks = format!("/api/call_center/queues/{}/hooks", queue().create(&app));
    let (hasty, other) = (client(&app), Client::new(&app, &token(&app, ADMINISTRATOR, &Preset::Viewer.rights())));
    let refused = (0..50).map(|_| hasty.get(&hooks)).find(|reply| reply.status != 200);
    let refused = refused.expect("there is a limit");
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.refused(429);
    other.get(&hooks).expect(200);
}
