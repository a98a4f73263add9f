//! `POST /contact-center/queues/{queue}/hooks`: adding a hook.

use diesel::connection::SimpleConnection;
use queue_hooks::db::Conn;
use queue_hooks::model::event::Event::{self, *};
use support::*;

const EVENT: &str = "tbody td:nth-child(2)";

const SCHEMA: &str = "tbody td:nth-child(3)";

/// What a person fills into the modal.
fn filled<'a>(event: &'a str, schema: &'a str) -> [Fill<'a>; 2] {
    [Fill::Field("event", event), Fill::Field("schema", schema)]
}

#[on_all]
fn a_hook_is_added_enabled_and_the_registry_says_so(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.path, tab(queue_id));
    assert_eq!(page.said(), "Added Joined → CRM: push");
    let [id] = page.hook_ids()[..] else { panic!("one hook: {}", page.body) };
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    assert!(!page.has("dialog"));
}

#[on_all]
fn each_event_can_be_added_with_either_type_of_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for (event, schema_type) in Event::ALL.iter().copied().zip(["service", "default"].into_iter().cycle()) {
        let id = schema(event.word()).schema_type(schema_type).create(app).to_string();
        browser.post(&tab(queue_id), &[("event", event.word()), ("schema", &id)]).expect(303);
    }
    assert_eq!(browser.get(&tab(queue_id)).texts(SCHEMA).len(), 8);
}

#[on_all]
fn adding_moves_the_queue_and_writes_the_journal(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let_rest(app, queue_id);
    app.browser().post(&tab(queue_id), &[("event", "joined"), ("schema", &crm.to_string())]).expect(303);
    let [id] = ids(app, queue_id)[..] else { panic!("one hook") };
    assert_eq!(journal(app, queue_id), [format!("add {id}: nothing -> joined CRM on")]);
    assert!(!is_at_rest(app, queue_id));
}

#[on_all]
fn after_adding_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = format!("{}?enabled=false&sort=-schema&page=2&size=5", tab(queue_id));
    let modal = browser.get(&view).click("Add hook");
    let page = modal.press("Save", &filled("joined", &crm.to_string())).press("Save disabled", &[]);
    assert_eq!(page.path, view);
    assert_eq!(page.said(), "Added Joined → CRM: push, disabled");
}

#[on_all]
fn a_form_leads_nowhere_but_to_its_own_tab(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for view in ["//elsewhere.example/", "https://elsewhere.example/?page=1", "\r\nLocation: x", "?page=7&sort=drop"] {
        let answer = browser
            .post(&tab(queue_id), &[("event", "missed"), ("schema", &crm), ("view", view), ("if_taken", "disable")]);
        let location = answer.expect(303).header("location").unwrap_or_default().to_owned();
        assert_eq!(location.split('?').next(), Some(&*tab(queue_id)), "{location}");
    }
}

#[on_all]
fn a_hook_cannot_be_added_to_a_queue_that_does_not_exist(app: &App) {
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for id in ["0", "7", "99999999999999999999", "abc"] {
        let path = format!("/contact-center/queues/{id}/hooks");
        browser.post(&path, &[("event", "joined"), ("schema", &crm)]).expect(404);
    }
}

#[on_all]
fn a_form_without_an_event_comes_back_with_what_was_typed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("", &crm.to_string())).expect(422);
    assert_eq!(page.text("#event-error"), "Choose an event.");
    assert_eq!(page.attr("#event", "aria-describedby"), "event-error");
    assert_eq!(page.attr("#event", "aria-invalid"), "true");
    assert!(page.has("#event[autofocus]"), "the focus is in the first bad field");
    assert_eq!(page.chosen("#schema"), crm.to_string());
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn a_form_without_a_flow_schema_comes_back_with_what_was_typed(app: &App) {
    let queue_id = queue().create(app);
    schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("missed", "")).expect(422);
    assert_eq!(page.text("#schema-error"), "Choose a flow schema.");
    assert_eq!(page.attr("#schema", "aria-describedby"), "schema-error");
    assert_eq!(page.attr("#schema", "aria-invalid"), "true");
    assert!(page.has("#schema[autofocus]"), "the focus is in the first bad field");
    assert_eq!(page.chosen("#event"), "missed");
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn an_event_or_flow_schema_outside_the_allowed_set_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let wrong = [
        ("party", &*crm, "#event-error"),
        ("JOINED", &crm, "#event-error"),
        ("joined\0", &crm, "#event-error"),
        ("joined", "abc", "#schema-error"),
        ("joined", "99999999999999999999", "#schema-error"),
        ("joined", "0", "#schema-error"),
        ("joined", "1 OR 1=1", "#schema-error"),
    ];
    for (event, schema, error) in wrong {
        let page = browser.post(&tab(queue_id), &[("event", event), ("schema", schema)]).expect(422);
        assert!(page.has(error), "{event:?} {schema:?}: {}", page.body);
    }
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn a_flow_schema_of_another_type_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for schema_type in ["voice", "chat", "processing"] {
        let id = schema(schema_type).schema_type(schema_type).create(app).to_string();
        let page = browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &id)]).expect(422);
        assert_eq!(page.text("#schema-error"), "This flow schema cannot be used any more. Choose another.");
        assert_eq!(page.chosen("#event"), "joined");
    }
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn a_flow_schema_removed_while_the_form_was_open_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}/new", tab(queue_id)));
    remove_schema(app, crm);
    let page = modal.press("Save", &filled("joined", &crm.to_string())).expect(422);
    assert_eq!(page.text("#schema-error"), "This flow schema cannot be used any more. Choose another.");
    assert!(ids(app, queue_id).is_empty());
}

#[on_all]
fn a_second_enabled_hook_for_an_event_names_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser
        .get(&format!("{}/new", tab(queue_id)))
        .press("Save", &filled("joined", &billing.to_string()))
        .expect(422);
    assert_eq!(
        page.text("#event-error p:first-child"),
        "Joined → CRM: push is enabled already, and an event takes one enabled hook."
    );
    assert_eq!(page.attr("#event", "aria-describedby"), "event-error");
    assert_eq!(page.texts("#event-error button"), ["Save disabled", "Replace it"]);
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("joined".into(), billing.to_string()));
    assert_eq!(ids(app, queue_id), [first]);
}

#[on_all]
fn a_second_hook_for_an_event_can_be_saved_disabled(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    let page = page.press("Save disabled", &[]).expect(200);
    assert_eq!(page.said(), "Added Joined → Billing, disabled");
    let second = ids(app, queue_id)[1];
    assert_eq!(stored(app, first), Some((Joined, crm, true)));
    assert_eq!(stored(app, second), Some((Joined, billing, false)));
    assert_eq!(journal(app, queue_id), [format!("add {second}: nothing -> joined Billing off")]);
}

#[on_all]
fn a_second_hook_for_an_event_can_replace_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    let page = page.press("Replace it", &[]).expect(200);
    assert_eq!(page.said(), "Added Joined → Billing");
    let second = ids(app, queue_id)[1];
    assert_eq!(stored(app, first), Some((Joined, crm, false)));
    assert_eq!(stored(app, second), Some((Joined, billing, true)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {first}: joined CRM on -> joined CRM off"),
            format!("add {second}: nothing -> joined Billing on"),
        ]
    );
}

#[on_all]
fn a_choice_that_is_not_needed_any_more_does_no_harm(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    remove_hook(app, first);
    assert_eq!(page.press("Replace it", &[]).said(), "Added Joined → Billing");
}

#[on_all]
fn disabled_hooks_for_an_event_stand_in_nobodys_way(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.said(), "Added Joined → CRM: push");
}

#[on_all]
fn an_enabled_hook_of_another_queue_stands_in_nobodys_way(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM: push").create(app);
    hook(other_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.said(), "Added Joined → CRM: push");
}

#[on_all]
fn the_same_form_sent_twice_adds_one_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let modal = browser.get(&format!("{}/new", tab(queue_id)));
    let first = modal.press("Save", &filled("joined", &crm)).expect(200);
    let again = modal.press("Save", &filled("joined", &crm)).expect(200);
    assert_eq!(again.hook_ids().len(), 1);
    assert_eq!([first.said(), again.said()], ["Added Joined → CRM: push"; 2]);
    assert_eq!(journal(app, queue_id).len(), 1);
}

#[on_all]
fn an_event_that_nobody_knows_is_shown_as_it_is_and_can_be_mended_and_removed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let odd = hook(queue_id, crm).create(app);
    hook(queue_id, crm).event(Event::Leaving).create(app);
    write(app, |conn| {
        match conn {
            // Taken out of the table's own text: a pragma would count for one connection of the pool alone.
            Conn::Sqlite(conn) => conn.batch_execute(
                "PRAGMA writable_schema = ON; \
                 UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (event IN', 'CHECK (event <> '''' OR event IN') \
                 WHERE name = 'hooks'; \
                 PRAGMA schema_version = 1000; PRAGMA writable_schema = RESET",
            ),
            // Webitel's table takes any word.
            Conn::Postgres(_) if app.backend == Backend::Attached => Ok(()),
            Conn::Postgres(conn) => conn.batch_execute("ALTER TABLE hooks DROP CONSTRAINT hooks_event_check"),
        }?;
        conn.batch_execute(&format!("UPDATE hooks SET event = 'poked' WHERE id = {odd}"))
    });
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.texts(EVENT), ["Leaving", "poked (unknown)"]);
    assert!(browser.get(&format!("{}?event=leaving", tab(queue_id))).expect(200).text(".pages").contains("1–1 of 1"));
    // Switched, it keeps its word; edited, it gets one that is known.
    page.press("Enabled, poked (unknown) → CRM: push", &[]).expect(200);
    let modal = browser.get(&format!("{}/{odd}", tab(queue_id))).expect(200);
    modal.press("Save", &[Fill::Field("event", "joined")]).expect(200);
    let after = journal(app, queue_id);
    assert_eq!(
        after.last().map(String::as_str),
        Some(&*format!("edit {odd}: poked CRM: push off -> joined CRM: push off"))
    );
    write(app, |conn| conn.batch_execute(&format!("UPDATE hooks SET event = 'poked' WHERE id = {odd}")));
    let page = browser.get(&tab(queue_id)).press("Remove poked (unknown) → CRM: push", &[]).expect(200);
    assert_eq!(page.texts(EVENT), ["Leaving"]);
    assert_eq!(page.press("Undo", &[]).expect(200).texts(EVENT), ["Leaving", "poked (unknown)"]);
}

#[on_all]
fn three_clicks_at_once_add_one_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let change = app.browser().get(&format!("{}/new", tab(queue_id))).attr("input[name=change]", "value");
    let fields = [("event", "joined"), ("schema", &*crm), ("change", &change)];
    let click = || app.browser().post(&tab(queue_id), &fields).status;
    let statuses = std::thread::scope(|scope| {
        [(); 3].map(|()| scope.spawn(click)).map(|click| click.join().expect("a click is answered"))
    });
    assert_eq!(statuses, [303; 3]);
    assert_eq!(ids(app, queue_id).len(), 1);
}

#[on_all]
fn two_people_who_add_the_same_event_at_once_leave_one_enabled_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let add = || app.browser().post(&tab(queue_id), &[("event", "joined"), ("schema", &crm)]).status;
    let mut statuses = std::thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(add)).map(|add| add.join().expect("both are answered"))
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(ids(app, queue_id).len(), 1);
}

#[on_all]
fn a_form_opened_twice_adds_two_hooks(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for event in ["joined", "missed"] {
        browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled(event, &crm)).expect(200);
    }
    assert_eq!(ids(app, queue_id).len(), 2);
}

#[on_all]
fn a_refused_form_leaves_queue_and_journal_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let voice = schema("IVR").schema_type("voice").create(app).to_string();
    hook(queue_id, crm.parse().expect("an id")).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    for (event, schema) in [("", &*crm), ("missed", ""), ("missed", &*voice), ("joined", &crm)] {
        browser.post(&tab(queue_id), &[("event", event), ("schema", schema)]).expect(422);
    }
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_fault_half_way_adds_nothing(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    lose_journal(app);
    let fields = [("event", "joined"), ("schema", &*billing.to_string()), ("if_taken", "replace")];
    browser.post(&tab(queue_id), &fields).expect(503);
    assert_eq!(ids(app, queue_id), [first]);
    assert_eq!(stored(app, first), Some((Joined, crm, true)));
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_form_that_is_filled_in_anew_adds_another_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let change = "0123456789abcdef0123456789abcdef";
    for event in ["joined", "joined", "missed"] {
        let fields = [("event", event), ("schema", &*crm), ("change", change)];
        browser.post(&tab(queue_id), &fields).expect(303);
    }
    assert_eq!(browser.get(&tab(queue_id)).texts("tbody td:nth-child(2)"), ["Joined", "Missed"]);
}
