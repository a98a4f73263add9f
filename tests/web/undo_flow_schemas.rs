//! `/undo`: changes of flow schemas.

use std::sync::mpsc;
use std::thread;

use diesel::connection::SimpleConnection;
use serde_json::json;
use support::*;

/// Removes these, and shows the page that offers to undo it.
fn removed<'a>(browser: &'a Browser, ids: &[i64]) -> Page<'a> {
    let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
    let fields: Vec<_> = ids.iter().map(|id| ("id", id.as_str())).collect();
    browser.follow(browser.post("/routing/flow/removal", &fields).expect(303))
}

#[on_both("flow schemas are removed in Webitel")]
fn undo_brings_a_flow_schema_back_with_its_id_name_type_and_text(app: &App) {
    let text = "[\r\n  {\"log\": \"Ґ 😀\"} ]\n";
    let id = schema("CRM").schema_type("voice").text(text).drawn().create(app);
    let browser = app.browser();
    let page = removed(&browser, &[id]);
    schema("Another").create(app);
    let page = page.press("Undo", &[]).expect(200);
    assert_eq!((page.path.as_str(), page.said().as_str()), (FLOW, "Restored CRM"));
    assert!(page.has(&format!("tr[data-row='{id}'] a[autofocus]")), "the focus is on it");
    assert_eq!(stored_schema(app, id), Some(("CRM".into(), "voice".into(), text.into())));
    assert_eq!(page.text(&format!("tr[data-row='{id}'] td:nth-child(4)")), "Diagram");
    assert_eq!(
        schema_journal(app),
        [format!("remove {id}: CRM voice -> nothing"), format!("restore {id}: nothing -> CRM voice")]
    );
}

#[on_both("flow schemas are removed in Webitel")]
fn undo_brings_all_of_a_removal_back_and_nothing_else(app: &App) {
    let ids: Vec<_> =
        (0..37).map(|n| schema(&format!("Schema {n}")).text(&format!("[{{\"log\":{n}}}]")).create(app)).collect();
    let browser = app.browser();
    removed(&browser, &ids[30..]);
    let page = removed(&browser, &ids[..30]).press("Undo", &[]);
    assert_eq!(page.said(), "Restored 30 flow schemas");
    for (n, id) in ids.iter().enumerate() {
        let is_back = stored_schema(app, *id).is_some_and(|(_, _, text)| text == format!("[{{\"log\":{n}}}]"));
        assert_eq!(is_back, n < 30, "Schema {n}");
    }
}

#[on_both("flow schemas are removed in Webitel")]
fn undo_leads_back_to_the_same_view(app: &App) {
    for name in ["CRM 1", "CRM 2", "CRM 3"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?type=service&q=crm&sort=-name&page=2&size=1"));
    let page = view.click("Remove CRM 2").press("Remove 1 flow schema", &[]);
    assert_eq!(page.press("Undo", &[]).path, view.path);
}

#[on_both("flow schemas are removed in Webitel")]
fn undo_twice_restores_once(app: &App) {
    let ids = [schema("CRM").create(app), schema("Billing").create(app)];
    let browser = app.browser();
    let page = removed(&browser, &ids);
    page.press("Undo", &[]);
    assert_eq!(page.press("Undo", &[]).expect(200).said(), "That was undone already");
    assert_eq!(schema_journal(app).len(), 4);
}

#[on_both("flow schemas are removed in Webitel")]
fn two_undos_at_once_restore_once(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let removal = removed(&browser, &[id]).undo_change();
    let undo = || app.browser().post(UNDO, &[("change", &removal)]).status;
    let statuses = std::thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(undo)).map(|undo| undo.join().expect("both are answered"))
    });
    assert!(statuses.contains(&303) && statuses.iter().all(|status| [303, 409].contains(status)), "{statuses:?}");
    assert_eq!(schema_names(app), ["CRM"]);
    assert_eq!(schema_journal(app).len(), 2);
}

/// SQLite lets one after the other do it.
#[test]
fn a_flow_schema_that_somebody_else_puts_there_at_the_same_moment_is_told_and_the_way_leads_to_the_list() {
    let app = App::start(Backend::Postgres);
    let (id, other) = (schema("CRM").create(&app), schema("Another").create(&app));
    let browser = app.browser();
    let removal = removed(&browser, &[id]).undo_change();
    let (say, hear) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            write(&app, |conn| {
                let renamed = json!({ "id": id, "name": "Third", "folded_name": "third" });
                conn.batch_execute(&format!(
                    "INSERT INTO flow_schemas \
                     SELECT (jsonb_populate_record(other, '{renamed}')).* FROM flow_schemas other WHERE id = {other}"
                ))?;
                say.send(()).expect("somebody listens");
                // Until the Undo waits for this transaction.
                conn.batch_execute(
                    "DO $$ BEGIN FOR tries IN 1..1000 LOOP \
                     EXIT WHEN (SELECT bool_or(pg_backend_pid() = ANY (pg_blocking_pids(pid))) FROM pg_stat_activity); \
                     PERFORM pg_sleep(.01), pg_stat_clear_snapshot(); END LOOP; END $$",
                )
            });
        });
        hear.recv().expect("it is there");
        let page = browser.post(UNDO, &[("change", &removal)]).expect(409);
        assert_eq!(page.text("h1 + p"), "Somebody brought this back at the same moment. Nothing was changed here.");
        assert_eq!(page.click("Go back").path, FLOW);
    });
}

#[on_both("flow schemas are removed in Webitel")]
fn a_restored_flow_schema_can_be_removed_and_restored_again_and_run_by_hooks(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let browser = app.browser();
    for _ in 0..3 {
        removed(&browser, &[id]).press("Undo", &[]).expect(200);
    }
    browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &id.to_string())]).expect(303);
    assert_eq!(ids(app, queue_id).len(), 1);
    browser.post(FLOW, &[("name", "Next"), ("type", "service"), ("text", "[]")]).expect(303);
    assert_eq!(schema_names(app), ["CRM", "Next"]);
}

#[on_both("flow schemas are removed in Webitel")]
fn a_name_taken_meanwhile_is_told_and_the_others_come_back(app: &App) {
    let (crm, billing, loyalty) =
        (schema("CRM").create(app), schema("Billing").create(app), schema("Loyalty").create(app));
    let browser = app.browser();
    let page = removed(&browser, &[crm, billing, loyalty]);
    let taken = schema("CRM").create(app);
    let page = page.press("Undo", &[]).expect(200);
    assert_eq!(page.said(), "Restored 2 flow schemas. CRM cannot come back: another flow schema has its name now");
    assert!(stored_schema(app, crm).is_none());
    assert!([billing, loyalty, taken].iter().all(|id| stored_schema(app, *id).is_some()));
}

#[on_both("flow schemas are removed in Webitel")]
fn names_taken_meanwhile_are_counted_and_can_come_back_once_they_are_free(app: &App) {
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let browser = app.browser();
    let page = removed(&browser, &[crm, billing]);
    let others = [schema("CRM").create(app), schema("Billing").create(app)];
    let told = page.press("Undo", &[]).expect(200).said();
    assert_eq!(told, "2 flow schemas cannot come back: others have their names now");
    assert_eq!(schema_journal(app).len(), 2);
    for id in others {
        remove_schema(app, id);
    }
    assert_eq!(page.press("Undo", &[]).said(), "Restored 2 flow schemas");
}

#[on_both("flow schemas are removed in Webitel")]
fn one_of_a_removal_can_come_back_alone(app: &App) {
    let names = ["CRM", "Billing", "Loyalty"].map(|name| schema(name).create(app));
    let browser = app.browser();
    let removal = removed(&browser, &names).undo_change();
    browser
        .post(&format!("{UNDO}?only={}", entry_about(app, "flow_schema", names[1])), &[("change", &removal)])
        .expect(303);
    assert_eq!(schema_names(app), ["Billing"]);
}

#[on_both("flow schemas are removed in Webitel")]
fn an_id_that_is_not_of_the_removal_is_refused_and_never_means_all_of_it(app: &App) {
    let names = ["CRM", "Billing"].map(|name| schema(name).create(app));
    let browser = app.browser();
    let removal = removed(&browser, &names).undo_change();
    for id in ["0", "77", "abc", "99999999999999999999"] {
        browser.post(&format!("{UNDO}?only={id}"), &[("change", &removal)]).expect(422);
    }
    assert!(schema_names(app).is_empty());
}

#[on_both("flow schemas are removed in Webitel")]
fn a_removed_flow_schema_comes_back_from_the_history_and_leads_back_there(app: &App) {
    let names = ["CRM", "Billing"].map(|name| schema(name).create(app));
    let browser = app.browser();
    removed(&browser, &names);
    let history = browser.get(&format!("{FLOW}/history?action=remove&size=5"));
    let page = history.press("Restore CRM", &[]).expect(200);
    assert_eq!((page.path.as_str(), page.said().as_str()), (&*history.path, "Restored CRM"));
    assert_eq!(schema_names(app), ["CRM"]);
    assert!(!page.has_control("Restore CRM") && page.has_control("Restore Billing"), "it exists now");
}

#[on_both("flow schemas are removed in Webitel")]
fn a_fault_half_way_restores_nothing(app: &App) {
    let names = ["CRM", "Billing"].map(|name| schema(name).create(app));
    let browser = app.browser();
    let page = removed(&browser, &names);
    lose_journal(app);
    page.press("Undo", &[]).expect(503);
    assert!(schema_names(app).is_empty());
}

#[on_both("flow schemas are removed in Webitel")]
fn a_name_that_an_older_version_removed_in_another_form_comes_back_composed(app: &App) {
    let id = schema("Cafe\u{301}").create(app);
    let browser = app.browser();
    let removal = removed(&browser, &[id]).undo_change();
    browser.post(UNDO, &[("change", &removal)]).expect(303);
    assert_eq!(schema_names(app), ["Café"]);
    removed(&browser, &[id]);
    schema("Café").create(app);
    let page = browser.post(UNDO, &[("change", &removal), ("back", FLOW)]);
    assert!(browser.follow(page).said().contains("another flow schema has its name now"));
}

#[on_all]
fn an_edit_is_undone_with_the_text_and_done_again(app: &App) {
    let id = schema("CRM").text("[]").create(app);
    let browser = app.browser();
    let edit = [("name", "CRM 2"), ("type", "voice"), ("text", r#"[{"log":"new"}]"#)];
    let saved = browser.follow(browser.post(&flow(id), &edit).expect(303));
    let (before, after) = (("CRM", "service", "[]"), ("CRM 2", "voice", r#"[{"log":"new"}]"#));
    let is = |(name, kind, text): (&str, &str, &str)| {
        assert_eq!(stored_schema(app, id), Some((name.into(), kind.into(), text.into())));
    };
    let undone = saved.press("Undo", &[]).expect(200);
    assert_eq!((undone.path.clone(), undone.said()), (flow(id), "Put back CRM".into()));
    is(before);
    assert_eq!(saved.press("Undo", &[]).said(), "That was undone already");
    let again = undone.press("Undo", &[]);
    assert_eq!(again.said(), "Put back CRM 2");
    is(after);
    again.press("Undo", &[]);
    is(before);
}

#[on_all]
fn a_text_that_was_saved_since_stays(app: &App) {
    let id = schema("CRM").text("[]").create(app);
    let browser = app.browser();
    let save = |text: &str| {
        let fields = [("name", "CRM"), ("type", "service"), ("text", text)];
        browser.follow(browser.post(&flow(id), &fields).expect(303))
    };
    let first = save(r#"[{"log":1}]"#);
    save(r#"[{"log":2}]"#);
    assert_eq!(first.press("Undo", &[]).said(), "CRM was changed since and stays");
    assert_eq!(stored_schema(app, id).map(|(_, _, text)| text).as_deref(), Some(r#"[{"log":2}]"#));
    let history = browser.get(&format!("{FLOW}/history"));
    assert_eq!(history.named("button", "Undo: Edited CRM").len(), 1, "only the last one can be undone");
    history.press("Undo: Edited CRM", &[]);
    assert_eq!(stored_schema(app, id).map(|(_, _, text)| text).as_deref(), Some(r#"[{"log":1}]"#));
}

#[on_both("flow schemas are removed in Webitel")]
fn one_that_was_added_goes_unless_hooks_run_it(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let fields = [("name", "CRM"), ("type", "service"), ("text", "[]")];
    let added = browser.follow(browser.post(FLOW, &fields).expect(303));
    let id: i64 = added.path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("its page");
    let hook_id = hook(queue_id, id).create(app);
    assert_eq!(added.press("Undo", &[]).said(), "1 flow schema stays, because hooks run it");
    remove_hook(app, hook_id);
    let undone = added.press("Undo", &[]).expect(200);
    assert_eq!((undone.path.as_str(), undone.said().as_str()), (FLOW, "Removed CRM"));
    assert_eq!(undone.press("Undo", &[]).said(), "Restored CRM");
    assert_eq!(schema_names(app), ["CRM"]);
}
