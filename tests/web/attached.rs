//! On the tables of a Webitel system, beside what all other tests try there: what is not done here, rows as nobody here
//! would write them, and another domain, which nobody may see or change.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::Conn;
use queue_hooks::model::event::Event::{Joined, Missed};
use support::*;

/// Ids of a queue, a flow schema and a hook of the other domain: see `tests/support/webitel/fixture.sql`.
const THEIRS: i64 = 1_000_001;

/// What the tables of Webitel say.
fn said(app: &App, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Said {
        #[diesel(sql_type = Text)]
        said: String,
    }
    let said: Vec<Said> = write(app, |conn| diesel::sql_query(query).load(conn));
    said.into_iter().map(|row| row.said).collect()
}

/// Does what Webitel, or somebody with a client of its database, would do.
fn webitel(app: &App, statements: &str) {
    write(app, |conn| match conn {
        Conn::Postgres(conn) => conn.batch_execute(statements),
        Conn::Sqlite(_) => unreachable!("Webitel has PostgreSQL"),
    });
}

/// Everything of the other domain.
fn theirs(app: &App) -> Vec<String> {
    said(
        app,
        "SELECT row_to_json(q)::text AS said FROM call_center.cc_queue AS q WHERE domain_id = 2 \
         UNION ALL SELECT row_to_json(e)::text FROM call_center.cc_queue_events AS e WHERE queue_id > 1000000 \
         UNION ALL SELECT row_to_json(s)::text FROM flow.acr_routing_scheme AS s WHERE domain_id = 2 ORDER BY 1",
    )
}

/// A route that is Webitel's, the page where it would begin, what would lead there, and where it is done.
const ELSEWHERE: [(&str, &str, &str, &str); 5] = [
    ("/contact-center/queues", "/contact-center/queues", "a[href*='queues/new']", "Queues are added in Webitel"),
    (
        "/contact-center/queues/{queue}",
        "/contact-center/queues/{queue}",
        "form[aria-label=Queue]",
        "Names and types of queues are changed in Webitel",
    ),
    ("/contact-center/queues/removal", "", "", "Queues are removed in Webitel"),
    ("/contact-center/queues/question", "", "", "Queues are removed in Webitel"),
    (
        "/routing/flow/removal",
        "/routing/flow",
        "a[href*='/routing/flow/removal']",
        "Flow schemas are removed in Webitel",
    ),
];

#[test]
fn what_is_done_in_webitel_is_not_offered_and_refused_with_the_words_of_the_page() {
    let app = App::start(Backend::Attached);
    let center = center(&app);
    let (browser, before) = (app.browser(), contents(&app));
    let forms = center.forms();
    for (route, page, control, sentence) in ELSEWHERE {
        let form = forms.iter().find(|form| form.route == route).expect("a form for the route");
        let refused = browser.request(
            "POST",
            &form.path,
            &[("content-type", "application/x-www-form-urlencoded")],
            form.body(&browser.token()).as_bytes(),
        );
        let refused = refused.expect(403);
        assert_eq!(refused.text("main h1"), "That was refused");
        assert!(refused.text("main h1 + p").starts_with(sentence), "{route}: {}", refused.text("main"));
        if !page.is_empty() {
            let page = browser.get(&center.fill(page)).expect(200);
            assert!(page.text("main").contains(sentence), "{route}: {}", page.text("main"));
            assert!(!page.has(control), "{route} is offered");
        }
    }
    assert_eq!(contents(&app), before);
    // A drawn flow schema can be read.
    let drawn = schema("Drawn").drawn().create(&app);
    let page = browser.get(&format!("/routing/flow/{drawn}")).expect(200);
    assert!(page.text("main").contains("It is changed in Webitel's editor") && !page.has("textarea"));
    let fields = [("name", "Drawn"), ("type", "service"), ("text", "[]")];
    let refused = browser.post(&format!("/routing/flow/{drawn}"), &fields).expect(403);
    assert!(refused.text("main h1 + p").contains("It is changed in Webitel's editor"));
}

#[test]
fn where_flow_schemas_are_not_written_they_can_be_read_and_chosen() {
    let app = App::start(Backend::Attached);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    webitel(&app, "UPDATE queue_hooks.webitel SET writes_flow_schemas = FALSE");
    let app = app.again();
    let browser = app.browser();
    let list = browser.get("/routing/flow").expect(200);
    assert!(list.text("main").contains("Flow schemas are written in Webitel"));
    assert!(!list.has("a[href*='/routing/flow/new']"));
    for path in ["/routing/flow/new", "/routing/flow"] {
        let fields = [("name", "New"), ("type", "service"), ("text", "[]")];
        let page = if path.ends_with("new") { browser.get(path) } else { browser.post(path, &fields) };
        assert!(page.expect(403).text("main h1 + p").starts_with("Flow schemas are written in Webitel"));
    }
    let page = browser.get(&format!("/routing/flow/{crm}")).expect(200);
    assert!(page.text("pre").contains("hello") && !page.has("textarea"));
    let added = browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &crm.to_string())]);
    added.expect(303);
    assert_eq!(ids(&app, queue_id).len(), 1);
}

#[test]
fn each_page_says_which_domain_it_shows() {
    let app = App::start(Backend::Attached);
    let center = center(&app);
    let browser = app.browser();
    for path in center.pages() {
        let page = browser.get(&path);
        assert_eq!(page.text("header.top .system"), "Webitel, domain one.example", "{path}");
    }
    assert_eq!(app.stranger().get("/sign-in").expect(200).text("header.top .system"), "Webitel, domain one.example");
    let own = App::start(Backend::Sqlite);
    assert!(!own.browser().get("/contact-center/queues").expect(200).has("header.top .system"));
}

#[test]
fn changes_bear_the_name_of_a_webitel_user_there_and_of_their_author_here() {
    let app = App::start(Backend::Attached);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    let browser = app.browser();
    browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &crm.to_string())]).expect(303);
    let authors = format!(
        "SELECT concat(e.updated_by, ' ', q.updated_by) AS said FROM call_center.cc_queue_events AS e \
         JOIN call_center.cc_queue AS q ON q.id = e.queue_id WHERE e.queue_id = {queue_id}"
    );
    assert_eq!(said(&app, &authors), ["12 12"]);
    assert_eq!(said(&app, "SELECT author AS said FROM journal"), ["Test Administrator (tester)"]);
    webitel(&app, "INSERT INTO queue_hooks.webitel_users SELECT id, 11 FROM queue_hooks.people WHERE name = 'tester'");
    let hook = ids(&app, queue_id)[0];
    browser.post(&format!("{}/{hook}/state", tab(queue_id)), &[("enabled", "false")]).expect(303);
    assert_eq!(said(&app, &authors), ["11 11"]);
    // The user is removed there: nothing is written in nobody's name.
    webitel(&app, "DELETE FROM queue_hooks.webitel_users; UPDATE queue_hooks.webitel SET user_id = 99");
    let refused = browser.post(&format!("{}/{hook}/state", tab(queue_id)), &[("enabled", "true")]).expect(422);
    assert!(refused.text("main").contains("The Webitel user in whose name changes are written was removed"));
    assert_eq!(stored(&app, hook), Some((Joined, crm, false)));
}

#[test]
fn rows_that_nobody_here_would_write_are_shown_marked_removed_and_mended() {
    let app = App::start(Backend::Attached);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    let odd = queue().name("Odd").queue_type(1).create(&app);
    webitel(
        &app,
        &format!(
            "INSERT INTO call_center.cc_queue_events (id, queue_id, schema_id, event, enabled, updated_at) VALUES \
                 (501, {queue_id}, {crm}, '', TRUE, now()), (502, {queue_id}, {crm}, 'Ringing', TRUE, now()), \
                 (504, {queue_id}, {crm}, repeat('ringing', 20), TRUE, now()), \
                 (503, {queue_id}, {THEIRS}, 'missed', TRUE, now()); \
             SELECT setval('call_center.cc_queue_events_id_seq', 504); \
             UPDATE call_center.cc_queue SET name = E' \\t', type = 10 WHERE id = {odd}; \
             UPDATE call_center.cc_queue_events SET updated_at = NULL WHERE FALSE"
        ),
    );
    let browser = app.browser();
    let rows = browser.get(&tab(queue_id)).expect(200).texts("tbody tr");
    let has = |words: &str| rows.iter().any(|row| row.contains(words));
    assert_eq!(rows.len(), 4);
    assert!(has("(none)") && has("Ringing (unknown)") && has("a flow schema of another domain"), "{rows:?}");
    let shown = browser.get(&tab(queue_id)).expect(200);
    assert!(shown.text(".pages").contains("1–4 of 4"));
    assert!(!shown.has(&format!("a[href$='/routing/flow/{THEIRS}']")), "nothing leads to another domain");
    for path in [
        "/contact-center/queues",
        "/contact-center/queues/coverage",
        &format!("/contact-center/queues/{odd}"),
        &tab(odd),
        &format!("{}?sort=schema", tab(queue_id)),
        &format!("{}?q=domain", tab(queue_id)),
        &format!("{}/503", tab(queue_id)),
        &format!("{}/history", tab(queue_id)),
        &format!("/routing/flow/{crm}/hooks"),
    ] {
        browser.get(path).expect(200);
    }
    let list = browser.get("/contact-center/queues").expect(200);
    assert!(list.texts("tbody tr").iter().any(|row| row.contains("(no name)") && row.contains("10 (unknown)")));
    // One is mended, the others are removed and brought back.
    let modal = browser.get(&format!("{}/501", tab(queue_id))).expect(200);
    modal.press("Save", &[Fill::Field("event", "joined")]).expect(200);
    assert_eq!(stored(&app, 501), Some((Joined, crm, true)));
    let question = browser.get(&format!("{}/removal?id=503", tab(queue_id))).expect(200);
    assert!(question.text("main").contains("Undo cannot bring back a hook that runs a flow schema of another domain."));
    browser.post(&format!("{}/removal", tab(queue_id)), &[("all", "page"), ("shown", "502.503.504")]).expect(303);
    assert_eq!(ids(&app, queue_id), [501]);
    // Nobody can make a hook that runs a flow schema of another domain, so that one stays away.
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.said(), "Removed 3 hooks");
    let page = page.press("Undo", &[]).expect(200);
    assert!(
        page.said().ends_with("1 hook cannot be put back: the flow schema belongs to another domain of Webitel"),
        "{}",
        page.said()
    );
    assert_eq!(ids(&app, queue_id), [501, 502, 504]);
}

#[test]
fn nothing_of_another_domain_can_be_seen_or_changed_by_any_id_in_any_route() {
    let app = App::start(Backend::Attached);
    let ours = center(&app);
    let foreign =
        Center { queue: THEIRS, schema: THEIRS, hook: THEIRS, target: THEIRS, free_schema: THEIRS, ..ours.clone() };
    let mixed = [
        foreign.clone(),
        Center { queue: ours.queue, ..foreign.clone() },
        Center { schema: THEIRS, ..ours.clone() },
        Center { hook: THEIRS, ..ours.clone() },
        Center { target: THEIRS, ..ours.clone() },
    ];
    let (browser, before) = (app.browser(), theirs(&app));
    assert_eq!(before.len(), 9);
    let token = browser.token();
    for center in &mixed {
        for path in center.pages() {
            let page = browser.get(&path);
            assert!(page.status < 500, "{path}: {}", page.status);
            assert!(!page.body.contains("Foreign"), "{path} shows another domain");
        }
        for form in center.forms().iter().filter(|form| !form.route.starts_with("/people")) {
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let answer = browser.request("POST", &form.path, &headers, form.body(&token).as_bytes());
            assert!(answer.status < 500, "{}: {}", form.path, answer.status);
            assert!(!answer.body.contains("Foreign"), "{} shows another domain", form.path);
        }
        assert_eq!(theirs(&app), before, "nothing there was changed");
    }
    let rights = Preset::Administrator.rights();
    let client =
        Client::new(&app, &support::token(&app, person("api").preset(Preset::Administrator).create(&app), &rights));
    for path in [
        format!("/api/call_center/queues/{THEIRS}"),
        format!("/api/call_center/queues/{THEIRS}/hooks"),
        format!("/api/call_center/queues/{THEIRS}/hooks/{THEIRS}"),
        format!("/api/call_center/queues/{}/hooks/{THEIRS}", ours.queue),
        format!("/api/routing/schema/{THEIRS}"),
    ] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = client.send(method, &path, &[("content-type", "application/json")], "{\"enabled\":false}");
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
            assert!(!answer.text.contains("Foreign"), "{method} {path} shows another domain");
        }
    }
    assert_eq!(theirs(&app), before);
}

#[test]
fn what_webitel_changes_is_seen_at_once_and_an_edit_of_what_was_is_refused() {
    let app = App::start(Backend::Attached);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    let billing = schema("Billing").create(&app);
    let id = hook(queue_id, crm).create(&app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}/{id}", tab(queue_id))).expect(200);
    webitel(
        &app,
        &format!(
            "UPDATE call_center.cc_queue_events SET schema_id = {billing}, updated_at = now(), updated_by = 11 WHERE id = {id}"
        ),
    );
    assert_eq!(browser.get(&tab(queue_id)).expect(200).texts("tbody td a")[0], "Billing");
    let refused = modal.press("Save", &[Fill::Field("event", "leaving")]).expect(409);
    assert!(refused.text(".conflict").contains("Billing"), "{}", refused.text(".conflict"));
    assert_eq!(stored(&app, id), Some((Joined, billing, true)));
    // An event that Webitel took meanwhile.
    webitel(
        &app,
        &format!(
            "INSERT INTO call_center.cc_queue_events (queue_id, schema_id, event, enabled, updated_at) \
             VALUES ({queue_id}, {crm}, 'missed', TRUE, now())"
        ),
    );
    let off = hook(queue_id, crm).event(Missed).off().create(&app);
    let page = browser.post(&format!("{}/{off}/state", tab(queue_id)), &[("enabled", "true")]);
    assert_ne!(page.status, 500);
    assert_eq!(stored(&app, off), Some((Missed, crm, false)));
}

#[test]
fn one_change_is_about_a_thousand_hooks_at_most() {
    let app = App::start(Backend::Attached);
    let (queue_id, crm) = (queue().create(&app), schema("CRM").create(&app));
    many_hooks(&app, queue_id, &[crm], 1001);
    let browser = app.browser();
    let all = [("all", "matching"), ("count", "1001")];
    let refused = browser.post(&format!("{}/removal", tab(queue_id)), &all);
    let refused = refused.expect(422);
    assert!(refused.text("main").contains("at most 1000 can be removed at once"), "{}", refused.text("main"));
    assert_eq!(ids(&app, queue_id).len(), 1001);
    let some: Vec<String> = ids(&app, queue_id).iter().take(1000).map(i64::to_string).collect();
    browser.post(&format!("{}/removal", tab(queue_id)), &[("all", "page"), ("shown", &some.join("."))]).expect(303);
    assert_eq!(ids(&app, queue_id).len(), 1);
    let page = browser.get(&tab(queue_id)).press("Undo", &[]);
    assert!(page.status < 500);
}

#[test]
fn a_text_stays_as_it_was_typed_for_as_long_as_webitel_keeps_its_meaning() {
    let app = App::start(Backend::Attached);
    let id = schema("CRM").create(&app);
    let browser = app.browser();
    let typed = "[\n  {\"log\":   \"hello\"},\n  {\"set\": {\"b\": \"1\", \"a\": \"2\"}}\n]";
    let edit = browser.get(&format!("/routing/flow/{id}")).expect(200);
    edit.press("Save", &[Fill::Field("text", typed)]).expect(200);
    let path = format!("/routing/flow/{id}/file");
    assert_eq!(browser.get(&path).expect(200).body.trim_end(), typed);
    let scheme = format!("SELECT scheme::text AS said FROM flow.acr_routing_scheme WHERE id = {id}");
    assert_eq!(said(&app, &scheme), ["[{\"log\": \"hello\"}, {\"set\": {\"a\": \"2\", \"b\": \"1\"}}]"]);
    webitel(&app, &format!("UPDATE flow.acr_routing_scheme SET scheme = '[{{\"log\": \"bye\"}}]' WHERE id = {id}"));
    assert!(browser.get(&path).expect(200).body.contains("bye"));
    let refused =
        browser.get(&format!("/routing/flow/{id}")).press("Save", &[Fill::Field("text", "[{\"log\":\"\\u0000\"}]")]);
    assert!((400..500).contains(&refused.status), "{}", refused.status);
}

#[test]
fn a_flow_schema_without_a_name_keeps_it_when_its_text_is_saved() {
    let app = App::start(Backend::Attached);
    let id = schema("Nameless").create(&app);
    webitel(&app, &format!("UPDATE flow.acr_routing_scheme SET name = '' WHERE id = {id}"));
    let browser = app.browser();
    let edit = browser.get(&format!("/routing/flow/{id}")).expect(200);
    assert_eq!(edit.attr("#name", "value"), "(no name)");
    edit.press("Save", &[Fill::Field("text", "[{\"log\":\"bye\"}]")]).expect(200);
    let stored = format!("SELECT concat(name, scheme) AS said FROM flow.acr_routing_scheme WHERE id = {id}");
    assert_eq!(said(&app, &stored), ["[{\"log\": \"bye\"}]"]);
}

#[test]
fn a_small_flow_schema_makes_no_huge_page_however_deep_it_is() {
    let app = App::start(Backend::Attached);
    let id = schema("Deep").create(&app);
    let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
    webitel(&app, &format!("UPDATE flow.acr_routing_scheme SET scheme = '{deep}' WHERE id = {id}"));
    let browser = app.browser();
    let page = browser.get(&format!("/routing/flow/{id}")).expect(200);
    assert!(page.body.len() < 200_000, "{}", page.body.len());
}

#[test]
fn a_server_learns_what_another_attach_made_of_it() {
    let app = App::start(Backend::Attached);
    let browser = app.browser();
    webitel(&app, "UPDATE queue_hooks.webitel SET domain = 'renamed.example', writes_flow_schemas = FALSE");
    actix_web::rt::System::new().block_on(app.db.learn_webitel()).expect("it can look");
    let list = browser.get("/routing/flow").expect(200);
    assert_eq!(list.text("header.top .system"), "Webitel, domain renamed.example");
    assert!(list.text("main").contains("Flow schemas are written in Webitel"));
    // The views of another version: it says that it is not ready.
    let is_current = || actix_web::rt::System::new().block_on(app.db.is_current()).expect("it can look");
    assert!(is_current());
    webitel(&app, "UPDATE queue_hooks.webitel SET views = 'of another version'");
    assert!(!is_current());
}
